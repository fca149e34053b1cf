package org.impasto.kernels.internal.pooling;

/** The loops over rows in plain Java. */
final class PlainRowKernels extends RowKernels {
    @Override
    void max(float[] input, int from, int step, int count, float[] output, int to) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane++) {
                output[to + i * 16 + lane] = Math.max(output[to + i * 16 + lane], input[from + i * step + lane]);
            }
        }
    }

    @Override
    void add(float[] input, int from, int step, int count, float[] output, int to) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane++) {
                output[to + i * 16 + lane] += input[from + i * step + lane];
            }
        }
    }

    @Override
    void divide(float[] output, int to, int count, float[] divisors) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane++) {
                output[to + i * 16 + lane] /= divisors[i];
            }
        }
    }

    @Override
    void maxOfFour(float[] input, int upper, int lower, int count, float[] output, int to) {
        for (int i = 0; i < count; i++) {
            float above = Math.max(input[upper + 2 * i], input[upper + 2 * i + 1]);
            float below = Math.max(input[lower + 2 * i], input[lower + 2 * i + 1]);
            output[to + i] = Math.max(above, below);
        }
    }
}
