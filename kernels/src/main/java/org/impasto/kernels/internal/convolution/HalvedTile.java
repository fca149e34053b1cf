package org.impasto.kernels.internal.convolution;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Winograd's transforms F(4,2) of one tile of one block of channels, with the points of {@link WinogradPoints}; as {@link
 * WinogradTile}, with pixels that may lie apart.
 */
final class HalvedTile {
    private static final float R = WinogradPoints.R;
    private static final float S = WinogradPoints.S;
    private static final FloatVector ZERO = FloatVector.zero(FLOATS);

    private HalvedTile() {}

    /** V = B' d B of the 5x5 blocks at {@code offset}. */
    static void input(
            float[] input,
            int offset,
            int rowStride,
            int pixelStride,
            float[] scratch,
            float[] v,
            int vOffset,
            int xiStride) {
        FloatVector plusR = FloatVector.broadcast(FLOATS, R);
        FloatVector minusR = FloatVector.broadcast(FLOATS, -R);
        FloatVector plusS = FloatVector.broadcast(FLOATS, S);
        FloatVector minusS = FloatVector.broadcast(FLOATS, -S);
        FloatVector minusSquareR = FloatVector.broadcast(FLOATS, -R * R);
        FloatVector minusSquareS = FloatVector.broadcast(FLOATS, -S * S);
        FloatVector minusSquares = FloatVector.broadcast(FLOATS, -R * R - S * S);
        FloatVector product = FloatVector.broadcast(FLOATS, R * R * S * S);
        for (int lane = 0; lane < 16; lane += LANES) {
            for (int row = 0; row < 5; row++) {
                int x = offset + row * rowStride + lane;
                FloatVector d0 = FloatVector.fromArray(FLOATS, input, x);
                FloatVector d1 = FloatVector.fromArray(FLOATS, input, x + pixelStride);
                FloatVector d2 = FloatVector.fromArray(FLOATS, input, x + 2 * pixelStride);
                FloatVector d3 = FloatVector.fromArray(FLOATS, input, x + 3 * pixelStride);
                FloatVector d4 = FloatVector.fromArray(FLOATS, input, x + 4 * pixelStride);
                int t = row * 5 * LANES;
                FloatVector oddR = d1.fma(minusSquareS, d3);
                FloatVector evenR = d0.fma(minusSquareS, d2);
                FloatVector oddS = d1.fma(minusSquareR, d3);
                FloatVector evenS = d0.fma(minusSquareR, d2);
                evenR.fma(plusR, oddR).intoArray(scratch, t);
                evenR.fma(minusR, oddR).intoArray(scratch, t + LANES);
                evenS.fma(plusS, oddS).intoArray(scratch, t + 2 * LANES);
                evenS.fma(minusS, oddS).intoArray(scratch, t + 3 * LANES);
                d2.fma(minusSquares, d0.fma(product, d4)).intoArray(scratch, t + 4 * LANES);
            }
            int o = vOffset + lane;
            for (int column = 0; column < 5; column++) {
                int t = column * LANES;
                FloatVector d0 = FloatVector.fromArray(FLOATS, scratch, t);
                FloatVector d1 = FloatVector.fromArray(FLOATS, scratch, t + 5 * LANES);
                FloatVector d2 = FloatVector.fromArray(FLOATS, scratch, t + 10 * LANES);
                FloatVector d3 = FloatVector.fromArray(FLOATS, scratch, t + 15 * LANES);
                FloatVector d4 = FloatVector.fromArray(FLOATS, scratch, t + 20 * LANES);
                FloatVector oddR = d1.fma(minusSquareS, d3);
                FloatVector evenR = d0.fma(minusSquareS, d2);
                FloatVector oddS = d1.fma(minusSquareR, d3);
                FloatVector evenS = d0.fma(minusSquareR, d2);
                evenR.fma(plusR, oddR).intoArray(v, o);
                evenR.fma(minusR, oddR).intoArray(v, o + 5 * xiStride);
                evenS.fma(plusS, oddS).intoArray(v, o + 10 * xiStride);
                evenS.fma(minusS, oddS).intoArray(v, o + 15 * xiStride);
                d2.fma(minusSquares, d0.fma(product, d4)).intoArray(v, o + 20 * xiStride);
                o += xiStride;
            }
        }
    }

