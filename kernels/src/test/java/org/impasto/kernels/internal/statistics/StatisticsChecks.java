package org.impasto.kernels.internal.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/** What holds for reductions and statistics of any provider and width. */
public final class StatisticsChecks {
    private static final int[][] SHAPES = {
        {},
        {1},
        {7},
        {16},
        {17},
        {3, 5},
        {2, 3, 4, 5},
        {2, 1, 33, 1},
        {1, 20, 31, 17},
        {5000},
        {3, 20000},
        {3, 5, 7, 1, 2},
        {2, 70, 1, 65},
        {3000, 3},
        {2, 1500, 7}
    };

    private static final Workers ALONE = new Workers(Runnable::run, 1);

    private StatisticsChecks() {}

    /** All checks with vector loops. */
    public static void vector() {
        reductions(true);
        moments(true);
        affine(true);
    }

    /** All checks with plain loops. */
    public static void plain() {
        reductions(false);
        moments(false);
        affine(false);
    }

    private static void reductions(boolean vector) {
        Random random = new Random(21);
        Reductions reductions = new Reductions(vector);
        for (int[] shape : SHAPES) {
            int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            float[] x = new float[size + 2];
            double[] wide = new double[size + 2];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) (1 + random.nextGaussian());
                wide[i] = x[i];
            }
            for (int axes = 0; axes < 1 << shape.length; axes++) {
                boolean[] reduces = new boolean[shape.length];
                int results = 1;
                for (int axis = 0; axis < shape.length; axis++) {
                    reduces[axis] = (axes >> axis & 1) != 0;
                    results *= reduces[axis] ? 1 : shape[axis];
                }
                double[] sum = new double[results];
                double[] absolute = new double[results];
                float[] most = new float[results];
                float[] least = new float[results];
                Arrays.fill(most, Float.NEGATIVE_INFINITY);
                Arrays.fill(least, Float.POSITIVE_INFINITY);
                for (int i = 0; i < size; i++) {
                    int index = result(i, shape, reduces);
                    sum[index] += wide[2 + i];
                    absolute[index] += Math.abs(wide[2 + i]);
                    most[index] = Math.max(most[index], x[2 + i]);
                    least[index] = Math.min(least[index], x[2 + i]);
                }
                int terms = size / results;
                for (Reductions.Kind kind : Reductions.Kind.values()) {
                    float[] y = new float[results + 1];
                    double[] wideY = new double[results + 1];
                    reductions.reduce(kind, x, 2, shape, reduces, y, 1, ALONE, Run.inference());
                    reductions.reduce(kind, wide, 2, shape, reduces, wideY, 1, ALONE, Run.inference());
                    for (int i = 0; i < results; i++) {
                        String where = kind + " of " + Arrays.toString(shape) + " over " + Arrays.toString(reduces)
                                + " at " + i;
                        double divisor = kind == Reductions.Kind.MEAN ? terms : 1;
                        switch (kind) {
                            case SUM, MEAN -> {
                                double expected = sum[i] / divisor;
                                // lanes of at most 4096 / 16 terms, typically off by the root of that
                                double close = Math.ulp(1f) * (Math.abs(expected) + 4 * absolute[i] / divisor);
                                assertThat((double) y[1 + i]).as(where).isBetween(expected - close, expected + close);
                                double closer = 1e-14 * absolute[i] / divisor * (1 + Math.log(terms));
                                assertThat(wideY[1 + i]).as(where).isBetween(expected - closer, expected + closer);
                            }
                            case MAXIMUM -> {
                                assertThat(y[1 + i]).as(where).isEqualTo(most[i]);
                                assertThat(wideY[1 + i]).as(where).isEqualTo(most[i]);
                            }
                            default -> {
                                assertThat(y[1 + i]).as(where).isEqualTo(least[i]);
                                assertThat(wideY[1 + i]).as(where).isEqualTo(least[i]);
                            }
                        }
                    }
                }
            }
        }
    }

    private static int result(int i, int[] shape, boolean[] reduces) {
        int left = i;
        int index = 0;
        int step = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (!reduces[axis]) {
                index += left % shape[axis] * step;
                step *= shape[axis];
            }
            left /= shape[axis];
        }
        return index;
    }

    private static void moments(boolean vector) {
        Random random = new Random(22);
        ChannelStatistics statistics = new ChannelStatistics(vector);
        int[][] sizes = {
            {1, 1, 1},
            {1, 3, 2},
            {2, 5, 15},
            {1, 16, 16},
            {3, 17, 17},
            {2, 33, 257},
            {1, 2, 5000},
            {1, 1, 70000},
            {2, 20, 4099}
        };
        for (int[] size : sizes) {
            int batch = size[0];
            int channels = size[1];
            int pixels = size[2];
            float[] planar = new float[batch * channels * pixels + 1];
            for (int i = 0; i < planar.length; i++) {
                int channel = Math.max(0, i - 1) / pixels % channels;
                double mean = channel % 3 == 0 ? 1000 : channel; // a large mean must not cancel the variance
                planar[i] = (float) (mean + 0.1 * random.nextGaussian());
            }
            float[] blocked = blocked(planar, batch, channels, pixels);
            for (int options = 0; options < 8; options++) {
                boolean acrossBatch = (options & 1) != 0;
                boolean unbiased = (options & 2) != 0;
                boolean inBlocks = (options & 4) != 0;
                int results = acrossBatch ? channels : batch * channels;
                double[] mean = new double[results];
                double[] variance = new double[results];
                statistics.moments(
                        inBlocks ? blocked : planar,
                        1,
                        batch,
                        channels,
                        pixels,
                        inBlocks,
                        acrossBatch,
                        unbiased,
                        mean,
                        variance,
                        ALONE,
                        Run.inference());
                for (int i = 0; i < results; i++) {
                    double sum = 0;
                    double squares = 0;
                    int images = acrossBatch ? batch : 1;
                    int count = images * pixels;
                    for (int image = 0; image < images; image++) {
                        for (int p = 0; p < pixels; p++) {
                            sum += planar[1 + (image * channels + i) * pixels + p];
                        }
                    }
                    for (int image = 0; image < images; image++) {
                        for (int p = 0; p < pixels; p++) {
                            double distance = planar[1 + (image * channels + i) * pixels + p] - sum / count;
                            squares += distance * distance;
                        }
                    }
                    String where = Arrays.toString(size) + " options " + options + " channel " + i;
                    // the mean is corrected by the sum of distances from its rounded value: errors scale with those
                    assertThat(mean[i]).as(where).isBetween(sum / count - 2e-7, sum / count + 2e-7);
                    int divisor = unbiased ? count - 1 : count;
                    if (divisor == 0) {
                        assertThat(variance[i]).as(where).isNaN();
                    } else {
                        double expected = squares / divisor;
                        assertThat(variance[i])
                                .as(where)
                                .isBetween(expected * (1 - 2e-6) - 1e-12, expected * (1 + 2e-6) + 1e-12);
                    }
                }
            }
        }
    }

    private static void affine(boolean vector) {
        Random random = new Random(23);
        ChannelStatistics statistics = new ChannelStatistics(vector);
        for (int[] size : new int[][] {{1, 1, 1}, {2, 3, 17}, {2, 16, 31}, {3, 18, 64}, {1, 3, 70000}, {2, 20, 5000}}) {
            int batch = size[0];
            int channels = size[1];
            int pixels = size[2];
            float[] planar = new float[batch * channels * pixels + 1];
            for (int i = 0; i < planar.length; i++) {
                planar[i] = (float) random.nextGaussian();
            }
            float[] blocked = blocked(planar, batch, channels, pixels);
            float[] centre = new float[batch * channels];
            float[] scale = new float[batch * channels];
            float[] shift = new float[batch * channels];
            for (int i = 0; i < scale.length; i++) {
                centre[i] = (float) random.nextGaussian();
                scale[i] = (float) random.nextGaussian();
                shift[i] = (float) random.nextGaussian();
            }
            float[] expected = planar.clone();
            for (int i = 0; i < batch * channels * pixels; i++) {
                int plane = i / pixels;
                expected[1 + i] = (planar[1 + i] - centre[plane]) * scale[plane] + shift[plane];
            }
            float[] y = planar.clone();
            statistics.affine(
                    planar, 1, batch, channels, pixels, false, centre, scale, shift, y, 1, ALONE, Run.inference());
            assertThat(y).isEqualTo(expected);
            float[] z = blocked.clone();
            statistics.affine(z, 1, batch, channels, pixels, true, centre, scale, shift, z, 1, ALONE, Run.inference());
            float[] expectedBlocked = blocked(expected, batch, channels, pixels);
            for (int i = 1; i < z.length; i++) {
                assertThat(z[i]).isEqualTo(expectedBlocked[i]);
            }
        }
    }

    static float[] blocked(float[] planar, int batch, int channels, int pixels) {
        int blocks = (channels + 15) / 16;
        float[] blocked = new float[batch * blocks * pixels * 16 + 1];
        for (int image = 0; image < batch; image++) {
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < pixels; p++) {
                    blocked[1 + ((image * blocks + c / 16) * pixels + p) * 16 + c % 16] =
                            planar[1 + (image * channels + c) * pixels + p];
                }
            }
        }
        return blocked;
    }
}
