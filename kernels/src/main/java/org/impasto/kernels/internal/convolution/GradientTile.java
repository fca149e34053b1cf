package org.impasto.kernels.internal.convolution;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of weight gradients: products of two numbers of a pixel (or of a point of a Winograd tile), summed over a
 * run of pixels from zero and then added to what is there. Sums over many pixels so err like two short sums, not like a
 * long one.
 *
 * <p>Each loop is flat, without a branch beside it, and its results are stored where they were computed, so that no
 * vector is ever put on the heap.
 */
final class GradientTile {
    private GradientTile() {}

    /** Rows that lie together, at most sixteen, and maybe some behind them: row r of pixel t is {@code a[x + 16 t + r]}. */
    static void blocked(float[] a, int x, int rows, float[] b, int w, int width, int count, float[] s, int o) {
        switch (width / LANES) {
            case 4 -> {
                for (int row = 0; row < rows; row += 4) {
                    blockedFourByFour(a, x + row, b, w, count, s, o + row * width);
                }
            }
            case 2 -> {
                for (int row = 0; row < rows; row += 4) {
                    blockedFourByTwo(a, x + row, b, w, count, s, o + row * width);
                }
            }
            default -> {
                for (int row = 0; row < rows; row += 8) {
                    blockedEightByOne(a, x + row, b, w, count, s, o + row * width);
                }
            }
        }
    }

