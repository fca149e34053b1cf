package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * One convolution by Winograd's F(4,3), after Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", or, with
 * stride 2 or an input spread by 2, F(4,2); the kernel in {@link WinogradPieces pieces}.
 *
 * <p>The tiles of 4x4 outputs of all images form one list. A piece of work takes a block of them through input transform,
 * products at 36 or 25 points and output transform in scratch arrays of its thread. Tiles at the border store the part of
 * their output that exists.
 */
final class WinogradConvolution {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int ROWS = Kernels.ROWS;
    private static final int GROUP = ROWS * BLOCK;
    private static final int BLOCKS_WANTED = 4; // with fewer blocks of tiles threads would wait for each other
    private static final int STAGED_BLOCKS = 8;

    private final Kernels kernels = Kernels.chosen();
    private final ConvolutionShape shape;
    private final Fusion fusion;
    private final float[] input;
    private final float[] weights;
    private final float[] bias;
    private final float[] output;

    private final WinogradPieces pieces;
    private final int blocks; // of transformed channels
    private final boolean shallow; // a single block, with fewer channels than it has room for
    private final int productBlocks;
    private final int outBlocks; // of the output's channels
    private final int outHeight;
    private final int outWidth;
    private final int storedHeight;
    private final int storedWidth;
    private final WinogradAxis rows;
    private final WinogradAxis columns;
    private final boolean halved;
    private final int points;
    private final WinogradTiles list;
    private final int tiles;
    private final int tilesPerBlock;
    private final boolean staged;
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
        pieces = WinogradPieces.of(shape);
        rows = pieces.rows();
        columns = pieces.columns();
        halved = rows.isHalved();
        points = pieces.points();
        blocks = pieces.depth() / BLOCK;
        shallow = blocks == 1 && pieces.channelsOfBlock() < BLOCK;
        outBlocks = BlockedLayout.blocks(shape.outputChannels());
        outHeight = shape.outputHeight();
        outWidth = shape.outputWidth();
        storedHeight = plan.outputHeight();
        storedWidth = plan.outputWidth();
        list = new WinogradTiles(shape, pieces);
        tiles = list.count();
        productBlocks = pieces.width() / BLOCK;
        int most = tilesPerBlock(blocks, productBlocks);
        staged = tiles < most * BLOCKS_WANTED
                && blocks >= STAGED_BLOCKS
                && productBlocks >= STAGED_BLOCKS
                && !pieces.unfolded();
        tilesPerBlock = staged ? (tiles + ROWS - 1) / ROWS * ROWS : Math.min(most, (tiles + ROWS - 1) / ROWS * ROWS);
        taps = new int[blocks];
        Arrays.setAll(taps, i -> i * GROUP);
        bases = new int[tilesPerBlock / ROWS];
        Arrays.setAll(bases, i -> i * GROUP * blocks);
        panels = Panels.of(pieces.width());
        places = new int[tilesPerBlock / ROWS];
        Arrays.setAll(places, i -> i * ROWS * panels.columns());
        int vSize = tilesPerBlock * blocks * BLOCK + BLOCK;
        int mSize = tilesPerBlock * productBlocks * BLOCK + BLOCK;
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
            int groups = (tiles + ROWS - 1) / ROWS;
            int pieceCount = workers.evenPieces(groups, tilesPerBlock / ROWS);
            workers.run(pieceCount, run, (index, worker) -> {
                Scratch scratch = scratches[worker];
                if (scratch == null) {
                    // products at a point overwrite the input at the point before it, which nobody needs any more:
                    // one array instead of two stays in the second cache
                    float[] planes = ScratchArrays.take((points + 1) * vStride);
                    scratch = new Scratch(planes, planes, pieces.unfolded() ? 6 * stripWidth() * pieces.depth() : 0);
                    scratches[worker] = scratch;
                }
                int first = (int) ((long) groups * index / pieceCount) * ROWS;
                int count = Math.min(tiles, (int) ((long) groups * (index + 1) / pieceCount) * ROWS) - first;
                if (pieces.unfolded()) {
                    transformUnfolded(first, count, scratch);
                } else {
                    transformInputs(first, count, 0, blocks, scratch);
                }
                for (int xi = 0; xi < points; xi++) {
                    multiply(xi, count, 0, panels.count(), scratch);
                }
                transformOutputs(first, count, 0, productBlocks, scratch);
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
        float[] v = ScratchArrays.take(points * vStride);
        float[] m = ScratchArrays.take(points * mStride);
        @Nullable Scratch[] scratches = new Scratch[workers.count()];
        try {
            workers.run(
                    blocks,
                    run,
                    (block, worker) -> transformInputs(0, tiles, block, block + 1, scratch(scratches, worker, v, m)));
            workers.run(points * panels.count(), run, (index, worker) -> {
                int panel = index % panels.count();
                multiply(index / panels.count(), tiles, panel, panel + 1, scratch(scratches, worker, v, m));
            });
            workers.run(
                    productBlocks,
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
        final float[] v; // transformed input, [points][tiles/6][blocks][6][16]
        final float[] m; // products, [points][tiles][out]
        final float[] lines = ScratchArrays.take(WinogradTiles.SCRATCH);
        final float[] patch = ScratchArrays.take(WinogradTiles.SCRATCH);
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
                list.input(
                        input,
                        first + Math.min(t, count - 1),
                        block,
                        scratch.lines,
                        scratch.patch,
                        scratch.v,
                        place(t, block),
                        vStride);
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
            end = Math.min(count, begin + list.across() - list.column(first + begin));
            unfold(first + begin, end - begin, scratch.strip);
            for (int block = 0; block < blocks; block++) {
                for (int t = begin; t < (end == count ? padded : end); t++) {
                    int x = (Math.min(t, count - 1) - begin) * 4 * BLOCK;
                    kernels.winogradInput(
                            scratch.strip,
                            block * 6 * row + x,
                            row,
                            scratch.lines,
                            scratch.v,
                            place(t, block),
                            vStride);
                }
            }
        }
    }

    private void unfold(int tile, int count, float[] strip) {
        int column = list.column(tile) * 4;
        int row = list.row(tile) * 4;
        int image = list.image(tile);
        for (int k = 0; k < pieces.depth(); k++) {
            int piece = k / pieces.step();
            int plane = (image * pieces.channels() + k % pieces.step()) * shape.height();
            for (int i = 0; i < 6; i++) {
                int source = piece < pieces.count() ? list.sourceRow(row + rows.shift(pieces.row(piece)) + i) : -1;
                int target = (k / BLOCK * 6 + i) * stripWidth() * BLOCK + k % BLOCK;
                if (source < 0) {
                    spreadZeros(4 * count + 2, strip, target);
                } else {
                    int from = column + columns.shift(pieces.column(piece));
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
            int source = list.sourceColumn(from + x);
            strip[target + x * BLOCK] = source < 0 ? 0f : input[sourceRow + source];
        }
    }

    private static void spreadZeros(int count, float[] strip, int target) {
        for (int x = 0; x < count; x++) {
            strip[target + x * BLOCK] = 0f;
        }
    }

    private void multiply(int xi, int count, int fromPanel, int toPanel, Scratch scratch) {
        int plane = xi * blocks * BLOCK * panels.columns();
        for (int panel = fromPanel; panel < toPanel; panel++) {
            int start = panels.start(panel);
            int width = panels.width(panel);
            boolean any = start < pieces.widthTo(xi) && start + width > pieces.widthFrom(xi);
            int from = any ? pieces.depthFrom(xi) / BLOCK : 0;
            int to = any ? pieces.depthTo(xi) / BLOCK : 0; // without products sums are zero
            if (shallow) {
                kernels.shallowProduct(
                        scratch.v,
                        vStart + xi * vStride,
                        bases,
                        (count + ROWS - 1) / ROWS,
                        any ? pieces.channelsOfBlock() : 0,
                        weights,
                        plane + start * BLOCK,
                        width,
                        scratch.m,
                        xi * mStride + start,
                        places,
                        panels.columns(),
                        BLOCK);
                continue;
            }
            kernels.blockedProduct(
                    scratch.v,
                    vStart + xi * vStride,
                    bases,
                    (count + ROWS - 1) / ROWS,
                    taps,
                    from,
                    to,
                    weights,
                    plane + start * blocks * BLOCK + from * BLOCK * width,
                    width,
                    Kernels.ZEROS,
                    0,
                    0,
                    scratch.m,
                    xi * mStride + start,
                    places,
                    panels.columns(),
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

    private void transformOutput(int tile, int block, Scratch scratch, int mOffset) {
        if (fusion.pool() == Fusion.Pool.NONE) {
            transformUnpooled(tile, block, scratch, mOffset);
        } else {
            transformPooled(tile, block, scratch, mOffset);
        }
    }

    private void transformUnpooled(int tile, int block, Scratch scratch, int mOffset) {
        int piece = block / outBlocks;
        int spread = rows.spread();
        int column = list.column(tile) * 4 * spread + columns.output(pieces.column(piece));
        int row = list.row(tile) * 4 * spread + rows.output(pieces.row(piece));
        int image = list.image(tile);
        int plane = (image * outBlocks + block % outBlocks) * outHeight * outWidth;
        int offset = (plane + row * outWidth + column) * BLOCK;
        int biasOffset = block % outBlocks * BLOCK;
        if (row >= 0 && column >= 0 && row + 3 * spread < outHeight && column + 3 * spread < outWidth) {
            transformOutput(scratch, mOffset, biasOffset, output, offset, outWidth * spread * BLOCK, spread * BLOCK);
            return;
        }
        transformOutput(scratch, mOffset, biasOffset, scratch.patch, 0, 4 * BLOCK, BLOCK);
        for (int i = 0; i < 4; i++) {
            int y = row + i * spread;
            for (int j = 0; j < 4; j++) {
                int x = column + j * spread;
                if (y >= 0 && y < outHeight && x >= 0 && x < outWidth) {
                    System.arraycopy(
                            scratch.patch, (i * 4 + j) * BLOCK, output, (plane + y * outWidth + x) * BLOCK, BLOCK);
                }
            }
        }
    }

    private void transformOutput(
            Scratch scratch, int mOffset, int biasOffset, float[] to, int offset, int rowStride, int pixelStride) {
        float slope = fusion.negativeSlope();
        if (halved) {
            kernels.winogradHalvedOutput(
                    scratch.m,
                    mOffset,
                    mStride,
                    scratch.lines,
                    bias,
                    biasOffset,
                    slope,
                    to,
                    offset,
                    rowStride,
                    pixelStride);
        } else {
            kernels.winogradOutput(
                    scratch.m, mOffset, mStride, scratch.lines, bias, biasOffset, slope, to, offset, rowStride);
        }
    }

    private void transformPooled(int tile, int block, Scratch scratch, int mOffset) {
        int column = list.column(tile);
        int row = list.row(tile);
        int image = list.image(tile);
        int outRows = Math.min(4, outHeight - row * 4);
        int outColumns = Math.min(4, outWidth - column * 4);
        int plane = (image * outBlocks + block) * storedHeight * storedWidth;
        int offset = (plane + row * 2 * storedWidth + column * 2) * BLOCK;
        int biasOffset = block * BLOCK;
        float slope = fusion.negativeSlope();
        if (outRows == 4 && outColumns == 4) {
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
            return;
        }
        float[] patch = scratch.patch;
        kernels.winogradOutput(
                scratch.m, mOffset, mStride, scratch.lines, bias, biasOffset, slope, patch, 0, 4 * BLOCK);
        for (int i = 0; i < Math.min(2, storedHeight - row * 2); i++) {
            for (int j = 0; j < Math.min(2, storedWidth - column * 2); j++) {
                int lowest = Math.min(2 * i + 1, outRows - 1);
                int rightmost = Math.min(2 * j + 1, outColumns - 1);
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
