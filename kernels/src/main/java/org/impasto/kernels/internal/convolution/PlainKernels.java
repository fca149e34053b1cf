package org.impasto.kernels.internal.convolution;

import java.util.stream.IntStream;

/**
 * The inner loops in plain Java, in the form that the compiler vectorises: one index for all arrays of a loop, each row an
 * array of its own, one array written. No {@code Math.fma}, which is hundreds of times slower without hardware for it.
 */
final class PlainKernels extends Kernels {
    private static final int WIDEST = 256;
    private static final int ROWS_AT_ONCE = 24;

    private static final ThreadLocal<Rows> ROW_ARRAYS = ThreadLocal.withInitial(Rows::new);

    /** Rows of factors and sums. */
    private static final class Rows {
        final float[][] factors = new float[4][WIDEST];
        final int[] sources = new int[ROWS_AT_ONCE];
        final float[][] sums = new float[ROWS_AT_ONCE][WIDEST];
    }

    @Override
    int[] panelWidths() {
        return new int[] {WIDEST, 192, 128, 64, 32, 16};
    }

    @Override
    void blockedProduct(
            float[] a,
            int aOffset,
            int[] bases,
            int groups,
            int[] taps,
            int from,
            int to,
            float[] b,
            int bOffset,
            int width,
            float[] start,
            int startOffset,
            int startStride,
            float[] c,
            int cOffset,
            int[] places,
            int cStride,
            int cBlock) {
        float[][] sums = ROW_ARRAYS.get().sums;
        int[] sources = ROW_ARRAYS.get().sources;
        for (int first = 0; first < groups * ROWS; first += ROWS_AT_ONCE) {
            int rows = Math.min(ROWS_AT_ONCE, groups * ROWS - first);
            for (int row = 0; row < rows; row++) {
                sources[row] = bases[(first + row) / ROWS] + (first + row) % ROWS * 16;
                System.arraycopy(start, startOffset + (first + row) * startStride, sums[row], 0, width);
            }
            accumulate(a, aOffset, sources, rows, taps, from, to, 16, b, bOffset, width);
            for (int row = 0; row < rows; row++) {
                int place = cOffset + places[(first + row) / ROWS] + (first + row) % ROWS * cStride;
                for (int column = 0; column < width; column += 16) {
                    System.arraycopy(sums[row], column, c, place + column / 16 * cBlock, 16);
                }
            }
        }
    }

    @Override
    void planarProduct(
            float[] a,
            int aOffset,
            int pixels,
            int[] taps,
            int from,
            int to,
            float[] b,
            int bOffset,
            int width,
            float[] start,
            int startOffset,
            int startStride,
            float[] c,
            int cOffset,
            int cStride,
            int cBlock,
            float floor) {
        float[][] sums = ROW_ARRAYS.get().sums;
        for (int first = 0; first < pixels; first += ROWS_AT_ONCE) {
            int rows = Math.min(ROWS_AT_ONCE, pixels - first);
            for (int row = 0; row < rows; row++) {
                System.arraycopy(start, startOffset + (first + row) * startStride, sums[row], 0, width);
            }
            accumulate(a, aOffset + first, ONE_PIXEL, rows, taps, from, to, 1, b, bOffset, width);
            for (int row = 0; row < rows; row++) {
                float[] sum = sums[row];
                int o = cOffset + (first + row) * cStride;
                for (int column = 0; column < width; column += 16) {
                    for (int lane = 0; lane < 16; lane++) {
                        float value = sum[column + lane];
                        c[o + column / 16 * cBlock + lane] = value < floor ? 0f : value;
                    }
                }
            }
        }
    }

    private static final int[] ONE_PIXEL = IntStream.range(0, ROWS_AT_ONCE).toArray();

