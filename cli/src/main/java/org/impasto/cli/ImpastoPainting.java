package org.impasto.cli;

import java.util.Random;
import org.impasto.core.image.Image;

/**
 * An evening sky as a painter lays it on with a loaded brush: an under-painting of sun, cloud and sea, covered by
 * strokes from broad to fine that follow a flow. Each stroke leaves bristle furrows and a ridge of paint at its rim; the
 * finished relief is lit from the upper left.
 */
final class ImpastoPainting {
    private static final double SEA = 0.66;
    private static final double SUN_X = 0.98;
    private static final double SUN_Y = 0.50;

    private final int width;
    private final int height;
    /** Paint, linear light. */
    private final float[] paint;
    /** Thickness of the paint. */
    private final float[] relief;

    ImpastoPainting(int width, int height) {
        this.width = width;
        this.height = height;
        this.paint = new float[3 * width * height];
        this.relief = new float[width * height];
    }

    Image render() {
        ground();
        Random random = new Random(20);
        layer(random, 0.075, 5.0, 1.9);
        layer(random, 0.042, 5.5, 1.7);
        layer(random, 0.022, 6.0, 1.3);
        layer(random, 0.012, 7.0, 0.55);
        return lit();
    }

    /** A thin under-painting, so that no bare canvas shows between strokes. */
    private void ground() {
        int plane = width * height;
        double[] rgb = new double[3];
        for (int i = 0; i < plane; i++) {
            int column = i % width;
            int row = i / width;
            scene((column + 0.5) / height, (row + 0.5) / height, rgb);
            for (int c = 0; c < 3; c++) {
                paint[i + c * plane] = (float) (0.8 * rgb[c]);
            }
        }
    }

    /** Strokes of one width over the whole canvas, in random order; lengths count in widths of the brush. */
    private void layer(Random random, double brush, double length, double density) {
        double aspect = (double) width / height;
        int count = (int) (density * aspect / (brush * brush * length));
        for (int i = 0; i < count; i++) {
            double x = aspect * (random.nextDouble() * 1.1 - 0.05);
            double y = random.nextDouble() * 1.1 - 0.05;
            double size = brush * (0.7 + 0.6 * random.nextDouble());
            stroke(random, x, y, size, size * length * (0.6 + 0.8 * random.nextDouble()));
        }
    }

    /** One stroke through a place, bent along the flow. Places are in units of the picture's height. */
    private void stroke(Random random, double x, double y, double brush, double length) {
        int half = Math.max(3, (int) (length * height / 8));
        double[] xs = new double[2 * half + 1];
        double[] ys = new double[2 * half + 1];
        xs[half] = x;
        ys[half] = y;
        double angle = flow(x, y);
        follow(xs, ys, half, 1, 0.5 * length / half, angle);
        follow(xs, ys, half, -1, 0.5 * length / half, angle + Math.PI);
        double[] color = new double[3];
        scene(x, y, color);
        vary(random, color);
        int seed = random.nextInt(1 << 20);
        double load = 0.6 + 0.6 * random.nextDouble();
        drag(xs, ys, brush, color, seed, load);
    }

    /** Walks from the middle of a path to one of its ends. */
    private static void follow(double[] xs, double[] ys, int middle, int side, double step, double start) {
        double dx = Math.cos(start);
        double dy = Math.sin(start);
        for (int i = 1; i <= middle; i++) {
            int at = middle + side * i;
            xs[at] = xs[at - side] + step * dx;
            ys[at] = ys[at - side] + step * dy;
            double angle = flow(xs[at], ys[at]);
            // a flow has no sense of direction; a brush does not turn back
            double sign = Math.cos(angle) * dx + Math.sin(angle) * dy < 0 ? -1 : 1;
            dx = sign * Math.cos(angle);
            dy = sign * Math.sin(angle);
        }
    }

    private static void vary(Random random, double[] color) {
        double value = Math.exp(0.17 * random.nextGaussian());
        double warm = 0.10 * random.nextGaussian();
        color[0] *= value * (1 + warm);
        color[1] *= value * (1 + 0.05 * random.nextGaussian());
        color[2] *= value * (1 - warm);
    }

