package org.impasto.kernels.internal.matrix;

import static org.impasto.kernels.internal.provider.VectorWidth.DOUBLES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Vector form of the double products of rows with rows: a tile of four rows by four, or by two where a core has sixteen
 * vector registers only.
 *
 * <p>Lanes run along the rows, so nothing is transposed and few products are computed twice. At the end the lanes of
 * the accumulators are added in a fixed tree, written out here since vectors must not leave the method.
 */
final class VectorDoubleRowProducts implements DoubleRowProducts {
    private static final int LANES = DOUBLES.length();
    private static final int STRIDE = DoubleRowProducts.STRIDE;
    private static final boolean WIDE = DOUBLES.vectorBitSize() != 256;
    private static final int ACROSS = WIDE ? 4 : 2;
    private static final VectorMask<Double> MASK_4 = lanesWithBit(4);
    private static final VectorShuffle<Double> TURN_4 = VectorShuffle.fromOp(DOUBLES, lane -> (lane ^ 4) % LANES);
    private static final VectorMask<Double> MASK_2 = lanesWithBit(2);
    private static final VectorShuffle<Double> TURN_2 = VectorShuffle.fromOp(DOUBLES, lane -> (lane ^ 2) % LANES);
    private static final VectorMask<Double> MASK_1 = lanesWithBit(1);
    private static final VectorShuffle<Double> TURN_1 = VectorShuffle.fromOp(DOUBLES, lane -> (lane ^ 1) % LANES);

    private static VectorMask<Double> lanesWithBit(int bit) {
        boolean[] set = new boolean[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            set[lane] = (lane & bit) != 0;
        }
        return VectorMask.fromArray(DOUBLES, set, 0);
    }

    @Override
    public void add(
            int firstRow,
            int endRow,
            int firstColumn,
            int endColumn,
            int length,
            double[] rows,
            int offset,
            double[] target,
            int targetStride) {
        double[] sums = new double[4 * ACROSS];
        for (int i = firstRow; i < endRow; i += 4) {
            for (int j = Math.max(firstColumn, i); j < endColumn; j += ACROSS) {
                if (WIDE) {
                    fourByFour(length, rows, offset + i * STRIDE, offset + j * STRIDE, sums);
                } else {
                    fourByTwo(length, rows, offset + i * STRIDE, offset + j * STRIDE, sums);
                }
                for (int r = 0; r < 4; r++) {
                    int at = (i + r) * targetStride + j;
                    for (int s = 0; s < ACROSS; s++) {
                        target[at + s] += sums[r * ACROSS + s];
                    }
                }
            }
        }
    }

