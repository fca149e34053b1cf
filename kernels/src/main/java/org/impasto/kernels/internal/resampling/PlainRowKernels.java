package org.impasto.kernels.internal.resampling;

/** The loops over rows in plain Java. */
final class PlainRowKernels extends RowKernels {
    @Override
    void twice(float[] input, int from, int count, float[] output, int to) {
        for (int i = 0; i < count; i++) {
            float value = input[from + i];
            output[to + 2 * i] = value;
            output[to + 2 * i + 1] = value;
        }
    }

    @Override
    void mix(float[] input, int near, int far, int count, float[] line, int to) {
        for (int i = 0; i < count; i++) {
            line[to + i] = 0.75f * input[near + i] + 0.25f * input[far + i];
        }
    }

    @Override
    void spread(float[] line, int count, float[] output, int to) {
        for (int i = 0; i < count; i++) {
            float centre = 0.75f * line[1 + i];
            output[to + 2 * i] = centre + 0.25f * line[i];
            output[to + 2 * i + 1] = centre + 0.25f * line[2 + i];
        }
    }

    @Override
    void add(float[] input, int from, float[] line, int count) {
        for (int i = 0; i < count; i++) {
            line[i] += input[from + i];
        }
    }

    @Override
    void sumPairsOfBlocks(float[] line, int blocks, float[] output, int to) {
        for (int block = 0; block < blocks; block++) {
            for (int lane = 0; lane < 16; lane++) {
                output[to + block * 16 + lane] = line[block * 32 + lane] + line[block * 32 + 16 + lane];
            }
        }
    }
}