    /** Draws the brush along a path: every pixel near it takes the colour of the bristle that crosses it. */
    private void drag(double[] xs, double[] ys, double brush, double[] color, int seed, double load) {
        double radius = 0.5 * brush * height;
        int left = Integer.MAX_VALUE;
        int right = Integer.MIN_VALUE;
        int top = Integer.MAX_VALUE;
        int bottom = Integer.MIN_VALUE;
        for (int i = 0; i < xs.length; i++) {
            left = (int) Math.min(left, Math.floor(xs[i] * height - radius));
            right = (int) Math.max(right, Math.ceil(xs[i] * height + radius));
            top = (int) Math.min(top, Math.floor(ys[i] * height - radius));
            bottom = (int) Math.max(bottom, Math.ceil(ys[i] * height + radius));
        }
        left = Math.max(0, left);
        top = Math.max(0, top);
        right = Math.min(width - 1, right);
        bottom = Math.min(height - 1, bottom);
        if (left > right || top > bottom) {
            return;
        }
        int last = xs.length - 1;
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                int near = nearest(xs, ys, x, y);
                double dx = x - xs[near] * height;
                double dy = y - ys[near] * height;
                int other = near < last ? near + 1 : near - 1;
                double sign = near < last ? 1 : -1;
                double tx = sign * (xs[other] - xs[near]) * height;
                double ty = sign * (ys[other] - ys[near]) * height;
                double norm = Math.hypot(tx, ty);
                double across = (tx * dy - ty * dx) / (norm * radius);
                double along = (tx * dx + ty * dy) / (norm * radius) + near * norm / radius;
                double total = last * norm / radius;
                mark(x, y, across, along, total, radius, color, seed, load);
            }
        }
    }

    private int nearest(double[] xs, double[] ys, int x, int y) {
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int i = 0; i < xs.length; i++) {
            double dx = x - xs[i] * height;
            double dy = y - ys[i] * height;
            double d = dx * dx + dy * dy;
            if (d < least) {
                least = d;
                best = i;
            }
        }
        return best;
    }

    /** Lays paint on one pixel; lengths count in radii of the brush. */
    private void mark(
            int x,
            int y,
            double across,
            double along,
            double total,
            double radius,
            double[] color,
            int seed,
            double load) {
        double bristle =
                Noise.at(across * 5.5, along * 0.22, seed) + 0.6 * Noise.at(across * 13, along * 0.4, seed + 1);
        // bristles begin and end at different places, and the brush runs dry
        double ragged = 0.45 * Noise.at(across * 4, 0.5, seed + 2);
        double begin = along + 0.55 - 0.45 * across * across + ragged;
        double end = total - along + 0.75 - 0.5 * across * across + 1.6 * ragged;
        double side = 1 - Math.abs(across) - 0.06 * bristle;
        double soft = 1.2 / radius;
        double cover = ramp(begin, soft) * ramp(end, soft) * ramp(side, soft);
        if (cover <= 0) {
            return;
        }
        double worn = along / (total + 0.01);
        double dry = Noise.step(0.75, 1.25, worn + 0.45 * bristle - 0.25 * (load - 0.9));
        cover *= 1 - 0.85 * dry;
        int at = y * width + x;
        int plane = width * height;
        double tone = 1 + 0.13 * bristle;
        for (int c = 0; c < 3; c++) {
            double wet = 0.88 * color[c] * tone + 0.12 * paint[at + c * plane];
            paint[at + c * plane] += (float) (cover * (wet - paint[at + c * plane]));
        }
        double rim = Math.exp(-40 * (1 - Math.abs(across)) * (1 - Math.abs(across)))
                + 1.2 * Math.exp(-9 * end * end) * (1 - dry);
        double thick = load * Math.min(radius, 9) * (0.16 + 0.075 * bristle + 0.10 * rim);
        relief[at] += (float) (cover * (0.45 * relief[at] + thick - relief[at]));
    }

    private static double ramp(double x, double soft) {
        return Math.max(0, Math.min(1, x / soft));
    }

    /** Direction of the strokes: around the sun in the sky, along cloud bands, level on the sea. */
    private static double flow(double x, double y) {
        double swirl = 1.3 * Noise.octaves(x * 1.5 + 3.1, y * 1.9, 3, 300);
        if (y > SEA) {
            return 0.16 * swirl + 0.05 * Math.sin(60 * y);
        }
        double dx = x - SUN_X;
        double dy = y - SUN_Y;
        double around = Math.atan2(dx, -dy);
        double near = Math.exp(-3.2 * (dx * dx + dy * dy));
        double tilt = -0.25 + swirl;
        // angles of strokes have no direction, so they are mixed doubled
        double s = near * 1.6 * Math.sin(2 * around) + Math.sin(2 * tilt);
        double c = near * 1.6 * Math.cos(2 * around) + Math.cos(2 * tilt);
        return 0.5 * Math.atan2(s, c);
    }

    /** The colour that the painter sees at a place. */
    private static void scene(double x, double y, double[] rgb) {
        if (y < SEA) {
            sky(x, y, rgb);
        } else {
            sea(x, y, rgb);
        }
    }

    private static void sky(double x, double y, double[] rgb) {
        double away = Math.hypot((x - SUN_X) * 0.8, y - SUN_Y);
        double dusk = Noise.step(0.02, 0.75, away + 0.25 * (SEA - y) - 0.05);
        mix(rgb, GOLD, ORANGE, Noise.step(0.03, 0.26, away));
        mix(rgb, rgb, ROSE, Noise.step(0.22, 0.48, away + 0.3 * (SEA - y)));
        mix(rgb, rgb, VIOLET, Noise.step(0.40, 0.75, away + 0.45 * (SEA - y)));
        mix(rgb, rgb, NIGHT, Noise.step(0.72, 1.20, away + 0.55 * (SEA - y)));
        double bend = 0.30 * Noise.octaves(x * 1.2, y * 1.2, 3, 310);
        double cloud = Noise.octaves(x * 1.5 + bend + 0.22 * y, y * 4.6 + 2 * bend + 0.9 * x, 4, 320);
        mix(rgb, rgb, dusk < 0.5 ? CRIMSON : PLUM, 0.85 * Noise.step(0.06, 0.24, cloud) * Noise.step(0.05, 0.16, away));
        mix(rgb, rgb, dusk < 0.6 ? LIGHT : CORAL, 0.80 * Noise.step(0.10, 0.26, -cloud) * (1 - 0.55 * dusk));
        if (away < 0.062) {
            rgb[0] = 1.0;
            rgb[1] = 0.90;
            rgb[2] = 0.52;
        }
    }

    private static void sea(double x, double y, double[] rgb) {
        sky(x, Math.max(0.02, 2 * SEA - y - 0.03), rgb);
        double depth = (y - SEA) / (1 - SEA);
        double wave = Noise.octaves(x * 3.2, y * 22, 3, 330);
        mix(rgb, rgb, TEAL, 0.40 + 0.38 * depth);
        double path = Math.exp(-Math.pow((x - SUN_X + 0.12 * wave) / (0.07 + 0.22 * depth), 2));
        mix(rgb, rgb, GOLD, path * (0.30 + 0.60 * Noise.step(-0.15, 0.25, wave)));
        double value = 0.85 + 0.7 * wave;
        for (int c = 0; c < 3; c++) {
            rgb[c] *= value;
        }
    }

    private static final double[] GOLD = {1.00, 0.70, 0.16};
    private static final double[] LIGHT = {0.98, 0.62, 0.28};
    private static final double[] ORANGE = {0.92, 0.34, 0.05};
    private static final double[] CORAL = {0.80, 0.26, 0.18};
    private static final double[] ROSE = {0.66, 0.14, 0.12};
    private static final double[] CRIMSON = {0.48, 0.055, 0.045};
    private static final double[] VIOLET = {0.20, 0.075, 0.23};
    private static final double[] PLUM = {0.12, 0.035, 0.12};
    private static final double[] NIGHT = {0.035, 0.045, 0.17};
    private static final double[] TEAL = {0.02, 0.09, 0.15};

    private static void mix(double[] result, double[] a, double[] b, double share) {
        for (int c = 0; c < 3; c++) {
            result[c] = a[c] + share * (b[c] - a[c]);
        }
    }

    /** The paint under a light from the upper left: slopes towards it brighten and shine, slopes away darken. */
    private Image lit() {
        int plane = width * height;
        float[] linear = new float[3 * plane];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double slopeX = height(x + 1, y) - height(x - 1, y);
                double slopeY = height(x, y + 1) - height(x, y - 1);
                double norm = Math.sqrt(slopeX * slopeX + slopeY * slopeY + 4);
                double light = (-slopeX * -0.55 - slopeY * -0.60 + 2 * 0.58) / norm / 0.58;
                double shine = Math.max(0, (-slopeX * -0.32 - slopeY * -0.36 + 2 * 0.876) / norm);
                double gloss = 0.06 * (Math.pow(shine, 40) - Math.pow(0.876, 40));
                double diffuse = 0.15 + 0.85 * Math.max(0, light);
                for (int c = 0; c < 3; c++) {
                    int at = c * plane + y * width + x;
                    linear[at] = (float) Math.max(0, paint[at] * diffuse + gloss);
                }
            }
        }
        return Shrunk.image(linear, width, height, 1);
    }

    private double height(int x, int y) {
        return relief[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))];
    }
}
