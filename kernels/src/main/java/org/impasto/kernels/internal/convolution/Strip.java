package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.kernels.internal.layout.ActivationLayout;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.jspecify.annotations.Nullable;

/**
 * A part of the padded input as a product wants it: {@code [channels][rows][residues][columns]}, channels being blocks of
 * sixteen or single planes.
 *
 * <p>Columns of the same residue modulo the stride lie side by side, so that neighbouring output pixels read neighbours,
 * whatever the stride; the padding is filled in, so that products know no borders.
 */
final class Strip {
    private static final int BLOCK = BlockedLayout.BLOCK;

    private final Kernels kernels = Kernels.chosen();
    private final ConvolutionShape shape;
    private final boolean blocked;
    private final ActivationLayout inputLayout;
    private final int depth; // planes or blocks of a group
    private final int rows;
    private final int residues;
    private final int columns;
    private final int[] sourceRows;
    private final int @Nullable [] sourceColumns; // null where each pixel is its own source
    private final int[] taps;

    Strip(
            ConvolutionShape shape,
            boolean blocked,
            ActivationLayout inputLayout,
            int channels,
            int tileHeight,
            int tileWidth,
            int tilesDown,
            int tilesAcross) {
        this.shape = shape;
        this.blocked = blocked;
        this.inputLayout = inputLayout;
        this.depth = blocked ? BlockedLayout.blocks(channels) : channels;
        this.rows = rows(shape, tileHeight);
        this.residues = shape.strideWidth();
        this.columns = columns(shape, tileWidth);
        int height = (tilesDown - 1) * tileHeight * shape.strideHeight() + rows;
        int width = ((tilesAcross - 1) * tileWidth + columns) * residues;
        sourceRows = shape.mode().sources(shape.height(), shape.top(), shape.bottom(), height);
        // a single row of all pixels may be long, and its table would be read for the last tile alone
        sourceColumns =
                shape.isPointwise() ? null : shape.mode().sources(shape.width(), shape.left(), shape.right(), width);
        taps = new int[depth * shape.kernelHeight() * shape.kernelWidth()];
        int tap = 0;
        for (int plane = 0; plane < depth; plane++) {
            for (int row = 0; row < shape.kernelHeight(); row++) {
                for (int column = 0; column < shape.kernelWidth(); column++) {
                    int x = column * shape.dilationWidth();
                    taps[tap++] = (((plane * rows + row * shape.dilationHeight()) * residues + x % residues) * columns
                                    + x / residues)
                            * unit();
                }
            }
        }
    }

    private static int rows(ConvolutionShape s, int tileHeight) {
        return (tileHeight - 1) * s.strideHeight() + s.dilationHeight() * (s.kernelHeight() - 1) + 1;
    }

    private static int columns(ConvolutionShape s, int tileWidth) {
        return tileWidth + s.dilationWidth() * (s.kernelWidth() - 1) / s.strideWidth();
    }

    /** Floats of a strip for tiles of that size. */
    static long size(ConvolutionShape s, boolean blocked, int channels, int tileHeight, int tileWidth) {
        long depth = blocked ? BlockedLayout.roundUp(channels) : channels;
        return depth * rows(s, tileHeight) * s.strideWidth() * columns(s, tileWidth);
    }

    private int unit() {
        return blocked ? BLOCK : 1;
    }

    int size() {
        return depth * rows * residues * columns * unit();
    }

    /** Offsets of the taps from an output pixel's place, channel by channel, row by row. */
    int[] taps() {
        return taps;
    }

    /** Place of an output pixel of the tile. */
    int place(int row, int column) {
        return (row * shape.strideHeight() * residues * columns + column) * unit();
    }

    /** Fills a strip for the tile whose first output pixel is given. */
    void gather(float[] input, int image, int firstChannel, int firstRow, int firstColumn, float[] strip) {
        gather(input, image, firstChannel, firstRow, firstColumn, rows, columns, strip);
    }

    /** Fills what so many rows and columns of output pixels need of a strip. */
    void gatherPart(
            float[] input,
            int image,
            int firstChannel,
            int firstRow,
            int firstColumn,
            int outputRows,
            int outputColumns,
            float[] strip) {
        int count = rows(shape, outputRows);
        gather(input, image, firstChannel, firstRow, firstColumn, count, columns(shape, outputColumns), strip);
    }

    private void gather(
            float[] input,
            int image,
            int firstChannel,
            int firstRow,
            int firstColumn,
            int rowCount,
            int columnCount,
            float[] strip) {
        int y = firstRow * shape.strideHeight();
        int x = firstColumn * residues;
        for (int plane = 0; plane < depth; plane++) {
            for (int row = 0; row < rowCount; row++) {
                int target = (plane * rows + row) * residues * columns * unit();
                int source = sourceRows[y + row];
                if (source < 0) {
                    Arrays.fill(strip, target, target + residues * columns * unit(), 0f);
                } else if (blocked) {
                    int block = firstChannel / BLOCK + plane;
                    int blocks = BlockedLayout.blocks(shape.inputChannels());
                    gatherRow(
                            input,
                            ((image * blocks + block) * shape.height() + source) * shape.width() * BLOCK,
                            BLOCK,
                            BLOCK,
                            x,
                            columnCount,
                            strip,
                            target);
                } else if (inputLayout == ActivationLayout.PLANAR) {
                    int channel = firstChannel + plane;
                    gatherRow(
                            input,
                            ((image * shape.inputChannels() + channel) * shape.height() + source) * shape.width(),
                            1,
                            1,
                            x,
                            columnCount,
                            strip,
                            target);
                } else {
                    int channel = firstChannel + plane;
                    int blocks = BlockedLayout.blocks(shape.inputChannels());
                    gatherRow(
                            input,
                            ((image * blocks + channel / BLOCK) * shape.height() + source) * shape.width() * BLOCK
                                    + channel % BLOCK,
                            BLOCK,
                            1,
                            x,
                            columnCount,
                            strip,
                            target);
                }
            }
        }
    }

    private int sourceColumn(int column) {
        return sourceColumns != null ? sourceColumns[column] : column < shape.width() ? column : -1;
    }

    /** Copies pixels of {@code size} floats that lie {@code distance} apart. */
    private void gatherRow(
            float[] input, int sourceRow, int distance, int size, int x, int count, float[] strip, int target) {
        for (int residue = 0; residue < residues; residue++) {
            int at = target + residue * columns * size;
            for (int column = 0; column < count; ) {
                int source = sourceColumn(x + column * residues + residue);
                int run = 1;
                while (column + run < count
                        && sourceColumn(x + (column + run) * residues + residue)
                                == source + (source < 0 ? 0 : run * residues)) {
                    run++;
                }
                int from = sourceRow + source * distance;
                if (source < 0) {
                    Arrays.fill(strip, at, at + run * size, 0f);
                } else if (residues == 1 && distance == size) {
                    System.arraycopy(input, from, strip, at, run * size);
                } else if (size == BLOCK) {
                    kernels.copyRow(input, from, residues * distance, run, strip, at);
                } else {
                    for (int i = 0; i < run; i++) {
                        strip[at + i] = input[from + i * residues * distance];
                    }
                }
                at += run * size;
                column += run;
            }
        }
    }
}
