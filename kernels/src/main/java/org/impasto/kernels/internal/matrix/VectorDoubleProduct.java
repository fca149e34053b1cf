package org.impasto.kernels.internal.matrix;

import static org.impasto.kernels.internal.provider.VectorWidth.DOUBLES;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;

/**
 * Vector form of the double product: a register tile of six rows by four vectors, or by two where a core has sixteen
 * vector registers only.
 *
 * <p>The inner loop has a constant bound and the six rows share one address with constant displacements: with a pointer
 * a row the compiler spills registers. Accumulators are locals and stored where they are made, since a vector handed to
 * a method that is not inlined is allocated on the heap in every step. They begin at zero and are added to the result
 * at the end, which keeps sums over long rows accurate.
 */
final class VectorDoubleProduct implements DoubleProduct {
    private static final int LANES = DOUBLES.length();
    private static final int ROWS = 6;
    private static final int STEP = PackedLayout.STEP;
    private static final boolean WIDE = DOUBLES.vectorBitSize() != 256; // 128 bits: ARM, with 32 registers
    private static final int WIDTH = WIDE ? 4 * LANES : 2 * LANES;

    @Override
    public int rowGroup() {
        return ROWS;
    }

    @Override
    public int panelWidth() {
        return WIDTH;
    }

    @Override
    public void multiplyAdd(
            int rows,
            int columns,
            int depth,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] c,
            int cOffset,
            int cStride) {
        int blocks = depth / STEP;
        int rest = depth % STEP;
        int groupSize = PackedLayout.steps(depth) * STEP * ROWS;
        double[] edge = rows % ROWS != 0 || columns != WIDTH ? new double[ROWS * WIDTH] : c;
        for (int row = 0; row < rows; row += ROWS) {
            int from = aOffset + row / ROWS * groupSize;
            int target = cOffset + row * cStride;
            boolean whole = rows - row >= ROWS && columns == WIDTH;
            if (whole) {
                tile(blocks, rest, a, from, b, bOffset, c, target, cStride);
            } else {
                Arrays.fill(edge, 0);
                tile(blocks, rest, a, from, b, bOffset, edge, 0, WIDTH);
                int filled = Math.min(ROWS, rows - row);
                for (int r = 0; r < filled; r++) {
                    for (int j = 0; j < columns; j++) {
                        c[target + r * cStride + j] += edge[r * WIDTH + j];
                    }
                }
            }
        }
    }

    private static void tile(
            int blocks,
            int rest,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] c,
            int cOffset,
            int cStride) {
        if (WIDE) {
            if (blocks > 0) {
                sixByFour(blocks, a, aOffset, b, bOffset, c, cOffset, cStride);
            }
            if (rest > 0) {
                restByFour(
                        rest,
                        a,
                        aOffset + blocks * ROWS * STEP,
                        b,
                        bOffset + blocks * STEP * WIDTH,
                        c,
                        cOffset,
                        cStride);
            }
        } else {
            if (blocks > 0) {
                sixByTwo(blocks, a, aOffset, b, bOffset, c, cOffset, cStride);
            }
            if (rest > 0) {
                restByTwo(
                        rest,
                        a,
                        aOffset + blocks * ROWS * STEP,
                        b,
                        bOffset + blocks * STEP * WIDTH,
                        c,
                        cOffset,
                        cStride);
            }
        }
    }

    private static void sixByFour(
            int blocks, double[] a, int aOffset, double[] b, int bOffset, double[] c, int cOffset, int cStride) {
        DoubleVector p0 = DoubleVector.zero(DOUBLES);
        DoubleVector p1 = DoubleVector.zero(DOUBLES);
        DoubleVector p2 = DoubleVector.zero(DOUBLES);
        DoubleVector p3 = DoubleVector.zero(DOUBLES);
        DoubleVector q0 = DoubleVector.zero(DOUBLES);
        DoubleVector q1 = DoubleVector.zero(DOUBLES);
        DoubleVector q2 = DoubleVector.zero(DOUBLES);
        DoubleVector q3 = DoubleVector.zero(DOUBLES);
        DoubleVector r0 = DoubleVector.zero(DOUBLES);
        DoubleVector r1 = DoubleVector.zero(DOUBLES);
        DoubleVector r2 = DoubleVector.zero(DOUBLES);
        DoubleVector r3 = DoubleVector.zero(DOUBLES);
        DoubleVector s0 = DoubleVector.zero(DOUBLES);
        DoubleVector s1 = DoubleVector.zero(DOUBLES);
        DoubleVector s2 = DoubleVector.zero(DOUBLES);
        DoubleVector s3 = DoubleVector.zero(DOUBLES);
        DoubleVector t0 = DoubleVector.zero(DOUBLES);
        DoubleVector t1 = DoubleVector.zero(DOUBLES);
        DoubleVector t2 = DoubleVector.zero(DOUBLES);
        DoubleVector t3 = DoubleVector.zero(DOUBLES);
        DoubleVector u0 = DoubleVector.zero(DOUBLES);
        DoubleVector u1 = DoubleVector.zero(DOUBLES);
        DoubleVector u2 = DoubleVector.zero(DOUBLES);
        DoubleVector u3 = DoubleVector.zero(DOUBLES);
        int x = aOffset;
        int y = bOffset;
        for (int block = 0; block < blocks; block++) {
            for (int k = 0; k < STEP; k++) {
                DoubleVector w0 = DoubleVector.fromArray(DOUBLES, b, y + k * 4 * LANES);
                DoubleVector w1 = DoubleVector.fromArray(DOUBLES, b, y + k * 4 * LANES + LANES);
                DoubleVector w2 = DoubleVector.fromArray(DOUBLES, b, y + k * 4 * LANES + 2 * LANES);
                DoubleVector w3 = DoubleVector.fromArray(DOUBLES, b, y + k * 4 * LANES + 3 * LANES);
                DoubleVector v0 = DoubleVector.broadcast(DOUBLES, a[x + k]);
                p0 = v0.fma(w0, p0);
                p1 = v0.fma(w1, p1);
                p2 = v0.fma(w2, p2);
                p3 = v0.fma(w3, p3);
                DoubleVector v1 = DoubleVector.broadcast(DOUBLES, a[x + k + STEP]);
                q0 = v1.fma(w0, q0);
                q1 = v1.fma(w1, q1);
                q2 = v1.fma(w2, q2);
                q3 = v1.fma(w3, q3);
                DoubleVector v2 = DoubleVector.broadcast(DOUBLES, a[x + k + 2 * STEP]);
                r0 = v2.fma(w0, r0);
                r1 = v2.fma(w1, r1);
                r2 = v2.fma(w2, r2);
                r3 = v2.fma(w3, r3);
                DoubleVector v3 = DoubleVector.broadcast(DOUBLES, a[x + k + 3 * STEP]);
                s0 = v3.fma(w0, s0);
                s1 = v3.fma(w1, s1);
                s2 = v3.fma(w2, s2);
                s3 = v3.fma(w3, s3);
                DoubleVector v4 = DoubleVector.broadcast(DOUBLES, a[x + k + 4 * STEP]);
                t0 = v4.fma(w0, t0);
                t1 = v4.fma(w1, t1);
                t2 = v4.fma(w2, t2);
                t3 = v4.fma(w3, t3);
                DoubleVector v5 = DoubleVector.broadcast(DOUBLES, a[x + k + 5 * STEP]);
                u0 = v5.fma(w0, u0);
                u1 = v5.fma(w1, u1);
                u2 = v5.fma(w2, u2);
                u3 = v5.fma(w3, u3);
            }
            x += ROWS * STEP;
            y += STEP * 4 * LANES;
        }
        int o = cOffset;
        DoubleVector.fromArray(DOUBLES, c, o).add(p0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(p1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(p2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(p3).intoArray(c, o + 3 * LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(q0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(q1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(q2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(q3).intoArray(c, o + 3 * LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(r0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(r1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(r2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(r3).intoArray(c, o + 3 * LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(s0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(s1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(s2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(s3).intoArray(c, o + 3 * LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(t0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(t1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(t2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(t3).intoArray(c, o + 3 * LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(u0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(u1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(u2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(u3).intoArray(c, o + 3 * LANES);
    }

    private static void restByFour(
            int rest, double[] a, int aOffset, double[] b, int bOffset, double[] c, int cOffset, int cStride) {
        DoubleVector p0 = DoubleVector.zero(DOUBLES);
        DoubleVector p1 = DoubleVector.zero(DOUBLES);
        DoubleVector p2 = DoubleVector.zero(DOUBLES);
        DoubleVector p3 = DoubleVector.zero(DOUBLES);
        DoubleVector q0 = DoubleVector.zero(DOUBLES);
        DoubleVector q1 = DoubleVector.zero(DOUBLES);
        DoubleVector q2 = DoubleVector.zero(DOUBLES);
        DoubleVector q3 = DoubleVector.zero(DOUBLES);
        DoubleVector r0 = DoubleVector.zero(DOUBLES);
        DoubleVector r1 = DoubleVector.zero(DOUBLES);
        DoubleVector r2 = DoubleVector.zero(DOUBLES);
        DoubleVector r3 = DoubleVector.zero(DOUBLES);
        DoubleVector s0 = DoubleVector.zero(DOUBLES);
        DoubleVector s1 = DoubleVector.zero(DOUBLES);
        DoubleVector s2 = DoubleVector.zero(DOUBLES);
        DoubleVector s3 = DoubleVector.zero(DOUBLES);
        DoubleVector t0 = DoubleVector.zero(DOUBLES);
        DoubleVector t1 = DoubleVector.zero(DOUBLES);
        DoubleVector t2 = DoubleVector.zero(DOUBLES);
        DoubleVector t3 = DoubleVector.zero(DOUBLES);
        DoubleVector u0 = DoubleVector.zero(DOUBLES);
        DoubleVector u1 = DoubleVector.zero(DOUBLES);
        DoubleVector u2 = DoubleVector.zero(DOUBLES);
        DoubleVector u3 = DoubleVector.zero(DOUBLES);
        for (int k = 0; k < rest; k++) {
            DoubleVector w0 = DoubleVector.fromArray(DOUBLES, b, bOffset + k * 4 * LANES);
            DoubleVector w1 = DoubleVector.fromArray(DOUBLES, b, bOffset + k * 4 * LANES + LANES);
            DoubleVector w2 = DoubleVector.fromArray(DOUBLES, b, bOffset + k * 4 * LANES + 2 * LANES);
            DoubleVector w3 = DoubleVector.fromArray(DOUBLES, b, bOffset + k * 4 * LANES + 3 * LANES);
            DoubleVector v0 = DoubleVector.broadcast(DOUBLES, a[aOffset + k]);
            p0 = v0.fma(w0, p0);
            p1 = v0.fma(w1, p1);
            p2 = v0.fma(w2, p2);
            p3 = v0.fma(w3, p3);
            DoubleVector v1 = DoubleVector.broadcast(DOUBLES, a[aOffset + k + STEP]);
            q0 = v1.fma(w0, q0);
            q1 = v1.fma(w1, q1);
            q2 = v1.fma(w2, q2);
            q3 = v1.fma(w3, q3);
            DoubleVector v2 = DoubleVector.broadcast(DOUBLES, a[aOffset + k + 2 * STEP]);
            r0 = v2.fma(w0, r0);
            r1 = v2.fma(w1, r1);
            r2 = v2.fma(w2, r2);
            r3 = v2.fma(w3, r3);
            DoubleVector v3 = DoubleVector.broadcast(DOUBLES, a[aOffset + k + 3 * STEP]);
            s0 = v3.fma(w0, s0);
            s1 = v3.fma(w1, s1);
            s2 = v3.fma(w2, s2);
            s3 = v3.fma(w3, s3);
            DoubleVector v4 = DoubleVector.broadcast(DOUBLES, a[aOffset + k + 4 * STEP]);
            t0 = v4.fma(w0, t0);
            t1 = v4.fma(w1, t1);
            t2 = v4.fma(w2, t2);
            t3 = v4.fma(w3, t3);
            DoubleVector v5 = DoubleVector.broadcast(DOUBLES, a[aOffset + k + 5 * STEP]);
            u0 = v5.fma(w0, u0);
            u1 = v5.fma(w1, u1);
            u2 = v5.fma(w2, u2);
            u3 = v5.fma(w3, u3);
        }
        int o = cOffset;
        DoubleVector.fromArray(DOUBLES, c, o).add(p0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(p1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(p2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(p3).intoArray(c, o + 3 * LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(q0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(q1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(q2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(q3).intoArray(c, o + 3 * LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(r0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(r1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(r2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(r3).intoArray(c, o + 3 * LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(s0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(s1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(s2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(s3).intoArray(c, o + 3 * LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(t0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(t1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(t2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(t3).intoArray(c, o + 3 * LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(u0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(u1).intoArray(c, o + LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 2 * LANES).add(u2).intoArray(c, o + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, c, o + 3 * LANES).add(u3).intoArray(c, o + 3 * LANES);
    }

    private static void sixByTwo(
            int blocks, double[] a, int aOffset, double[] b, int bOffset, double[] c, int cOffset, int cStride) {
        DoubleVector p0 = DoubleVector.zero(DOUBLES);
        DoubleVector p1 = DoubleVector.zero(DOUBLES);
        DoubleVector q0 = DoubleVector.zero(DOUBLES);
        DoubleVector q1 = DoubleVector.zero(DOUBLES);
        DoubleVector r0 = DoubleVector.zero(DOUBLES);
        DoubleVector r1 = DoubleVector.zero(DOUBLES);
        DoubleVector s0 = DoubleVector.zero(DOUBLES);
        DoubleVector s1 = DoubleVector.zero(DOUBLES);
        DoubleVector t0 = DoubleVector.zero(DOUBLES);
        DoubleVector t1 = DoubleVector.zero(DOUBLES);
        DoubleVector u0 = DoubleVector.zero(DOUBLES);
        DoubleVector u1 = DoubleVector.zero(DOUBLES);
        int x = aOffset;
        int y = bOffset;
        for (int block = 0; block < blocks; block++) {
            for (int k = 0; k < STEP; k++) {
                DoubleVector w0 = DoubleVector.fromArray(DOUBLES, b, y + k * 2 * LANES);
                DoubleVector w1 = DoubleVector.fromArray(DOUBLES, b, y + k * 2 * LANES + LANES);
                DoubleVector v0 = DoubleVector.broadcast(DOUBLES, a[x + k]);
                p0 = v0.fma(w0, p0);
                p1 = v0.fma(w1, p1);
                DoubleVector v1 = DoubleVector.broadcast(DOUBLES, a[x + k + STEP]);
                q0 = v1.fma(w0, q0);
                q1 = v1.fma(w1, q1);
                DoubleVector v2 = DoubleVector.broadcast(DOUBLES, a[x + k + 2 * STEP]);
                r0 = v2.fma(w0, r0);
                r1 = v2.fma(w1, r1);
                DoubleVector v3 = DoubleVector.broadcast(DOUBLES, a[x + k + 3 * STEP]);
                s0 = v3.fma(w0, s0);
                s1 = v3.fma(w1, s1);
                DoubleVector v4 = DoubleVector.broadcast(DOUBLES, a[x + k + 4 * STEP]);
                t0 = v4.fma(w0, t0);
                t1 = v4.fma(w1, t1);
                DoubleVector v5 = DoubleVector.broadcast(DOUBLES, a[x + k + 5 * STEP]);
                u0 = v5.fma(w0, u0);
                u1 = v5.fma(w1, u1);
            }
            x += ROWS * STEP;
            y += STEP * 2 * LANES;
        }
        int o = cOffset;
        DoubleVector.fromArray(DOUBLES, c, o).add(p0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(p1).intoArray(c, o + LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(q0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(q1).intoArray(c, o + LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(r0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(r1).intoArray(c, o + LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(s0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(s1).intoArray(c, o + LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(t0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(t1).intoArray(c, o + LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(u0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(u1).intoArray(c, o + LANES);
    }

    private static void restByTwo(
            int rest, double[] a, int aOffset, double[] b, int bOffset, double[] c, int cOffset, int cStride) {
        DoubleVector p0 = DoubleVector.zero(DOUBLES);
        DoubleVector p1 = DoubleVector.zero(DOUBLES);
        DoubleVector q0 = DoubleVector.zero(DOUBLES);
        DoubleVector q1 = DoubleVector.zero(DOUBLES);
        DoubleVector r0 = DoubleVector.zero(DOUBLES);
        DoubleVector r1 = DoubleVector.zero(DOUBLES);
        DoubleVector s0 = DoubleVector.zero(DOUBLES);
        DoubleVector s1 = DoubleVector.zero(DOUBLES);
        DoubleVector t0 = DoubleVector.zero(DOUBLES);
        DoubleVector t1 = DoubleVector.zero(DOUBLES);
        DoubleVector u0 = DoubleVector.zero(DOUBLES);
        DoubleVector u1 = DoubleVector.zero(DOUBLES);
        for (int k = 0; k < rest; k++) {
            DoubleVector w0 = DoubleVector.fromArray(DOUBLES, b, bOffset + k * 2 * LANES);
            DoubleVector w1 = DoubleVector.fromArray(DOUBLES, b, bOffset + k * 2 * LANES + LANES);
            DoubleVector v0 = DoubleVector.broadcast(DOUBLES, a[aOffset + k]);
            p0 = v0.fma(w0, p0);
            p1 = v0.fma(w1, p1);
            DoubleVector v1 = DoubleVector.broadcast(DOUBLES, a[aOffset + k + STEP]);
            q0 = v1.fma(w0, q0);
            q1 = v1.fma(w1, q1);
            DoubleVector v2 = DoubleVector.broadcast(DOUBLES, a[aOffset + k + 2 * STEP]);
            r0 = v2.fma(w0, r0);
            r1 = v2.fma(w1, r1);
            DoubleVector v3 = DoubleVector.broadcast(DOUBLES, a[aOffset + k + 3 * STEP]);
            s0 = v3.fma(w0, s0);
            s1 = v3.fma(w1, s1);
            DoubleVector v4 = DoubleVector.broadcast(DOUBLES, a[aOffset + k + 4 * STEP]);
            t0 = v4.fma(w0, t0);
            t1 = v4.fma(w1, t1);
            DoubleVector v5 = DoubleVector.broadcast(DOUBLES, a[aOffset + k + 5 * STEP]);
            u0 = v5.fma(w0, u0);
            u1 = v5.fma(w1, u1);
        }
        int o = cOffset;
        DoubleVector.fromArray(DOUBLES, c, o).add(p0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(p1).intoArray(c, o + LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(q0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(q1).intoArray(c, o + LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(r0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(r1).intoArray(c, o + LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(s0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(s1).intoArray(c, o + LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(t0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(t1).intoArray(c, o + LANES);
        o += cStride;
        DoubleVector.fromArray(DOUBLES, c, o).add(u0).intoArray(c, o);
        DoubleVector.fromArray(DOUBLES, c, o + LANES).add(u1).intoArray(c, o + LANES);
    }

    @Override
    public double dot(int length, double[] a, int aOffset, double[] b, int bOffset) {
        double sum = 0;
        for (int from = 0; from < length; from += DOT_CHUNK) {
            sum += dotOfChunk(Math.min(DOT_CHUNK, length - from), a, aOffset + from, b, bOffset + from);
        }
        return sum;
    }

    private static double dotOfChunk(int length, double[] a, int aOffset, double[] b, int bOffset) {
        DoubleVector p = DoubleVector.zero(DOUBLES);
        DoubleVector q = DoubleVector.zero(DOUBLES);
        DoubleVector r = DoubleVector.zero(DOUBLES);
        DoubleVector s = DoubleVector.zero(DOUBLES);
        int i = 0;
        for (; i <= length - 4 * LANES; i += 4 * LANES) {
            p = DoubleVector.fromArray(DOUBLES, a, aOffset + i).fma(DoubleVector.fromArray(DOUBLES, b, bOffset + i), p);
            q = DoubleVector.fromArray(DOUBLES, a, aOffset + i + LANES)
                    .fma(DoubleVector.fromArray(DOUBLES, b, bOffset + i + LANES), q);
            r = DoubleVector.fromArray(DOUBLES, a, aOffset + i + 2 * LANES)
                    .fma(DoubleVector.fromArray(DOUBLES, b, bOffset + i + 2 * LANES), r);
            s = DoubleVector.fromArray(DOUBLES, a, aOffset + i + 3 * LANES)
                    .fma(DoubleVector.fromArray(DOUBLES, b, bOffset + i + 3 * LANES), s);
        }
        double[] lanes = new double[LANES];
        p.add(q).add(r.add(s)).intoArray(lanes, 0);
        double sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
            sum += lanes[lane];
        }
        for (; i < length; i++) {
            sum += a[aOffset + i] * b[bOffset + i];
        }
        return sum;
    }

    @Override
    public void addScaledRows(
            int rows,
            int columns,
            double[] x,
            int xOffset,
            int xStride,
            double[] a,
            int aOffset,
            int aStride,
            double[] y,
            int yOffset) {
        int j = 0;
        for (; j <= columns - 4 * LANES; j += 4 * LANES) {
            scaledRows(rows, x, xOffset, xStride, a, aOffset + j, aStride, y, yOffset + j);
        }
        for (; j < columns; j++) {
            double sum = 0;
            for (int row = 0; row < rows; row++) {
                sum += x[xOffset + row * xStride] * a[aOffset + row * aStride + j];
            }
            y[yOffset + j] += sum;
        }
    }

    private static void scaledRows(
            int rows,
            double[] x,
            int xOffset,
            int xStride,
            double[] a,
            int aOffset,
            int aStride,
            double[] y,
            int yOffset) {
        DoubleVector p = DoubleVector.zero(DOUBLES);
        DoubleVector q = DoubleVector.zero(DOUBLES);
        DoubleVector r = DoubleVector.zero(DOUBLES);
        DoubleVector s = DoubleVector.zero(DOUBLES);
        int from = aOffset;
        int at = xOffset;
        for (int row = 0; row < rows; row++) {
            DoubleVector v = DoubleVector.broadcast(DOUBLES, x[at]);
            p = v.fma(DoubleVector.fromArray(DOUBLES, a, from), p);
            q = v.fma(DoubleVector.fromArray(DOUBLES, a, from + LANES), q);
            r = v.fma(DoubleVector.fromArray(DOUBLES, a, from + 2 * LANES), r);
            s = v.fma(DoubleVector.fromArray(DOUBLES, a, from + 3 * LANES), s);
            from += aStride;
            at += xStride;
        }
        DoubleVector.fromArray(DOUBLES, y, yOffset).add(p).intoArray(y, yOffset);
        DoubleVector.fromArray(DOUBLES, y, yOffset + LANES).add(q).intoArray(y, yOffset + LANES);
        DoubleVector.fromArray(DOUBLES, y, yOffset + 2 * LANES).add(r).intoArray(y, yOffset + 2 * LANES);
        DoubleVector.fromArray(DOUBLES, y, yOffset + 3 * LANES).add(s).intoArray(y, yOffset + 3 * LANES);
    }

    @Override
    public void addRowProducts(
            int rows,
            int columns,
            int depth,
            double[] a,
            int aOffset,
            int aStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int cOffset,
            int cStride) {
        double[] lanes = new double[8 * LANES];
        int whole = depth / LANES * LANES;
        for (int i = 0; i < rows; i += 4) {
            int row =
                    Math.min(i, rows - 4); // the last tiles overlap those before them, whose part they do not add again
            for (int j = 0; j < columns; j += 2) {
                int column = Math.min(j, columns - 2);
                int p = aOffset + row * aStride;
                int q = bOffset + column * bStride;
                fourRowsByTwo(whole, a, p, aStride, b, q, bStride, lanes);
                for (int r = i - row; r < 4; r++) {
                    for (int s = j - column; s < 2; s++) {
                        double sum = 0;
                        for (int lane = 0; lane < LANES; lane++) {
                            sum += lanes[(r * 2 + s) * LANES + lane];
                        }
                        for (int k = whole; k < depth; k++) {
                            sum += a[p + r * aStride + k] * b[q + s * bStride + k];
                        }
                        c[cOffset + (row + r) * cStride + column + s] += sum;
                    }
                }
            }
        }
    }

    /** Eight accumulators: lanes run along the rows, so that nothing is transposed. */
    private static void fourRowsByTwo(
            int length, double[] a, int p, int aStride, double[] b, int q, int bStride, double[] lanes) {
        DoubleVector s00 = DoubleVector.zero(DOUBLES);
        DoubleVector s01 = DoubleVector.zero(DOUBLES);
        DoubleVector s10 = DoubleVector.zero(DOUBLES);
        DoubleVector s11 = DoubleVector.zero(DOUBLES);
        DoubleVector s20 = DoubleVector.zero(DOUBLES);
        DoubleVector s21 = DoubleVector.zero(DOUBLES);
        DoubleVector s30 = DoubleVector.zero(DOUBLES);
        DoubleVector s31 = DoubleVector.zero(DOUBLES);
        for (int k = 0; k < length; k += LANES) {
            DoubleVector b0 = DoubleVector.fromArray(DOUBLES, b, q + k);
            DoubleVector b1 = DoubleVector.fromArray(DOUBLES, b, q + k + bStride);
            DoubleVector a0 = DoubleVector.fromArray(DOUBLES, a, p + k);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            DoubleVector a1 = DoubleVector.fromArray(DOUBLES, a, p + k + aStride);
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            DoubleVector a2 = DoubleVector.fromArray(DOUBLES, a, p + k + 2 * aStride);
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            DoubleVector a3 = DoubleVector.fromArray(DOUBLES, a, p + k + 3 * aStride);
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
        }
        s00.intoArray(lanes, 0);
        s01.intoArray(lanes, LANES);
        s10.intoArray(lanes, 2 * LANES);
        s11.intoArray(lanes, 3 * LANES);
        s20.intoArray(lanes, 4 * LANES);
        s21.intoArray(lanes, 5 * LANES);
        s30.intoArray(lanes, 6 * LANES);
        s31.intoArray(lanes, 7 * LANES);
    }
}
