package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.kernels.internal.layout.BlockedLayout;

/**
 * The tiles of 4x4 outputs of all images of a convolution, as one list, and the transforms of what they see. Tiles at the
 * border get their input copied into a strip, through tables of source rows and columns, which know the padding.
 */
final class WinogradTiles {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int STRIP_WIDTH = 66; // sixteen tiles, or eight with stride 2
    // With one at either end they fill the strip; a run of their own would not save its beginning.
    private static final int FEW_INSIDE = 14;

    /** Floats of a scratch array for the lines of a transform. */
    static final int LINES = 36 * BLOCK;

    /** Floats of a scratch array for what tiles at the border see, or make. */
    static final int STRIP = 6 * STRIP_WIDTH * BLOCK;

    private final Kernels kernels = Kernels.chosen();
    private final ConvolutionShape shape;
    private final WinogradPieces pieces;
    private final int inBlocks;
    private final int outBlocks;
    private final int outHeight;
    private final int outWidth;
    private final int rows;
    private final int columns;
    private final int count;
    private final int[] sourceRows;
    private final int[] sourceColumns;

    WinogradTiles(ConvolutionShape shape, WinogradPieces pieces) {
        this.shape = shape;
        this.pieces = pieces;
        inBlocks = BlockedLayout.blocks(shape.inputChannels());
        outBlocks = BlockedLayout.blocks(shape.outputChannels());
        outHeight = shape.outputHeight();
        outWidth = shape.outputWidth();
        WinogradAxis down = pieces.rows();
        WinogradAxis across = pieces.columns();
        rows = down.tiles(outHeight);
        columns = across.tiles(outWidth);
        count = Math.multiplyExact(shape.batch(), rows * columns);
        sourceRows = shape.mode().sources(shape.height(), down.padding(), shape.bottom(), down.reach(rows));
        sourceColumns = shape.mode().sources(shape.width(), across.padding(), shape.right(), across.reach(columns));
    }

    int count() {
        return count;
    }

    /** Tiles side by side. */
    int across() {
        return columns;
    }

    /** The input's row that a row of the padded input is, or -1. */
    int sourceRow(int padded) {
        return sourceRows[padded];
    }

    /** The same of a column. */
    int sourceColumn(int padded) {
        return sourceColumns[padded];
    }

    int row(int tile) {
        return tile / columns % rows;
    }

    int column(int tile) {
        return tile % columns;
    }

    int image(int tile) {
        return tile / columns / rows;
    }

    /**
     * V = B' d B of the inputs of neighbouring tiles of a row: value xi of tile t goes to {@code v[vOffset + 16 * t + xi *
     * vStride ...]}. Returns how many tiles these were, at least one and at most {@code most}.
     *
     * @param block of channels of a piece: all those of the first piece, then all those of the next
     */
    int input(
            float[] input,
            int tile,
            int most,
            int block,
            float[] lines,
            float[] strip,
            float[] v,
            int vOffset,
            int vStride) {
        int piece = block / inBlocks;
        WinogradAxis down = pieces.rows();
        WinogradAxis across = pieces.columns();
        int stride = down.stride();
        int side = down.points();
        int reach = (side - 1) * stride + 1;
        int step = 4 * stride;
        int left = column(tile) * step + across.shift(pieces.column(piece));
        int top = row(tile) * step + down.shift(pieces.row(piece));
        int x = left - across.padding();
        int y = top - down.padding();
        int height = shape.height();
        int width = shape.width();
        int plane = (image(tile) * inBlocks + block % inBlocks) * height * width;
        int neighbours = Math.min(most, columns - column(tile));
        int before = Math.min(neighbours, x < 0 ? (-x + step - 1) / step : 0);
        int last = Math.floorDiv(width - reach - x, step); // that sees no column beyond the input
        int inside = y < 0 || y + reach > height ? 0 : Math.max(0, Math.min(neighbours, last + 1) - before);
        if (before == 0 && (inside == neighbours || inside > FEW_INSIDE)) {
            int first = (plane + y * width + x) * BLOCK;
            transform(input, first, width * stride * BLOCK, stride * BLOCK, inside, lines, v, vOffset, vStride);
            return inside;
        }
        int count = Math.min(inside > FEW_INSIDE ? before : neighbours, (STRIP_WIDTH - reach) / step + 1);
        int pixels = (count - 1) * step + reach;
        for (int i = 0; i < side; i++) {
            copy(input, plane, sourceRows[top + i * stride], left, pixels, strip, i * pixels * BLOCK);
        }
        transform(strip, 0, pixels * BLOCK, stride * BLOCK, count, lines, v, vOffset, vStride);
        return count;
    }

