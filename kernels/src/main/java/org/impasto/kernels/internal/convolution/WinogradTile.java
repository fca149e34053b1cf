package org.impasto.kernels.internal.convolution;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Winograd's transforms F(4,3) of tiles of one block of channels, with the points of {@link WinogradPoints}.
 *
 * <p>36 vectors do not fit in the registers. What is computed most often is done in halves of eighteen or twelve, which
 * reads the tile twice; the rest goes row by row into a scratch array, and from there column by column. The halves run
 * over neighbouring tiles, with indices that grow by constants: so bounds are checked before the loop, not at each vector.
 * The points come in pairs of opposite sign, so even and odd powers are summed once for both. Factors are locals: those in
 * static fields would be read from memory at every use. Nothing is shared by a method: see {@link BlockedTile} about
 * vectors as arguments.
 */
final class WinogradTile {
    private static final float P = WinogradPoints.P;
    private static final float Q = WinogradPoints.Q;
    private static final FloatVector ZERO = FloatVector.zero(FLOATS);

    private WinogradTile() {}

    /** V = B' d B of the 6x6 blocks at {@code offset}, and of those of the tiles beside them. */
    static void input(float[] input, int offset, int rowStride, int tiles, float[] v, int vOffset, int xiStride) {
        for (int lane = 0; lane < 16; lane += LANES) {
            leftColumns(input, offset + lane, rowStride, tiles, v, vOffset + lane, xiStride);
            rightColumns(input, offset + lane, rowStride, tiles, v, vOffset + 3 * xiStride + lane, xiStride);
        }
    }