    /** Row r of tap t has {@code depth} factors from {@code aOffset + places[r] + taps[t]} on. */
    private static void accumulate(
            float[] a,
            int aOffset,
            int[] places,
            int rows,
            int[] taps,
            int from,
            int to,
            int depth,
            float[] b,
            int bOffset,
            int width) {
        float[][] sums = ROW_ARRAYS.get().sums;
        float[][] factors = ROW_ARRAYS.get().factors;
        int total = (to - from) * depth;
        for (int k = 0; k < total; k += 4) {
            int terms = Math.min(4, total - k);
            for (int term = 0; term < terms; term++) {
                System.arraycopy(b, bOffset + (k + term) * width, factors[term], 0, width);
            }
            int tap0 = taps[from + k / depth] + k % depth;
            int tap1 = terms > 1 ? taps[from + (k + 1) / depth] + (k + 1) % depth : 0;
            int tap2 = terms > 2 ? taps[from + (k + 2) / depth] + (k + 2) % depth : 0;
            int tap3 = terms > 3 ? taps[from + (k + 3) / depth] + (k + 3) % depth : 0;
            for (int row = 0; row < rows; row++) {
                int base = aOffset + places[row];
                if (terms == 4) {
                    addFour(
                            sums[row],
                            a[base + tap0],
                            factors[0],
                            a[base + tap1],
                            factors[1],
                            a[base + tap2],
                            factors[2],
                            a[base + tap3],
                            factors[3],
                            width);
                } else {
                    addOne(sums[row], a[base + tap0], factors[0], width);
                    if (terms > 1) {
                        addOne(sums[row], a[base + tap1], factors[1], width);
                    }
                    if (terms > 2) {
                        addOne(sums[row], a[base + tap2], factors[2], width);
                    }
                }
            }
        }
    }

    private static void addFour(
            float[] c, float x0, float[] p, float x1, float[] q, float x2, float[] r, float x3, float[] s, int n) {
        for (int j = 0; j < n; j++) {
            c[j] += x0 * p[j] + x1 * q[j] + x2 * r[j] + x3 * s[j];
        }
    }

    private static void addOne(float[] c, float x, float[] p, int n) {
        for (int j = 0; j < n; j++) {
            c[j] += x * p[j];
        }
    }