    /**
     * Copies pixels of a row of the padded input.
     *
     * @param row of the input, or -1 for zeros
     */
    private void copy(float[] input, int plane, int row, int left, int pixels, float[] strip, int target) {
        if (row < 0) {
            Arrays.fill(strip, target, target + pixels * BLOCK, 0f);
            return;
        }
        int source = plane + row * shape.width();
        int shift = left - pieces.columns().padding();
        int begin = Math.min(pixels, Math.max(0, -shift));
        int end = Math.max(begin, Math.min(pixels, shape.width() - shift));
        for (int pixel = 0; pixel < begin; pixel++) {
            copyPixel(input, source, sourceColumns[left + pixel], strip, target + pixel * BLOCK);
        }
        if (end > begin) {
            int length = (end - begin) * BLOCK;
            System.arraycopy(input, (source + shift + begin) * BLOCK, strip, target + begin * BLOCK, length);
        }
        for (int pixel = end; pixel < pixels; pixel++) {
            copyPixel(input, source, sourceColumns[left + pixel], strip, target + pixel * BLOCK);
        }
    }

    private static void copyPixel(float[] input, int source, int column, float[] strip, int target) {
        boolean none = column < 0;
        System.arraycopy(none ? Kernels.ZEROS : input, none ? 0 : (source + column) * BLOCK, strip, target, BLOCK);
    }

    private void transform(
            float[] from,
            int offset,
            int rowStride,
            int pixelStride,
            int count,
            float[] lines,
            float[] v,
            int vOffset,
            int vStride) {
        if (pieces.rows().isHalved()) {
            kernels.winogradHalvedInput(from, offset, rowStride, pixelStride, count, lines, v, vOffset, vStride);
        } else {
            kernels.winogradInput(from, offset, rowStride, count, lines, v, vOffset, vStride);
        }
    }

    /**
     * D = A g A' of the 4x4 gradients of the outputs of neighbouring tiles of a row; those beyond the output are zero. Value
     * xi of tile t goes to {@code d[dOffset + dStep * t + xi * dStride ...]}. Returns how many tiles these were, at least one
     * and at most {@code most}.
     */
    int gradient(
            float[] gradient,
            int tile,
            int most,
            int block,
            float[] lines,
            float[] strip,
            float[] d,
            int dOffset,
            int dStep,
            int dStride) {
        int y = row(tile) * 4;
        int x = column(tile) * 4;
        int first = (((image(tile) * outBlocks + block) * outHeight + y) * outWidth + x) * BLOCK;
        int inside = y + 4 > outHeight ? 0 : Math.min(most, (outWidth - x) / 4);
        if (inside > 0) {
            kernels.winogradGradient(gradient, first, outWidth * BLOCK, inside, lines, d, dOffset, dStep, dStride);
            return inside;
        }
        int across = Math.min(4, outWidth - x) * BLOCK;
        Arrays.fill(strip, 0, 16 * BLOCK, 0f);
        for (int i = 0; i < Math.min(4, outHeight - y); i++) {
            System.arraycopy(gradient, first + i * outWidth * BLOCK, strip, i * 4 * BLOCK, across);
        }
        kernels.winogradGradient(strip, 0, 4 * BLOCK, 1, lines, d, dOffset, dStep, dStride);
        return 1;
    }
}
