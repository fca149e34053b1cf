package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * One convolution by Winograd's F(4,3), after Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks"; a
 * kernel larger than 3x3 in {@link WinogradPieces pieces}.
 *
 * <p>The tiles of 4x4 outputs of all images form one list. A piece takes a block of them through input transform, 36
 * products and output transform in scratch arrays of its thread. Tiles at the border gather their input through tables
 * of source rows and columns, which know the padding, and store the part of their output that exists.
 */
final class WinogradConvolution {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int ROWS = Kernels.ROWS;
    private static final int GROUP = ROWS * BLOCK;
    private static final int BLOCKS_WANTED = 4; // with fewer blocks of tiles threads would wait for each other
    private static final int STAGED_BLOCKS = 8;
    private static final int PATCH = 36 * BLOCK;

    private final Kernels kernels = Kernels.chosen();
    private final ConvolutionShape shape;
    private final Fusion fusion;
    private final float[] input;
    private final float[] weights;
    private final float[] bias;
    private final float[] output;

    private final int inBlocks; // of the input's channels
    private final WinogradPieces pieces;
    private final int blocks; // of transformed channels
    private final int outBlocks;
    private final int outHeight;
    private final int outWidth;
    private final int storedHeight;
    private final int storedWidth;
    private final int tileRows;
    private final int tileColumns;
    private final int tiles;
    private final int tilesPerBlock;
    private final boolean staged;
    private final int[] sourceRows;
    private final int[] sourceColumns;
    private final int[] taps;
    private final int[] bases;
    private final int[] places;
    private final Panels panels;
    private final int
            vStride; // between the planes of V; off the powers of two, whose lines share a few sets of the cache
    private final int mStride;
    private final int vStart;

    WinogradConvolution(ConvolutionPlan plan, float[] input, float[] weights, float[] bias, float[] output) {
        this.shape = plan.shape();
        this.fusion = plan.fusion();
        this.input = input;
        this.weights = weights;
        this.bias = bias;
        this.output = output;
        inBlocks = BlockedLayout.blocks(shape.inputChannels());
        pieces = WinogradPieces.of(shape);
        blocks = pieces.depth() / BLOCK;
        outBlocks = BlockedLayout.blocks(shape.outputChannels());
        outHeight = shape.outputHeight();
        outWidth = shape.outputWidth();
        storedHeight = plan.outputHeight();
        storedWidth = plan.outputWidth();
        tileRows = (outHeight + 3) / 4;
        tileColumns = (outWidth + 3) / 4;
        tiles = Math.multiplyExact(shape.batch(), tileRows * tileColumns);
        int most = tilesPerBlock(blocks, outBlocks);
        staged = tiles < most * BLOCKS_WANTED
                && blocks >= STAGED_BLOCKS
                && outBlocks >= STAGED_BLOCKS
                && !pieces.unfolded();
        tilesPerBlock = staged ? (tiles + ROWS - 1) / ROWS * ROWS : Math.min(most, (tiles + ROWS - 1) / ROWS * ROWS);
        sourceRows =
                shape.mode().sources(shape.height(), shape.top(), shape.bottom(), 4 * tileRows + 3 * pieces.rows() - 1);
        sourceColumns = shape.mode()
                .sources(shape.width(), shape.left(), shape.right(), 4 * tileColumns + 3 * pieces.columns() - 1);
        taps = new int[blocks];
        Arrays.setAll(taps, i -> i * GROUP);
        bases = new int[tilesPerBlock / ROWS];
        Arrays.setAll(bases, i -> i * GROUP * blocks);
        panels = Panels.of(shape.outputChannels());
        places = new int[tilesPerBlock / ROWS];
        Arrays.setAll(places, i -> i * ROWS * panels.columns());
        int vSize = tilesPerBlock * blocks * BLOCK + BLOCK;
        int mSize = tilesPerBlock * outBlocks * BLOCK + BLOCK;
        vStride = staged ? vSize : Math.max(vSize, mSize);
        mStride = staged ? mSize : vStride;
        vStart = staged ? 0 : vStride;
    }

