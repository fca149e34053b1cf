package org.impasto.kernels.internal.resampling;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** The loops over rows on the Vector API, of equal bits; loaded only by the vector provider. */
final class VectorRowKernels extends RowKernels {
    private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(FLOATS, lane -> lane / 2);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(FLOATS, lane -> (LANES + lane) / 2);
    private static final VectorShuffle<Float> CENTRE = VectorShuffle.fromOp(FLOATS, lane -> 1 + lane / 2);
    private static final VectorShuffle<Float> NEIGHBOUR =
            VectorShuffle.fromOp(FLOATS, lane -> lane % 2 == 0 ? lane / 2 : 2 + lane / 2);

    private final RowKernels plain = new PlainRowKernels(); // for rows shorter than a vector

    @Override
    void twice(float[] input, int from, int count, float[] output, int to) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector x = FloatVector.fromArray(FLOATS, input, from + i);
            x.rearrange(LOW).intoArray(output, to + 2 * i);
            x.rearrange(HIGH).intoArray(output, to + 2 * i + LANES);
        }
        for (; i < count; i++) {
            float value = input[from + i];
            output[to + 2 * i] = value;
            output[to + 2 * i + 1] = value;
        }
    }

    @Override
    void mix(float[] input, int near, int far, int count, float[] line, int to) {
        int end = count - count % LANES;
        for (int i = 0; i < end; i += LANES) {
            mixVectors(input, near + i, far + i, line, to + i);
        }
        if (end < count && count >= LANES) { // once more what the last whole vectors made
            mixVectors(input, near + count - LANES, far + count - LANES, line, to + count - LANES);
        } else if (end < count) {
            plain.mix(input, near, far, count, line, to);
        }
    }

    private static void mixVectors(float[] input, int near, int far, float[] line, int to) {
        FloatVector x = FloatVector.fromArray(FLOATS, input, near).mul(0.75f);
        x.add(FloatVector.fromArray(FLOATS, input, far).mul(0.25f)).intoArray(line, to);
    }

    @Override
    void spread(float[] line, int count, float[] output, int to) {
        int end = 2 * count - 2 * count % LANES;
        for (int i = 0; i < end; i += LANES) {
            spreadVector(line, i / 2, output, to + i);
        }
        if (end < 2 * count && 2 * count >= LANES) {
            spreadVector(line, count - LANES / 2, output, to + 2 * count - LANES);
        } else if (end < 2 * count) {
            plain.spread(line, count, output, to);
        }
    }

    private static void spreadVector(float[] line, int from, float[] output, int to) {
        FloatVector x = FloatVector.fromArray(FLOATS, line, from);
        x.rearrange(CENTRE).mul(0.75f).add(x.rearrange(NEIGHBOUR).mul(0.25f)).intoArray(output, to);
    }

    @Override
    void add(float[] input, int from, float[] line, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector x = FloatVector.fromArray(FLOATS, input, from + i);
            FloatVector.fromArray(FLOATS, line, i).add(x).intoArray(line, i);
        }
        for (; i < count; i++) {
            line[i] += input[from + i];
        }
    }

    @Override
    void sumPairsOfBlocks(float[] line, int blocks, float[] output, int to) {
        for (int block = 0; block < blocks; block++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector left = FloatVector.fromArray(FLOATS, line, block * 32 + lane);
                FloatVector right = FloatVector.fromArray(FLOATS, line, block * 32 + 16 + lane);
                left.add(right).intoArray(output, to + block * 16 + lane);
            }
        }
    }
}
