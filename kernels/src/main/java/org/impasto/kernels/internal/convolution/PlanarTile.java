package org.impasto.kernels.internal.convolution;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Register tiles of a product whose rows are pixels of planar maps: row r of tap t is {@code a[base + taps[t] + r]}, its
 * factors are {@code b[bOffset + t * width ...]}. Sums below {@code floor} become zero; sixteen columns of a row lie
 * together, the next sixteen {@code cBlock} further. Written out like {@link BlockedTile}, for the same reasons.
 */
final class PlanarTile {
    private static final FloatVector ZERO = FloatVector.zero(FLOATS);

    private PlanarTile() {}

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
            int cBlock,
            float floor) {
        switch (width / LANES) {
            case 4 ->
                sixByFour(
                        start,
                        startOffset,
                        startStride,
                        cOffset,
                        cStride,
                        cBlock,
                        a,
                        base,
                        taps,
                        from,
                        to,
                        b,
                        bOffset,
                        c,
                        floor);
            case 2 ->
                sixByTwo(
                        start,
                        startOffset,
                        startStride,
                        cOffset,
                        cStride,
                        cBlock,
                        a,
                        base,
                        taps,
                        from,
                        to,
                        b,
                        bOffset,
                        c,
                        floor);
            default ->
                sixByOne(
                        start,
                        startOffset,
                        startStride,
                        cOffset,
                        cStride,
                        a,
                        base,
                        taps,
                        from,
                        to,
                        b,
                        bOffset,
                        c,
                        floor);
        }
    }

    /** Twenty-four accumulators, for 32 registers. */
    private static void sixByFour(
            float[] start,
            int startOffset,
            int startStride,
            int cOffset,
            int cStride,
            int cBlock,
            float[] a,
            int base,
            int[] taps,
            int from,
            int to,
            float[] b,
            int bOffset,
            float[] c,
            float floor) {
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
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, w);
            FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + LANES);
            FloatVector w2 = FloatVector.fromArray(FLOATS, b, w + 2 * LANES);
            FloatVector w3 = FloatVector.fromArray(FLOATS, b, w + 3 * LANES);
            FloatVector x0 = FloatVector.broadcast(FLOATS, a[x]);
            a0 = x0.fma(w0, a0);
            a1 = x0.fma(w1, a1);
            a2 = x0.fma(w2, a2);
            a3 = x0.fma(w3, a3);
            FloatVector x1 = FloatVector.broadcast(FLOATS, a[x + 1]);
            b0 = x1.fma(w0, b0);
            b1 = x1.fma(w1, b1);
            b2 = x1.fma(w2, b2);
            b3 = x1.fma(w3, b3);
            FloatVector x2 = FloatVector.broadcast(FLOATS, a[x + 2]);
            c0 = x2.fma(w0, c0);
            c1 = x2.fma(w1, c1);
            c2 = x2.fma(w2, c2);
            c3 = x2.fma(w3, c3);
            FloatVector x3 = FloatVector.broadcast(FLOATS, a[x + 3]);
            d0 = x3.fma(w0, d0);
            d1 = x3.fma(w1, d1);
            d2 = x3.fma(w2, d2);
            d3 = x3.fma(w3, d3);
            FloatVector x4 = FloatVector.broadcast(FLOATS, a[x + 4]);
            e0 = x4.fma(w0, e0);
            e1 = x4.fma(w1, e1);
            e2 = x4.fma(w2, e2);
            e3 = x4.fma(w3, e3);
            FloatVector x5 = FloatVector.broadcast(FLOATS, a[x + 5]);
            f0 = x5.fma(w0, f0);
            f1 = x5.fma(w1, f1);
            f2 = x5.fma(w2, f2);
            f3 = x5.fma(w3, f3);
            w += 4 * LANES;
        }
        int o1 = 1 * LANES / 16 * cBlock + 1 * LANES % 16;
        int o2 = 2 * LANES / 16 * cBlock + 2 * LANES % 16;
        int o3 = 3 * LANES / 16 * cBlock + 3 * LANES % 16;
        int o = cOffset;
        a0.blend(ZERO, a0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        a1.blend(ZERO, a1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        a2.blend(ZERO, a2.compare(VectorOperators.LT, floor)).intoArray(c, o + o2);
        a3.blend(ZERO, a3.compare(VectorOperators.LT, floor)).intoArray(c, o + o3);
        o += cStride;
        b0.blend(ZERO, b0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        b1.blend(ZERO, b1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        b2.blend(ZERO, b2.compare(VectorOperators.LT, floor)).intoArray(c, o + o2);
        b3.blend(ZERO, b3.compare(VectorOperators.LT, floor)).intoArray(c, o + o3);
        o += cStride;
        c0.blend(ZERO, c0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        c1.blend(ZERO, c1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        c2.blend(ZERO, c2.compare(VectorOperators.LT, floor)).intoArray(c, o + o2);
        c3.blend(ZERO, c3.compare(VectorOperators.LT, floor)).intoArray(c, o + o3);
        o += cStride;
        d0.blend(ZERO, d0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        d1.blend(ZERO, d1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        d2.blend(ZERO, d2.compare(VectorOperators.LT, floor)).intoArray(c, o + o2);
        d3.blend(ZERO, d3.compare(VectorOperators.LT, floor)).intoArray(c, o + o3);
        o += cStride;
        e0.blend(ZERO, e0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        e1.blend(ZERO, e1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        e2.blend(ZERO, e2.compare(VectorOperators.LT, floor)).intoArray(c, o + o2);
        e3.blend(ZERO, e3.compare(VectorOperators.LT, floor)).intoArray(c, o + o3);
        o += cStride;
        f0.blend(ZERO, f0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        f1.blend(ZERO, f1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        f2.blend(ZERO, f2.compare(VectorOperators.LT, floor)).intoArray(c, o + o2);
        f3.blend(ZERO, f3.compare(VectorOperators.LT, floor)).intoArray(c, o + o3);
    }

    /** Twelve accumulators, for 16 registers. */
    private static void sixByTwo(
            float[] start,
            int startOffset,
            int startStride,
            int cOffset,
            int cStride,
            int cBlock,
            float[] a,
            int base,
            int[] taps,
            int from,
            int to,
            float[] b,
            int bOffset,
            float[] c,
            float floor) {
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
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, w);
            FloatVector w1 = FloatVector.fromArray(FLOATS, b, w + LANES);
            FloatVector x0 = FloatVector.broadcast(FLOATS, a[x]);
            a0 = x0.fma(w0, a0);
            a1 = x0.fma(w1, a1);
            FloatVector x1 = FloatVector.broadcast(FLOATS, a[x + 1]);
            b0 = x1.fma(w0, b0);
            b1 = x1.fma(w1, b1);
            FloatVector x2 = FloatVector.broadcast(FLOATS, a[x + 2]);
            c0 = x2.fma(w0, c0);
            c1 = x2.fma(w1, c1);
            FloatVector x3 = FloatVector.broadcast(FLOATS, a[x + 3]);
            d0 = x3.fma(w0, d0);
            d1 = x3.fma(w1, d1);
            FloatVector x4 = FloatVector.broadcast(FLOATS, a[x + 4]);
            e0 = x4.fma(w0, e0);
            e1 = x4.fma(w1, e1);
            FloatVector x5 = FloatVector.broadcast(FLOATS, a[x + 5]);
            f0 = x5.fma(w0, f0);
            f1 = x5.fma(w1, f1);
            w += 2 * LANES;
        }
        int o1 = 1 * LANES / 16 * cBlock + 1 * LANES % 16;
        int o = cOffset;
        a0.blend(ZERO, a0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        a1.blend(ZERO, a1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        o += cStride;
        b0.blend(ZERO, b0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        b1.blend(ZERO, b1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        o += cStride;
        c0.blend(ZERO, c0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        c1.blend(ZERO, c1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        o += cStride;
        d0.blend(ZERO, d0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        d1.blend(ZERO, d1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        o += cStride;
        e0.blend(ZERO, e0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        e1.blend(ZERO, e1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
        o += cStride;
        f0.blend(ZERO, f0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        f1.blend(ZERO, f1.compare(VectorOperators.LT, floor)).intoArray(c, o + o1);
    }

    /** Six accumulators, for the last sixteen columns at 512 bits. */
    private static void sixByOne(
            float[] start,
            int startOffset,
            int startStride,
            int cOffset,
            int cStride,
            float[] a,
            int base,
            int[] taps,
            int from,
            int to,
            float[] b,
            int bOffset,
            float[] c,
            float floor) {
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
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, w);
            FloatVector x0 = FloatVector.broadcast(FLOATS, a[x]);
            a0 = x0.fma(w0, a0);
            FloatVector x1 = FloatVector.broadcast(FLOATS, a[x + 1]);
            b0 = x1.fma(w0, b0);
            FloatVector x2 = FloatVector.broadcast(FLOATS, a[x + 2]);
            c0 = x2.fma(w0, c0);
            FloatVector x3 = FloatVector.broadcast(FLOATS, a[x + 3]);
            d0 = x3.fma(w0, d0);
            FloatVector x4 = FloatVector.broadcast(FLOATS, a[x + 4]);
            e0 = x4.fma(w0, e0);
            FloatVector x5 = FloatVector.broadcast(FLOATS, a[x + 5]);
            f0 = x5.fma(w0, f0);
            w += LANES;
        }
        int o = cOffset;
        a0.blend(ZERO, a0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        o += cStride;
        b0.blend(ZERO, b0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        o += cStride;
        c0.blend(ZERO, c0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        o += cStride;
        d0.blend(ZERO, d0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        o += cStride;
        e0.blend(ZERO, e0.compare(VectorOperators.LT, floor)).intoArray(c, o);
        o += cStride;
        f0.blend(ZERO, f0.compare(VectorOperators.LT, floor)).intoArray(c, o);
    }
}
