package org.impasto.kernels.internal.convolution;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Sums over taps in which lanes are channels. A 3x3 kernel of dense taps keeps its nine weights in registers, where there
 * are enough of them, and takes two rows of four pixels from the same twenty-four loads.
 */
final class DepthwiseTile {
    private DepthwiseTile() {}

    /** See {@link Kernels#depthwise}. */
    static void rows(
            float[] a,
            int base,
            int aRow,
            int rows,
            int pixels,
            int[] taps,
            float[] b,
            int bOffset,
            float[] bias,
            int biasOffset,
            float[] c,
            int cOffset,
            int cRow) {
        if (LANES == 16 && rows >= 2 && pixels >= 4 && isDense(taps, aRow)) {
            for (int row = 0; row < rows; row += 2) {
                int upper = Math.min(row, rows - 2); // the last pair repeats a row, to the same bits
                int x = base + upper * aRow;
                int o = cOffset + upper * cRow;
                twoRows(a, x, aRow, b, bOffset, bias, biasOffset, c, o, cRow, pixels / 4);
                if (pixels % 4 != 0) { // the last four repeat some, to the same bits
                    int left = (pixels - 4) * 16;
                    twoRows(a, x + left, aRow, b, bOffset, bias, biasOffset, c, o + left, cRow, 1);
                }
            }
            return;
        }
        for (int row = 0; row < rows; row++) {
            int x = base + row * aRow;
            int o = cOffset + row * cRow;
            int four = pixels - pixels % 4;
            for (int pixel = 0; pixel < four; pixel += 4) {
                four(a, x + pixel * 16, taps, b, bOffset, bias, biasOffset, c, o + pixel * 16);
            }
            for (int pixel = four; pixel < pixels; pixel++) {
                one(a, x + pixel * 16, taps, b, bOffset, bias, biasOffset, c, o + pixel * 16);
            }
        }
    }

    /** Whether taps are those of 3x3 neighbours, and output rows as far apart as theirs. */
    private static boolean isDense(int[] taps, int aRow) {
        boolean dense = taps.length == 9;
        for (int tap = 0; tap < taps.length && dense; tap++) {
            dense = taps[tap] == tap / 3 * aRow + tap % 3 * 16;
        }
        return dense;
    }

