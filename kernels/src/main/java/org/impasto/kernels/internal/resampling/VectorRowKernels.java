package org.impasto.kernels.internal.resampling;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** The loops over rows on the Vector API, of equal bits; loaded only by the vector provider. */
final class VectorRowKernels extends RowKernels {
    private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(FLOATS, lane -> lane / 2);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(FLOATS, lane -> (LANES + lane) / 2);
    private static final VectorMask<Float> SECOND = VectorMask.fromLong(FLOATS, 0xaaaaaaaaaaaaaaaaL >>> (64 - LANES));

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
    void mix(float[] input, int near, int far, float[] line, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector x = FloatVector.fromArray(FLOATS, input, near + i).mul(0.75f);
            x.add(FloatVector.fromArray(FLOATS, input, far + i).mul(0.25f)).intoArray(line, i);
        }
        for (; i < count; i++) {
            line[i] = 0.75f * input[near + i] + 0.25f * input[far + i];
        }
    }

    @Override
    void between(float[] line, int count, float[] output, int to) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector left = FloatVector.fromArray(FLOATS, line, i);
            FloatVector right = FloatVector.fromArray(FLOATS, line, i + 1);
            FloatVector a = left.mul(0.75f).add(right.mul(0.25f));
            FloatVector b = left.mul(0.25f).add(right.mul(0.75f));
            a.rearrange(LOW).blend(b.rearrange(LOW), SECOND).intoArray(output, to + 2 * i);
            a.rearrange(HIGH).blend(b.rearrange(HIGH), SECOND).intoArray(output, to + 2 * i + LANES);
        }
        for (; i < count; i++) {
            float left = line[i];
            float right = line[i + 1];
            output[to + 2 * i] = 0.75f * left + 0.25f * right;
            output[to + 2 * i + 1] = 0.25f * left + 0.75f * right;
        }
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
