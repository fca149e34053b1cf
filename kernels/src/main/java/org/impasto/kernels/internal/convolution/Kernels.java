package org.impasto.kernels.internal.convolution;

import org.impasto.core.BackendException;
import org.impasto.kernels.internal.provider.VectorSupport;

/**
 * The inner loops of the convolutions, in one form for each provider. Blocks are sixteen channels of a pixel.
 *
 * <p>A product multiplies groups of {@link #ROWS} pixels by a panel of output channels.
 */
abstract class Kernels {
    /** Pixels that a register tile covers. */
    static final int ROWS = 6;

    /** Sums of any panel before the first product. */
    static final float[] ZEROS = new float[1024];

    private static final int[] ONE_TAP = {0};
    private static final Kernels CHOSEN = choose();

    /** The form of this process's provider. */
    static Kernels chosen() {
        return CHOSEN;
    }

    private static Kernels choose() {
        String name = VectorSupport.isVector() ? "VectorKernels" : "PlainKernels";
        try {
            return (Kernels) Class.forName(Kernels.class.getPackageName() + "." + name)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException broken) {
            throw new BackendException(name + " of impasto-kernels cannot be loaded; is the jar whole?", broken);
        }
    }

    /** Widths of panels that the products take, widest first; the last is 16. */
    abstract int[] panelWidths();

    /**
     * Multiplies pixels of blocked maps. The pixel of row r in group g has channel k of tap t at
     * {@code a[aOffset + bases[g] + taps[t] + 16 * r + k]}; its weights are at {@code b[bOffset + (16 * (t - from) + k) *
     * width]}. Its sums begin with {@code start[startOffset + (6 * g + r) * startStride ...]} and go to {@code c[cOffset +
     * places[g] + r * cStride ...]}: sixteen columns lie together, the next sixteen {@code cBlock} further.
     */
    abstract void blockedProduct(
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
            int cBlock);

