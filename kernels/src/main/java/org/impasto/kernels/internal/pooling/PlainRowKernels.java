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
}
