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
            int[] places,
            int cStride,
            int cBlock) {
        for (int group = 0; group < groups; group++) {
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
                    startOffset + group * ROWS * startStride,
                    startStride,
                    c,
                    cOffset + places[group],
                    cStride,
                    cBlock);
        }
    }

    @Override
    void shallowProduct(
            float[] a,
            int aOffset,
            int[] bases,
            int groups,
            int channels,
            float[] b,
            int bOffset,
            int width,
            float[] c,
            int cOffset,
            int[] places,
            int cStride,
            int cBlock) {
        if (width != ShallowTile.WIDTH) {
            super.shallowProduct(
                    a, aOffset, bases, groups, channels, b, bOffset, width, c, cOffset, places, cStride, cBlock);
            return;
        }
        for (int group = 0; group < groups; group++) {
            ShallowTile.multiply(
                    a, aOffset + bases[group], channels, b, bOffset, c, cOffset + places[group], cStride, cBlock);
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
        for (int first = 0; first < pixels; first += ROWS) {
            int pixel = Math.max(0, Math.min(first, pixels - ROWS)); // the last tile repeats some, to the same bits
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
        DepthwiseTile.rows(a, base, aRow, rows, pixels, taps, b, bOffset, bias, biasOffset, c, cOffset, cRow);
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
        WinogradTile.input(input, offset, rowStride, tiles, v, vOffset, xiStride);
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
        WinogradTile.output(m, mOffset, xiStride, tiles, bias, biasOffset, negativeSlope, output, offset, rowStride);
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
            int x = offset + t * 4 * pixelStride;
            HalvedTile.input(input, x, rowStride, pixelStride, scratch, v, vOffset + t * 16, xiStride);
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
            int x = mOffset + t * 16;
            int o = offset + t * 4 * pixelStride;
            HalvedTile.output(
                    m, x, xiStride, scratch, bias, biasOffset, negativeSlope, output, o, rowStride, pixelStride);
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
            int x = mOffset + t * 16;
            int o = offset + t * 32;
            WinogradTile.pooledOutput(m, x, xiStride, scratch, bias, biasOffset, negativeSlope, output, o, rowStride);
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
            WinogradTile.gradient(gradient, offset + t * 64, rowStride, scratch, d, dOffset + t * dStep, xiStride);
        }
    }

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
        GradientTile.blocked(a, aOffset, rows, b, bOffset, width, count, sums, sumsOffset);
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
        GradientTile.shifted(a, aOffset, rows, b, bOffset, width, count, sums, sumsOffset);
    }

    @Override
    void addChannelProducts(
            float[] a, int aOffset, int[] rows, float[] b, int bOffset, int count, float[] sums, int sumsOffset) {
        GradientTile.channels(a, aOffset, rows, b, bOffset, count, sums, sumsOffset);
    }

    @Override
    void copyRow(float[] x, int from, int step, int pixels, float[] y, int to) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector.fromArray(FLOATS, x, from + pixel * step + lane).intoArray(y, to + pixel * 16 + lane);
            }
        }
    }

    @Override
    void spreadRow(float[] x, int from, int pixels, float[] y, int to, int step) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector.fromArray(FLOATS, x, from + pixel * 16 + lane).intoArray(y, to + pixel * step + lane);
            }
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
