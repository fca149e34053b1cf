package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.kernels.internal.layout.BlockedLayout;

/**
 * The tiles of 4x4 outputs of all images of a 3x3 convolution, as one list, and the transforms of what they see. Tiles at
 * the border gather their input through tables of source rows and columns, which know the padding.
 */
final class WinogradTiles {
    /** Floats of a scratch array that a transform takes. */
    static final int SCRATCH = 36 * BlockedLayout.BLOCK;

    private static final int BLOCK = BlockedLayout.BLOCK;

    private final Kernels kernels = Kernels.chosen();
    private final ConvolutionShape shape;
    private final int inBlocks;
    private final int outBlocks;
    private final int outHeight;
    private final int outWidth;
    private final int rows;
    private final int columns;
    private final int count;
    private final int[] sourceRows;
    private final int[] sourceColumns;

    WinogradTiles(ConvolutionShape shape) {
        this.shape = shape;
        inBlocks = BlockedLayout.blocks(shape.inputChannels());
        outBlocks = BlockedLayout.blocks(shape.outputChannels());
        outHeight = shape.outputHeight();
        outWidth = shape.outputWidth();
        rows = (outHeight + 3) / 4;
        columns = (outWidth + 3) / 4;
        count = Math.multiplyExact(shape.batch(), rows * columns);
        sourceRows = shape.mode().sources(shape.height(), shape.top(), shape.bottom(), 4 * rows + 2);
        sourceColumns = shape.mode().sources(shape.width(), shape.left(), shape.right(), 4 * columns + 2);
    }

    int count() {
        return count;
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

    /** V = B' d B of the 6x6 inputs of a tile. */
    void input(float[] input, int tile, int block, float[] lines, float[] patch, float[] v, int vOffset, int vStride) {
        int column = column(tile);
        int row = row(tile);
        int y = row * 4 - shape.top();
        int x = column * 4 - shape.left();
        int width = shape.width();
        int plane = (image(tile) * inBlocks + block) * shape.height() * width;
        if (y >= 0 && x >= 0 && y + 6 <= shape.height() && x + 6 <= width) {
            int first = (plane + y * width + x) * BLOCK;
            kernels.winogradInput(input, first, width * BLOCK, lines, v, vOffset, vStride);
            return;
        }
        for (int i = 0; i < 6; i++) {
            int sourceRow = sourceRows[row * 4 + i];
            for (int j = 0; j < 6; j++) {
                int sourceColumn = sourceColumns[column * 4 + j];
                int target = (i * 6 + j) * BLOCK;
                if (sourceRow < 0 || sourceColumn < 0) {
                    Arrays.fill(patch, target, target + BLOCK, 0f);
                } else {
                    System.arraycopy(input, (plane + sourceRow * width + sourceColumn) * BLOCK, patch, target, BLOCK);
                }
            }
        }
        kernels.winogradInput(patch, 0, 6 * BLOCK, lines, v, vOffset, vStride);
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
