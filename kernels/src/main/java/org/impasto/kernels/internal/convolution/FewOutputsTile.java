package org.impasto.kernels.internal.convolution;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Register tiles for three or four output channels: lanes hold input channels and are folded at the end, in a
 * fixed order, sixteen vectors to one. Eight or six pixels a step where there are 32 registers, half of them at 256 bits.
 */
final class FewOutputsTile {
    private static final VectorMask<Float> ODD = lanesWith(1);
    private static final VectorMask<Float> BIT_TWO = lanesWith(2);
    private static final VectorMask<Float> BIT_FOUR = lanesWith(4);
    private static final VectorMask<Float> BIT_EIGHT = lanesWith(8);
    private static final VectorShuffle<Float> SWAP_ONE = swap(1);
    private static final VectorShuffle<Float> SWAP_TWO = swap(2);
    private static final VectorShuffle<Float> SWAP_FOUR = swap(4);
    private static final VectorShuffle<Float> SWAP_EIGHT = swap(8);

    private FewOutputsTile() {}

    private static VectorMask<Float> lanesWith(int bit) {
        boolean[] lanes = new boolean[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane] = (lane & bit) != 0;
        }
        return VectorMask.fromArray(FLOATS, lanes, 0);
    }

    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ distance) % LANES);
    }

    /** See {@link Kernels#fewOutputs}. */
    static void multiply(
            float[] a, int base, int pixels, int[] taps, float[] b, int columns, float[] fold, float[] c, int cOffset) {
        int step = (columns == 3 ? 8 : 6) / (LANES == 8 ? 2 : 1);
        for (int pixel = 0; pixel < pixels; pixel += step) {
            int x = base + 16 * pixel;
            if (LANES == 8) {
                if (columns == 3) {
                    fourByThree(a, x, taps, b, fold);
                } else {
                    threeByFour(a, x, taps, b, fold);
                }
            } else if (columns == 3) {
                eightByThree(a, x, taps, b, fold);
            } else {
                sixByFour(a, x, taps, b, fold);
            }
            int sums = Math.min(step, pixels - pixel) * columns;
            for (int sum = 0; sum < sums; sum += LANES) {
                int vectors = sum * LANES;
                if (LANES == 16) {
                    pairsOfEight(fold, vectors);
                }
                if (LANES >= 8) {
                    pairsOfFour(fold, vectors);
                }
                pairsOfTwo(fold, vectors);
                FloatVector x0 = FloatVector.fromArray(FLOATS, fold, vectors);
                FloatVector x1 = FloatVector.fromArray(FLOATS, fold, vectors + LANES);
                x0.blend(x1, ODD).add(x1.blend(x0, ODD).rearrange(SWAP_ONE)).intoArray(fold, vectors);
                System.arraycopy(fold, vectors, c, cOffset + pixel * columns + sum, Math.min(LANES, sums - sum));
            }
        }
    }

    /** The sums of vectors 8 apart: their lanes with and without bit 8, side by side. */
    private static void pairsOfEight(float[] fold, int at) {
        for (int i = 0; i < 8; i++) {
            int o = at + i * LANES;
            FloatVector x = FloatVector.fromArray(FLOATS, fold, o);
            FloatVector y = FloatVector.fromArray(FLOATS, fold, o + 8 * LANES);
            x.blend(y, BIT_EIGHT)
                    .add(y.blend(x, BIT_EIGHT).rearrange(SWAP_EIGHT))
                    .intoArray(fold, o);
        }
    }

    /** The sums of vectors 4 apart: their lanes with and without bit 4, side by side. */
    private static void pairsOfFour(float[] fold, int at) {
        for (int i = 0; i < 4; i++) {
            int o = at + i * LANES;
            FloatVector x = FloatVector.fromArray(FLOATS, fold, o);
            FloatVector y = FloatVector.fromArray(FLOATS, fold, o + 4 * LANES);
            x.blend(y, BIT_FOUR).add(y.blend(x, BIT_FOUR).rearrange(SWAP_FOUR)).intoArray(fold, o);
        }
    }

    /** The sums of vectors 2 apart: their lanes with and without bit 2, side by side. */
    private static void pairsOfTwo(float[] fold, int at) {
        for (int i = 0; i < 2; i++) {
            int o = at + i * LANES;
            FloatVector x = FloatVector.fromArray(FLOATS, fold, o);
            FloatVector y = FloatVector.fromArray(FLOATS, fold, o + 2 * LANES);
            x.blend(y, BIT_TWO).add(y.blend(x, BIT_TWO).rearrange(SWAP_TWO)).intoArray(fold, o);
        }
    }

    private static void eightByThree(float[] a, int base, int[] taps, float[] b, float[] fold) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector c1 = FloatVector.zero(FLOATS);
        FloatVector c2 = FloatVector.zero(FLOATS);
        FloatVector d0 = FloatVector.zero(FLOATS);
        FloatVector d1 = FloatVector.zero(FLOATS);
        FloatVector d2 = FloatVector.zero(FLOATS);
        FloatVector e0 = FloatVector.zero(FLOATS);
        FloatVector e1 = FloatVector.zero(FLOATS);
        FloatVector e2 = FloatVector.zero(FLOATS);
        FloatVector f0 = FloatVector.zero(FLOATS);
        FloatVector f1 = FloatVector.zero(FLOATS);
        FloatVector f2 = FloatVector.zero(FLOATS);
        FloatVector g0 = FloatVector.zero(FLOATS);
        FloatVector g1 = FloatVector.zero(FLOATS);
        FloatVector g2 = FloatVector.zero(FLOATS);
        FloatVector h0 = FloatVector.zero(FLOATS);
        FloatVector h1 = FloatVector.zero(FLOATS);
        FloatVector h2 = FloatVector.zero(FLOATS);
        for (int tap = 0; tap < taps.length; tap++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                int x = base + taps[tap] + lane;
                int w = tap * 48 + lane;
                FloatVector w0 = FloatVector.fromArray(FLOATS, b, w);
                FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + 16);
                FloatVector w2 = FloatVector.fromArray(FLOATS, b, w + 32);
                FloatVector x0 = FloatVector.fromArray(FLOATS, a, x);
                a0 = x0.fma(w0, a0);
                a1 = x0.fma(w1, a1);
                a2 = x0.fma(w2, a2);
                FloatVector x1 = FloatVector.fromArray(FLOATS, a, x + 16);
                b0 = x1.fma(w0, b0);
                b1 = x1.fma(w1, b1);
                b2 = x1.fma(w2, b2);
                FloatVector x2 = FloatVector.fromArray(FLOATS, a, x + 32);
                c0 = x2.fma(w0, c0);
                c1 = x2.fma(w1, c1);
                c2 = x2.fma(w2, c2);
                FloatVector x3 = FloatVector.fromArray(FLOATS, a, x + 48);
                d0 = x3.fma(w0, d0);
                d1 = x3.fma(w1, d1);
                d2 = x3.fma(w2, d2);
                FloatVector x4 = FloatVector.fromArray(FLOATS, a, x + 64);
                e0 = x4.fma(w0, e0);
                e1 = x4.fma(w1, e1);
                e2 = x4.fma(w2, e2);
                FloatVector x5 = FloatVector.fromArray(FLOATS, a, x + 80);
                f0 = x5.fma(w0, f0);
                f1 = x5.fma(w1, f1);
                f2 = x5.fma(w2, f2);
                FloatVector x6 = FloatVector.fromArray(FLOATS, a, x + 96);
                g0 = x6.fma(w0, g0);
                g1 = x6.fma(w1, g1);
                g2 = x6.fma(w2, g2);
                FloatVector x7 = FloatVector.fromArray(FLOATS, a, x + 112);
                h0 = x7.fma(w0, h0);
                h1 = x7.fma(w1, h1);
                h2 = x7.fma(w2, h2);
            }
        }
        a0.intoArray(fold, 0);
        a1.intoArray(fold, LANES);
        a2.intoArray(fold, 2 * LANES);
        b0.intoArray(fold, 3 * LANES);
        b1.intoArray(fold, 4 * LANES);
        b2.intoArray(fold, 5 * LANES);
        c0.intoArray(fold, 6 * LANES);
        c1.intoArray(fold, 7 * LANES);
        c2.intoArray(fold, 8 * LANES);
        d0.intoArray(fold, 9 * LANES);
        d1.intoArray(fold, 10 * LANES);
        d2.intoArray(fold, 11 * LANES);
        e0.intoArray(fold, 12 * LANES);
        e1.intoArray(fold, 13 * LANES);
        e2.intoArray(fold, 14 * LANES);
        f0.intoArray(fold, 15 * LANES);
        f1.intoArray(fold, 16 * LANES);
        f2.intoArray(fold, 17 * LANES);
        g0.intoArray(fold, 18 * LANES);
        g1.intoArray(fold, 19 * LANES);
        g2.intoArray(fold, 20 * LANES);
        h0.intoArray(fold, 21 * LANES);
        h1.intoArray(fold, 22 * LANES);
        h2.intoArray(fold, 23 * LANES);
    }

    private static void sixByFour(float[] a, int base, int[] taps, float[] b, float[] fold) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector b3 = FloatVector.zero(FLOATS);
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector c1 = FloatVector.zero(FLOATS);
        FloatVector c2 = FloatVector.zero(FLOATS);
        FloatVector c3 = FloatVector.zero(FLOATS);
        FloatVector d0 = FloatVector.zero(FLOATS);
        FloatVector d1 = FloatVector.zero(FLOATS);
        FloatVector d2 = FloatVector.zero(FLOATS);
        FloatVector d3 = FloatVector.zero(FLOATS);
        FloatVector e0 = FloatVector.zero(FLOATS);
        FloatVector e1 = FloatVector.zero(FLOATS);
        FloatVector e2 = FloatVector.zero(FLOATS);
        FloatVector e3 = FloatVector.zero(FLOATS);
        FloatVector f0 = FloatVector.zero(FLOATS);
        FloatVector f1 = FloatVector.zero(FLOATS);
        FloatVector f2 = FloatVector.zero(FLOATS);
        FloatVector f3 = FloatVector.zero(FLOATS);
        for (int tap = 0; tap < taps.length; tap++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                int x = base + taps[tap] + lane;
                int w = tap * 64 + lane;
                FloatVector w0 = FloatVector.fromArray(FLOATS, b, w);
                FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + 16);
                FloatVector w2 = FloatVector.fromArray(FLOATS, b, w + 32);
                FloatVector w3 = FloatVector.fromArray(FLOATS, b, w + 48);
                FloatVector x0 = FloatVector.fromArray(FLOATS, a, x);
                a0 = x0.fma(w0, a0);
                a1 = x0.fma(w1, a1);
                a2 = x0.fma(w2, a2);
                a3 = x0.fma(w3, a3);
                FloatVector x1 = FloatVector.fromArray(FLOATS, a, x + 16);
                b0 = x1.fma(w0, b0);
                b1 = x1.fma(w1, b1);
                b2 = x1.fma(w2, b2);
                b3 = x1.fma(w3, b3);
                FloatVector x2 = FloatVector.fromArray(FLOATS, a, x + 32);
                c0 = x2.fma(w0, c0);
                c1 = x2.fma(w1, c1);
                c2 = x2.fma(w2, c2);
                c3 = x2.fma(w3, c3);
                FloatVector x3 = FloatVector.fromArray(FLOATS, a, x + 48);
                d0 = x3.fma(w0, d0);
                d1 = x3.fma(w1, d1);
                d2 = x3.fma(w2, d2);
                d3 = x3.fma(w3, d3);
                FloatVector x4 = FloatVector.fromArray(FLOATS, a, x + 64);
                e0 = x4.fma(w0, e0);
                e1 = x4.fma(w1, e1);
                e2 = x4.fma(w2, e2);
                e3 = x4.fma(w3, e3);
                FloatVector x5 = FloatVector.fromArray(FLOATS, a, x + 80);
                f0 = x5.fma(w0, f0);
                f1 = x5.fma(w1, f1);
                f2 = x5.fma(w2, f2);
                f3 = x5.fma(w3, f3);
            }
        }
        a0.intoArray(fold, 0);
        a1.intoArray(fold, LANES);
        a2.intoArray(fold, 2 * LANES);
        a3.intoArray(fold, 3 * LANES);
        b0.intoArray(fold, 4 * LANES);
        b1.intoArray(fold, 5 * LANES);
        b2.intoArray(fold, 6 * LANES);
        b3.intoArray(fold, 7 * LANES);
        c0.intoArray(fold, 8 * LANES);
        c1.intoArray(fold, 9 * LANES);
        c2.intoArray(fold, 10 * LANES);
        c3.intoArray(fold, 11 * LANES);
        d0.intoArray(fold, 12 * LANES);
        d1.intoArray(fold, 13 * LANES);
        d2.intoArray(fold, 14 * LANES);
        d3.intoArray(fold, 15 * LANES);
        e0.intoArray(fold, 16 * LANES);
        e1.intoArray(fold, 17 * LANES);
        e2.intoArray(fold, 18 * LANES);
        e3.intoArray(fold, 19 * LANES);
        f0.intoArray(fold, 20 * LANES);
        f1.intoArray(fold, 21 * LANES);
        f2.intoArray(fold, 22 * LANES);
        f3.intoArray(fold, 23 * LANES);
    }

    private static void fourByThree(float[] a, int base, int[] taps, float[] b, float[] fold) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector c1 = FloatVector.zero(FLOATS);
        FloatVector c2 = FloatVector.zero(FLOATS);
        FloatVector d0 = FloatVector.zero(FLOATS);
        FloatVector d1 = FloatVector.zero(FLOATS);
        FloatVector d2 = FloatVector.zero(FLOATS);
        for (int tap = 0; tap < taps.length; tap++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                int x = base + taps[tap] + lane;
                int w = tap * 48 + lane;
                FloatVector w0 = FloatVector.fromArray(FLOATS, b, w);
                FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + 16);
                FloatVector w2 = FloatVector.fromArray(FLOATS, b, w + 32);
                FloatVector x0 = FloatVector.fromArray(FLOATS, a, x);
                a0 = x0.fma(w0, a0);
                a1 = x0.fma(w1, a1);
                a2 = x0.fma(w2, a2);
                FloatVector x1 = FloatVector.fromArray(FLOATS, a, x + 16);
                b0 = x1.fma(w0, b0);
                b1 = x1.fma(w1, b1);
                b2 = x1.fma(w2, b2);
                FloatVector x2 = FloatVector.fromArray(FLOATS, a, x + 32);
                c0 = x2.fma(w0, c0);
                c1 = x2.fma(w1, c1);
                c2 = x2.fma(w2, c2);
                FloatVector x3 = FloatVector.fromArray(FLOATS, a, x + 48);
                d0 = x3.fma(w0, d0);
                d1 = x3.fma(w1, d1);
                d2 = x3.fma(w2, d2);
            }
        }
        a0.intoArray(fold, 0);
        a1.intoArray(fold, LANES);
        a2.intoArray(fold, 2 * LANES);
        b0.intoArray(fold, 3 * LANES);
        b1.intoArray(fold, 4 * LANES);
        b2.intoArray(fold, 5 * LANES);
        c0.intoArray(fold, 6 * LANES);
        c1.intoArray(fold, 7 * LANES);
        c2.intoArray(fold, 8 * LANES);
        d0.intoArray(fold, 9 * LANES);
        d1.intoArray(fold, 10 * LANES);
        d2.intoArray(fold, 11 * LANES);
    }

    private static void threeByFour(float[] a, int base, int[] taps, float[] b, float[] fold) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector b3 = FloatVector.zero(FLOATS);
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector c1 = FloatVector.zero(FLOATS);
        FloatVector c2 = FloatVector.zero(FLOATS);
        FloatVector c3 = FloatVector.zero(FLOATS);
        for (int tap = 0; tap < taps.length; tap++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                int x = base + taps[tap] + lane;
                int w = tap * 64 + lane;
                FloatVector w0 = FloatVector.fromArray(FLOATS, b, w);
                FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + 16);
                FloatVector w2 = FloatVector.fromArray(FLOATS, b, w + 32);
                FloatVector w3 = FloatVector.fromArray(FLOATS, b, w + 48);
                FloatVector x0 = FloatVector.fromArray(FLOATS, a, x);
                a0 = x0.fma(w0, a0);
                a1 = x0.fma(w1, a1);
                a2 = x0.fma(w2, a2);
                a3 = x0.fma(w3, a3);
                FloatVector x1 = FloatVector.fromArray(FLOATS, a, x + 16);
                b0 = x1.fma(w0, b0);
                b1 = x1.fma(w1, b1);
                b2 = x1.fma(w2, b2);
                b3 = x1.fma(w3, b3);
                FloatVector x2 = FloatVector.fromArray(FLOATS, a, x + 32);
                c0 = x2.fma(w0, c0);
                c1 = x2.fma(w1, c1);
                c2 = x2.fma(w2, c2);
                c3 = x2.fma(w3, c3);
            }
        }
        a0.intoArray(fold, 0);
        a1.intoArray(fold, LANES);
        a2.intoArray(fold, 2 * LANES);
        a3.intoArray(fold, 3 * LANES);
        b0.intoArray(fold, 4 * LANES);
        b1.intoArray(fold, 5 * LANES);
        b2.intoArray(fold, 6 * LANES);
        b3.intoArray(fold, 7 * LANES);
        c0.intoArray(fold, 8 * LANES);
        c1.intoArray(fold, 9 * LANES);
        c2.intoArray(fold, 10 * LANES);
        c3.intoArray(fold, 11 * LANES);
    }
}
