package org.impasto.kernels.internal.convolution;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of a product whose rows are pixels of blocked maps: row r of tap t and channel k is
 * {@code a[base + taps[t] + 16 * r + k]}, its factors are {@code b[bOffset + (16 * t + k) * width ...]}. Sixteen columns of a
 * row of results lie together, the next sixteen {@code cBlock} further.
 *
 * <p>The inner loop has a constant bound and all rows share one address with constant displacements: with a pointer a
 * row, or a loop over all channels, the compiler spills registers. Accumulators are locals and stored here, since a
 * vector handed to a method that is not inlined is allocated on the heap in every step. What only the first lines of a
 * tile read comes first among its parameters: the first six arrive in registers, and one of these that the loop reads may
 * be kept in a vector register, from where every step moves it in place of a product (5 % of the time).
 */
final class BlockedTile {
    private BlockedTile() {}

    /** Computes a tile of six rows and {@code width} columns, which is one, two or four vectors. */
    static void multiply(
            int width,
            float[] a,
            int base,
            int[] taps,
            int from,
            int to,
            float[] b,
            int bOffset,
            float[] start,
            int startOffset,
            int startStride,
            float[] c,
            int cOffset,
            int cStride,
            int cBlock) {
        switch (width / LANES) {
            case 4 ->
                sixByFour(
                        start,
                        startOffset,
                        startStride,
                        from,
                        bOffset,
                        base,
                        a,
                        taps,
                        to,
                        b,
                        c,
                        cOffset,
                        cStride,
                        cBlock);
            case 2 ->
                sixByTwo(
                        start,
                        startOffset,
                        startStride,
                        from,
                        bOffset,
                        base,
                        a,
                        taps,
                        to,
                        b,
                        c,
                        cOffset,
                        cStride,
                        cBlock);
            default ->
                sixByOne(start, startOffset, startStride, from, bOffset, base, a, taps, to, b, c, cOffset, cStride);
        }
    }

