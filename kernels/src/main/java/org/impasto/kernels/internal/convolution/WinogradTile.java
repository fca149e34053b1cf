package org.impasto.kernels.internal.convolution;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Winograd's transforms F(4,3) of one tile of one block of channels, with the points of {@link WinogradPoints}.
 *
 * <p>Rows go first into a scratch array that stays in the first cache, then columns: 36 vectors do not fit in the
 * registers. The points come in pairs of opposite sign, so even and odd powers are summed once for both.
 */
final class WinogradTile {
    private static final float P = WinogradPoints.P;
    private static final float Q = WinogradPoints.Q;
    private static final FloatVector MINUS_TWO = FloatVector.broadcast(FLOATS, -2f);
    private static final FloatVector MINUS_HALF = FloatVector.broadcast(FLOATS, -0.5f);
    private static final FloatVector MINUS_FIVE_HALVES = FloatVector.broadcast(FLOATS, -2.5f);
    private static final FloatVector TWO = FloatVector.broadcast(FLOATS, 2f);
    private static final FloatVector HALF = FloatVector.broadcast(FLOATS, 0.5f);
    private static final FloatVector PLUS_P = FloatVector.broadcast(FLOATS, P);
    private static final FloatVector MINUS_P = FloatVector.broadcast(FLOATS, -P);
    private static final FloatVector PLUS_Q = FloatVector.broadcast(FLOATS, Q);
    private static final FloatVector MINUS_Q = FloatVector.broadcast(FLOATS, -Q);
    private static final FloatVector ZERO = FloatVector.zero(FLOATS);

    private WinogradTile() {}

    /** V = B' d B of the 6x6 blocks at {@code offset}. */
    static void input(float[] input, int offset, int rowStride, float[] scratch, float[] v, int vOffset, int xiStride) {
        for (int lane = 0; lane < 16; lane += LANES) {
            for (int row = 0; row < 6; row++) {
                int x = offset + row * rowStride + lane;
                FloatVector d0 = FloatVector.fromArray(FLOATS, input, x);
                FloatVector d1 = FloatVector.fromArray(FLOATS, input, x + 16);
                FloatVector d2 = FloatVector.fromArray(FLOATS, input, x + 32);
                FloatVector d3 = FloatVector.fromArray(FLOATS, input, x + 48);
                FloatVector d4 = FloatVector.fromArray(FLOATS, input, x + 64);
                FloatVector d5 = FloatVector.fromArray(FLOATS, input, x + 80);
                int t = row * 6 * LANES;
                FloatVector evenP = d2.fma(MINUS_TWO, d4);
                FloatVector oddP = d1.fma(MINUS_TWO, d3);
                FloatVector evenQ = d2.fma(MINUS_HALF, d4);
                FloatVector oddQ = d1.fma(MINUS_HALF, d3);
                d2.fma(MINUS_FIVE_HALVES, d0.add(d4)).intoArray(scratch, t);
                oddP.fma(PLUS_P, evenP).intoArray(scratch, t + LANES);
                oddP.fma(MINUS_P, evenP).intoArray(scratch, t + 2 * LANES);
                oddQ.fma(PLUS_Q, evenQ).intoArray(scratch, t + 3 * LANES);
                oddQ.fma(MINUS_Q, evenQ).intoArray(scratch, t + 4 * LANES);
                d3.fma(MINUS_FIVE_HALVES, d1.add(d5)).intoArray(scratch, t + 5 * LANES);
            }
            int o = vOffset + lane;
            for (int column = 0; column < 6; column++) {
                int t = column * LANES;
                FloatVector d0 = FloatVector.fromArray(FLOATS, scratch, t);
                FloatVector d1 = FloatVector.fromArray(FLOATS, scratch, t + 6 * LANES);
                FloatVector d2 = FloatVector.fromArray(FLOATS, scratch, t + 12 * LANES);
                FloatVector d3 = FloatVector.fromArray(FLOATS, scratch, t + 18 * LANES);
                FloatVector d4 = FloatVector.fromArray(FLOATS, scratch, t + 24 * LANES);
                FloatVector d5 = FloatVector.fromArray(FLOATS, scratch, t + 30 * LANES);
                FloatVector evenP = d2.fma(MINUS_TWO, d4);
                FloatVector oddP = d1.fma(MINUS_TWO, d3);
                FloatVector evenQ = d2.fma(MINUS_HALF, d4);
                FloatVector oddQ = d1.fma(MINUS_HALF, d3);
                d2.fma(MINUS_FIVE_HALVES, d0.add(d4)).intoArray(v, o);
                oddP.fma(PLUS_P, evenP).intoArray(v, o + 6 * xiStride);
                oddP.fma(MINUS_P, evenP).intoArray(v, o + 12 * xiStride);
                oddQ.fma(PLUS_Q, evenQ).intoArray(v, o + 18 * xiStride);
                oddQ.fma(MINUS_Q, evenQ).intoArray(v, o + 24 * xiStride);
                d3.fma(MINUS_FIVE_HALVES, d1.add(d5)).intoArray(v, o + 30 * xiStride);
                o += xiStride;
            }
        }
    }