    private static void leftColumns(
            float[] input, int offset, int rowStride, int tiles, float[] v, int vOffset, int xiStride) {
        FloatVector minusTwo = FloatVector.broadcast(FLOATS, -2f);
        FloatVector minusHalf = FloatVector.broadcast(FLOATS, -0.5f);
        FloatVector minusFiveHalves = FloatVector.broadcast(FLOATS, -2.5f);
        FloatVector plusP = FloatVector.broadcast(FLOATS, P);
        FloatVector minusP = FloatVector.broadcast(FLOATS, -P);
        FloatVector plusQ = FloatVector.broadcast(FLOATS, Q);
        FloatVector minusQ = FloatVector.broadcast(FLOATS, -Q);
        int x0 = offset;
        int x1 = x0 + rowStride;
        int x2 = x1 + rowStride;
        int x3 = x2 + rowStride;
        int x4 = x3 + rowStride;
        int x5 = x4 + rowStride;
        int o0 = vOffset;
        int o1 = o0 + xiStride;
        int o2 = o1 + xiStride;
        for (int t = 0; t < tiles; t++) {
            FloatVector second0 = FloatVector.fromArray(FLOATS, input, x0 + 32 + t * 64);
            FloatVector fourth0 = FloatVector.fromArray(FLOATS, input, x0 + 64 + t * 64);
            FloatVector a0 = second0.fma(
                    minusFiveHalves,
                    FloatVector.fromArray(FLOATS, input, x0 + t * 64).add(fourth0));
            FloatVector even0 = second0.fma(minusTwo, fourth0);
            FloatVector odd0 = FloatVector.fromArray(FLOATS, input, x0 + 16 + t * 64)
                    .fma(minusTwo, FloatVector.fromArray(FLOATS, input, x0 + 48 + t * 64));
            FloatVector b0 = odd0.fma(plusP, even0);
            FloatVector c0 = odd0.fma(minusP, even0);
            FloatVector second1 = FloatVector.fromArray(FLOATS, input, x1 + 32 + t * 64);
            FloatVector fourth1 = FloatVector.fromArray(FLOATS, input, x1 + 64 + t * 64);
            FloatVector a1 = second1.fma(
                    minusFiveHalves,
                    FloatVector.fromArray(FLOATS, input, x1 + t * 64).add(fourth1));
            FloatVector even1 = second1.fma(minusTwo, fourth1);
            FloatVector odd1 = FloatVector.fromArray(FLOATS, input, x1 + 16 + t * 64)
                    .fma(minusTwo, FloatVector.fromArray(FLOATS, input, x1 + 48 + t * 64));
            FloatVector b1 = odd1.fma(plusP, even1);
            FloatVector c1 = odd1.fma(minusP, even1);
            FloatVector second2 = FloatVector.fromArray(FLOATS, input, x2 + 32 + t * 64);
            FloatVector fourth2 = FloatVector.fromArray(FLOATS, input, x2 + 64 + t * 64);
            FloatVector a2 = second2.fma(
                    minusFiveHalves,
                    FloatVector.fromArray(FLOATS, input, x2 + t * 64).add(fourth2));
            FloatVector even2 = second2.fma(minusTwo, fourth2);
            FloatVector odd2 = FloatVector.fromArray(FLOATS, input, x2 + 16 + t * 64)
                    .fma(minusTwo, FloatVector.fromArray(FLOATS, input, x2 + 48 + t * 64));
            FloatVector b2 = odd2.fma(plusP, even2);
            FloatVector c2 = odd2.fma(minusP, even2);
            FloatVector second3 = FloatVector.fromArray(FLOATS, input, x3 + 32 + t * 64);
            FloatVector fourth3 = FloatVector.fromArray(FLOATS, input, x3 + 64 + t * 64);
            FloatVector a3 = second3.fma(
                    minusFiveHalves,
                    FloatVector.fromArray(FLOATS, input, x3 + t * 64).add(fourth3));
            FloatVector even3 = second3.fma(minusTwo, fourth3);
            FloatVector odd3 = FloatVector.fromArray(FLOATS, input, x3 + 16 + t * 64)
                    .fma(minusTwo, FloatVector.fromArray(FLOATS, input, x3 + 48 + t * 64));
            FloatVector b3 = odd3.fma(plusP, even3);
            FloatVector c3 = odd3.fma(minusP, even3);
            FloatVector second4 = FloatVector.fromArray(FLOATS, input, x4 + 32 + t * 64);
            FloatVector fourth4 = FloatVector.fromArray(FLOATS, input, x4 + 64 + t * 64);
            FloatVector a4 = second4.fma(
                    minusFiveHalves,
                    FloatVector.fromArray(FLOATS, input, x4 + t * 64).add(fourth4));
            FloatVector even4 = second4.fma(minusTwo, fourth4);
            FloatVector odd4 = FloatVector.fromArray(FLOATS, input, x4 + 16 + t * 64)
                    .fma(minusTwo, FloatVector.fromArray(FLOATS, input, x4 + 48 + t * 64));
            FloatVector b4 = odd4.fma(plusP, even4);
            FloatVector c4 = odd4.fma(minusP, even4);
            FloatVector second5 = FloatVector.fromArray(FLOATS, input, x5 + 32 + t * 64);
            FloatVector fourth5 = FloatVector.fromArray(FLOATS, input, x5 + 64 + t * 64);
            FloatVector a5 = second5.fma(
                    minusFiveHalves,
                    FloatVector.fromArray(FLOATS, input, x5 + t * 64).add(fourth5));
            FloatVector even5 = second5.fma(minusTwo, fourth5);
            FloatVector odd5 = FloatVector.fromArray(FLOATS, input, x5 + 16 + t * 64)
                    .fma(minusTwo, FloatVector.fromArray(FLOATS, input, x5 + 48 + t * 64));
            FloatVector b5 = odd5.fma(plusP, even5);
            FloatVector c5 = odd5.fma(minusP, even5);
            a2.fma(minusFiveHalves, a0.add(a4)).intoArray(v, o0 + t * 16);
            FloatVector aEvenP = a2.fma(minusTwo, a4);
            FloatVector aOddP = a1.fma(minusTwo, a3);
            aOddP.fma(plusP, aEvenP).intoArray(v, o0 + 6 * xiStride + t * 16);
            aOddP.fma(minusP, aEvenP).intoArray(v, o0 + 12 * xiStride + t * 16);
            FloatVector aEvenQ = a2.fma(minusHalf, a4);
            FloatVector aOddQ = a1.fma(minusHalf, a3);
            aOddQ.fma(plusQ, aEvenQ).intoArray(v, o0 + 18 * xiStride + t * 16);
            aOddQ.fma(minusQ, aEvenQ).intoArray(v, o0 + 24 * xiStride + t * 16);
            a3.fma(minusFiveHalves, a1.add(a5)).intoArray(v, o0 + 30 * xiStride + t * 16);
            b2.fma(minusFiveHalves, b0.add(b4)).intoArray(v, o1 + t * 16);
            FloatVector bEvenP = b2.fma(minusTwo, b4);
            FloatVector bOddP = b1.fma(minusTwo, b3);
            bOddP.fma(plusP, bEvenP).intoArray(v, o1 + 6 * xiStride + t * 16);
            bOddP.fma(minusP, bEvenP).intoArray(v, o1 + 12 * xiStride + t * 16);
            FloatVector bEvenQ = b2.fma(minusHalf, b4);
            FloatVector bOddQ = b1.fma(minusHalf, b3);
            bOddQ.fma(plusQ, bEvenQ).intoArray(v, o1 + 18 * xiStride + t * 16);
            bOddQ.fma(minusQ, bEvenQ).intoArray(v, o1 + 24 * xiStride + t * 16);
            b3.fma(minusFiveHalves, b1.add(b5)).intoArray(v, o1 + 30 * xiStride + t * 16);
            c2.fma(minusFiveHalves, c0.add(c4)).intoArray(v, o2 + t * 16);
            FloatVector cEvenP = c2.fma(minusTwo, c4);
            FloatVector cOddP = c1.fma(minusTwo, c3);
            cOddP.fma(plusP, cEvenP).intoArray(v, o2 + 6 * xiStride + t * 16);
            cOddP.fma(minusP, cEvenP).intoArray(v, o2 + 12 * xiStride + t * 16);
            FloatVector cEvenQ = c2.fma(minusHalf, c4);
            FloatVector cOddQ = c1.fma(minusHalf, c3);
            cOddQ.fma(plusQ, cEvenQ).intoArray(v, o2 + 18 * xiStride + t * 16);
            cOddQ.fma(minusQ, cEvenQ).intoArray(v, o2 + 24 * xiStride + t * 16);
            c3.fma(minusFiveHalves, c1.add(c5)).intoArray(v, o2 + 30 * xiStride + t * 16);
        }
    }