    private static void twoRows(
            float[] a,
            int base,
            int aRow,
            float[] b,
            int bOffset,
            float[] bias,
            int biasOffset,
            float[] c,
            int first,
            int cRow,
            int fours) {
        FloatVector w0 = FloatVector.fromArray(FLOATS, b, bOffset);
        FloatVector w1 = FloatVector.fromArray(FLOATS, b, bOffset + 16);
        FloatVector w2 = FloatVector.fromArray(FLOATS, b, bOffset + 32);
        FloatVector w3 = FloatVector.fromArray(FLOATS, b, bOffset + 48);
        FloatVector w4 = FloatVector.fromArray(FLOATS, b, bOffset + 64);
        FloatVector w5 = FloatVector.fromArray(FLOATS, b, bOffset + 80);
        FloatVector w6 = FloatVector.fromArray(FLOATS, b, bOffset + 96);
        FloatVector w7 = FloatVector.fromArray(FLOATS, b, bOffset + 112);
        FloatVector w8 = FloatVector.fromArray(FLOATS, b, bOffset + 128);
        FloatVector shift = FloatVector.fromArray(FLOATS, bias, biasOffset);
        for (int four = 0; four < fours; four++) {
            FloatVector y0 = shift;
            FloatVector y1 = shift;
            FloatVector y2 = shift;
            FloatVector y3 = shift;
            FloatVector z0 = shift;
            FloatVector z1 = shift;
            FloatVector z2 = shift;
            FloatVector z3 = shift;
            int x = base + four * 64;
            int o = first + four * 64;
            FloatVector x00 = FloatVector.fromArray(FLOATS, a, x);
            y0 = x00.fma(w0, y0);
            FloatVector x01 = FloatVector.fromArray(FLOATS, a, x + 16);
            y1 = x01.fma(w0, y1);
            y0 = x01.fma(w1, y0);
            FloatVector x02 = FloatVector.fromArray(FLOATS, a, x + 32);
            y2 = x02.fma(w0, y2);
            y1 = x02.fma(w1, y1);
            y0 = x02.fma(w2, y0);
            FloatVector x03 = FloatVector.fromArray(FLOATS, a, x + 48);
            y3 = x03.fma(w0, y3);
            y2 = x03.fma(w1, y2);
            y1 = x03.fma(w2, y1);
            FloatVector x04 = FloatVector.fromArray(FLOATS, a, x + 64);
            y3 = x04.fma(w1, y3);
            y2 = x04.fma(w2, y2);
            FloatVector x05 = FloatVector.fromArray(FLOATS, a, x + 80);
            y3 = x05.fma(w2, y3);
            x += aRow;
            FloatVector x10 = FloatVector.fromArray(FLOATS, a, x);
            y0 = x10.fma(w3, y0);
            z0 = x10.fma(w0, z0);
            FloatVector x11 = FloatVector.fromArray(FLOATS, a, x + 16);
            y1 = x11.fma(w3, y1);
            z1 = x11.fma(w0, z1);
            y0 = x11.fma(w4, y0);
            z0 = x11.fma(w1, z0);
            FloatVector x12 = FloatVector.fromArray(FLOATS, a, x + 32);
            y2 = x12.fma(w3, y2);
            z2 = x12.fma(w0, z2);
            y1 = x12.fma(w4, y1);
            z1 = x12.fma(w1, z1);
            y0 = x12.fma(w5, y0);
            z0 = x12.fma(w2, z0);
            FloatVector x13 = FloatVector.fromArray(FLOATS, a, x + 48);
            y3 = x13.fma(w3, y3);
            z3 = x13.fma(w0, z3);
            y2 = x13.fma(w4, y2);
            z2 = x13.fma(w1, z2);
            y1 = x13.fma(w5, y1);
            z1 = x13.fma(w2, z1);
            FloatVector x14 = FloatVector.fromArray(FLOATS, a, x + 64);
            y3 = x14.fma(w4, y3);
            z3 = x14.fma(w1, z3);
            y2 = x14.fma(w5, y2);
            z2 = x14.fma(w2, z2);
            FloatVector x15 = FloatVector.fromArray(FLOATS, a, x + 80);
            y3 = x15.fma(w5, y3);
            z3 = x15.fma(w2, z3);
            x += aRow;
            FloatVector x20 = FloatVector.fromArray(FLOATS, a, x);
            y0 = x20.fma(w6, y0);
            z0 = x20.fma(w3, z0);
            FloatVector x21 = FloatVector.fromArray(FLOATS, a, x + 16);
            y1 = x21.fma(w6, y1);
            z1 = x21.fma(w3, z1);
            y0 = x21.fma(w7, y0);
            z0 = x21.fma(w4, z0);
            FloatVector x22 = FloatVector.fromArray(FLOATS, a, x + 32);
            y2 = x22.fma(w6, y2);
            z2 = x22.fma(w3, z2);
            y1 = x22.fma(w7, y1);
            z1 = x22.fma(w4, z1);
            y0 = x22.fma(w8, y0);
            z0 = x22.fma(w5, z0);
            FloatVector x23 = FloatVector.fromArray(FLOATS, a, x + 48);
            y3 = x23.fma(w6, y3);
            z3 = x23.fma(w3, z3);
            y2 = x23.fma(w7, y2);
            z2 = x23.fma(w4, z2);
            y1 = x23.fma(w8, y1);
            z1 = x23.fma(w5, z1);
            FloatVector x24 = FloatVector.fromArray(FLOATS, a, x + 64);
            y3 = x24.fma(w7, y3);
            z3 = x24.fma(w4, z3);
            y2 = x24.fma(w8, y2);
            z2 = x24.fma(w5, z2);
            FloatVector x25 = FloatVector.fromArray(FLOATS, a, x + 80);
            y3 = x25.fma(w8, y3);
            z3 = x25.fma(w5, z3);
            x += aRow;
            FloatVector x30 = FloatVector.fromArray(FLOATS, a, x);
            z0 = x30.fma(w6, z0);
            FloatVector x31 = FloatVector.fromArray(FLOATS, a, x + 16);
            z1 = x31.fma(w6, z1);
            z0 = x31.fma(w7, z0);
            FloatVector x32 = FloatVector.fromArray(FLOATS, a, x + 32);
            z2 = x32.fma(w6, z2);
            z1 = x32.fma(w7, z1);
            z0 = x32.fma(w8, z0);
            FloatVector x33 = FloatVector.fromArray(FLOATS, a, x + 48);
            z3 = x33.fma(w6, z3);
            z2 = x33.fma(w7, z2);
            z1 = x33.fma(w8, z1);
            FloatVector x34 = FloatVector.fromArray(FLOATS, a, x + 64);
            z3 = x34.fma(w7, z3);
            z2 = x34.fma(w8, z2);
            FloatVector x35 = FloatVector.fromArray(FLOATS, a, x + 80);
            z3 = x35.fma(w8, z3);
            y0.intoArray(c, o);
            y1.intoArray(c, o + 16);
            y2.intoArray(c, o + 32);
            y3.intoArray(c, o + 48);
            z0.intoArray(c, o + cRow);
            z1.intoArray(c, o + cRow + 16);
            z2.intoArray(c, o + cRow + 32);
            z3.intoArray(c, o + cRow + 48);
        }
    }

    private static void four(
            float[] a, int base, int[] taps, float[] b, int bOffset, float[] bias, int biasOffset, float[] c, int o) {
        for (int lane = 0; lane < 16; lane += LANES) {
            FloatVector y0 = FloatVector.fromArray(FLOATS, bias, biasOffset + lane);
            FloatVector y1 = y0;
            FloatVector y2 = y0;
            FloatVector y3 = y0;
            for (int tap = 0; tap < taps.length; tap++) {
                int x = base + taps[tap] + lane;
                FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + tap * 16 + lane);
                y0 = FloatVector.fromArray(FLOATS, a, x).fma(w, y0);
                y1 = FloatVector.fromArray(FLOATS, a, x + 16).fma(w, y1);
                y2 = FloatVector.fromArray(FLOATS, a, x + 32).fma(w, y2);
                y3 = FloatVector.fromArray(FLOATS, a, x + 48).fma(w, y3);
            }
            y0.intoArray(c, o + lane);
            y1.intoArray(c, o + lane + 16);
            y2.intoArray(c, o + lane + 32);
            y3.intoArray(c, o + lane + 48);
        }
    }

    private static void one(
            float[] a, int base, int[] taps, float[] b, int bOffset, float[] bias, int biasOffset, float[] c, int o) {
        for (int lane = 0; lane < 16; lane += LANES) {
            FloatVector y = FloatVector.fromArray(FLOATS, bias, biasOffset + lane);
            for (int tap = 0; tap < taps.length; tap++) {
                FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + tap * 16 + lane);
                y = FloatVector.fromArray(FLOATS, a, base + taps[tap] + lane).fma(w, y);
            }
            y.intoArray(c, o + lane);
        }
    }
}
