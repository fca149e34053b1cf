package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.kernels.internal.layout.BlockedLayout;

/**
 * The tiles of 4x4 outputs of all images of a convolution, as one list, and the transforms of what they see. Tiles at the
 * border gather their input through tables of source rows and columns, which know the padding.
 */
final class WinogradTiles {
    /** Floats of a scratch array that a transform takes. */
    static final int SCRATCH = 36 * BlockedLayout.BLOCK;

    private static final int BLOCK = BlockedLayout.BLOCK;

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
     * V = B' d B of the inputs of a tile.
     *
     * @param block of channels of a piece: all those of the first piece, then all those of the next
     */
    void input(float[] input, int tile, int block, float[] lines, float[] patch, float[] v, int vOffset, int vStride) {
        int piece = block / inBlocks;
        WinogradAxis down = pieces.rows();
        WinogradAxis across = pieces.columns();
        int stride = down.stride();
        int side = down.points();
        int column = column(tile) * 4 * stride + across.shift(pieces.column(piece));
        int row = row(tile) * 4 * stride + down.shift(pieces.row(piece));
        int y = row - down.padding();
        int x = column - across.padding();
        int width = shape.width();
        int plane = (image(tile) * inBlocks + block % inBlocks) * shape.height() * width;
        int reach = (side - 1) * stride + 1;
        if (y >= 0 && x >= 0 && y + reach <= shape.height() && x + reach <= width) {
            int first = (plane + y * width + x) * BLOCK;
            transform(input, first, width * stride * BLOCK, stride * BLOCK, lines, v, vOffset, vStride);
            return;
        }
        for (int i = 0; i < side; i++) {
            int sourceRow = sourceRows[row + i * stride];
            for (int j = 0; j < side; j++) {
                int sourceColumn = sourceColumns[column + j * stride];
                int target = (i * side + j) * BLOCK;
                if (sourceRow < 0 || sourceColumn < 0) {
                    kernels.copyRow(Kernels.ZEROS, 0, BLOCK, 1, patch, target);
                } else {
                    int source = (plane + sourceRow * width + sourceColumn) * BLOCK;
                    kernels.copyRow(input, source, BLOCK, 1, patch, target);
                }
            }
        }
        transform(patch, 0, side * BLOCK, BLOCK, lines, v, vOffset, vStride);
    }

    private void transform(
            float[] from,
            int offset,
            int rowStride,
            int pixelStride,
            float[] lines,
            float[] v,
            int vOffset,
            int vStride) {
        if (pieces.rows().isHalved()) {
            kernels.winogradHalvedInput(from, offset, rowStride, pixelStride, lines, v, vOffset, vStride);
        } else {
            kernels.winogradInput(from, offset, rowStride, lines, v, vOffset, vStride);
        }
    }

    /** D = A g A' of the 4x4 gradients of a tile's outputs; those beyond the output are zero. */
    void gradient(
            float[] gradient, int tile, int block, float[] lines, float[] patch, float[] d, int dOffset, int dStride) {
        int y = row(tile) * 4;
        int x = column(tile) * 4;
        int first = (((image(tile) * outBlocks + block) * outHeight + y) * outWidth + x) * BLOCK;
        if (y + 4 <= outHeight && x + 4 <= outWidth) {
            kernels.winogradGradient(gradient, first, outWidth * BLOCK, lines, d, dOffset, dStride);
            return;
        }
        int across = Math.min(4, outWidth - x) * BLOCK;
        Arrays.fill(patch, 0, 16 * BLOCK, 0f);
        for (int i = 0; i < Math.min(4, outHeight - y); i++) {
            System.arraycopy(gradient, first + i * outWidth * BLOCK, patch, i * 4 * BLOCK, across);
        }
        kernels.winogradGradient(patch, 0, 4 * BLOCK, lines, d, dOffset, dStride);
    }
}