    private static void rightColumns(
            float[] input, int offset, int rowStride, int tiles, float[] v, int vOffset, int xiStride) {
        FloatVector minusTwo = FloatVector.broadcast(FLOATS, -2f);
        FloatVector minusHalf = FloatVector.broadcast(FLOATS, -0.5f);
        FloatVector minusFiveHalves = FloatVector.broadcast(FLOATS, -2.5f);
        FloatVector plusP = FloatVector.broadcast(FLOATS, P);
        FloatVector minusP = FloatVector.broadcast(FLOATS, -P);
        FloatVector plusQ = FloatVector.broadcast(FLOATS, Q);
        FloatVector minusQ = FloatVector.broadcast(FLOATS, -Q);
        int x0 = offset;
        int x1 = x0 + rowStride;
        int x2 = x1 + rowStride;
        int x3 = x2 + rowStride;
        int x4 = x3 + rowStride;
        int x5 = x4 + rowStride;
        int o0 = vOffset;
        int o1 = o0 + xiStride;
        int o2 = o1 + xiStride;
        for (int t = 0; t < tiles; t++) {
            FloatVector first0 = FloatVector.fromArray(FLOATS, input, x0 + 16 + t * 64);
            FloatVector third0 = FloatVector.fromArray(FLOATS, input, x0 + 48 + t * 64);
            FloatVector c0 =
                    third0.fma(minusFiveHalves, first0.add(FloatVector.fromArray(FLOATS, input, x0 + 80 + t * 64)));
            FloatVector odd0 = first0.fma(minusHalf, third0);
            FloatVector even0 = FloatVector.fromArray(FLOATS, input, x0 + 32 + t * 64)
                    .fma(minusHalf, FloatVector.fromArray(FLOATS, input, x0 + 64 + t * 64));
            FloatVector a0 = odd0.fma(plusQ, even0);
            FloatVector b0 = odd0.fma(minusQ, even0);
            FloatVector first1 = FloatVector.fromArray(FLOATS, input, x1 + 16 + t * 64);
            FloatVector third1 = FloatVector.fromArray(FLOATS, input, x1 + 48 + t * 64);
            FloatVector c1 =
                    third1.fma(minusFiveHalves, first1.add(FloatVector.fromArray(FLOATS, input, x1 + 80 + t * 64)));
            FloatVector odd1 = first1.fma(minusHalf, third1);
            FloatVector even1 = FloatVector.fromArray(FLOATS, input, x1 + 32 + t * 64)
                    .fma(minusHalf, FloatVector.fromArray(FLOATS, input, x1 + 64 + t * 64));
            FloatVector a1 = odd1.fma(plusQ, even1);
            FloatVector b1 = odd1.fma(minusQ, even1);
            FloatVector first2 = FloatVector.fromArray(FLOATS, input, x2 + 16 + t * 64);
            FloatVector third2 = FloatVector.fromArray(FLOATS, input, x2 + 48 + t * 64);
            FloatVector c2 =
                    third2.fma(minusFiveHalves, first2.add(FloatVector.fromArray(FLOATS, input, x2 + 80 + t * 64)));
            FloatVector odd2 = first2.fma(minusHalf, third2);
            FloatVector even2 = FloatVector.fromArray(FLOATS, input, x2 + 32 + t * 64)
                    .fma(minusHalf, FloatVector.fromArray(FLOATS, input, x2 + 64 + t * 64));
            FloatVector a2 = odd2.fma(plusQ, even2);
            FloatVector b2 = odd2.fma(minusQ, even2);
            FloatVector first3 = FloatVector.fromArray(FLOATS, input, x3 + 16 + t * 64);
            FloatVector third3 = FloatVector.fromArray(FLOATS, input, x3 + 48 + t * 64);
            FloatVector c3 =
                    third3.fma(minusFiveHalves, first3.add(FloatVector.fromArray(FLOATS, input, x3 + 80 + t * 64)));
            FloatVector odd3 = first3.fma(minusHalf, third3);
            FloatVector even3 = FloatVector.fromArray(FLOATS, input, x3 + 32 + t * 64)
                    .fma(minusHalf, FloatVector.fromArray(FLOATS, input, x3 + 64 + t * 64));
            FloatVector a3 = odd3.fma(plusQ, even3);
            FloatVector b3 = odd3.fma(minusQ, even3);
            FloatVector first4 = FloatVector.fromArray(FLOATS, input, x4 + 16 + t * 64);
            FloatVector third4 = FloatVector.fromArray(FLOATS, input, x4 + 48 + t * 64);
            FloatVector c4 =
                    third4.fma(minusFiveHalves, first4.add(FloatVector.fromArray(FLOATS, input, x4 + 80 + t * 64)));
            FloatVector odd4 = first4.fma(minusHalf, third4);
            FloatVector even4 = FloatVector.fromArray(FLOATS, input, x4 + 32 + t * 64)
                    .fma(minusHalf, FloatVector.fromArray(FLOATS, input, x4 + 64 + t * 64));
            FloatVector a4 = odd4.fma(plusQ, even4);
            FloatVector b4 = odd4.fma(minusQ, even4);
            FloatVector first5 = FloatVector.fromArray(FLOATS, input, x5 + 16 + t * 64);
            FloatVector third5 = FloatVector.fromArray(FLOATS, input, x5 + 48 + t * 64);
            FloatVector c5 =
                    third5.fma(minusFiveHalves, first5.add(FloatVector.fromArray(FLOATS, input, x5 + 80 + t * 64)));
            FloatVector odd5 = first5.fma(minusHalf, third5);
            FloatVector even5 = FloatVector.fromArray(FLOATS, input, x5 + 32 + t * 64)
                    .fma(minusHalf, FloatVector.fromArray(FLOATS, input, x5 + 64 + t * 64));
            FloatVector a5 = odd5.fma(plusQ, even5);
            FloatVector b5 = odd5.fma(minusQ, even5);
            a2.fma(minusFiveHalves, a0.add(a4)).intoArray(v, o0 + t * 16);
            FloatVector aEvenP = a2.fma(minusTwo, a4);
            FloatVector aOddP = a1.fma(minusTwo, a3);
            aOddP.fma(plusP, aEvenP).intoArray(v, o0 + 6 * xiStride + t * 16);
            aOddP.fma(minusP, aEvenP).intoArray(v, o0 + 12 * xiStride + t * 16);
            FloatVector aEvenQ = a2.fma(minusHalf, a4);
            FloatVector aOddQ = a1.fma(minusHalf, a3);
            aOddQ.fma(plusQ, aEvenQ).intoArray(v, o0 + 18 * xiStride + t * 16);
            aOddQ.fma(minusQ, aEvenQ).intoArray(v, o0 + 24 * xiStride + t * 16);
            a3.fma(minusFiveHalves, a1.add(a5)).intoArray(v, o0 + 30 * xiStride + t * 16);
            b2.fma(minusFiveHalves, b0.add(b4)).intoArray(v, o1 + t * 16);
            FloatVector bEvenP = b2.fma(minusTwo, b4);
            FloatVector bOddP = b1.fma(minusTwo, b3);
            bOddP.fma(plusP, bEvenP).intoArray(v, o1 + 6 * xiStride + t * 16);
            bOddP.fma(minusP, bEvenP).intoArray(v, o1 + 12 * xiStride + t * 16);
            FloatVector bEvenQ = b2.fma(minusHalf, b4);
            FloatVector bOddQ = b1.fma(minusHalf, b3);
            bOddQ.fma(plusQ, bEvenQ).intoArray(v, o1 + 18 * xiStride + t * 16);
            bOddQ.fma(minusQ, bEvenQ).intoArray(v, o1 + 24 * xiStride + t * 16);
            b3.fma(minusFiveHalves, b1.add(b5)).intoArray(v, o1 + 30 * xiStride + t * 16);
            c2.fma(minusFiveHalves, c0.add(c4)).intoArray(v, o2 + t * 16);
            FloatVector cEvenP = c2.fma(minusTwo, c4);
            FloatVector cOddP = c1.fma(minusTwo, c3);
            cOddP.fma(plusP, cEvenP).intoArray(v, o2 + 6 * xiStride + t * 16);
            cOddP.fma(minusP, cEvenP).intoArray(v, o2 + 12 * xiStride + t * 16);
            FloatVector cEvenQ = c2.fma(minusHalf, c4);
            FloatVector cOddQ = c1.fma(minusHalf, c3);
            cOddQ.fma(plusQ, cEvenQ).intoArray(v, o2 + 18 * xiStride + t * 16);
            cOddQ.fma(minusQ, cEvenQ).intoArray(v, o2 + 24 * xiStride + t * 16);
            c3.fma(minusFiveHalves, c1.add(c5)).intoArray(v, o2 + 30 * xiStride + t * 16);
        }
    }