    /** D = A g A' of the 4x4 blocks at {@code offset}. */
    static void gradient(float[] g, int offset, int rowStride, float[] scratch, float[] d, int dOffset, int xiStride) {
        for (int lane = 0; lane < 16; lane += LANES) {
            for (int row = 0; row < 4; row++) {
                int x = offset + row * rowStride + lane;
                FloatVector g0 = FloatVector.fromArray(FLOATS, g, x);
                FloatVector g1 = FloatVector.fromArray(FLOATS, g, x + 16);
                FloatVector g2 = FloatVector.fromArray(FLOATS, g, x + 32);
                FloatVector g3 = FloatVector.fromArray(FLOATS, g, x + 48);
                FloatVector evenP = g2.fma(HALF, g0);
                FloatVector oddP = g3.fma(HALF, g1);
                FloatVector evenQ = g2.fma(TWO, g0);
                FloatVector oddQ = g3.fma(TWO, g1);
                int t = row * 6 * LANES;
                g0.intoArray(scratch, t);
                oddP.fma(PLUS_P, evenP).intoArray(scratch, t + LANES);
                oddP.fma(MINUS_P, evenP).intoArray(scratch, t + 2 * LANES);
                oddQ.fma(PLUS_Q, evenQ).intoArray(scratch, t + 3 * LANES);
                oddQ.fma(MINUS_Q, evenQ).intoArray(scratch, t + 4 * LANES);
                g3.intoArray(scratch, t + 5 * LANES);
            }
            int o = dOffset + lane;
            for (int column = 0; column < 6; column++) {
                int t = column * LANES;
                FloatVector g0 = FloatVector.fromArray(FLOATS, scratch, t);
                FloatVector g1 = FloatVector.fromArray(FLOATS, scratch, t + 6 * LANES);
                FloatVector g2 = FloatVector.fromArray(FLOATS, scratch, t + 12 * LANES);
                FloatVector g3 = FloatVector.fromArray(FLOATS, scratch, t + 18 * LANES);
                FloatVector evenP = g2.fma(HALF, g0);
                FloatVector oddP = g3.fma(HALF, g1);
                FloatVector evenQ = g2.fma(TWO, g0);
                FloatVector oddQ = g3.fma(TWO, g1);
                g0.intoArray(d, o);
                oddP.fma(PLUS_P, evenP).intoArray(d, o + 6 * xiStride);
                oddP.fma(MINUS_P, evenP).intoArray(d, o + 12 * xiStride);
                oddQ.fma(PLUS_Q, evenQ).intoArray(d, o + 18 * xiStride);
                oddQ.fma(MINUS_Q, evenQ).intoArray(d, o + 24 * xiStride);
                g3.intoArray(d, o + 30 * xiStride);
                o += xiStride;
            }
        }
    }

