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
    private final int planeOfBlock; // an odd number of lines, as vStride: others share sets of the cache
    private final int[] taps;
    private final int[] groupOffsets;
    private final Panels panels;
    private final int vStride; // between the points of V
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
        int whole = groups(tiles) * ROWS;
        tilesPerBlock = staged ? whole : Math.min(most, whole);
        planeOfBlock = (tilesPerBlock + 1) * BLOCK;
        taps = new int[blocks];
        Arrays.setAll(taps, i -> i * planeOfBlock);
        groupOffsets = new int[tilesPerBlock / ROWS];
        Arrays.setAll(groupOffsets, i -> i * ROWS * BLOCK);
        panels = Panels.of(pieces.width());
        int vSize = planeOfPoint(blocks);
        int mSize = planeOfPoint(productBlocks);
        vStride = staged ? vSize : Math.max(vSize, mSize);
        mStride = staged ? mSize : vStride;
        vStart = staged ? 0 : vStride;
    }

    private int planeOfPoint(int blocks) {
        int lines = blocks * planeOfBlock / BLOCK;
        return (lines + 1 - lines % 2) * BLOCK;
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
            int groups = groups(tiles);
            int pieceCount = workers.evenPieces(groups, tilesPerBlock / ROWS);
            workers.run(pieceCount, run, (index, worker) -> {
                Scratch scratch = scratches[worker];
                if (scratch == null) {
                    // products at a point overwrite the input at the point before it, which nobody needs any more:
                    // one array instead of two stays in the second cache
                    float[] planes = ScratchArrays.take((points + 1) * vStride);
                    int unfolded = pieces.unfolded() ? 6 * unfoldedWidth() * pieces.depth() : 0;
                    scratch = new Scratch(planes, planes, unfolded);
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
        final float[] v; // transformed input, [points][blocks][tiles][16]
        final float[] m; // products, [points][out / 16][tiles][16]
        final float[] lines = ScratchArrays.take(WinogradTiles.LINES);
        final float[] strip = ScratchArrays.take(WinogradTiles.STRIP);
        final float[] unfolded; // input of neighbouring tiles, [blocks][6][columns][16]

        Scratch(float[] v, float[] m, int unfoldedSize) {
            this.v = v;
            this.m = m;
            unfolded = ScratchArrays.take(unfoldedSize);
        }

        void giveBack() {
            ScratchArrays.give(lines);
            ScratchArrays.give(strip);
            ScratchArrays.give(unfolded);
        }
    }

    private static int groups(int tiles) {
        return (tiles + ROWS - 1) / ROWS;
    }

    private void transformInputs(int first, int count, int fromBlock, int toBlock, Scratch scratch) {
        for (int block = fromBlock; block < toBlock; block++) {
            int place = vStart + block * planeOfBlock;
            for (int t = 0, done; t < count; t += done) {
                done = list.input(
                        input,
                        first + t,
                        count - t,
                        block,
                        scratch.lines,
                        scratch.strip,
                        scratch.v,
                        place + t * BLOCK,
                        vStride);
            }
        }
    }

    private int unfoldedWidth() {
        return 4 * tilesPerBlock + 2;
    }

    /** The same from planes: tiles of a row get their pixels, with those of all pieces side by side, as one strip. */
    private void transformUnfolded(int first, int count, Scratch scratch) {
        int row = unfoldedWidth() * BLOCK;
        for (int begin = 0, end; begin < count; begin = end) {
            end = Math.min(count, begin + list.across() - list.column(first + begin));
            unfold(first + begin, end - begin, scratch.unfolded);
            for (int block = 0; block < blocks; block++) {
                kernels.winogradInput(
                        scratch.unfolded,
                        block * 6 * row,
                        row,
                        end - begin,
                        scratch.lines,
                        scratch.v,
                        vStart + block * planeOfBlock + begin * BLOCK,
                        vStride);
            }
        }
    }

    private void unfold(int tile, int count, float[] unfolded) {
        int column = list.column(tile) * 4;
        int row = list.row(tile) * 4;
        int image = list.image(tile);
        for (int k = 0; k < pieces.depth(); k++) {
            int piece = k / pieces.step();
            int plane = (image * pieces.channels() + k % pieces.step()) * shape.height();
            for (int i = 0; i < 6; i++) {
                int source = piece < pieces.count() ? list.sourceRow(row + rows.shift(pieces.row(piece)) + i) : -1;
                int target = (k / BLOCK * 6 + i) * unfoldedWidth() * BLOCK + k % BLOCK;
                if (source < 0) {
                    spreadZeros(4 * count + 2, unfolded, target);
                } else {
                    int from = column + columns.shift(pieces.column(piece));
                    spread((plane + source) * shape.width(), from, 4 * count + 2, unfolded, target);
                }
            }
        }
    }

    private void spread(int sourceRow, int from, int count, float[] unfolded, int target) {
        int inside = Math.max(0, Math.min(count, shape.left() - from));
        int beyond = Math.max(inside, Math.min(count, shape.left() + shape.width() - from));
        spreadEdge(sourceRow, from, 0, inside, unfolded, target);
        int shift = sourceRow + from - shape.left();
        for (int x = inside; x < beyond; x++) {
            unfolded[target + x * BLOCK] = input[shift + x];
        }
        spreadEdge(sourceRow, from, beyond, count, unfolded, target);
    }

    private void spreadEdge(int sourceRow, int from, int begin, int end, float[] unfolded, int target) {
        for (int x = begin; x < end; x++) {
            int source = list.sourceColumn(from + x);
            unfolded[target + x * BLOCK] = source < 0 ? 0f : input[sourceRow + source];
        }
    }

    private static void spreadZeros(int count, float[] unfolded, int target) {
        for (int x = 0; x < count; x++) {
            unfolded[target + x * BLOCK] = 0f;
        }
    }

    /** The last group may have more places than there are tiles; the products of what lies there are not read. */
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
                        groupOffsets,
                        groups(count),
                        any ? pieces.channelsOfBlock() : 0,
                        weights,
                        plane + start * BLOCK,
                        width,
                        scratch.m,
                        xi * mStride + start / BLOCK * planeOfBlock,
                        groupOffsets,
                        BLOCK,
                        planeOfBlock);
                continue;
            }
            kernels.blockedProduct(
                    scratch.v,
                    vStart + xi * vStride,
                    groupOffsets,
                    groups(count),
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
                    xi * mStride + start / BLOCK * planeOfBlock,
                    groupOffsets,
                    BLOCK,
                    planeOfBlock);
        }
    }

    private void transformOutputs(int first, int count, int fromBlock, int toBlock, Scratch scratch) {
        for (int block = fromBlock; block < toBlock; block++) {
            for (int t = 0, done; t < count; t += done) {
                int place = block * planeOfBlock + t * BLOCK;
                done = fusion.pool() == Fusion.Pool.NONE
                        ? transformUnpooled(first + t, count - t, block, scratch, place)
                        : transformPooled(first + t, count - t, block, scratch, place);
            }
        }
    }

    /** Transforms neighbouring tiles of a row and returns how many these were. */
    private int transformUnpooled(int tile, int most, int block, Scratch scratch, int mOffset) {
        int piece = block / outBlocks;
        int spread = rows.spread();
        int step = 4 * spread;
        int column = list.column(tile) * step + columns.output(pieces.column(piece));
        int row = list.row(tile) * step + rows.output(pieces.row(piece));
        int image = list.image(tile);
        int plane = (image * outBlocks + block % outBlocks) * outHeight * outWidth;
        int offset = (plane + row * outWidth + column) * BLOCK;
        int biasOffset = block % outBlocks * BLOCK;
        int reach = 3 * spread + 1;
        int last = Math.floorDiv(outWidth - reach - column, step); // that has no column beyond the output
        int inside = row < 0 || row + reach > outHeight || column < 0 ? 0 : Math.min(most, last + 1);
        if (inside > 0) {
            int rowStride = outWidth * spread * BLOCK;
            transform(scratch, mOffset, inside, biasOffset, output, offset, rowStride, spread * BLOCK);
            return inside;
        }
        transform(scratch, mOffset, 1, biasOffset, scratch.strip, 0, 4 * BLOCK, BLOCK);
        for (int i = 0; i < 4; i++) {
            int y = row + i * spread;
            for (int j = 0; j < 4; j++) {
                int x = column + j * spread;
                if (y >= 0 && y < outHeight && x >= 0 && x < outWidth) {
                    System.arraycopy(
                            scratch.strip, (i * 4 + j) * BLOCK, output, (plane + y * outWidth + x) * BLOCK, BLOCK);
                }
            }
        }
        return 1;
    }

    private void transform(
            Scratch scratch,
            int mOffset,
            int count,
            int biasOffset,
            float[] to,
            int offset,
            int rowStride,
            int pixelStride) {
        float[] m = scratch.m;
        float[] lines = scratch.lines;
        float slope = fusion.negativeSlope();
        if (halved) {
            kernels.winogradHalvedOutput(
                    m, mOffset, mStride, count, lines, bias, biasOffset, slope, to, offset, rowStride, pixelStride);
        } else {
            kernels.winogradOutput(m, mOffset, mStride, count, lines, bias, biasOffset, slope, to, offset, rowStride);
        }
    }

    private int transformPooled(int tile, int most, int block, Scratch scratch, int mOffset) {
        int column = list.column(tile);
        int row = list.row(tile);
        int image = list.image(tile);
        int outRows = Math.min(4, outHeight - row * 4);
        int outColumns = Math.min(4, outWidth - column * 4);
        int inside = outRows < 4 ? 0 : Math.min(most, (outWidth - column * 4) / 4);
        int plane = (image * outBlocks + block) * storedHeight * storedWidth;
        int offset = (plane + row * 2 * storedWidth + column * 2) * BLOCK;
        int biasOffset = block * BLOCK;
        float slope = fusion.negativeSlope();
        if (inside > 0) {
            kernels.winogradPooledOutput(
                    scratch.m,
                    mOffset,
                    mStride,
                    inside,
                    scratch.lines,
                    bias,
                    biasOffset,
                    slope,
                    output,
                    offset,
                    storedWidth * BLOCK);
            return inside;
        }
        float[] patch = scratch.strip;
        kernels.winogradOutput(
                scratch.m, mOffset, mStride, 1, scratch.lines, bias, biasOffset, slope, patch, 0, 4 * BLOCK);
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
        return 1;
    }
}