    /** D = A g A' of the 4x4 blocks at {@code offset}. */
    static void gradient(float[] g, int offset, int rowStride, float[] scratch, float[] d, int dOffset, int xiStride) {
        FloatVector plusP = FloatVector.broadcast(FLOATS, P);
        FloatVector plusQ = FloatVector.broadcast(FLOATS, Q);
        FloatVector two = FloatVector.broadcast(FLOATS, 2f);
        FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
        FloatVector minusP = FloatVector.broadcast(FLOATS, -P);
        FloatVector minusQ = FloatVector.broadcast(FLOATS, -Q);
        for (int lane = 0; lane < 16; lane += LANES) {
            for (int row = 0; row < 4; row++) {
                int x = offset + row * rowStride + lane;
                FloatVector g0 = FloatVector.fromArray(FLOATS, g, x);
                FloatVector g1 = FloatVector.fromArray(FLOATS, g, x + 16);
                FloatVector g2 = FloatVector.fromArray(FLOATS, g, x + 32);
                FloatVector g3 = FloatVector.fromArray(FLOATS, g, x + 48);
                FloatVector evenP = g2.fma(half, g0);
                FloatVector oddP = g3.fma(half, g1);
                FloatVector evenQ = g2.fma(two, g0);
                FloatVector oddQ = g3.fma(two, g1);
                int t = row * 6 * LANES;
                g0.intoArray(scratch, t);
                oddP.fma(plusP, evenP).intoArray(scratch, t + LANES);
                oddP.fma(minusP, evenP).intoArray(scratch, t + 2 * LANES);
                oddQ.fma(plusQ, evenQ).intoArray(scratch, t + 3 * LANES);
                oddQ.fma(minusQ, evenQ).intoArray(scratch, t + 4 * LANES);
                g3.intoArray(scratch, t + 5 * LANES);
            }
            int o = dOffset + lane;
            for (int column = 0; column < 6; column++) {
                int t = column * LANES;
                FloatVector g0 = FloatVector.fromArray(FLOATS, scratch, t);
                FloatVector g1 = FloatVector.fromArray(FLOATS, scratch, t + 6 * LANES);
                FloatVector g2 = FloatVector.fromArray(FLOATS, scratch, t + 12 * LANES);
                FloatVector g3 = FloatVector.fromArray(FLOATS, scratch, t + 18 * LANES);
                FloatVector evenP = g2.fma(half, g0);
                FloatVector oddP = g3.fma(half, g1);
                FloatVector evenQ = g2.fma(two, g0);
                FloatVector oddQ = g3.fma(two, g1);
                g0.intoArray(d, o);
                oddP.fma(plusP, evenP).intoArray(d, o + 6 * xiStride);
                oddP.fma(minusP, evenP).intoArray(d, o + 12 * xiStride);
                oddQ.fma(plusQ, evenQ).intoArray(d, o + 18 * xiStride);
                oddQ.fma(minusQ, evenQ).intoArray(d, o + 24 * xiStride);
                g3.intoArray(d, o + 30 * xiStride);
                o += xiStride;
            }
        }
    }