    private static void blockedFourByFour(float[] a, int x, float[] b, int w, int count, float[] s, int o) {
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
        for (int t = 0; t < count; t++) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, w + t * 4 * LANES);
            FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + t * 4 * LANES + LANES);
            FloatVector w2 = FloatVector.fromArray(FLOATS, b, w + t * 4 * LANES + 2 * LANES);
            FloatVector w3 = FloatVector.fromArray(FLOATS, b, w + t * 4 * LANES + 3 * LANES);
            FloatVector x0 = FloatVector.broadcast(FLOATS, a[x + t * 16]);
            a0 = x0.fma(w0, a0);
            a1 = x0.fma(w1, a1);
            a2 = x0.fma(w2, a2);
            a3 = x0.fma(w3, a3);
            FloatVector x1 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 1]);
            b0 = x1.fma(w0, b0);
            b1 = x1.fma(w1, b1);
            b2 = x1.fma(w2, b2);
            b3 = x1.fma(w3, b3);
            FloatVector x2 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 2]);
            c0 = x2.fma(w0, c0);
            c1 = x2.fma(w1, c1);
            c2 = x2.fma(w2, c2);
            c3 = x2.fma(w3, c3);
            FloatVector x3 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 3]);
            d0 = x3.fma(w0, d0);
            d1 = x3.fma(w1, d1);
            d2 = x3.fma(w2, d2);
            d3 = x3.fma(w3, d3);
        }
        a0.add(FloatVector.fromArray(FLOATS, s, o)).intoArray(s, o);
        a1.add(FloatVector.fromArray(FLOATS, s, o + LANES)).intoArray(s, o + LANES);
        a2.add(FloatVector.fromArray(FLOATS, s, o + 2 * LANES)).intoArray(s, o + 2 * LANES);
        a3.add(FloatVector.fromArray(FLOATS, s, o + 3 * LANES)).intoArray(s, o + 3 * LANES);
        b0.add(FloatVector.fromArray(FLOATS, s, o + 4 * LANES)).intoArray(s, o + 4 * LANES);
        b1.add(FloatVector.fromArray(FLOATS, s, o + 5 * LANES)).intoArray(s, o + 5 * LANES);
        b2.add(FloatVector.fromArray(FLOATS, s, o + 6 * LANES)).intoArray(s, o + 6 * LANES);
        b3.add(FloatVector.fromArray(FLOATS, s, o + 7 * LANES)).intoArray(s, o + 7 * LANES);
        c0.add(FloatVector.fromArray(FLOATS, s, o + 8 * LANES)).intoArray(s, o + 8 * LANES);
        c1.add(FloatVector.fromArray(FLOATS, s, o + 9 * LANES)).intoArray(s, o + 9 * LANES);
        c2.add(FloatVector.fromArray(FLOATS, s, o + 10 * LANES)).intoArray(s, o + 10 * LANES);
        c3.add(FloatVector.fromArray(FLOATS, s, o + 11 * LANES)).intoArray(s, o + 11 * LANES);
        d0.add(FloatVector.fromArray(FLOATS, s, o + 12 * LANES)).intoArray(s, o + 12 * LANES);
        d1.add(FloatVector.fromArray(FLOATS, s, o + 13 * LANES)).intoArray(s, o + 13 * LANES);
        d2.add(FloatVector.fromArray(FLOATS, s, o + 14 * LANES)).intoArray(s, o + 14 * LANES);
        d3.add(FloatVector.fromArray(FLOATS, s, o + 15 * LANES)).intoArray(s, o + 15 * LANES);
    }

    private static void blockedFourByTwo(float[] a, int x, float[] b, int w, int count, float[] s, int o) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector c1 = FloatVector.zero(FLOATS);
        FloatVector d0 = FloatVector.zero(FLOATS);
        FloatVector d1 = FloatVector.zero(FLOATS);
        for (int t = 0; t < count; t++) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, w + t * 2 * LANES);
            FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + t * 2 * LANES + LANES);
            FloatVector x0 = FloatVector.broadcast(FLOATS, a[x + t * 16]);
            a0 = x0.fma(w0, a0);
            a1 = x0.fma(w1, a1);
            FloatVector x1 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 1]);
            b0 = x1.fma(w0, b0);
            b1 = x1.fma(w1, b1);
            FloatVector x2 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 2]);
            c0 = x2.fma(w0, c0);
            c1 = x2.fma(w1, c1);
            FloatVector x3 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 3]);
            d0 = x3.fma(w0, d0);
            d1 = x3.fma(w1, d1);
        }
        a0.add(FloatVector.fromArray(FLOATS, s, o)).intoArray(s, o);
        a1.add(FloatVector.fromArray(FLOATS, s, o + LANES)).intoArray(s, o + LANES);
        b0.add(FloatVector.fromArray(FLOATS, s, o + 2 * LANES)).intoArray(s, o + 2 * LANES);
        b1.add(FloatVector.fromArray(FLOATS, s, o + 3 * LANES)).intoArray(s, o + 3 * LANES);
        c0.add(FloatVector.fromArray(FLOATS, s, o + 4 * LANES)).intoArray(s, o + 4 * LANES);
        c1.add(FloatVector.fromArray(FLOATS, s, o + 5 * LANES)).intoArray(s, o + 5 * LANES);
        d0.add(FloatVector.fromArray(FLOATS, s, o + 6 * LANES)).intoArray(s, o + 6 * LANES);
        d1.add(FloatVector.fromArray(FLOATS, s, o + 7 * LANES)).intoArray(s, o + 7 * LANES);
    }

    /** Eight rows, so that additions do not wait for one another. */
    private static void blockedEightByOne(float[] a, int x, float[] b, int w, int count, float[] s, int o) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        FloatVector s4 = FloatVector.zero(FLOATS);
        FloatVector s5 = FloatVector.zero(FLOATS);
        FloatVector s6 = FloatVector.zero(FLOATS);
        FloatVector s7 = FloatVector.zero(FLOATS);
        for (int t = 0; t < count; t++) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, w + t * LANES);
            s0 = FloatVector.broadcast(FLOATS, a[x + t * 16]).fma(w0, s0);
            s1 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 1]).fma(w0, s1);
            s2 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 2]).fma(w0, s2);
            s3 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 3]).fma(w0, s3);
            s4 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 4]).fma(w0, s4);
            s5 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 5]).fma(w0, s5);
            s6 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 6]).fma(w0, s6);
            s7 = FloatVector.broadcast(FLOATS, a[x + t * 16 + 7]).fma(w0, s7);
        }
        s0.add(FloatVector.fromArray(FLOATS, s, o)).intoArray(s, o);
        s1.add(FloatVector.fromArray(FLOATS, s, o + LANES)).intoArray(s, o + LANES);
        s2.add(FloatVector.fromArray(FLOATS, s, o + 2 * LANES)).intoArray(s, o + 2 * LANES);
        s3.add(FloatVector.fromArray(FLOATS, s, o + 3 * LANES)).intoArray(s, o + 3 * LANES);
        s4.add(FloatVector.fromArray(FLOATS, s, o + 4 * LANES)).intoArray(s, o + 4 * LANES);
        s5.add(FloatVector.fromArray(FLOATS, s, o + 5 * LANES)).intoArray(s, o + 5 * LANES);
        s6.add(FloatVector.fromArray(FLOATS, s, o + 6 * LANES)).intoArray(s, o + 6 * LANES);
        s7.add(FloatVector.fromArray(FLOATS, s, o + 7 * LANES)).intoArray(s, o + 7 * LANES);
    }

    /** Rows that lie anywhere: row r of pixel t is {@code a[x + rows[r] + t]}. */
    static void shifted(float[] a, int x, int[] rows, float[] b, int w, int width, int count, float[] s, int o) {
        for (int row = 0; row < rows.length; row += 4) {
            int p0 = x + rows[row];
            int p1 = x + rows[row + 1];
            int p2 = x + rows[row + 2];
            int p3 = x + rows[row + 3];
            switch (width / LANES) {
                case 4 -> shiftedFourByFour(a, p0, p1, p2, p3, b, w, count, s, o + row * width);
                case 2 -> shiftedFourByTwo(a, p0, p1, p2, p3, b, w, count, s, o + row * width);
                default -> shiftedFourByOne(a, p0, p1, p2, p3, b, w, count, s, o + row * width);
            }
        }
    }

    private static void shiftedFourByFour(
            float[] a, int p0, int p1, int p2, int p3, float[] b, int w, int count, float[] s, int o) {
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
        for (int t = 0; t < count; t++) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, w + t * 4 * LANES);
            FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + t * 4 * LANES + LANES);
            FloatVector w2 = FloatVector.fromArray(FLOATS, b, w + t * 4 * LANES + 2 * LANES);
            FloatVector w3 = FloatVector.fromArray(FLOATS, b, w + t * 4 * LANES + 3 * LANES);
            FloatVector x0 = FloatVector.broadcast(FLOATS, a[p0 + t]);
            a0 = x0.fma(w0, a0);
            a1 = x0.fma(w1, a1);
            a2 = x0.fma(w2, a2);
            a3 = x0.fma(w3, a3);
            FloatVector x1 = FloatVector.broadcast(FLOATS, a[p1 + t]);
            b0 = x1.fma(w0, b0);
            b1 = x1.fma(w1, b1);
            b2 = x1.fma(w2, b2);
            b3 = x1.fma(w3, b3);
            FloatVector x2 = FloatVector.broadcast(FLOATS, a[p2 + t]);
            c0 = x2.fma(w0, c0);
            c1 = x2.fma(w1, c1);
            c2 = x2.fma(w2, c2);
            c3 = x2.fma(w3, c3);
            FloatVector x3 = FloatVector.broadcast(FLOATS, a[p3 + t]);
            d0 = x3.fma(w0, d0);
            d1 = x3.fma(w1, d1);
            d2 = x3.fma(w2, d2);
            d3 = x3.fma(w3, d3);
        }
        a0.add(FloatVector.fromArray(FLOATS, s, o)).intoArray(s, o);
        a1.add(FloatVector.fromArray(FLOATS, s, o + LANES)).intoArray(s, o + LANES);
        a2.add(FloatVector.fromArray(FLOATS, s, o + 2 * LANES)).intoArray(s, o + 2 * LANES);
        a3.add(FloatVector.fromArray(FLOATS, s, o + 3 * LANES)).intoArray(s, o + 3 * LANES);
        b0.add(FloatVector.fromArray(FLOATS, s, o + 4 * LANES)).intoArray(s, o + 4 * LANES);
        b1.add(FloatVector.fromArray(FLOATS, s, o + 5 * LANES)).intoArray(s, o + 5 * LANES);
        b2.add(FloatVector.fromArray(FLOATS, s, o + 6 * LANES)).intoArray(s, o + 6 * LANES);
        b3.add(FloatVector.fromArray(FLOATS, s, o + 7 * LANES)).intoArray(s, o + 7 * LANES);
        c0.add(FloatVector.fromArray(FLOATS, s, o + 8 * LANES)).intoArray(s, o + 8 * LANES);
        c1.add(FloatVector.fromArray(FLOATS, s, o + 9 * LANES)).intoArray(s, o + 9 * LANES);
        c2.add(FloatVector.fromArray(FLOATS, s, o + 10 * LANES)).intoArray(s, o + 10 * LANES);
        c3.add(FloatVector.fromArray(FLOATS, s, o + 11 * LANES)).intoArray(s, o + 11 * LANES);
        d0.add(FloatVector.fromArray(FLOATS, s, o + 12 * LANES)).intoArray(s, o + 12 * LANES);
        d1.add(FloatVector.fromArray(FLOATS, s, o + 13 * LANES)).intoArray(s, o + 13 * LANES);
        d2.add(FloatVector.fromArray(FLOATS, s, o + 14 * LANES)).intoArray(s, o + 14 * LANES);
        d3.add(FloatVector.fromArray(FLOATS, s, o + 15 * LANES)).intoArray(s, o + 15 * LANES);
    }

    private static void shiftedFourByTwo(
            float[] a, int p0, int p1, int p2, int p3, float[] b, int w, int count, float[] s, int o) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector c1 = FloatVector.zero(FLOATS);
        FloatVector d0 = FloatVector.zero(FLOATS);
        FloatVector d1 = FloatVector.zero(FLOATS);
        for (int t = 0; t < count; t++) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, w + t * 2 * LANES);
            FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + t * 2 * LANES + LANES);
            FloatVector x0 = FloatVector.broadcast(FLOATS, a[p0 + t]);
            a0 = x0.fma(w0, a0);
            a1 = x0.fma(w1, a1);
            FloatVector x1 = FloatVector.broadcast(FLOATS, a[p1 + t]);
            b0 = x1.fma(w0, b0);
            b1 = x1.fma(w1, b1);
            FloatVector x2 = FloatVector.broadcast(FLOATS, a[p2 + t]);
            c0 = x2.fma(w0, c0);
            c1 = x2.fma(w1, c1);
            FloatVector x3 = FloatVector.broadcast(FLOATS, a[p3 + t]);
            d0 = x3.fma(w0, d0);
            d1 = x3.fma(w1, d1);
        }
        a0.add(FloatVector.fromArray(FLOATS, s, o)).intoArray(s, o);
        a1.add(FloatVector.fromArray(FLOATS, s, o + LANES)).intoArray(s, o + LANES);
        b0.add(FloatVector.fromArray(FLOATS, s, o + 2 * LANES)).intoArray(s, o + 2 * LANES);
        b1.add(FloatVector.fromArray(FLOATS, s, o + 3 * LANES)).intoArray(s, o + 3 * LANES);
        c0.add(FloatVector.fromArray(FLOATS, s, o + 4 * LANES)).intoArray(s, o + 4 * LANES);
        c1.add(FloatVector.fromArray(FLOATS, s, o + 5 * LANES)).intoArray(s, o + 5 * LANES);
        d0.add(FloatVector.fromArray(FLOATS, s, o + 6 * LANES)).intoArray(s, o + 6 * LANES);
        d1.add(FloatVector.fromArray(FLOATS, s, o + 7 * LANES)).intoArray(s, o + 7 * LANES);
    }

    private static void shiftedFourByOne(
            float[] a, int p0, int p1, int p2, int p3, float[] b, int w, int count, float[] s, int o) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        for (int t = 0; t < count; t++) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, w + t * LANES);
            s0 = FloatVector.broadcast(FLOATS, a[p0 + t]).fma(w0, s0);
            s1 = FloatVector.broadcast(FLOATS, a[p1 + t]).fma(w0, s1);
            s2 = FloatVector.broadcast(FLOATS, a[p2 + t]).fma(w0, s2);
            s3 = FloatVector.broadcast(FLOATS, a[p3 + t]).fma(w0, s3);
        }
        s0.add(FloatVector.fromArray(FLOATS, s, o)).intoArray(s, o);
        s1.add(FloatVector.fromArray(FLOATS, s, o + LANES)).intoArray(s, o + LANES);
        s2.add(FloatVector.fromArray(FLOATS, s, o + 2 * LANES)).intoArray(s, o + 2 * LANES);
        s3.add(FloatVector.fromArray(FLOATS, s, o + 3 * LANES)).intoArray(s, o + 3 * LANES);
    }

    /** Each channel for itself: sixteen sums for each of four rows, row r of pixel t being {@code a[x + rows[r] + 16 t ...]}. */
    static void channels(float[] a, int x, int[] rows, float[] b, int w, int count, float[] s, int o) {
        for (int row = 0; row < rows.length; row += 4) {
            for (int lane = 0; lane < 16; lane += LANES) {
                fourChannelRows(
                        a,
                        x + rows[row] + lane,
                        x + rows[row + 1] + lane,
                        x + rows[row + 2] + lane,
                        x + rows[row + 3] + lane,
                        b,
                        w + lane,
                        count,
                        s,
                        o + row * 16 + lane);
            }
        }
    }

    private static void fourChannelRows(
            float[] a, int p0, int p1, int p2, int p3, float[] b, int w, int count, float[] s, int o) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        for (int t = 0; t < count; t++) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, w + t * 16);
            s0 = FloatVector.fromArray(FLOATS, a, p0 + t * 16).fma(w0, s0);
            s1 = FloatVector.fromArray(FLOATS, a, p1 + t * 16).fma(w0, s1);
            s2 = FloatVector.fromArray(FLOATS, a, p2 + t * 16).fma(w0, s2);
            s3 = FloatVector.fromArray(FLOATS, a, p3 + t * 16).fma(w0, s3);
        }
        s0.add(FloatVector.fromArray(FLOATS, s, o)).intoArray(s, o);
        s1.add(FloatVector.fromArray(FLOATS, s, o + 16)).intoArray(s, o + 16);
        s2.add(FloatVector.fromArray(FLOATS, s, o + 32)).intoArray(s, o + 32);
        s3.add(FloatVector.fromArray(FLOATS, s, o + 48)).intoArray(s, o + 48);
    }
}