    /** Few tiles stay in the second cache, many tiles read the weights seldom; measured, and multiples of a group. */
    private static int tilesPerBlock(int blocks, int outBlocks) {
        int widest = Math.max(blocks, outBlocks);
        return widest <= 4 ? 36 : widest <= 20 ? 24 : 72;
    }

    void run(Workers workers, Run run) {
        if (staged) {
            runInStages(workers, run);
            return;
        }
        @Nullable Scratch[] scratches = new Scratch[workers.count()];
        try {
            workers.run((tiles + tilesPerBlock - 1) / tilesPerBlock, run, (index, worker) -> {
                Scratch scratch = scratches[worker];
                if (scratch == null) {
                    // products at a point overwrite the input at the point before it, which nobody needs any more:
                    // one array instead of two stays in the second cache
                    float[] planes = ScratchArrays.take(37 * vStride);
                    scratch = new Scratch(planes, planes, pieces.unfolded() ? 6 * stripWidth() * pieces.depth() : 0);
                    scratches[worker] = scratch;
                }
                int first = index * tilesPerBlock;
                int count = Math.min(tilesPerBlock, tiles - first);
                if (pieces.unfolded()) {
                    transformUnfolded(first, count, scratch);
                } else {
                    transformInputs(first, count, 0, blocks, scratch);
                }
                for (int xi = 0; xi < 36; xi++) {
                    multiply(xi, count, 0, panels.count(), scratch);
                }
                transformOutputs(first, count, 0, outBlocks, scratch);
            });
        } finally {
            for (Scratch scratch : scratches) {
                if (scratch != null) {
                    scratch.giveBack();
                    ScratchArrays.give(scratch.v);
                }
            }
        }
    }

    /** Few tiles of many channels: all tiles pass through a stage before the next; pieces are channels and points. */
    private void runInStages(Workers workers, Run run) {
        float[] v = ScratchArrays.take(36 * vStride);
        float[] m = ScratchArrays.take(36 * mStride);
        @Nullable Scratch[] scratches = new Scratch[workers.count()];
        try {
            workers.run(
                    blocks,
                    run,
                    (block, worker) -> transformInputs(0, tiles, block, block + 1, scratch(scratches, worker, v, m)));
            workers.run(36 * panels.count(), run, (index, worker) -> {
                int panel = index % panels.count();
                multiply(index / panels.count(), tiles, panel, panel + 1, scratch(scratches, worker, v, m));
            });
            workers.run(
                    outBlocks,
                    run,
                    (block, worker) -> transformOutputs(0, tiles, block, block + 1, scratch(scratches, worker, v, m)));
        } finally {
            for (Scratch scratch : scratches) {
                if (scratch != null) {
                    scratch.giveBack();
                }
            }
            ScratchArrays.give(v);
            ScratchArrays.give(m);
        }
    }

    private static Scratch scratch(@Nullable Scratch[] scratches, int worker, float[] v, float[] m) {
        Scratch scratch = scratches[worker];
        if (scratch == null) {
            scratch = new Scratch(v, m, 0);
            scratches[worker] = scratch;
        }
        return scratch;
    }

    private static final class Scratch {
        final float[] v; // transformed input, [36][tiles/6][blocks][6][16]
        final float[] m; // products, [36][tiles][out]
        final float[] lines = ScratchArrays.take(PATCH);
        final float[] patch = ScratchArrays.take(PATCH);
        final float[] strip; // unfolded input of neighbouring tiles, [blocks][6][columns][16]

        Scratch(float[] v, float[] m, int stripSize) {
            this.v = v;
            this.m = m;
            strip = ScratchArrays.take(stripSize);
        }

        void giveBack() {
            ScratchArrays.give(lines);
            ScratchArrays.give(patch);
            ScratchArrays.give(strip);
        }
    }

    private void transformInputs(int first, int count, int fromBlock, int toBlock, Scratch scratch) {
        int padded = (count + ROWS - 1) / ROWS * ROWS;
        for (int block = fromBlock; block < toBlock; block++) {
            for (int t = 0; t < padded; t++) {
                // the last group repeats the last tile; the repeated products are not stored
                transformInput(
                        first + Math.min(t, count - 1),
                        block,
                        scratch,
                        place(t, block));
            }
        }
    }

