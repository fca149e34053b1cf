package org.impasto.kernels.internal.matrix;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Vector form of the float products of rows with rows: a tile of four rows by four, or by two where a core has sixteen
 * vector registers only.
 *
 * <p>Lanes run along the rows, so nothing is transposed and few products are computed twice. At the end the lanes of
 * the accumulators are added in a fixed tree, written out here since vectors must not leave the method.
 */
final class VectorFloatRowProducts implements FloatRowProducts {
    private static final int LANES = FLOATS.length();
    private static final int STRIDE = FloatRowProducts.STRIDE;
    private static final boolean WIDE = FLOATS.vectorBitSize() != 256;
    private static final int ACROSS = WIDE ? 4 : 2;
    private static final VectorMask<Float> MASK_8 = lanesWithBit(8);
    private static final VectorShuffle<Float> TURN_8 = VectorShuffle.fromOp(FLOATS, lane -> (lane ^ 8) % LANES);
    private static final VectorMask<Float> MASK_4 = lanesWithBit(4);
    private static final VectorShuffle<Float> TURN_4 = VectorShuffle.fromOp(FLOATS, lane -> (lane ^ 4) % LANES);
    private static final VectorMask<Float> MASK_2 = lanesWithBit(2);
    private static final VectorShuffle<Float> TURN_2 = VectorShuffle.fromOp(FLOATS, lane -> (lane ^ 2) % LANES);
    private static final VectorMask<Float> MASK_1 = lanesWithBit(1);
    private static final VectorShuffle<Float> TURN_1 = VectorShuffle.fromOp(FLOATS, lane -> (lane ^ 1) % LANES);

    private static VectorMask<Float> lanesWithBit(int bit) {
        boolean[] set = new boolean[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            set[lane] = (lane & bit) != 0;
        }
        return VectorMask.fromArray(FLOATS, set, 0);
    }