    /**
     * The same for one tap with sums that begin with zeros, where only the first channels have weights: the products with the
     * others may be left out.
     *
     * @param channels with weights, at most sixteen
     */
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
        blockedProduct(
                a,
                aOffset,
                bases,
                groups,
                ONE_TAP,
                0,
                channels == 0 ? 0 : 1,
                b,
                bOffset,
                width,
                ZEROS,
                0,
                0,
                c,
                cOffset,
                places,
                cStride,
                cBlock);
    }

    /**
     * The same for a row of pixels of planar maps: pixel p has tap t at {@code a[aOffset + p + taps[t]]} and its sums at
     * {@code c[cOffset + p * cStride ...]}; sums below {@code floor} (zero or minus infinity) become zero. Of less than
     * {@link #ROWS} pixels as many may be read and written.
     */
    abstract void planarProduct(
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
            float floor);

    /** Columns that {@link #fewOutputs} computes for so many output channels. */
    static int fewOutputColumns(int channels) {
        return channels <= 3 ? 3 : 4;
    }

    /**
     * Sums over taps and their sixteen channels for a run of pixels and three or four outputs:
     * {@code c[cOffset + pixel * columns + j]}, without bias. Up to seven pixels more may be read; weights are
     * {@code [tap][columns][16]}.
     *
     * @param fold scratch, 512 floats
     */
    abstract void fewOutputs(
            float[] a, int base, int pixels, int[] taps, float[] b, int columns, float[] fold, float[] c, int cOffset);

    /**
     * Rows of pixels, each channel for itself: {@code c[cOffset + cRow * row + 16 * pixel + l] = bias + sum over taps of
     * a[base + aRow * row + taps[t] + 16 * pixel + l] * b[bOffset + 16 * t + l]}.
     */
    abstract void depthwise(
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
            int cRow);

    /**
     * Winograd's input transform of 6x6 tiles of blocks, four pixels from one to the next: value xi of tile t goes to {@code
     * v[vOffset + 16 * t + xi * xiStride ...]}.
     *
     * @param scratch 576 floats
     */
    abstract void winogradInput(
            float[] input, int offset, int rowStride, int tiles, float[] scratch, float[] v, int vOffset, int xiStride);

    /**
     * Winograd's output transform of such tiles: value xi of tile t is at {@code m[mOffset + 16 * t + xi * xiStride ...]}; 4x4
     * blocks of each are stored beside one another, with bias and slope.
     */
    abstract void winogradOutput(
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
            int rowStride);

    /** The same with 2x2 windows pooled: 2x2 blocks are stored. */
    abstract void winogradPooledOutput(
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
            int rowStride);

    /** Input transform of such 5x5 tiles whose pixels lie {@code pixelStride} apart: F(4,2), 25 values. */
    abstract void winogradHalvedInput(
            float[] input,
            int offset,
            int rowStride,
            int pixelStride,
            int tiles,
            float[] scratch,
            float[] v,
            int vOffset,
            int xiStride);

    /** Output transform of such tiles of F(4,2): 4x4 blocks are stored, {@code pixelStride} apart. */
    abstract void winogradHalvedOutput(
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
            int pixelStride);

    /**
     * Winograd's transform A dY A' of neighbouring 4x4 tiles of blocks of a result's gradient: value xi of tile t goes to
     * {@code d[dOffset + t * dStep + xi * xiStride ...]}.
     *
     * @param scratch 576 floats
     */
    abstract void winogradGradient(
            float[] gradient,
            int offset,
            int rowStride,
            int tiles,
            float[] scratch,
            float[] d,
            int dOffset,
            int dStep,
            int xiStride);

    /**
     * Adds products of at most sixteen rows and {@code width} columns over pixels: {@code sums[sumsOffset + r * width + j] +=
     * sum of a[aOffset + 16 t + r] * b[bOffset + width * t + j]} for t below {@code count}, a sum that begins with zero. Sums
     * of some of the rows behind them, up to the sixteenth, may change too.
     */
    abstract void addProducts(
            float[] a,
            int aOffset,
            int rows,
            float[] b,
            int bOffset,
            int width,
            int count,
            float[] sums,
            int sumsOffset);

    /** The same for rows that lie anywhere, a multiple of four of them: row r of pixel t is {@code a[aOffset + rows[r] + t]}. */
    abstract void addShiftedProducts(
            float[] a,
            int aOffset,
            int[] rows,
            float[] b,
            int bOffset,
            int width,
            int count,
            float[] sums,
            int sumsOffset);

    /**
     * The same for each channel of a block alone: {@code sums[sumsOffset + 16 r + l] += sum of a[aOffset + rows[r] + 16 t +
     * l] * b[bOffset + 16 t + l]}, for a multiple of four rows.
     */
    abstract void addChannelProducts(
            float[] a, int aOffset, int[] rows, float[] b, int bOffset, int count, float[] sums, int sumsOffset);

    /** Copies blocks of a row of pixels: block p goes from {@code x[from + p * step ...]} to {@code y[to + 16 * p ...]}. */
    abstract void copyRow(float[] x, int from, int step, int pixels, float[] y, int to);

    /** Copies blocks of a row of pixels: block p goes from {@code x[from + 16 * p ...]} to {@code y[to + p * step ...]}. */
    abstract void spreadRow(float[] x, int from, int pixels, float[] y, int to, int step);

    /**
     * Stores blocks of a row of pixels: block p is {@code c[cOffset + p * cStride ...]} and goes to {@code output[offset +
     * p * step ...]}.
     */
    abstract void storeRow(
            float[] c, int cOffset, int cStride, int pixels, float negativeSlope, float[] output, int offset, int step);

    /** Stores the maxima of 2x2 windows of two rows of pixels that lie {@code rowDistance} apart. */
    abstract void storePooledRow(
            float[] c,
            int cOffset,
            int cStride,
            int rowDistance,
            int pixels,
            float negativeSlope,
            float[] output,
            int offset);
}
