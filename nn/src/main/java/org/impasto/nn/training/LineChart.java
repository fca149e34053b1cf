package org.impasto.nn.training;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Map;
import org.impasto.core.image.Image;

/**
 * Draws courses of numbers over steps: the first one large, the others below it, two in a row. The light band is what
 * single steps gave, the line their mean over a few neighbours.
 */
final class LineChart {
    private static final int WIDTH = 1000;
    private static final int LARGE_HEIGHT = 460;
    private static final int SMALL_HEIGHT = 300;
    private static final int LEFT = 70;
    private static final int RIGHT = 24;
    private static final int TOP = 40;
    private static final int BOTTOM = 44;
    private static final Color TEXT = new Color(0x333333);
    private static final Color GRID = new Color(0xe4e4e4);
    private static final Color BAND = new Color(0xc9daee);
    private static final Color LINE = new Color(0x1f5a99);
    private static final double OUTLIERS = 0.01;

    private final Graphics2D g;

    private LineChart(Graphics2D g) {
        this.g = g;
    }

    /** The chart of all series by name, of which there must be one at least. */
    static Image draw(Map<String, Series> series) {
        int small = series.size() - 1;
        BufferedImage picture =
                new BufferedImage(WIDTH, LARGE_HEIGHT + (small + 1) / 2 * SMALL_HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
            LineChart chart = new LineChart(graphics);
            int index = 0;
            for (Map.Entry<String, Series> each : series.entrySet()) {
                if (index == 0) {
                    chart.panel(each.getKey(), each.getValue(), 0, 0, WIDTH, LARGE_HEIGHT);
                } else {
                    int x = (index - 1) % 2 * (WIDTH / 2);
                    int y = LARGE_HEIGHT + (index - 1) / 2 * SMALL_HEIGHT;
                    chart.panel(each.getKey(), each.getValue(), x, y, WIDTH / 2, SMALL_HEIGHT);
                }
                index++;
            }
        } finally {
            graphics.dispose();
        }
        return Image.of(picture);
    }

    private void panel(String name, Series series, int left, int top, int width, int height) {
        double[] steps = series.steps();
        double[] means = series.smoothed();
        double[] lows = series.lows();
        double[] highs = series.highs();
        ChartAxis across = ChartAxis.upTo(series.lastStep());
        ChartAxis up = range(means, lows, highs);
        Frame frame = new Frame(left + LEFT, top + TOP, width - LEFT - RIGHT, height - TOP - BOTTOM, across, up);

        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        FontMetrics letters = g.getFontMetrics();
        g.setStroke(new BasicStroke(1));
        for (double tick : up.ticks()) {
            double y = frame.y(tick);
            g.setColor(GRID);
            g.drawLine(frame.x, (int) Math.round(y), frame.x + frame.width, (int) Math.round(y));
            g.setColor(TEXT);
            String text = ChartAxis.text(tick);
            g.drawString(text, frame.x - 8 - letters.stringWidth(text), (float) y + letters.getAscent() * 0.4f);
        }
        for (double tick : across.ticks()) {
            double x = frame.x(tick);
            g.setColor(GRID);
            g.drawLine((int) Math.round(x), frame.y, (int) Math.round(x), frame.y + frame.height);
            g.setColor(TEXT);
            String text = ChartAxis.text(tick);
            g.drawString(text, (float) x - letters.stringWidth(text) / 2f, frame.y + frame.height + 18f);
        }
        g.drawString("step", frame.x + frame.width / 2 - letters.stringWidth("step") / 2, frame.y + frame.height + 36);
        curves(frame, steps, means, lows, highs);
        g.setColor(TEXT);
        g.setStroke(new BasicStroke(1));
        g.drawLine(frame.x, frame.y, frame.x, frame.y + frame.height);
        g.drawLine(frame.x, frame.y + frame.height, frame.x + frame.width, frame.y + frame.height);
        g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        g.drawString(
                name + (up.logarithmic() ? " (log scale), now " : ", now ") + ChartAxis.text(means[means.length - 1]),
                frame.x,
                top + 26);
    }

    private void curves(Frame frame, double[] steps, double[] means, double[] lows, double[] highs) {
        Path2D band = new Path2D.Double();
        Path2D line = new Path2D.Double();
        int last = steps.length - 1;
        for (int i = 0; i <= last; i++) {
            append(band, frame.x(steps[i]), frame.y(highs[i]));
            append(line, frame.x(steps[i]), frame.y(means[i]));
        }
        for (int i = last; i >= 0; i--) {
            append(band, frame.x(steps[i]), frame.y(lows[i]));
        }
        band.closePath();
        g.setColor(BAND);
        g.fill(band);
        g.setStroke(new BasicStroke(1));
        g.draw(band); // bins of one number have no area
        g.setColor(LINE);
        g.setStroke(new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(line);
    }

    private static void append(Path2D path, double x, double y) {
        if (path.getCurrentPoint() == null) {
            path.moveTo(x, y);
        } else {
            path.lineTo(x, y);
        }
    }

    /** All of the line, and of the band all but a few outliers. */
    private static ChartAxis range(double[] means, double[] lows, double[] highs) {
        double low = Math.min(Arrays.stream(means).min().orElse(0), quantile(lows, OUTLIERS));
        double high = Math.max(Arrays.stream(means).max().orElse(1), quantile(highs, 1 - OUTLIERS));
        return ChartAxis.of(low, high);
    }

    private static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /** Where numbers are drawn. */
    private record Frame(int x, int y, int width, int height, ChartAxis across, ChartAxis up) {
        double x(double step) {
            return x + width * across.place(step);
        }

        double y(double value) {
            return y + height * (1 - up.place(value));
        }
    }
}