    private static void fourByFour(int length, double[] x, int p, int q, double[] sums) {
        DoubleVector s00 = DoubleVector.zero(DOUBLES);
        DoubleVector s01 = DoubleVector.zero(DOUBLES);
        DoubleVector s02 = DoubleVector.zero(DOUBLES);
        DoubleVector s03 = DoubleVector.zero(DOUBLES);
        DoubleVector s10 = DoubleVector.zero(DOUBLES);
        DoubleVector s11 = DoubleVector.zero(DOUBLES);
        DoubleVector s12 = DoubleVector.zero(DOUBLES);
        DoubleVector s13 = DoubleVector.zero(DOUBLES);
        DoubleVector s20 = DoubleVector.zero(DOUBLES);
        DoubleVector s21 = DoubleVector.zero(DOUBLES);
        DoubleVector s22 = DoubleVector.zero(DOUBLES);
        DoubleVector s23 = DoubleVector.zero(DOUBLES);
        DoubleVector s30 = DoubleVector.zero(DOUBLES);
        DoubleVector s31 = DoubleVector.zero(DOUBLES);
        DoubleVector s32 = DoubleVector.zero(DOUBLES);
        DoubleVector s33 = DoubleVector.zero(DOUBLES);
        for (int k = 0; k < length; k += LANES) {
            DoubleVector b0 = DoubleVector.fromArray(DOUBLES, x, q + k);
            DoubleVector b1 = DoubleVector.fromArray(DOUBLES, x, q + k + STRIDE);
            DoubleVector b2 = DoubleVector.fromArray(DOUBLES, x, q + k + 2 * STRIDE);
            DoubleVector b3 = DoubleVector.fromArray(DOUBLES, x, q + k + 3 * STRIDE);
            DoubleVector a0 = DoubleVector.fromArray(DOUBLES, x, p + k);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            s02 = a0.fma(b2, s02);
            s03 = a0.fma(b3, s03);
            DoubleVector a1 = DoubleVector.fromArray(DOUBLES, x, p + k + STRIDE);
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            s12 = a1.fma(b2, s12);
            s13 = a1.fma(b3, s13);
            DoubleVector a2 = DoubleVector.fromArray(DOUBLES, x, p + k + 2 * STRIDE);
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            s22 = a2.fma(b2, s22);
            s23 = a2.fma(b3, s23);
            DoubleVector a3 = DoubleVector.fromArray(DOUBLES, x, p + k + 3 * STRIDE);
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
            s32 = a3.fma(b2, s32);
            s33 = a3.fma(b3, s33);
        }
        if (LANES == 8) {
            s00 = s00.blend(s10, MASK_4).add(s10.blend(s00, MASK_4).rearrange(TURN_4));
            s01 = s01.blend(s11, MASK_4).add(s11.blend(s01, MASK_4).rearrange(TURN_4));
            s02 = s02.blend(s12, MASK_4).add(s12.blend(s02, MASK_4).rearrange(TURN_4));
            s03 = s03.blend(s13, MASK_4).add(s13.blend(s03, MASK_4).rearrange(TURN_4));
            s00 = s00.blend(s02, MASK_2).add(s02.blend(s00, MASK_2).rearrange(TURN_2));
            s01 = s01.blend(s03, MASK_2).add(s03.blend(s01, MASK_2).rearrange(TURN_2));
            s00.blend(s01, MASK_1).add(s01.blend(s00, MASK_1).rearrange(TURN_1)).intoArray(sums, 0);
            s20 = s20.blend(s30, MASK_4).add(s30.blend(s20, MASK_4).rearrange(TURN_4));
            s21 = s21.blend(s31, MASK_4).add(s31.blend(s21, MASK_4).rearrange(TURN_4));
            s22 = s22.blend(s32, MASK_4).add(s32.blend(s22, MASK_4).rearrange(TURN_4));
            s23 = s23.blend(s33, MASK_4).add(s33.blend(s23, MASK_4).rearrange(TURN_4));
            s20 = s20.blend(s22, MASK_2).add(s22.blend(s20, MASK_2).rearrange(TURN_2));
            s21 = s21.blend(s23, MASK_2).add(s23.blend(s21, MASK_2).rearrange(TURN_2));
            s20.blend(s21, MASK_1).add(s21.blend(s20, MASK_1).rearrange(TURN_1)).intoArray(sums, 8);
        } else if (LANES == 2) {
            s00.blend(s01, MASK_1).add(s01.blend(s00, MASK_1).rearrange(TURN_1)).intoArray(sums, 0);
            s02.blend(s03, MASK_1).add(s03.blend(s02, MASK_1).rearrange(TURN_1)).intoArray(sums, 2);
            s10.blend(s11, MASK_1).add(s11.blend(s10, MASK_1).rearrange(TURN_1)).intoArray(sums, 4);
            s12.blend(s13, MASK_1).add(s13.blend(s12, MASK_1).rearrange(TURN_1)).intoArray(sums, 6);
            s20.blend(s21, MASK_1).add(s21.blend(s20, MASK_1).rearrange(TURN_1)).intoArray(sums, 8);
            s22.blend(s23, MASK_1).add(s23.blend(s22, MASK_1).rearrange(TURN_1)).intoArray(sums, 10);
            s30.blend(s31, MASK_1).add(s31.blend(s30, MASK_1).rearrange(TURN_1)).intoArray(sums, 12);
            s32.blend(s33, MASK_1).add(s33.blend(s32, MASK_1).rearrange(TURN_1)).intoArray(sums, 14);
        }
    }

    private static void fourByTwo(int length, double[] x, int p, int q, double[] sums) {
        DoubleVector s00 = DoubleVector.zero(DOUBLES);
        DoubleVector s01 = DoubleVector.zero(DOUBLES);
        DoubleVector s10 = DoubleVector.zero(DOUBLES);
        DoubleVector s11 = DoubleVector.zero(DOUBLES);
        DoubleVector s20 = DoubleVector.zero(DOUBLES);
        DoubleVector s21 = DoubleVector.zero(DOUBLES);
        DoubleVector s30 = DoubleVector.zero(DOUBLES);
        DoubleVector s31 = DoubleVector.zero(DOUBLES);
        for (int k = 0; k < length; k += LANES) {
            DoubleVector b0 = DoubleVector.fromArray(DOUBLES, x, q + k);
            DoubleVector b1 = DoubleVector.fromArray(DOUBLES, x, q + k + STRIDE);
            DoubleVector a0 = DoubleVector.fromArray(DOUBLES, x, p + k);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            DoubleVector a1 = DoubleVector.fromArray(DOUBLES, x, p + k + STRIDE);
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            DoubleVector a2 = DoubleVector.fromArray(DOUBLES, x, p + k + 2 * STRIDE);
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            DoubleVector a3 = DoubleVector.fromArray(DOUBLES, x, p + k + 3 * STRIDE);
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
        }
        if (LANES == 4) {
            s00 = s00.blend(s10, MASK_2).add(s10.blend(s00, MASK_2).rearrange(TURN_2));
            s01 = s01.blend(s11, MASK_2).add(s11.blend(s01, MASK_2).rearrange(TURN_2));
            s00.blend(s01, MASK_1).add(s01.blend(s00, MASK_1).rearrange(TURN_1)).intoArray(sums, 0);
            s20 = s20.blend(s30, MASK_2).add(s30.blend(s20, MASK_2).rearrange(TURN_2));
            s21 = s21.blend(s31, MASK_2).add(s31.blend(s21, MASK_2).rearrange(TURN_2));
            s20.blend(s21, MASK_1).add(s21.blend(s20, MASK_1).rearrange(TURN_1)).intoArray(sums, 4);
        }
    }
}
