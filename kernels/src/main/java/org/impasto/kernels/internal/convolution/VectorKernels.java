package org.impasto.kernels.internal.convolution;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The inner loops on the Vector API; loaded only by the vector provider. */
final class VectorKernels extends Kernels {
    private static final FloatVector ZERO = FloatVector.zero(FLOATS);
    private static final int[] WIDTHS = LANES == 16 ? new int[] {64, 32, 16} : new int[] {16};

    @Override
    int[] panelWidths() {
        return WIDTHS;
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
            int cStride) {
        for (int group = 0; group < groups; group++) {
            int row = group * ROWS;
            BlockedTile.multiply(
                    width,
                    a,
                    aOffset + bases[group],
                    taps,
                    from,
                    to,
                    b,
                    bOffset,
                    start,
                    startOffset + row * startStride,
                    startStride,
                    c,
                    cOffset + row * cStride,
                    cStride);
        }
    }

    @Override
    void planarProduct(
            float[] a,
            int aOffset,
            int[] pixels,
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
        for (int pixel : pixels) {
            PlanarTile.multiply(
                    width,
                    a,
                    aOffset + pixel,
                    taps,
                    from,
                    to,
                    b,
                    bOffset,
                    start,
                    startOffset + pixel * startStride,
                    startStride,
                    c,
                    cOffset + pixel * cStride,
                    cStride,
                    cBlock,
                    floor);
        }
    }

    @Override
    void fewOutputs(
            float[] a, int base, int pixels, int[] taps, float[] b, int columns, float[] fold, float[] c, int cOffset) {
        FewOutputsTile.multiply(a, base, pixels, taps, b, columns, fold, c, cOffset);
    }

    @Override
    void depthwise(
            float[] a,
            int base,
            int pixels,
            int[] taps,
            float[] b,
            int bOffset,
            float[] bias,
            int biasOffset,
            float[] c,
            int cOffset) {
        int four = pixels - pixels % 4;
        for (int pixel = 0; pixel < four; pixel += 4) {
            depthwiseFour(a, base + pixel * 16, taps, b, bOffset, bias, biasOffset, c, cOffset + pixel * 16);
        }
        for (int pixel = four; pixel < pixels; pixel++) {
            depthwiseOne(a, base + pixel * 16, taps, b, bOffset, bias, biasOffset, c, cOffset + pixel * 16);
        }
    }

    private static void depthwiseFour(
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

    private static void depthwiseOne(
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

    @Override
    void winogradInput(
            float[] input, int offset, int rowStride, float[] scratch, float[] v, int vOffset, int xiStride) {
        WinogradTile.input(input, offset, rowStride, scratch, v, vOffset, xiStride);
    }

    @Override
    void winogradOutput(
            float[] m,
            int mOffset,
            int xiStride,
            float[] scratch,
            float[] bias,
            int biasOffset,
            float negativeSlope,
            float[] output,
            int offset,
            int rowStride) {
        WinogradTile.output(m, mOffset, xiStride, scratch, bias, biasOffset, negativeSlope, output, offset, rowStride);
    }

    @Override
    void winogradPooledOutput(
            float[] m,
            int mOffset,
            int xiStride,
            float[] scratch,
            float[] bias,
            int biasOffset,
            float negativeSlope,
            float[] output,
            int offset,
            int rowStride) {
        WinogradTile.pooledOutput(
                m, mOffset, xiStride, scratch, bias, biasOffset, negativeSlope, output, offset, rowStride);
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
        FloatVector slope = FloatVector.broadcast(FLOATS, negativeSlope);
        boolean relu = negativeSlope == 0f; // not by a product: minus infinity becomes 0 too
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector y = FloatVector.fromArray(FLOATS, c, cOffset + pixel * cStride + lane);
                y.blend(relu ? ZERO : y.mul(slope), y.compare(VectorOperators.LT, 0f))
                        .intoArray(output, offset + pixel * step + lane);
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
        FloatVector slope = FloatVector.broadcast(FLOATS, negativeSlope);
        boolean relu = negativeSlope == 0f; // not by a product: minus infinity becomes 0 too
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                int x = cOffset + 2 * pixel * cStride + lane;
                FloatVector upper =
                        FloatVector.fromArray(FLOATS, c, x).max(FloatVector.fromArray(FLOATS, c, x + cStride));
                FloatVector lower = FloatVector.fromArray(FLOATS, c, x + rowDistance)
                        .max(FloatVector.fromArray(FLOATS, c, x + rowDistance + cStride));
                FloatVector y = upper.max(lower);
                y.blend(relu ? ZERO : y.mul(slope), y.compare(VectorOperators.LT, 0f))
                        .intoArray(output, offset + pixel * 16 + lane);
            }
        }
    }
}
