package org.impasto.kernels;

import org.impasto.core.Resampling.Filter;
import org.impasto.core.Resampling.Resize;

/**
 * How one axis is resampled: cell i of the result is the sum of {@code weights[i][t] * cell[sources[i][t]]}. The
 * formulas are those of PyTorch's interpolate.
 */
record AxisWeights(int[][] sources, double[][] weights) {
    private static final double CUBIC = -0.75;
    private static final double CUBIC_ANTIALIASED = -0.5;

    static AxisWeights of(Resize resize, int in, int out) {
        int[][] sources = new int[out][];
        double[][] weights = new double[out][];
        for (int i = 0; i < out; i++) {
            switch (resize.filter()) {
                case NEAREST -> {
                    sources[i] = new int[] {(int) ((long) i * in / out)};
                    weights[i] = new double[] {1};
                }
                case AREA -> {
                    int from = (int) ((long) i * in / out);
                    int to = (int) (((i + 1L) * in + out - 1) / out);
                    run(sources, weights, i, from, to);
                    java.util.Arrays.fill(weights[i], 1.0 / (to - from));
                }
                default -> {
                    if (resize.antialias()) {
                        antialiased(sources, weights, i, resize.filter(), in, out);
                    } else {
                        interpolated(sources, weights, i, resize, in, out);
                    }
                }
            }
        }
        return new AxisWeights(sources, weights);
    }

    private static void run(int[][] sources, double[][] weights, int i, int from, int to) {
        sources[i] = java.util.stream.IntStream.range(from, to).toArray();
        weights[i] = new double[to - from];
    }

    private static void antialiased(int[][] sources, double[][] weights, int i, Filter filter, int in, int out) {
        double scale = Math.max(1, (double) in / out);
        double centre = (i + 0.5) * in / out;
        double support = (filter == Filter.BICUBIC ? 2 : 1) * scale;
        int from = Math.max(0, (int) (centre - support + 0.5));
        int to = Math.min(in, (int) (centre + support + 0.5));
        run(sources, weights, i, from, to);
        double sum = 0;
        for (int j = from; j < to; j++) {
            double distance = Math.abs((j - centre + 0.5) / scale);
            double weight = filter == Filter.BICUBIC ? cubic(distance, CUBIC_ANTIALIASED) : Math.max(0, 1 - distance);
            weights[i][j - from] = weight;
            sum += weight;
        }
        for (int t = 0; t < weights[i].length; t++) {
            weights[i][t] /= sum;
        }
    }

    private static void interpolated(int[][] sources, double[][] weights, int i, Resize resize, int in, int out) {
        double source =
                resize.alignCorners() ? out == 1 ? 0 : (double) i * (in - 1) / (out - 1) : (i + 0.5) * in / out - 0.5;
        if (resize.filter() == Filter.BILINEAR) {
            source = Math.max(source, 0);
            int below = Math.min((int) source, in - 1);
            double fraction = source - below;
            sources[i] = new int[] {below, Math.min(below + 1, in - 1)};
            weights[i] = new double[] {1 - fraction, fraction};
        } else {
            int below = (int) Math.floor(source);
            sources[i] = new int[4];
            weights[i] = new double[4];
            for (int tap = 0; tap < 4; tap++) {
                int cell = below - 1 + tap;
                sources[i][tap] = Math.max(0, Math.min(in - 1, cell));
                weights[i][tap] = cubic(Math.abs(source - cell), CUBIC);
            }
        }
    }

    /** Keys' cubic convolution kernel. */
    private static double cubic(double t, double a) {
        if (t <= 1) {
            return ((a + 2) * t - (a + 3)) * t * t + 1;
        }
        return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
    }

    /** The first source of each cell: the only one if the nearest is taken. */
    int[] nearest() {
        return java.util.Arrays.stream(sources).mapToInt(cells -> cells[0]).toArray();
    }

    /** The way back: cell j of the operand gets what cells of the result took from it. */
    AxisWeights transposed(int in) {
        int[] counts = new int[in];
        for (int[] cells : sources) {
            for (int cell : cells) {
                counts[cell]++;
            }
        }
        int[][] backSources = new int[in][];
        double[][] backWeights = new double[in][];
        for (int j = 0; j < in; j++) {
            backSources[j] = new int[counts[j]];
            backWeights[j] = new double[counts[j]];
        }
        int[] filled = new int[in];
        for (int i = 0; i < sources.length; i++) {
            for (int t = 0; t < sources[i].length; t++) {
                int j = sources[i][t];
                backSources[j][filled[j]] = i;
                backWeights[j][filled[j]++] = weights[i][t];
            }
        }
        return new AxisWeights(backSources, backWeights);
    }
}