    /** Twenty-four accumulators, for 32 registers. */
    private static void sixByFour(
            float[] start,
            int startOffset,
            int startStride,
            int from,
            int bOffset,
            int base,
            float[] a,
            int[] taps,
            int to,
            float[] b,
            float[] c,
            int cOffset,
            int cStride,
            int cBlock) {
        int s = startOffset;
        FloatVector a0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector a1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, start, s + 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, start, s + 3 * LANES);
        s += startStride;
        FloatVector b0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector b1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        FloatVector b2 = FloatVector.fromArray(FLOATS, start, s + 2 * LANES);
        FloatVector b3 = FloatVector.fromArray(FLOATS, start, s + 3 * LANES);
        s += startStride;
        FloatVector c0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector c1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        FloatVector c2 = FloatVector.fromArray(FLOATS, start, s + 2 * LANES);
        FloatVector c3 = FloatVector.fromArray(FLOATS, start, s + 3 * LANES);
        s += startStride;
        FloatVector d0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector d1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        FloatVector d2 = FloatVector.fromArray(FLOATS, start, s + 2 * LANES);
        FloatVector d3 = FloatVector.fromArray(FLOATS, start, s + 3 * LANES);
        s += startStride;
        FloatVector e0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector e1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        FloatVector e2 = FloatVector.fromArray(FLOATS, start, s + 2 * LANES);
        FloatVector e3 = FloatVector.fromArray(FLOATS, start, s + 3 * LANES);
        s += startStride;
        FloatVector f0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector f1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        FloatVector f2 = FloatVector.fromArray(FLOATS, start, s + 2 * LANES);
        FloatVector f3 = FloatVector.fromArray(FLOATS, start, s + 3 * LANES);
        int w = bOffset;
        for (int tap = from; tap < to; tap++) {
            int x = base + taps[tap];
            for (int k = 0; k < 16; k++) {
                FloatVector w0 = FloatVector.fromArray(FLOATS, b, w + k * 4 * LANES);
                FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + k * 4 * LANES + LANES);
                FloatVector w2 = FloatVector.fromArray(FLOATS, b, w + k * 4 * LANES + 2 * LANES);
                FloatVector w3 = FloatVector.fromArray(FLOATS, b, w + k * 4 * LANES + 3 * LANES);
                FloatVector x0 = FloatVector.broadcast(FLOATS, a[x + k]);
                a0 = x0.fma(w0, a0);
                a1 = x0.fma(w1, a1);
                a2 = x0.fma(w2, a2);
                a3 = x0.fma(w3, a3);
                FloatVector x1 = FloatVector.broadcast(FLOATS, a[x + k + 16]);
                b0 = x1.fma(w0, b0);
                b1 = x1.fma(w1, b1);
                b2 = x1.fma(w2, b2);
                b3 = x1.fma(w3, b3);
                FloatVector x2 = FloatVector.broadcast(FLOATS, a[x + k + 32]);
                c0 = x2.fma(w0, c0);
                c1 = x2.fma(w1, c1);
                c2 = x2.fma(w2, c2);
                c3 = x2.fma(w3, c3);
                FloatVector x3 = FloatVector.broadcast(FLOATS, a[x + k + 48]);
                d0 = x3.fma(w0, d0);
                d1 = x3.fma(w1, d1);
                d2 = x3.fma(w2, d2);
                d3 = x3.fma(w3, d3);
                FloatVector x4 = FloatVector.broadcast(FLOATS, a[x + k + 64]);
                e0 = x4.fma(w0, e0);
                e1 = x4.fma(w1, e1);
                e2 = x4.fma(w2, e2);
                e3 = x4.fma(w3, e3);
                FloatVector x5 = FloatVector.broadcast(FLOATS, a[x + k + 80]);
                f0 = x5.fma(w0, f0);
                f1 = x5.fma(w1, f1);
                f2 = x5.fma(w2, f2);
                f3 = x5.fma(w3, f3);
            }
            w += 16 * 4 * LANES;
        }
        int o1 = 1 * LANES / 16 * cBlock + 1 * LANES % 16;
        int o2 = 2 * LANES / 16 * cBlock + 2 * LANES % 16;
        int o3 = 3 * LANES / 16 * cBlock + 3 * LANES % 16;
        int o = cOffset;
        a0.intoArray(c, o);
        a1.intoArray(c, o + o1);
        a2.intoArray(c, o + o2);
        a3.intoArray(c, o + o3);
        o += cStride;
        b0.intoArray(c, o);
        b1.intoArray(c, o + o1);
        b2.intoArray(c, o + o2);
        b3.intoArray(c, o + o3);
        o += cStride;
        c0.intoArray(c, o);
        c1.intoArray(c, o + o1);
        c2.intoArray(c, o + o2);
        c3.intoArray(c, o + o3);
        o += cStride;
        d0.intoArray(c, o);
        d1.intoArray(c, o + o1);
        d2.intoArray(c, o + o2);
        d3.intoArray(c, o + o3);
        o += cStride;
        e0.intoArray(c, o);
        e1.intoArray(c, o + o1);
        e2.intoArray(c, o + o2);
        e3.intoArray(c, o + o3);
        o += cStride;
        f0.intoArray(c, o);
        f1.intoArray(c, o + o1);
        f2.intoArray(c, o + o2);
        f3.intoArray(c, o + o3);
    }

    /** Twelve accumulators, for 16 registers. */
    private static void sixByTwo(
            float[] start,
            int startOffset,
            int startStride,
            int from,
            int bOffset,
            int base,
            float[] a,
            int[] taps,
            int to,
            float[] b,
            float[] c,
            int cOffset,
            int cStride,
            int cBlock) {
        int s = startOffset;
        FloatVector a0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector a1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        s += startStride;
        FloatVector b0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector b1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        s += startStride;
        FloatVector c0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector c1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        s += startStride;
        FloatVector d0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector d1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        s += startStride;
        FloatVector e0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector e1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        s += startStride;
        FloatVector f0 = FloatVector.fromArray(FLOATS, start, s);
        FloatVector f1 = FloatVector.fromArray(FLOATS, start, s + LANES);
        int w = bOffset;
        for (int tap = from; tap < to; tap++) {
            int x = base + taps[tap];
            for (int k = 0; k < 16; k++) {
                FloatVector w0 = FloatVector.fromArray(FLOATS, b, w + k * 2 * LANES);
                FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + k * 2 * LANES + LANES);
                FloatVector x0 = FloatVector.broadcast(FLOATS, a[x + k]);
                a0 = x0.fma(w0, a0);
                a1 = x0.fma(w1, a1);
                FloatVector x1 = FloatVector.broadcast(FLOATS, a[x + k + 16]);
                b0 = x1.fma(w0, b0);
                b1 = x1.fma(w1, b1);
                FloatVector x2 = FloatVector.broadcast(FLOATS, a[x + k + 32]);
                c0 = x2.fma(w0, c0);
                c1 = x2.fma(w1, c1);
                FloatVector x3 = FloatVector.broadcast(FLOATS, a[x + k + 48]);
                d0 = x3.fma(w0, d0);
                d1 = x3.fma(w1, d1);
                FloatVector x4 = FloatVector.broadcast(FLOATS, a[x + k + 64]);
                e0 = x4.fma(w0, e0);
                e1 = x4.fma(w1, e1);
                FloatVector x5 = FloatVector.broadcast(FLOATS, a[x + k + 80]);
                f0 = x5.fma(w0, f0);
                f1 = x5.fma(w1, f1);
            }
            w += 16 * 2 * LANES;
        }
        int o1 = 1 * LANES / 16 * cBlock + 1 * LANES % 16;
        int o = cOffset;
        a0.intoArray(c, o);
        a1.intoArray(c, o + o1);
        o += cStride;
        b0.intoArray(c, o);
        b1.intoArray(c, o + o1);
        o += cStride;
        c0.intoArray(c, o);
        c1.intoArray(c, o + o1);
        o += cStride;
        d0.intoArray(c, o);
        d1.intoArray(c, o + o1);
        o += cStride;
        e0.intoArray(c, o);
        e1.intoArray(c, o + o1);
        o += cStride;
        f0.intoArray(c, o);
        f1.intoArray(c, o + o1);
    }

    /** Six accumulators, for the last sixteen columns at 512 bits. */
    private static void sixByOne(
            float[] start,
            int startOffset,
            int startStride,
            int from,
            int bOffset,
            int base,
            float[] a,
            int[] taps,
            int to,
            float[] b,
            float[] c,
            int cOffset,
            int cStride) {
        int s = startOffset;
        FloatVector a0 = FloatVector.fromArray(FLOATS, start, s);
        s += startStride;
        FloatVector b0 = FloatVector.fromArray(FLOATS, start, s);
        s += startStride;
        FloatVector c0 = FloatVector.fromArray(FLOATS, start, s);
        s += startStride;
        FloatVector d0 = FloatVector.fromArray(FLOATS, start, s);
        s += startStride;
        FloatVector e0 = FloatVector.fromArray(FLOATS, start, s);
        s += startStride;
        FloatVector f0 = FloatVector.fromArray(FLOATS, start, s);
        int w = bOffset;
        for (int tap = from; tap < to; tap++) {
            int x = base + taps[tap];
            for (int k = 0; k < 16; k++) {
                FloatVector w0 = FloatVector.fromArray(FLOATS, b, w + k * LANES);
                FloatVector x0 = FloatVector.broadcast(FLOATS, a[x + k]);
                a0 = x0.fma(w0, a0);
                FloatVector x1 = FloatVector.broadcast(FLOATS, a[x + k + 16]);
                b0 = x1.fma(w0, b0);
                FloatVector x2 = FloatVector.broadcast(FLOATS, a[x + k + 32]);
                c0 = x2.fma(w0, c0);
                FloatVector x3 = FloatVector.broadcast(FLOATS, a[x + k + 48]);
                d0 = x3.fma(w0, d0);
                FloatVector x4 = FloatVector.broadcast(FLOATS, a[x + k + 64]);
                e0 = x4.fma(w0, e0);
                FloatVector x5 = FloatVector.broadcast(FLOATS, a[x + k + 80]);
                f0 = x5.fma(w0, f0);
            }
            w += 16 * LANES;
        }
        int o = cOffset;
        a0.intoArray(c, o);
        o += cStride;
        b0.intoArray(c, o);
        o += cStride;
        c0.intoArray(c, o);
        o += cStride;
        d0.intoArray(c, o);
        o += cStride;
        e0.intoArray(c, o);
        o += cStride;
        f0.intoArray(c, o);
    }
}