    @Override
    public void add(
            int firstRow,
            int endRow,
            int firstColumn,
            int endColumn,
            int length,
            float[] rows,
            int offset,
            double[] target,
            int targetStride) {
        float[] sums = new float[4 * ACROSS];
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

    private static void fourByFour(int length, float[] x, int p, int q, float[] sums) {
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s01 = FloatVector.zero(FLOATS);
        FloatVector s02 = FloatVector.zero(FLOATS);
        FloatVector s03 = FloatVector.zero(FLOATS);
        FloatVector s10 = FloatVector.zero(FLOATS);
        FloatVector s11 = FloatVector.zero(FLOATS);
        FloatVector s12 = FloatVector.zero(FLOATS);
        FloatVector s13 = FloatVector.zero(FLOATS);
        FloatVector s20 = FloatVector.zero(FLOATS);
        FloatVector s21 = FloatVector.zero(FLOATS);
        FloatVector s22 = FloatVector.zero(FLOATS);
        FloatVector s23 = FloatVector.zero(FLOATS);
        FloatVector s30 = FloatVector.zero(FLOATS);
        FloatVector s31 = FloatVector.zero(FLOATS);
        FloatVector s32 = FloatVector.zero(FLOATS);
        FloatVector s33 = FloatVector.zero(FLOATS);
        for (int k = 0; k < length; k += LANES) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, x, q + k);
            FloatVector b1 = FloatVector.fromArray(FLOATS, x, q + k + STRIDE);
            FloatVector b2 = FloatVector.fromArray(FLOATS, x, q + k + 2 * STRIDE);
            FloatVector b3 = FloatVector.fromArray(FLOATS, x, q + k + 3 * STRIDE);
            FloatVector a0 = FloatVector.fromArray(FLOATS, x, p + k);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            s02 = a0.fma(b2, s02);
            s03 = a0.fma(b3, s03);
            FloatVector a1 = FloatVector.fromArray(FLOATS, x, p + k + STRIDE);
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            s12 = a1.fma(b2, s12);
            s13 = a1.fma(b3, s13);
            FloatVector a2 = FloatVector.fromArray(FLOATS, x, p + k + 2 * STRIDE);
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            s22 = a2.fma(b2, s22);
            s23 = a2.fma(b3, s23);
            FloatVector a3 = FloatVector.fromArray(FLOATS, x, p + k + 3 * STRIDE);
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
            s32 = a3.fma(b2, s32);
            s33 = a3.fma(b3, s33);
        }
        if (LANES == 16) {
            s00 = s00.blend(s20, MASK_8).add(s20.blend(s00, MASK_8).rearrange(TURN_8));
            s01 = s01.blend(s21, MASK_8).add(s21.blend(s01, MASK_8).rearrange(TURN_8));
            s02 = s02.blend(s22, MASK_8).add(s22.blend(s02, MASK_8).rearrange(TURN_8));
            s03 = s03.blend(s23, MASK_8).add(s23.blend(s03, MASK_8).rearrange(TURN_8));
            s10 = s10.blend(s30, MASK_8).add(s30.blend(s10, MASK_8).rearrange(TURN_8));
            s11 = s11.blend(s31, MASK_8).add(s31.blend(s11, MASK_8).rearrange(TURN_8));
            s12 = s12.blend(s32, MASK_8).add(s32.blend(s12, MASK_8).rearrange(TURN_8));
            s13 = s13.blend(s33, MASK_8).add(s33.blend(s13, MASK_8).rearrange(TURN_8));
            s00 = s00.blend(s10, MASK_4).add(s10.blend(s00, MASK_4).rearrange(TURN_4));
            s01 = s01.blend(s11, MASK_4).add(s11.blend(s01, MASK_4).rearrange(TURN_4));
            s02 = s02.blend(s12, MASK_4).add(s12.blend(s02, MASK_4).rearrange(TURN_4));
            s03 = s03.blend(s13, MASK_4).add(s13.blend(s03, MASK_4).rearrange(TURN_4));
            s00 = s00.blend(s02, MASK_2).add(s02.blend(s00, MASK_2).rearrange(TURN_2));
            s01 = s01.blend(s03, MASK_2).add(s03.blend(s01, MASK_2).rearrange(TURN_2));
            s00.blend(s01, MASK_1).add(s01.blend(s00, MASK_1).rearrange(TURN_1)).intoArray(sums, 0);
        } else if (LANES == 4) {
            s00 = s00.blend(s02, MASK_2).add(s02.blend(s00, MASK_2).rearrange(TURN_2));
            s01 = s01.blend(s03, MASK_2).add(s03.blend(s01, MASK_2).rearrange(TURN_2));
            s00.blend(s01, MASK_1).add(s01.blend(s00, MASK_1).rearrange(TURN_1)).intoArray(sums, 0);
            s10 = s10.blend(s12, MASK_2).add(s12.blend(s10, MASK_2).rearrange(TURN_2));
            s11 = s11.blend(s13, MASK_2).add(s13.blend(s11, MASK_2).rearrange(TURN_2));
            s10.blend(s11, MASK_1).add(s11.blend(s10, MASK_1).rearrange(TURN_1)).intoArray(sums, 4);
            s20 = s20.blend(s22, MASK_2).add(s22.blend(s20, MASK_2).rearrange(TURN_2));
            s21 = s21.blend(s23, MASK_2).add(s23.blend(s21, MASK_2).rearrange(TURN_2));
            s20.blend(s21, MASK_1).add(s21.blend(s20, MASK_1).rearrange(TURN_1)).intoArray(sums, 8);
            s30 = s30.blend(s32, MASK_2).add(s32.blend(s30, MASK_2).rearrange(TURN_2));
            s31 = s31.blend(s33, MASK_2).add(s33.blend(s31, MASK_2).rearrange(TURN_2));
            s30.blend(s31, MASK_1).add(s31.blend(s30, MASK_1).rearrange(TURN_1)).intoArray(sums, 12);
        }
    }

    private static void fourByTwo(int length, float[] x, int p, int q, float[] sums) {
        FloatVector s00 = FloatVector.zero(FLOATS);
        FloatVector s01 = FloatVector.zero(FLOATS);
        FloatVector s10 = FloatVector.zero(FLOATS);
        FloatVector s11 = FloatVector.zero(FLOATS);
        FloatVector s20 = FloatVector.zero(FLOATS);
        FloatVector s21 = FloatVector.zero(FLOATS);
        FloatVector s30 = FloatVector.zero(FLOATS);
        FloatVector s31 = FloatVector.zero(FLOATS);
        for (int k = 0; k < length; k += LANES) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, x, q + k);
            FloatVector b1 = FloatVector.fromArray(FLOATS, x, q + k + STRIDE);
            FloatVector a0 = FloatVector.fromArray(FLOATS, x, p + k);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            FloatVector a1 = FloatVector.fromArray(FLOATS, x, p + k + STRIDE);
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            FloatVector a2 = FloatVector.fromArray(FLOATS, x, p + k + 2 * STRIDE);
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            FloatVector a3 = FloatVector.fromArray(FLOATS, x, p + k + 3 * STRIDE);
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
        }
        if (LANES == 8) {
            s00 = s00.blend(s20, MASK_4).add(s20.blend(s00, MASK_4).rearrange(TURN_4));
            s01 = s01.blend(s21, MASK_4).add(s21.blend(s01, MASK_4).rearrange(TURN_4));
            s10 = s10.blend(s30, MASK_4).add(s30.blend(s10, MASK_4).rearrange(TURN_4));
            s11 = s11.blend(s31, MASK_4).add(s31.blend(s11, MASK_4).rearrange(TURN_4));
            s00 = s00.blend(s10, MASK_2).add(s10.blend(s00, MASK_2).rearrange(TURN_2));
            s01 = s01.blend(s11, MASK_2).add(s11.blend(s01, MASK_2).rearrange(TURN_2));
            s00.blend(s01, MASK_1).add(s01.blend(s00, MASK_1).rearrange(TURN_1)).intoArray(sums, 0);
        }
    }
}