    /** A' m A of 25 values, plus bias and slope: 4x4 blocks. */
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
            int rowStride,
            int pixelStride) {
        FloatVector slope = FloatVector.broadcast(FLOATS, negativeSlope);
        FloatVector plusR = FloatVector.broadcast(FLOATS, R);
        FloatVector plusS = FloatVector.broadcast(FLOATS, S);
        FloatVector squareR = FloatVector.broadcast(FLOATS, R * R);
        FloatVector squareS = FloatVector.broadcast(FLOATS, S * S);
        for (int lane = 0; lane < 16; lane += LANES) {
            for (int column = 0; column < 5; column++) {
                int x = mOffset + column * xiStride + lane;
                FloatVector m0 = FloatVector.fromArray(FLOATS, m, x);
                FloatVector m1 = FloatVector.fromArray(FLOATS, m, x + 5 * xiStride);
                FloatVector m2 = FloatVector.fromArray(FLOATS, m, x + 10 * xiStride);
                FloatVector m3 = FloatVector.fromArray(FLOATS, m, x + 15 * xiStride);
                FloatVector m4 = FloatVector.fromArray(FLOATS, m, x + 20 * xiStride);
                FloatVector sumR = m0.add(m1);
                FloatVector differenceR = m0.sub(m1).mul(plusR);
                FloatVector sumS = m2.add(m3);
                FloatVector differenceS = m2.sub(m3).mul(plusS);
                int t = column * LANES;
                sumR.add(sumS).intoArray(scratch, t);
                differenceR.add(differenceS).intoArray(scratch, t + 5 * LANES);
                sumS.fma(squareS, sumR.mul(squareR)).intoArray(scratch, t + 10 * LANES);
                differenceS.fma(squareS, differenceR.fma(squareR, m4)).intoArray(scratch, t + 15 * LANES);
            }
            FloatVector shift = FloatVector.fromArray(FLOATS, bias, biasOffset + lane);
            for (int row = 0; row < 4; row++) {
                int t = row * 5 * LANES;
                FloatVector m0 = FloatVector.fromArray(FLOATS, scratch, t);
                FloatVector m1 = FloatVector.fromArray(FLOATS, scratch, t + LANES);
                FloatVector m2 = FloatVector.fromArray(FLOATS, scratch, t + 2 * LANES);
                FloatVector m3 = FloatVector.fromArray(FLOATS, scratch, t + 3 * LANES);
                FloatVector m4 = FloatVector.fromArray(FLOATS, scratch, t + 4 * LANES);
                FloatVector sumR = m0.add(m1);
                FloatVector differenceR = m0.sub(m1).mul(plusR);
                FloatVector sumS = m2.add(m3);
                FloatVector differenceS = m2.sub(m3).mul(plusS);
                FloatVector y0 = sumR.add(sumS.add(shift));
                FloatVector y1 = differenceR.add(differenceS.add(shift));
                FloatVector y2 = sumS.fma(squareS, sumR.fma(squareR, shift));
                FloatVector y3 = differenceS.fma(squareS, differenceR.fma(squareR, m4.add(shift)));
                int o = offset + row * rowStride + lane;
                VectorMask<Float> n0 = y0.compare(VectorOperators.LT, 0f);
                y0.lanewise(VectorOperators.FMA, slope, ZERO, n0).intoArray(output, o);
                VectorMask<Float> n1 = y1.compare(VectorOperators.LT, 0f);
                y1.lanewise(VectorOperators.FMA, slope, ZERO, n1).intoArray(output, o + pixelStride);
                VectorMask<Float> n2 = y2.compare(VectorOperators.LT, 0f);
                y2.lanewise(VectorOperators.FMA, slope, ZERO, n2).intoArray(output, o + 2 * pixelStride);
                VectorMask<Float> n3 = y3.compare(VectorOperators.LT, 0f);
                y3.lanewise(VectorOperators.FMA, slope, ZERO, n3).intoArray(output, o + 3 * pixelStride);
            }
        }
    }
}