    @Override
    void fewOutputs(
            float[] a, int base, int pixels, int[] taps, float[] b, int columns, float[] fold, float[] c, int cOffset) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int column = 0; column < columns; column++) {
                for (int lane = 0; lane < 16; lane++) {
                    fold[lane] = 0;
                }
                for (int tap = 0; tap < taps.length; tap++) {
                    int x = base + taps[tap] + 16 * pixel;
                    int w = (tap * columns + column) * 16;
                    for (int lane = 0; lane < 16; lane++) {
                        fold[lane] += a[x + lane] * b[w + lane];
                    }
                }
                for (int half = 8; half > 0; half /= 2) {
                    for (int lane = 0; lane < half; lane++) {
                        fold[lane] += fold[lane + half];
                    }
                }
                c[cOffset + pixel * columns + column] = fold[0];
            }
        }
    }

    @Override
    void depthwise(
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
        for (int i = 0; i < rows * pixels; i++) {
            int row = i / pixels;
            int pixel = i % pixels;
            int o = cOffset + row * cRow + pixel * 16;
            System.arraycopy(bias, biasOffset, c, o, 16);
            for (int tap = 0; tap < taps.length; tap++) {
                int x = base + row * aRow + taps[tap] + 16 * pixel;
                int w = bOffset + tap * 16;
                for (int lane = 0; lane < 16; lane++) {
                    c[o + lane] += a[x + lane] * b[w + lane];
                }
            }
        }
    }

    @Override
    void winogradInput(
            float[] input,
            int offset,
            int rowStride,
            int tiles,
            float[] scratch,
            float[] v,
            int vOffset,
            int xiStride) {
        for (int t = 0; t < tiles; t++) {
            for (int row = 0; row < 6; row++) {
                PlainWinogradLines.input(input, offset + t * 64 + row * rowStride, 16, scratch, row * 96, 16);
            }
            for (int column = 0; column < 6; column++) {
                PlainWinogradLines.input(
                        scratch, column * 16, 96, v, vOffset + t * 16 + column * xiStride, 6 * xiStride);
            }
        }
    }

    private static final float[] NO_SHIFT = new float[16];

    private static void outputTile(
            float[] m, int mOffset, int xiStride, float[] scratch, float[] bias, int biasOffset) {
        for (int column = 0; column < 6; column++) {
            PlainWinogradLines.output(
                    m, mOffset + column * xiStride, 6 * xiStride, NO_SHIFT, 0, scratch, column * 16, 96);
        }
        for (int row = 3; row >= 0; row--) { // a row of four results lies where the six values were
            PlainWinogradLines.output(scratch, row * 96, 16, bias, biasOffset, scratch, row * 96, 16);
        }
    }

    @Override
    void winogradOutput(
            float[] m,
            int mOffset,
            int xiStride,
            int tiles,
            float[] scratch,
            float[] bias,
            int biasOffset,
            float negativeSlope,
            float[] output,
            int offset,
            int rowStride) {
        for (int t = 0; t < tiles; t++) {
            outputTile(m, mOffset + t * 16, xiStride, scratch, bias, biasOffset);
            for (int row = 0; row < 4; row++) {
                storeRow(scratch, row * 96, 16, 4, negativeSlope, output, offset + t * 64 + row * rowStride, 16);
            }
        }
    }

    @Override
    void winogradPooledOutput(
            float[] m,
            int mOffset,
            int xiStride,
            int tiles,
            float[] scratch,
            float[] bias,
            int biasOffset,
            float negativeSlope,
            float[] output,
            int offset,
            int rowStride) {
        for (int t = 0; t < tiles; t++) {
            outputTile(m, mOffset + t * 16, xiStride, scratch, bias, biasOffset);
            for (int row = 0; row < 2; row++) {
                storePooledRow(
                        scratch, 2 * row * 96, 16, 96, 2, negativeSlope, output, offset + t * 32 + row * rowStride);
            }
        }
    }

    @Override
    void winogradHalvedInput(
            float[] input,
            int offset,
            int rowStride,
            int pixelStride,
            int tiles,
            float[] scratch,
            float[] v,
            int vOffset,
            int xiStride) {
        for (int t = 0; t < tiles; t++) {
            for (int row = 0; row < 5; row++) {
                PlainWinogradLines.halvedInput(
                        input, offset + t * 4 * pixelStride + row * rowStride, pixelStride, scratch, row * 80, 16);
            }
            for (int column = 0; column < 5; column++) {
                PlainWinogradLines.halvedInput(
                        scratch, column * 16, 80, v, vOffset + t * 16 + column * xiStride, 5 * xiStride);
            }
        }
    }

    @Override
    void winogradHalvedOutput(
            float[] m,
            int mOffset,
            int xiStride,
            int tiles,
            float[] scratch,
            float[] bias,
            int biasOffset,
            float negativeSlope,
            float[] output,
            int offset,
            int rowStride,
            int pixelStride) {
        for (int t = 0; t < tiles; t++) {
            for (int column = 0; column < 5; column++) {
                PlainWinogradLines.halvedOutput(
                        m, mOffset + t * 16 + column * xiStride, 5 * xiStride, NO_SHIFT, 0, scratch, column * 16, 80);
            }
            for (int row = 0; row < 4; row++) { // a row of four results lies where the five values were
                PlainWinogradLines.halvedOutput(scratch, row * 80, 16, bias, biasOffset, scratch, row * 80, 16);
                storeRow(
                        scratch,
                        row * 80,
                        16,
                        4,
                        negativeSlope,
                        output,
                        offset + t * 4 * pixelStride + row * rowStride,
                        pixelStride);
            }
        }
    }

    @Override
    void winogradGradient(
            float[] gradient,
            int offset,
            int rowStride,
            int tiles,
            float[] scratch,
            float[] d,
            int dOffset,
            int dStep,
            int xiStride) {
        for (int t = 0; t < tiles; t++) {
            for (int row = 0; row < 4; row++) {
                PlainWinogradLines.gradient(gradient, offset + t * 64 + row * rowStride, 16, scratch, row * 96, 16);
            }
            for (int column = 0; column < 6; column++) {
                PlainWinogradLines.gradient(
                        scratch, column * 16, 96, d, dOffset + t * dStep + column * xiStride, 6 * xiStride);
            }
        }
    }

    private static final int[] ONE_BLOCK = IntStream.range(0, 16).toArray();

    @Override
    void addProducts(
            float[] a,
            int aOffset,
            int rows,
            float[] b,
            int bOffset,
            int width,
            int count,
            float[] sums,
            int sumsOffset) {
        addRows(a, aOffset, 16, ONE_BLOCK, 0, rows, b, bOffset, width, count, sums, sumsOffset);
    }

    @Override
    void addShiftedProducts(
            float[] a,
            int aOffset,
            int[] rows,
            float[] b,
            int bOffset,
            int width,
            int count,
            float[] sums,
            int sumsOffset) {
        for (int first = 0; first < rows.length; first += ROWS_AT_ONCE) {
            int some = Math.min(ROWS_AT_ONCE, rows.length - first);
            addRows(a, aOffset, 1, rows, first, some, b, bOffset, width, count, sums, sumsOffset + first * width);
        }
    }

    private static void addRows(
            float[] a,
            int aOffset,
            int step,
            int[] rows,
            int first,
            int some,
            float[] b,
            int bOffset,
            int width,
            int count,
            float[] target,
            int targetOffset) {
        float[][] sums = ROW_ARRAYS.get().sums;
        float[][] factors = ROW_ARRAYS.get().factors;
        for (int row = 0; row < some; row++) {
            java.util.Arrays.fill(sums[row], 0, width, 0f);
        }
        for (int t = 0; t < count; t += 4) {
            int terms = Math.min(4, count - t);
            for (int term = 0; term < terms; term++) {
                System.arraycopy(b, bOffset + (t + term) * width, factors[term], 0, width);
            }
            for (int row = 0; row < some; row++) {
                int at = aOffset + rows[first + row] + t * step;
                if (terms == 4) {
                    addFour(
                            sums[row],
                            a[at],
                            factors[0],
                            a[at + step],
                            factors[1],
                            a[at + 2 * step],
                            factors[2],
                            a[at + 3 * step],
                            factors[3],
                            width);
                } else {
                    for (int term = 0; term < terms; term++) {
                        addOne(sums[row], a[at + term * step], factors[term], width);
                    }
                }
            }
        }
        for (int row = 0; row < some; row++) {
            float[] sum = sums[row];
            int o = targetOffset + row * width;
            for (int column = 0; column < width; column++) {
                target[o + column] += sum[column];
            }
        }
    }

    @Override
    void addChannelProducts(
            float[] a, int aOffset, int[] rows, float[] b, int bOffset, int count, float[] sums, int sumsOffset) {
        float[] sum = ROW_ARRAYS.get().sums[0];
        for (int row = 0; row < rows.length; row++) {
            int x = aOffset + rows[row];
            java.util.Arrays.fill(sum, 0, 16, 0f);
            for (int t = 0; t < count; t++) {
                for (int lane = 0; lane < 16; lane++) {
                    sum[lane] += a[x + t * 16 + lane] * b[bOffset + t * 16 + lane];
                }
            }
            for (int lane = 0; lane < 16; lane++) {
                sums[sumsOffset + row * 16 + lane] += sum[lane];
            }
        }
    }

    private static float sloped(float y, float negativeSlope) {
        return y < 0 ? (negativeSlope == 0 ? 0 : y * negativeSlope) : y;
    }

    @Override
    void copyRow(float[] x, int from, int step, int pixels, float[] y, int to) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            System.arraycopy(x, from + pixel * step, y, to + pixel * 16, 16);
        }
    }

    @Override
    void spreadRow(float[] x, int from, int pixels, float[] y, int to, int step) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            System.arraycopy(x, from + pixel * 16, y, to + pixel * step, 16);
        }
    }

    @Override
    void storeRow(
            float[] c,
            int cOffset,
            int cStride,
            int pixels,
            float negativeSlope,
            float[] output,
            int offset,
            int step) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int lane = 0; lane < 16; lane++) {
                output[offset + pixel * step + lane] = sloped(c[cOffset + pixel * cStride + lane], negativeSlope);
            }
        }
    }

    @Override
    void storePooledRow(
            float[] c,
            int cOffset,
            int cStride,
            int rowDistance,
            int pixels,
            float negativeSlope,
            float[] output,
            int offset) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int lane = 0; lane < 16; lane++) {
                int x = cOffset + 2 * pixel * cStride + lane;
                float upper = Math.max(c[x], c[x + cStride]);
                float lower = Math.max(c[x + rowDistance], c[x + rowDistance + cStride]);
                output[offset + pixel * 16 + lane] = sloped(Math.max(upper, lower), negativeSlope);
            }
        }
    }
}
