package org.impasto.nn.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.impasto.core.image.Image;
import org.junit.jupiter.api.Test;

class LineChartTest {
    /** A noisy fall from 100 to 1. */
    private static Series falling(int steps) {
        Series series = new Series();
        Random random = new Random(4);
        for (int step = 1; step <= steps; step++) {
            series.add(step, Math.exp(Math.log(100) * (1 - (double) step / steps) + 0.1 * random.nextGaussian()));
        }
        return series;
    }

    /** Row of the darkest blue in a column, which is the line. */
    private static int line(Image chart, int column) {
        int best = 0;
        for (int y = 45; y < 400; y++) {
            float blue = chart.value(2, column, y) - chart.value(0, column, y);
            if (blue > chart.value(2, column, best) - chart.value(0, column, best)) {
                best = y;
            }
        }
        return best;
    }

    @Test
    void theLineFallsStraightOnLogarithmicPaper() {
        Map<String, Series> all = new LinkedHashMap<>();
        all.put("loss", falling(20_000));
        Image chart = LineChart.draw(all);
        assertThat(chart.width()).isEqualTo(1000);
        assertThat(chart.height()).isEqualTo(460);
        int left = line(chart, 300);
        int middle = line(chart, 500);
        int right = line(chart, 700);
        assertThat(middle).isGreaterThan(left + 40);
        assertThat(right).isGreaterThan(middle + 40);
        assertThat((left + right) / 2.0).isBetween(middle - 6.0, middle + 6.0);
        all.put("one", falling(1));
        all.put("two", falling(2));
        all.put("three", falling(3));
        assertThat(LineChart.draw(all).height()).isEqualTo(460 + 2 * 300);
    }

    @Test
    void flatAndOddCoursesAreDrawn() {
        for (double value : new double[] {0, -3, 1e-12, 1e30}) {
            Series flat = new Series();
            flat.add(1, value);
            flat.add(2, value);
            flat.add(3, Double.NaN);
            assertThat(flat.size()).isEqualTo(2);
            assertThat(LineChart.draw(Map.of("loss", flat)).width()).isEqualTo(1000);
        }
    }

    @Test
    void aSeriesStaysSmallAndKeepsItsMean() {
        Series series = new Series();
        double sum = 0;
        int count = 5 * Series.CAPACITY + 77;
        for (int i = 1; i <= count; i++) {
            series.add(i, i % 10);
            sum += i % 10;
        }
        assertThat(series.size()).isBetween(Series.CAPACITY / 2, Series.CAPACITY);
        assertThat(series.steps()).isSorted();
        assertThat(series.steps()[series.size() - 1]).isLessThanOrEqualTo(count);
        // Bins of eight of the numbers 0 to 9; the last one is not full.
        assertThat(Arrays.stream(series.lows(), 0, series.size() - 1).max()).hasValue(1);
        double mean = Arrays.stream(series.smoothed()).average().orElseThrow();
        assertThat(mean).isCloseTo(sum / count, org.assertj.core.api.Assertions.within(0.05));
    }

    @Test
    void axesHaveRoundTicks() {
        assertThat(ChartAxis.of(0.2, 1.9).ticks().stream().map(ChartAxis::text))
                .containsExactly("0.2", "0.4", "0.6", "0.8", "1", "1.2", "1.4", "1.6", "1.8");
        assertThat(ChartAxis.of(0.9, 110).logarithmic()).isTrue();
        assertThat(ChartAxis.of(0.9, 110).ticks()).contains(1.0, 2.0, 5.0, 10.0, 100.0);
        assertThat(ChartAxis.of(-1, 1e6).logarithmic()).isFalse();
        assertThat(ChartAxis.upTo(40_000).ticks()).contains(0.0, 10_000.0, 40_000.0);
        assertThat(ChartAxis.text(40_000)).isEqualTo("40k");
        assertThat(ChartAxis.text(2_500_000)).isEqualTo("2.5M");
        assertThat(ChartAxis.text(0.05)).isEqualTo("0.05");
        assertThat(ChartAxis.text(-3)).isEqualTo("-3");
        assertThat(ChartAxis.text(0)).isEqualTo("0");
        assertThat(ChartAxis.text(0.000002)).isEqualTo("2e-06");
    }
}