    /** A' m A of 36 values, plus bias and slope: 4x4 blocks. */
    static void output(
            float[] m,
            int mOffset,
            int xiStride,
            float[] scratch,
            float[] bias,
            int biasOffset,
            float negativeSlope,
            float[] output,
            int offset,
            int rowStride) {
        FloatVector slope = FloatVector.broadcast(FLOATS, negativeSlope);
        for (int lane = 0; lane < 16; lane += LANES) {
            for (int column = 0; column < 6; column++) {
                int x = mOffset + column * xiStride + lane;
                FloatVector m0 = FloatVector.fromArray(FLOATS, m, x);
                FloatVector m1 = FloatVector.fromArray(FLOATS, m, x + 6 * xiStride);
                FloatVector m2 = FloatVector.fromArray(FLOATS, m, x + 12 * xiStride);
                FloatVector m3 = FloatVector.fromArray(FLOATS, m, x + 18 * xiStride);
                FloatVector m4 = FloatVector.fromArray(FLOATS, m, x + 24 * xiStride);
                FloatVector m5 = FloatVector.fromArray(FLOATS, m, x + 30 * xiStride);
                FloatVector sumP = m1.add(m2);
                FloatVector differenceP = m1.sub(m2).mul(PLUS_P);
                FloatVector sumQ = m3.add(m4);
                FloatVector differenceQ = m3.sub(m4).mul(PLUS_Q);
                int t = column * LANES;
                m0.add(sumP).add(sumQ).intoArray(scratch, t);
                differenceP.add(differenceQ).intoArray(scratch, t + 6 * LANES);
                sumQ.fma(TWO, sumP.mul(HALF)).intoArray(scratch, t + 12 * LANES);
                differenceQ.fma(TWO, differenceP.fma(HALF, m5)).intoArray(scratch, t + 18 * LANES);
            }
            FloatVector shift = FloatVector.fromArray(FLOATS, bias, biasOffset + lane);
            for (int row = 0; row < 4; row++) {
                int t = row * 6 * LANES;
                FloatVector m0 = FloatVector.fromArray(FLOATS, scratch, t);
                FloatVector m1 = FloatVector.fromArray(FLOATS, scratch, t + LANES);
                FloatVector m2 = FloatVector.fromArray(FLOATS, scratch, t + 2 * LANES);
                FloatVector m3 = FloatVector.fromArray(FLOATS, scratch, t + 3 * LANES);
                FloatVector m4 = FloatVector.fromArray(FLOATS, scratch, t + 4 * LANES);
                FloatVector m5 = FloatVector.fromArray(FLOATS, scratch, t + 5 * LANES);
                FloatVector sumP = m1.add(m2);
                FloatVector differenceP = m1.sub(m2).mul(PLUS_P);
                FloatVector sumQ = m3.add(m4);
                FloatVector differenceQ = m3.sub(m4).mul(PLUS_Q);
                FloatVector y0 = m0.add(sumP).add(sumQ.add(shift));
                FloatVector y1 = differenceP.add(differenceQ.add(shift));
                FloatVector y2 = sumQ.fma(TWO, sumP.fma(HALF, shift));
                FloatVector y3 = differenceQ.fma(TWO, differenceP.fma(HALF, m5.add(shift)));
                int o = offset + row * rowStride + lane;
                VectorMask<Float> n0 = y0.compare(VectorOperators.LT, 0f);
                y0.lanewise(VectorOperators.FMA, slope, ZERO, n0).intoArray(output, o);
                VectorMask<Float> n1 = y1.compare(VectorOperators.LT, 0f);
                y1.lanewise(VectorOperators.FMA, slope, ZERO, n1).intoArray(output, o + 16);
                VectorMask<Float> n2 = y2.compare(VectorOperators.LT, 0f);
                y2.lanewise(VectorOperators.FMA, slope, ZERO, n2).intoArray(output, o + 32);
                VectorMask<Float> n3 = y3.compare(VectorOperators.LT, 0f);
                y3.lanewise(VectorOperators.FMA, slope, ZERO, n3).intoArray(output, o + 48);
            }
        }
    }