    /** Where a tile of the piece lies in a plane of V. */
    private int place(int t, int block) {
        return vStart + (t / ROWS * blocks + block) * GROUP + t % ROWS * BLOCK;
    }

    private int stripWidth() {
        return 4 * tilesPerBlock + 2;
    }

    /** The same from planes: tiles of a row get their pixels, with those of all pieces side by side, as one strip. */
    private void transformUnfolded(int first, int count, Scratch scratch) {
        int padded = (count + ROWS - 1) / ROWS * ROWS;
        int row = stripWidth() * BLOCK;
        for (int begin = 0, end; begin < count; begin = end) {
            end = Math.min(count, begin + tileColumns - (first + begin) % tileColumns);
            unfold(first + begin, end - begin, scratch.strip);
            for (int block = 0; block < blocks; block++) {
                for (int t = begin; t < (end == count ? padded : end); t++) {
                    int x = (Math.min(t, count - 1) - begin) * 4 * BLOCK;
                    kernels.winogradInput(
                            scratch.strip, block * 6 * row + x, row, scratch.lines, scratch.v, place(t, block), vStride);
                }
            }
        }
    }

    private void unfold(int tile, int count, float[] strip) {
        int column = tile % tileColumns * 4;
        int row = tile / tileColumns % tileRows * 4;
        int image = tile / tileColumns / tileRows;
        for (int k = 0; k < pieces.depth(); k++) {
            int piece = k / pieces.step();
            int plane = (image * pieces.channels() + k % pieces.step()) * shape.height();
            for (int i = 0; i < 6; i++) {
                int source = piece < pieces.count() ? sourceRows[row + piece / pieces.columns() * 3 + i] : -1;
                int target = (k / BLOCK * 6 + i) * stripWidth() * BLOCK + k % BLOCK;
                if (source < 0) {
                    spreadZeros(4 * count + 2, strip, target);
                } else {
                    int from = column + piece % pieces.columns() * 3;
                    spread((plane + source) * shape.width(), from, 4 * count + 2, strip, target);
                }
            }
        }
    }

    private void spread(int sourceRow, int from, int count, float[] strip, int target) {
        int inside = Math.max(0, Math.min(count, shape.left() - from));
        int beyond = Math.max(inside, Math.min(count, shape.left() + shape.width() - from));
        spreadEdge(sourceRow, from, 0, inside, strip, target);
        int shift = sourceRow + from - shape.left();
        for (int x = inside; x < beyond; x++) {
            strip[target + x * BLOCK] = input[shift + x];
        }
        spreadEdge(sourceRow, from, beyond, count, strip, target);
    }

    private void spreadEdge(int sourceRow, int from, int begin, int end, float[] strip, int target) {
        for (int x = begin; x < end; x++) {
            int source = sourceColumns[from + x];
            strip[target + x * BLOCK] = source < 0 ? 0f : input[sourceRow + source];
        }
    }

    private static void spreadZeros(int count, float[] strip, int target) {
        for (int x = 0; x < count; x++) {
            strip[target + x * BLOCK] = 0f;
        }
    }

    private void multiply(int xi, int count, int fromPanel, int toPanel, Scratch scratch) {
        int columns = panels.columns();
        int plane = xi * blocks * BLOCK * columns;
        for (int panel = fromPanel; panel < toPanel; panel++) {
            int start = panels.start(panel);
            kernels.blockedProduct(
                    scratch.v,
                    vStart + xi * vStride,
                    bases,
                    (count + ROWS - 1) / ROWS,
                    taps,
                    0,
                    blocks,
                    weights,
                    plane + start * blocks * BLOCK,
                    panels.width(panel),
                    ZEROS,
                    0,
                    0,
                    scratch.m,
                    xi * mStride + start,
                    places,
                    columns,
                    BLOCK);
        }
    }

    private void transformOutputs(int first, int count, int fromBlock, int toBlock, Scratch scratch) {
        for (int block = fromBlock; block < toBlock; block++) {
            for (int t = 0; t < count; t++) {
                transformOutput(first + t, block, scratch, t * panels.columns() + block * BLOCK);
            }
        }
    }

