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
    void maxOfFour(
            float[] input, int from, int down, int step, int rows, int count, float[] output, int to, int toStep) {
        for (int row = 0; row < rows; row++) {
            int upper = from + row * step;
            for (int i = 0; i < count; i++) {
                output[to + row * toStep + i] = maxOfFour(input, upper + 2 * i, upper + down + 2 * i);
            }
        }
    }

    @Override
    void spread(float[] input, int from, int count, float[] output, int to, int step) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane++) {
                output[to + i * step + lane] += input[from + i * 16 + lane];
            }
        }
    }

    @Override
    void gradientOfFour(float[] input, int upper, int lower, float[] gradient, int from, int count, float[] output) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane++) {
                int u = upper + i * 32 + lane;
                int l = lower + i * 32 + lane;
                int winner = u;
                float best = input[u];
                if (!(input[u + 16] <= best) && !Float.isNaN(best)) {
                    winner = u + 16;
                    best = input[winner];
                }
                if (!(input[l] <= best) && !Float.isNaN(best)) {
                    winner = l;
                    best = input[winner];
                }
                if (!(input[l + 16] <= best) && !Float.isNaN(best)) {
                    winner = l + 16;
                }
                float g = gradient[from + i * 16 + lane];
                output[u] = 0f;
                output[u + 16] = 0f;
                output[l] = 0f;
                output[l + 16] = 0f;
                output[winner] = g;
            }
        }
    }
}