    /** A' m A of 36 values of neighbouring tiles, plus bias and slope: 4x4 blocks each. */
    static void output(
            float[] m,
            int mOffset,
            int xiStride,
            int tiles,
            float[] bias,
            int biasOffset,
            float negativeSlope,
            float[] output,
            int offset,
            int rowStride) {
        for (int lane = 0; lane < 16; lane += LANES) {
            int x = mOffset + lane;
            int o = offset + lane;
            evenRows(m, x, xiStride, tiles, bias, biasOffset + lane, negativeSlope, output, o, rowStride);
            oddRows(m, x, xiStride, tiles, bias, biasOffset + lane, negativeSlope, output, o + rowStride, rowStride);
        }
    }

    private static void evenRows(
            float[] m,
            int mOffset,
            int xiStride,
            int tiles,
            float[] bias,
            int biasOffset,
            float negativeSlope,
            float[] output,
            int offset,
            int rowStride) {
        FloatVector plusP = FloatVector.broadcast(FLOATS, P);
        FloatVector plusQ = FloatVector.broadcast(FLOATS, Q);
        FloatVector two = FloatVector.broadcast(FLOATS, 2f);
        FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
        FloatVector shift = FloatVector.fromArray(FLOATS, bias, biasOffset);
        FloatVector slope = FloatVector.broadcast(FLOATS, negativeSlope);
        int x0 = mOffset;
        int x1 = x0 + xiStride;
        int x2 = x1 + xiStride;
        int x3 = x2 + xiStride;
        int x4 = x3 + xiStride;
        int x5 = x4 + xiStride;
        int upper = offset;
        int lower = offset + 2 * rowStride;
        for (int t = 0; t < tiles; t++) {
            FloatVector p0 = FloatVector.fromArray(FLOATS, m, x0 + 6 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x0 + 12 * xiStride + t * 16));
            FloatVector q0 = FloatVector.fromArray(FLOATS, m, x0 + 18 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x0 + 24 * xiStride + t * 16));
            FloatVector a0 =
                    FloatVector.fromArray(FLOATS, m, x0 + t * 16).add(p0).add(q0);
            FloatVector b0 = q0.fma(two, p0.mul(half));
            FloatVector p1 = FloatVector.fromArray(FLOATS, m, x1 + 6 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x1 + 12 * xiStride + t * 16));
            FloatVector q1 = FloatVector.fromArray(FLOATS, m, x1 + 18 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x1 + 24 * xiStride + t * 16));
            FloatVector a1 =
                    FloatVector.fromArray(FLOATS, m, x1 + t * 16).add(p1).add(q1);
            FloatVector b1 = q1.fma(two, p1.mul(half));
            FloatVector p2 = FloatVector.fromArray(FLOATS, m, x2 + 6 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x2 + 12 * xiStride + t * 16));
            FloatVector q2 = FloatVector.fromArray(FLOATS, m, x2 + 18 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x2 + 24 * xiStride + t * 16));
            FloatVector a2 =
                    FloatVector.fromArray(FLOATS, m, x2 + t * 16).add(p2).add(q2);
            FloatVector b2 = q2.fma(two, p2.mul(half));
            FloatVector p3 = FloatVector.fromArray(FLOATS, m, x3 + 6 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x3 + 12 * xiStride + t * 16));
            FloatVector q3 = FloatVector.fromArray(FLOATS, m, x3 + 18 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x3 + 24 * xiStride + t * 16));
            FloatVector a3 =
                    FloatVector.fromArray(FLOATS, m, x3 + t * 16).add(p3).add(q3);
            FloatVector b3 = q3.fma(two, p3.mul(half));
            FloatVector p4 = FloatVector.fromArray(FLOATS, m, x4 + 6 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x4 + 12 * xiStride + t * 16));
            FloatVector q4 = FloatVector.fromArray(FLOATS, m, x4 + 18 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x4 + 24 * xiStride + t * 16));
            FloatVector a4 =
                    FloatVector.fromArray(FLOATS, m, x4 + t * 16).add(p4).add(q4);
            FloatVector b4 = q4.fma(two, p4.mul(half));
            FloatVector p5 = FloatVector.fromArray(FLOATS, m, x5 + 6 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x5 + 12 * xiStride + t * 16));
            FloatVector q5 = FloatVector.fromArray(FLOATS, m, x5 + 18 * xiStride + t * 16)
                    .add(FloatVector.fromArray(FLOATS, m, x5 + 24 * xiStride + t * 16));
            FloatVector a5 =
                    FloatVector.fromArray(FLOATS, m, x5 + t * 16).add(p5).add(q5);
            FloatVector b5 = q5.fma(two, p5.mul(half));
            FloatVector upperSumP = a1.add(a2);
            FloatVector upperSumQ = a3.add(a4);
            FloatVector upper0 = a0.add(upperSumP).add(upperSumQ.add(shift));
            VectorMask<Float> upperNegative0 = upper0.compare(VectorOperators.LT, 0f);
            upper0.lanewise(VectorOperators.FMA, slope, ZERO, upperNegative0).intoArray(output, upper + t * 64);
            FloatVector upper2 = upperSumQ.fma(two, upperSumP.fma(half, shift));
            VectorMask<Float> upperNegative2 = upper2.compare(VectorOperators.LT, 0f);
            upper2.lanewise(VectorOperators.FMA, slope, ZERO, upperNegative2).intoArray(output, upper + 32 + t * 64);
            FloatVector upperDifferenceP = a1.sub(a2).mul(plusP);
            FloatVector upperDifferenceQ = a3.sub(a4).mul(plusQ);
            FloatVector upper1 = upperDifferenceP.add(upperDifferenceQ.add(shift));
            VectorMask<Float> upperNegative1 = upper1.compare(VectorOperators.LT, 0f);
            upper1.lanewise(VectorOperators.FMA, slope, ZERO, upperNegative1).intoArray(output, upper + 16 + t * 64);
            FloatVector upper3 = upperDifferenceQ.fma(two, upperDifferenceP.fma(half, a5.add(shift)));
            VectorMask<Float> upperNegative3 = upper3.compare(VectorOperators.LT, 0f);
            upper3.lanewise(VectorOperators.FMA, slope, ZERO, upperNegative3).intoArray(output, upper + 48 + t * 64);
            FloatVector lowerSumP = b1.add(b2);
            FloatVector lowerSumQ = b3.add(b4);
            FloatVector lower0 = b0.add(lowerSumP).add(lowerSumQ.add(shift));
            VectorMask<Float> lowerNegative0 = lower0.compare(VectorOperators.LT, 0f);
            lower0.lanewise(VectorOperators.FMA, slope, ZERO, lowerNegative0).intoArray(output, lower + t * 64);
            FloatVector lower2 = lowerSumQ.fma(two, lowerSumP.fma(half, shift));
            VectorMask<Float> lowerNegative2 = lower2.compare(VectorOperators.LT, 0f);
            lower2.lanewise(VectorOperators.FMA, slope, ZERO, lowerNegative2).intoArray(output, lower + 32 + t * 64);
            FloatVector lowerDifferenceP = b1.sub(b2).mul(plusP);
            FloatVector lowerDifferenceQ = b3.sub(b4).mul(plusQ);
            FloatVector lower1 = lowerDifferenceP.add(lowerDifferenceQ.add(shift));
            VectorMask<Float> lowerNegative1 = lower1.compare(VectorOperators.LT, 0f);
            lower1.lanewise(VectorOperators.FMA, slope, ZERO, lowerNegative1).intoArray(output, lower + 16 + t * 64);
            FloatVector lower3 = lowerDifferenceQ.fma(two, lowerDifferenceP.fma(half, b5.add(shift)));
            VectorMask<Float> lowerNegative3 = lower3.compare(VectorOperators.LT, 0f);
            lower3.lanewise(VectorOperators.FMA, slope, ZERO, lowerNegative3).intoArray(output, lower + 48 + t * 64);
        }
    }

    private static void oddRows(
            float[] m,
            int mOffset,
            int xiStride,
            int tiles,
            float[] bias,
            int biasOffset,
            float negativeSlope,
            float[] output,
            int offset,
            int rowStride) {
        FloatVector plusP = FloatVector.broadcast(FLOATS, P);
        FloatVector plusQ = FloatVector.broadcast(FLOATS, Q);
        FloatVector two = FloatVector.broadcast(FLOATS, 2f);
        FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
        FloatVector shift = FloatVector.fromArray(FLOATS, bias, biasOffset);
        FloatVector slope = FloatVector.broadcast(FLOATS, negativeSlope);
        int x0 = mOffset;
        int x1 = x0 + xiStride;
        int x2 = x1 + xiStride;
        int x3 = x2 + xiStride;
        int x4 = x3 + xiStride;
        int x5 = x4 + xiStride;
        int upper = offset;
        int lower = offset + 2 * rowStride;
        for (int t = 0; t < tiles; t++) {
            FloatVector p0 = FloatVector.fromArray(FLOATS, m, x0 + 6 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x0 + 12 * xiStride + t * 16))
                    .mul(plusP);
            FloatVector q0 = FloatVector.fromArray(FLOATS, m, x0 + 18 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x0 + 24 * xiStride + t * 16))
                    .mul(plusQ);
            FloatVector a0 = p0.add(q0);
            FloatVector b0 = q0.fma(two, p0.fma(half, FloatVector.fromArray(FLOATS, m, x0 + 30 * xiStride + t * 16)));
            FloatVector p1 = FloatVector.fromArray(FLOATS, m, x1 + 6 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x1 + 12 * xiStride + t * 16))
                    .mul(plusP);
            FloatVector q1 = FloatVector.fromArray(FLOATS, m, x1 + 18 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x1 + 24 * xiStride + t * 16))
                    .mul(plusQ);
            FloatVector a1 = p1.add(q1);
            FloatVector b1 = q1.fma(two, p1.fma(half, FloatVector.fromArray(FLOATS, m, x1 + 30 * xiStride + t * 16)));
            FloatVector p2 = FloatVector.fromArray(FLOATS, m, x2 + 6 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x2 + 12 * xiStride + t * 16))
                    .mul(plusP);
            FloatVector q2 = FloatVector.fromArray(FLOATS, m, x2 + 18 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x2 + 24 * xiStride + t * 16))
                    .mul(plusQ);
            FloatVector a2 = p2.add(q2);
            FloatVector b2 = q2.fma(two, p2.fma(half, FloatVector.fromArray(FLOATS, m, x2 + 30 * xiStride + t * 16)));
            FloatVector p3 = FloatVector.fromArray(FLOATS, m, x3 + 6 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x3 + 12 * xiStride + t * 16))
                    .mul(plusP);
            FloatVector q3 = FloatVector.fromArray(FLOATS, m, x3 + 18 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x3 + 24 * xiStride + t * 16))
                    .mul(plusQ);
            FloatVector a3 = p3.add(q3);
            FloatVector b3 = q3.fma(two, p3.fma(half, FloatVector.fromArray(FLOATS, m, x3 + 30 * xiStride + t * 16)));
            FloatVector p4 = FloatVector.fromArray(FLOATS, m, x4 + 6 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x4 + 12 * xiStride + t * 16))
                    .mul(plusP);
            FloatVector q4 = FloatVector.fromArray(FLOATS, m, x4 + 18 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x4 + 24 * xiStride + t * 16))
                    .mul(plusQ);
            FloatVector a4 = p4.add(q4);
            FloatVector b4 = q4.fma(two, p4.fma(half, FloatVector.fromArray(FLOATS, m, x4 + 30 * xiStride + t * 16)));
            FloatVector p5 = FloatVector.fromArray(FLOATS, m, x5 + 6 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x5 + 12 * xiStride + t * 16))
                    .mul(plusP);
            FloatVector q5 = FloatVector.fromArray(FLOATS, m, x5 + 18 * xiStride + t * 16)
                    .sub(FloatVector.fromArray(FLOATS, m, x5 + 24 * xiStride + t * 16))
                    .mul(plusQ);
            FloatVector a5 = p5.add(q5);
            FloatVector b5 = q5.fma(two, p5.fma(half, FloatVector.fromArray(FLOATS, m, x5 + 30 * xiStride + t * 16)));
            FloatVector upperSumP = a1.add(a2);
            FloatVector upperSumQ = a3.add(a4);
            FloatVector upper0 = a0.add(upperSumP).add(upperSumQ.add(shift));
            VectorMask<Float> upperNegative0 = upper0.compare(VectorOperators.LT, 0f);
            upper0.lanewise(VectorOperators.FMA, slope, ZERO, upperNegative0).intoArray(output, upper + t * 64);
            FloatVector upper2 = upperSumQ.fma(two, upperSumP.fma(half, shift));
            VectorMask<Float> upperNegative2 = upper2.compare(VectorOperators.LT, 0f);
            upper2.lanewise(VectorOperators.FMA, slope, ZERO, upperNegative2).intoArray(output, upper + 32 + t * 64);
            FloatVector upperDifferenceP = a1.sub(a2).mul(plusP);
            FloatVector upperDifferenceQ = a3.sub(a4).mul(plusQ);
            FloatVector upper1 = upperDifferenceP.add(upperDifferenceQ.add(shift));
            VectorMask<Float> upperNegative1 = upper1.compare(VectorOperators.LT, 0f);
            upper1.lanewise(VectorOperators.FMA, slope, ZERO, upperNegative1).intoArray(output, upper + 16 + t * 64);
            FloatVector upper3 = upperDifferenceQ.fma(two, upperDifferenceP.fma(half, a5.add(shift)));
            VectorMask<Float> upperNegative3 = upper3.compare(VectorOperators.LT, 0f);
            upper3.lanewise(VectorOperators.FMA, slope, ZERO, upperNegative3).intoArray(output, upper + 48 + t * 64);
            FloatVector lowerSumP = b1.add(b2);
            FloatVector lowerSumQ = b3.add(b4);
            FloatVector lower0 = b0.add(lowerSumP).add(lowerSumQ.add(shift));
            VectorMask<Float> lowerNegative0 = lower0.compare(VectorOperators.LT, 0f);
            lower0.lanewise(VectorOperators.FMA, slope, ZERO, lowerNegative0).intoArray(output, lower + t * 64);
            FloatVector lower2 = lowerSumQ.fma(two, lowerSumP.fma(half, shift));
            VectorMask<Float> lowerNegative2 = lower2.compare(VectorOperators.LT, 0f);
            lower2.lanewise(VectorOperators.FMA, slope, ZERO, lowerNegative2).intoArray(output, lower + 32 + t * 64);
            FloatVector lowerDifferenceP = b1.sub(b2).mul(plusP);
            FloatVector lowerDifferenceQ = b3.sub(b4).mul(plusQ);
            FloatVector lower1 = lowerDifferenceP.add(lowerDifferenceQ.add(shift));
            VectorMask<Float> lowerNegative1 = lower1.compare(VectorOperators.LT, 0f);
            lower1.lanewise(VectorOperators.FMA, slope, ZERO, lowerNegative1).intoArray(output, lower + 16 + t * 64);
            FloatVector lower3 = lowerDifferenceQ.fma(two, lowerDifferenceP.fma(half, b5.add(shift)));
            VectorMask<Float> lowerNegative3 = lower3.compare(VectorOperators.LT, 0f);
            lower3.lanewise(VectorOperators.FMA, slope, ZERO, lowerNegative3).intoArray(output, lower + 48 + t * 64);
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
        FloatVector plusP = FloatVector.broadcast(FLOATS, P);
        FloatVector plusQ = FloatVector.broadcast(FLOATS, Q);
        FloatVector two = FloatVector.broadcast(FLOATS, 2f);
        FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
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
                FloatVector differenceP = m1.sub(m2).mul(plusP);
                FloatVector sumQ = m3.add(m4);
                FloatVector differenceQ = m3.sub(m4).mul(plusQ);
                int t = column * LANES;
                m0.add(sumP).add(sumQ).intoArray(scratch, t);
                differenceP.add(differenceQ).intoArray(scratch, t + 6 * LANES);
                sumQ.fma(two, sumP.mul(half)).intoArray(scratch, t + 12 * LANES);
                differenceQ.fma(two, differenceP.fma(half, m5)).intoArray(scratch, t + 18 * LANES);
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
                FloatVector differenceP = m1.sub(m2).mul(plusP);
                FloatVector sumQ = m3.add(m4);
                FloatVector differenceQ = m3.sub(m4).mul(plusQ);
                FloatVector y0 = m0.add(sumP).add(sumQ.add(shift));
                FloatVector y1 = differenceP.add(differenceQ.add(shift));
                FloatVector y2 = sumQ.fma(two, sumP.fma(half, shift));
                FloatVector y3 = differenceQ.fma(two, differenceP.fma(half, m5.add(shift)));
                FloatVector left = y0.max(y1);
                FloatVector right = y2.max(y3);
                FloatVector m0b = FloatVector.fromArray(FLOATS, scratch, lower);
                FloatVector m1b = FloatVector.fromArray(FLOATS, scratch, lower + LANES);
                FloatVector m2b = FloatVector.fromArray(FLOATS, scratch, lower + 2 * LANES);
                FloatVector m3b = FloatVector.fromArray(FLOATS, scratch, lower + 3 * LANES);
                FloatVector m4b = FloatVector.fromArray(FLOATS, scratch, lower + 4 * LANES);
                FloatVector m5b = FloatVector.fromArray(FLOATS, scratch, lower + 5 * LANES);
                FloatVector sumPb = m1b.add(m2b);
                FloatVector differencePb = m1b.sub(m2b).mul(plusP);
                FloatVector sumQb = m3b.add(m4b);
                FloatVector differenceQb = m3b.sub(m4b).mul(plusQ);
                FloatVector z0 = m0b.add(sumPb).add(sumQb.add(shift));
                FloatVector z1 = differencePb.add(differenceQb.add(shift));
                FloatVector z2 = sumQb.fma(two, sumPb.fma(half, shift));
                FloatVector z3 = differenceQb.fma(two, differencePb.fma(half, m5b.add(shift)));
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
