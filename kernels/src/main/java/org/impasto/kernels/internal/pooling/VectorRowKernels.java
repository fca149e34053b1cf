package org.impasto.kernels.internal.pooling;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;

/** The loops over rows on the Vector API; loaded only by the vector provider. */
final class VectorRowKernels extends RowKernels {
    @Override
    void max(float[] input, int from, int step, int count, float[] output, int to) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector x = FloatVector.fromArray(FLOATS, input, from + i * step + lane);
                FloatVector.fromArray(FLOATS, output, to + i * 16 + lane).max(x).intoArray(output, to + i * 16 + lane);
            }
        }
    }

    @Override
    void add(float[] input, int from, int step, int count, float[] output, int to) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector x = FloatVector.fromArray(FLOATS, input, from + i * step + lane);
                FloatVector.fromArray(FLOATS, output, to + i * 16 + lane).add(x).intoArray(output, to + i * 16 + lane);
            }
        }
    }

    @Override
    void divide(float[] output, int to, int count, float[] divisors) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector.fromArray(FLOATS, output, to + i * 16 + lane)
                        .div(divisors[i])
                        .intoArray(output, to + i * 16 + lane);
            }
        }
    }
}