    /** The same with the maximum of each 2x2 window: 2x2 blocks. */
    static void pooledOutput(
            float[] m,
            int mOffset,
            int xiStride,
            float[] scratch,
            float[] bias,
            int biasOffset,
            float negativeSlope,
            float[] output,
            int offset,
            int rowStride) {
        FloatVector slope = FloatVector.broadcast(FLOATS, negativeSlope);
        for (int lane = 0; lane < 16; lane += LANES) {
            for (int column = 0; column < 6; column++) {
                int x = mOffset + column * xiStride + lane;
                FloatVector m0 = FloatVector.fromArray(FLOATS, m, x);
                FloatVector m1 = FloatVector.fromArray(FLOATS, m, x + 6 * xiStride);
                FloatVector m2 = FloatVector.fromArray(FLOATS, m, x + 12 * xiStride);
                FloatVector m3 = FloatVector.fromArray(FLOATS, m, x + 18 * xiStride);
                FloatVector m4 = FloatVector.fromArray(FLOATS, m, x + 24 * xiStride);
                FloatVector m5 = FloatVector.fromArray(FLOATS, m, x + 30 * xiStride);
                FloatVector sumP = m1.add(m2);
                FloatVector differenceP = m1.sub(m2).mul(PLUS_P);
                FloatVector sumQ = m3.add(m4);
                FloatVector differenceQ = m3.sub(m4).mul(PLUS_Q);
                int t = column * LANES;
                m0.add(sumP).add(sumQ).intoArray(scratch, t);
                differenceP.add(differenceQ).intoArray(scratch, t + 6 * LANES);
                sumQ.fma(TWO, sumP.mul(HALF)).intoArray(scratch, t + 12 * LANES);
                differenceQ.fma(TWO, differenceP.fma(HALF, m5)).intoArray(scratch, t + 18 * LANES);
            }
            FloatVector shift = FloatVector.fromArray(FLOATS, bias, biasOffset + lane);
            for (int row = 0; row < 2; row++) {
                int upper = 2 * row * 6 * LANES;
                int lower = upper + 6 * LANES;
                FloatVector m0 = FloatVector.fromArray(FLOATS, scratch, upper);
                FloatVector m1 = FloatVector.fromArray(FLOATS, scratch, upper + LANES);
                FloatVector m2 = FloatVector.fromArray(FLOATS, scratch, upper + 2 * LANES);
                FloatVector m3 = FloatVector.fromArray(FLOATS, scratch, upper + 3 * LANES);
                FloatVector m4 = FloatVector.fromArray(FLOATS, scratch, upper + 4 * LANES);
                FloatVector m5 = FloatVector.fromArray(FLOATS, scratch, upper + 5 * LANES);
                FloatVector sumP = m1.add(m2);
                FloatVector differenceP = m1.sub(m2).mul(PLUS_P);
                FloatVector sumQ = m3.add(m4);
                FloatVector differenceQ = m3.sub(m4).mul(PLUS_Q);
                FloatVector y0 = m0.add(sumP).add(sumQ.add(shift));
                FloatVector y1 = differenceP.add(differenceQ.add(shift));
                FloatVector y2 = sumQ.fma(TWO, sumP.fma(HALF, shift));
                FloatVector y3 = differenceQ.fma(TWO, differenceP.fma(HALF, m5.add(shift)));
                FloatVector left = y0.max(y1);
                FloatVector right = y2.max(y3);
                FloatVector m0b = FloatVector.fromArray(FLOATS, scratch, lower);
                FloatVector m1b = FloatVector.fromArray(FLOATS, scratch, lower + LANES);
                FloatVector m2b = FloatVector.fromArray(FLOATS, scratch, lower + 2 * LANES);
                FloatVector m3b = FloatVector.fromArray(FLOATS, scratch, lower + 3 * LANES);
                FloatVector m4b = FloatVector.fromArray(FLOATS, scratch, lower + 4 * LANES);
                FloatVector m5b = FloatVector.fromArray(FLOATS, scratch, lower + 5 * LANES);
                FloatVector sumPb = m1b.add(m2b);
                FloatVector differencePb = m1b.sub(m2b).mul(PLUS_P);
                FloatVector sumQb = m3b.add(m4b);
                FloatVector differenceQb = m3b.sub(m4b).mul(PLUS_Q);
                FloatVector z0 = m0b.add(sumPb).add(sumQb.add(shift));
                FloatVector z1 = differencePb.add(differenceQb.add(shift));
                FloatVector z2 = sumQb.fma(TWO, sumPb.fma(HALF, shift));
                FloatVector z3 = differenceQb.fma(TWO, differencePb.fma(HALF, m5b.add(shift)));
                FloatVector first = left.max(z0.max(z1));
                FloatVector second = right.max(z2.max(z3));
                int o = offset + row * rowStride + lane;
                VectorMask<Float> n0 = first.compare(VectorOperators.LT, 0f);
                first.lanewise(VectorOperators.FMA, slope, ZERO, n0).intoArray(output, o);
                VectorMask<Float> n1 = second.compare(VectorOperators.LT, 0f);
                second.lanewise(VectorOperators.FMA, slope, ZERO, n1).intoArray(output, o + 16);
            }
        }
    }
}