    private static final float[] ZEROS = new float[1024];

    private void transformInput(int tile, int block, Scratch scratch, int vOffset) {
        int piece = block / inBlocks;
        int column = tile % tileColumns * 4 + piece % pieces.columns() * 3;
        int row = tile / tileColumns % tileRows * 4 + piece / pieces.columns() * 3;
        int image = tile / tileColumns / tileRows;
        int y = row - shape.top();
        int x = column - shape.left();
        int width = shape.width();
        int plane = (image * inBlocks + block % inBlocks) * shape.height() * width;
        if (y >= 0 && x >= 0 && y + 6 <= shape.height() && x + 6 <= width) {
            kernels.winogradInput(
                    input, (plane + y * width + x) * BLOCK, width * BLOCK, scratch.lines, scratch.v, vOffset, vStride);
            return;
        }
        float[] patch = scratch.patch;
        for (int i = 0; i < 6; i++) {
            int sourceRow = sourceRows[row + i];
            for (int j = 0; j < 6; j++) {
                int sourceColumn = sourceColumns[column + j];
                int target = (i * 6 + j) * BLOCK;
                if (sourceRow < 0 || sourceColumn < 0) {
                    Arrays.fill(patch, target, target + BLOCK, 0f);
                } else {
                    System.arraycopy(input, (plane + sourceRow * width + sourceColumn) * BLOCK, patch, target, BLOCK);
                }
            }
        }
        kernels.winogradInput(patch, 0, 6 * BLOCK, scratch.lines, scratch.v, vOffset, vStride);
    }

    private void transformOutput(int tile, int block, Scratch scratch, int mOffset) {
        int column = tile % tileColumns;
        int row = tile / tileColumns % tileRows;
        int image = tile / tileColumns / tileRows;
        int rows = Math.min(4, outHeight - row * 4);
        int columns = Math.min(4, outWidth - column * 4);
        boolean pooled = fusion.pool() != Fusion.Pool.NONE;
        int side = pooled ? 2 : 4;
        int plane = (image * outBlocks + block) * storedHeight * storedWidth;
        int offset = (plane + row * side * storedWidth + column * side) * BLOCK;
        int biasOffset = block * BLOCK;
        float slope = fusion.negativeSlope();
        if (rows == 4 && columns == 4) {
            if (pooled) {
                kernels.winogradPooledOutput(
                        scratch.m,
                        mOffset,
                        mStride,
                        scratch.lines,
                        bias,
                        biasOffset,
                        slope,
                        output,
                        offset,
                        storedWidth * BLOCK);
            } else {
                kernels.winogradOutput(
                        scratch.m,
                        mOffset,
                        mStride,
                        scratch.lines,
                        bias,
                        biasOffset,
                        slope,
                        output,
                        offset,
                        storedWidth * BLOCK);
            }
            return;
        }
        float[] patch = scratch.patch;
        kernels.winogradOutput(
                scratch.m, mOffset, mStride, scratch.lines, bias, biasOffset, slope, patch, 0, 4 * BLOCK);
        if (!pooled) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(patch, i * 4 * BLOCK, output, offset + i * storedWidth * BLOCK, columns * BLOCK);
            }
            return;
        }
        for (int i = 0; i < Math.min(2, storedHeight - row * 2); i++) {
            for (int j = 0; j < Math.min(2, storedWidth - column * 2); j++) {
                int lowest = Math.min(2 * i + 1, rows - 1);
                int rightmost = Math.min(2 * j + 1, columns - 1);
                for (int lane = 0; lane < BLOCK; lane++) {
                    float upper = Math.max(
                            patch[(2 * i * 4 + 2 * j) * BLOCK + lane], patch[(2 * i * 4 + rightmost) * BLOCK + lane]);
                    float lower = Math.max(
                            patch[(lowest * 4 + 2 * j) * BLOCK + lane], patch[(lowest * 4 + rightmost) * BLOCK + lane]);
                    output[offset + (i * storedWidth + j) * BLOCK + lane] = Math.max(upper, lower);
                }
            }
        }
    }
}
