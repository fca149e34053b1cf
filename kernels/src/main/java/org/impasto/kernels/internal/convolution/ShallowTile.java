package org.impasto.kernels.internal.convolution;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * The widest register tile of {@link BlockedTile} for one tap of some channels, whose sums begin with zeros. The loop has no
 * constant bound and none around it: with one a full block takes longer, and a few channels as well.
 */
final class ShallowTile {
    /** Columns of a tile. */
    static final int WIDTH = 4 * LANES;

    private ShallowTile() {}

    /** Twenty-four accumulators, for 32 registers. */
    static void multiply(
            float[] a,
            int base,
            int channels,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cStride,
            int cBlock) {
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
        for (int k = 0; k < channels; k++) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, b, bOffset + k * 4 * LANES);
            FloatVector w1 = FloatVector.fromArray(FLOATS, b, bOffset + k * 4 * LANES + LANES);
            FloatVector w2 = FloatVector.fromArray(FLOATS, b, bOffset + k * 4 * LANES + 2 * LANES);
            FloatVector w3 = FloatVector.fromArray(FLOATS, b, bOffset + k * 4 * LANES + 3 * LANES);
            FloatVector x0 = FloatVector.broadcast(FLOATS, a[base + k]);
            a0 = x0.fma(w0, a0);
            a1 = x0.fma(w1, a1);
            a2 = x0.fma(w2, a2);
            a3 = x0.fma(w3, a3);
            FloatVector x1 = FloatVector.broadcast(FLOATS, a[base + k + 16]);
            b0 = x1.fma(w0, b0);
            b1 = x1.fma(w1, b1);
            b2 = x1.fma(w2, b2);
            b3 = x1.fma(w3, b3);
            FloatVector x2 = FloatVector.broadcast(FLOATS, a[base + k + 32]);
            c0 = x2.fma(w0, c0);
            c1 = x2.fma(w1, c1);
            c2 = x2.fma(w2, c2);
            c3 = x2.fma(w3, c3);
            FloatVector x3 = FloatVector.broadcast(FLOATS, a[base + k + 48]);
            d0 = x3.fma(w0, d0);
            d1 = x3.fma(w1, d1);
            d2 = x3.fma(w2, d2);
            d3 = x3.fma(w3, d3);
            FloatVector x4 = FloatVector.broadcast(FLOATS, a[base + k + 64]);
            e0 = x4.fma(w0, e0);
            e1 = x4.fma(w1, e1);
            e2 = x4.fma(w2, e2);
            e3 = x4.fma(w3, e3);
            FloatVector x5 = FloatVector.broadcast(FLOATS, a[base + k + 80]);
            f0 = x5.fma(w0, f0);
            f1 = x5.fma(w1, f1);
            f2 = x5.fma(w2, f2);
            f3 = x5.fma(w3, f3);
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
}
