package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.Run;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * One convolution as sums of products (implicit matrix product): any kernel, stride, dilation, padding and groups. Where
 * the input is spread, each {@link Phase} of the output is a convolution of its own on the same strip of input.
 *
 * <p>A piece is a tile of output pixels of one image and group, with all panels of output channels or, where tiles are
 * few, one of them. It gathers its part of the padded input into a {@link Strip}, multiplies, and stores.
 */
final class StripConvolution {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int ROWS = Kernels.ROWS;
    private static final int LARGEST_STRIP = 128 * 1024; // floats: half of a second-level cache
    private static final int LARGEST_TILE_WIDTH = 48; // a multiple of every number of pixels that kernels take at once
    private static final int LARGEST_TILE_HEIGHT = 8;
    private static final int DEPTH_AT_ONCE = 1024; // products before the sums are put down: a panel stays in the cache
    private static final int PIECES_WANTED = 16;

    private final Kernels kernels = Kernels.chosen();
    private final ConvolutionPlan.Algorithm algorithm;
    private final ConvolutionShape shape;
    private final Fusion fusion;
    private final float[] input;
    private final float[] weights;
    private final float[] bias;
    private final float[] output;

    private final boolean blocked;
    private final int outHeight;
    private final int outWidth;
    private final int storedHeight;
    private final int storedWidth;
    private final int tileHeight;
    private final int tileWidth;
    private final int tilesDown;
    private final int tilesAcross;
    private final int parts; // groups, or blocks of channels where each channel is a group
    private final int channelsPerPart;
    private final Panels panels;
    private final int panelPieces;
    private final Strip strip;
    private final List<Phase> phases;
    private final int[] fullBases; // places of the groups of pixels in the strip
    private final int[] lastBases; // the same for the last tile of a row
    private final int rowsAtOnce;

    StripConvolution(ConvolutionPlan plan, float[] input, float[] weights, float[] bias, float[] output) {
        this.algorithm = plan.algorithm();
        this.shape = plan.shape().isSpread() ? Phase.gathered(plan.shape()) : flattened(plan);
        this.fusion = plan.fusion();
        this.input = input;
        this.weights = weights;
        this.bias = bias;
        this.output = output;
        boolean depthwise = algorithm == ConvolutionPlan.Algorithm.DEPTHWISE;
        blocked = algorithm != ConvolutionPlan.Algorithm.PLANAR;
        parts = depthwise ? BlockedLayout.blocks(shape.inputChannels()) : shape.groups();
        channelsPerPart = depthwise ? BLOCK : shape.inputChannelsPerGroup();
        outHeight = shape.outputHeight();
        outWidth = shape.outputWidth();
        storedHeight =
                plan.shape().isSpread() ? plan.outputHeight() : fusion.pool().size(outHeight);
        storedWidth =
                plan.shape().isSpread() ? plan.outputWidth() : fusion.pool().size(outWidth);
        int across = (outWidth + LARGEST_TILE_WIDTH - 1) / LARGEST_TILE_WIDTH;
        boolean eightByThree = algorithm == ConvolutionPlan.Algorithm.FEW_OUTPUTS
                && Kernels.fewOutputColumns(shape.outputChannels()) == 3;
        int multiple = eightByThree ? 8 : ROWS; // pixels of a register tile
        tileWidth = ((outWidth + across - 1) / across + multiple - 1) / multiple * multiple;
        tilesAcross = (outWidth + tileWidth - 1) / tileWidth;
        tileHeight = tileHeight();
        tilesDown = (outHeight + tileHeight - 1) / tileHeight;
        panels = Panels.of(depthwise ? BLOCK : shape.outputChannelsPerGroup());
        boolean splits = algorithm == ConvolutionPlan.Algorithm.DIRECT
                && (long) shape.batch() * parts * tilesDown * tilesAcross < PIECES_WANTED;
        panelPieces = splits ? panels.count() : 1;
        strip = new Strip(
                shape, blocked, plan.inputLayout(), channelsPerPart, tileHeight, tileWidth, tilesDown, tilesAcross);
        phases = plan.shape().isSpread() ? Phase.all(plan.shape(), strip.taps()) : List.of(Phase.only(strip.taps()));
        // sums of few rows stay in the first cache; a panel that leaves the second one is to be read seldom
        boolean deep = blocked && strip.taps().length > DEPTH_AT_ONCE / BLOCK;
        rowsAtOnce = deep ? tileHeight : fusion.pool() == Fusion.Pool.NONE ? 1 : 2;
        fullBases = bases(tileWidth);
        lastBases = bases(outWidth - (tilesAcross - 1) * tileWidth);
    }

    /** A 1x1 convolution of all pixels is one of a single row of them: no row ends in a started tile. */
    private static ConvolutionShape flattened(ConvolutionPlan plan) {
        ConvolutionShape s = plan.shape();
        boolean pointwise = s.kernelHeight() == 1
                && s.kernelWidth() == 1
                && s.strideHeight() == 1
                && s.strideWidth() == 1
                && s.top() + s.bottom() + s.left() + s.right() == 0;
        if (!pointwise || plan.fusion().pool() != Fusion.Pool.NONE) {
            return s;
        }
        return new ConvolutionShape(
                s.batch(),
                s.inputChannels(),
                1,
                s.height() * s.width(),
                s.outputChannels(),
                1,
                1,
                1,
                1,
                1,
                1,
                s.groups(),
                0,
                0,
                0,
                0,
                s.mode());
    }

    private int tileHeight() {
        int height = Math.min(LARGEST_TILE_HEIGHT, outHeight);
        while (height > 1 && Strip.size(shape, blocked, channelsPerPart, height, tileWidth) > LARGEST_STRIP) {
            height--;
        }
        boolean pooled = fusion.pool() != Fusion.Pool.NONE;
        return pooled ? Math.max(2, height / 2 * 2) : height; // windows must not cross tiles
    }

    void run(Workers workers, Run run) {
        int pieces =
                Math.multiplyExact(Math.multiplyExact(shape.batch() * parts, tilesDown * tilesAcross), panelPieces);
        @Nullable Scratch[] scratches = new Scratch[workers.count()];
        try {
            workers.run(pieces, run, (index, worker) -> {
                Scratch scratch = scratches[worker];
                if (scratch == null) {
                    scratch = new Scratch(strip.size(), tileHeight * tileWidth * widestPanel());
                    scratches[worker] = scratch;
                }
                compute(index, scratch);
            });
        } finally {
            for (Scratch scratch : scratches) {
                if (scratch != null) {
                    scratch.giveBack();
                }
            }
        }
    }

    private int widestPanel() {
        return panels.width(0);
    }

    private static final class Scratch {
        final float[] strip;
        final float[] sums;
        final float[] fold = ScratchArrays.take(32 * BLOCK);

        Scratch(int stripSize, int sumsSize) {
            strip = ScratchArrays.take(stripSize);
            sums = ScratchArrays.take(sumsSize);
        }

        void giveBack() {
            ScratchArrays.give(strip);
            ScratchArrays.give(sums);
            ScratchArrays.give(fold);
        }
    }

    private void compute(int index, Scratch scratch) {
        int panelPiece = index % panelPieces;
        int tile = index / panelPieces;
        int column = tile % tilesAcross * tileWidth;
        int row = tile / tilesAcross % tilesDown * tileHeight;
        int part = tile / tilesAcross / tilesDown % parts;
        int image = tile / tilesAcross / tilesDown / parts;
        int rows = Math.min(tileHeight, outHeight - row);
        int columns = Math.min(tileWidth, outWidth - column);
        strip.gather(input, image, part * channelsPerPart, row, column, scratch.strip);
        switch (algorithm) {
            case FEW_OUTPUTS -> fewOutputs(image, row, column, rows, columns, scratch);
            case DEPTHWISE -> depthwise(image, part, row, column, rows, columns, scratch);
            default -> {
                int first = panelPieces == 1 ? 0 : panelPiece;
                int last = panelPieces == 1 ? panels.count() : panelPiece + 1;
                for (int panel = first; panel < last; panel++) {
                    if (storesAtOnce(columns)) {
                        multiplyAndStore(image, panel, row, column, rows, columns, scratch);
                        continue;
                    }
                    for (Phase phase : phases) {
                        for (int y = 0; y < rows; y += rowsAtOnce) {
                            int height = Math.min(rowsAtOnce, rows - y);
                            multiply(part, panel, phase, y, height, columns, scratch);
                            store(image, part, panel, phase, row + y, column, height, columns, scratch.sums);
                        }
                    }
                }
            }
        }
    }

    private void multiply(int group, int panel, Phase phase, int row, int rows, int columns, Scratch scratch) {
        int[] taps = phase.taps();
        int width = panels.width(panel);
        int first = group * panels.columns() + panels.start(panel);
        if (!blocked) {
            for (int y = 0; y < rows; y++) {
                kernels.planarProduct(
                        scratch.strip,
                        strip.place(row + y, 0),
                        pixels(columns),
                        taps,
                        0,
                        taps.length,
                        weights,
                        first * taps.length,
                        width,
                        bias,
                        first,
                        0,
                        scratch.sums,
                        y * pitch(columns) * width,
                        width,
                        BLOCK,
                        Float.NEGATIVE_INFINITY);
            }
            return;
        }
        int[] bases = columns == tileWidth ? fullBases : lastBases;
        int groups = rows * (pitch(columns) / ROWS);
        int place = strip.place(row, 0);
        int step = DEPTH_AT_ONCE / BLOCK;
        int classStart = phase.tapsBefore() * parts * panels.columns() * BlockedLayout.roundUp(channelsPerPart);
        for (int from = 0; from == 0 || from < taps.length; from += step) { // once where no tap meets a pixel
            int to = Math.min(taps.length, from + step);
            int b = classStart + (first * taps.length + from * width) * BLOCK;
            kernels.blockedProduct(
                    scratch.strip,
                    place,
                    bases,
                    groups,
                    taps,
                    from,
                    to,
                    weights,
                    b,
                    width,
                    from == 0 ? bias : scratch.sums,
                    from == 0 ? first : 0,
                    from == 0 ? 0 : width,
                    scratch.sums,
                    0,
                    width);
        }
    }

    /** Pixels of a row of sums: the columns rounded up to whole groups. */
    private static int pitch(int columns) {
        return (columns + ROWS - 1) / ROWS * ROWS;
    }

    private static int[] pixels(int columns) {
        int[] pixels = new int[pitch(columns) / ROWS];
        Arrays.setAll(pixels, i -> i * ROWS);
        return pixels;
    }

    private int[] bases(int columns) {
        int across = pitch(columns) / ROWS;
        int[] bases = new int[tileHeight * across];
        Arrays.setAll(bases, i -> strip.place(i / across, i % across * ROWS));
        return bases;
    }

    /** Sums of planar taps are short: they go to the output without a stop. */
    private boolean storesAtOnce(int columns) {
        return !blocked
                && shape.groups() == 1
                && fusion.pool() == Fusion.Pool.NONE
                && columns >= ROWS
                && (fusion.negativeSlope() == 0 || fusion.negativeSlope() == 1);
    }

    private void multiplyAndStore(int image, int panel, int row, int column, int rows, int columns, Scratch scratch) {
        int[] taps = strip.taps();
        int start = panels.start(panel);
        int[] groups = pixels(columns);
        groups[groups.length - 1] = columns - ROWS; // the last group repeats some pixels, to the same bits
        int plane = storedHeight * storedWidth * BLOCK;
        int target = (image * BlockedLayout.blocks(shape.outputChannels()) + start / BLOCK) * plane;
        for (int y = 0; y < rows; y++) {
            kernels.planarProduct(
                    scratch.strip,
                    strip.place(y, 0),
                    groups,
                    taps,
                    0,
                    taps.length,
                    weights,
                    start * taps.length,
                    panels.width(panel),
                    bias,
                    start,
                    0,
                    output,
                    target + ((row + y) * storedWidth + column) * BLOCK,
                    BLOCK,
                    plane,
                    fusion.negativeSlope() == 0 ? 0f : Float.NEGATIVE_INFINITY);
        }
    }

    private void store(
            int image, int group, int panel, Phase phase, int row, int column, int rows, int columns, float[] sums) {
        int perGroup = shape.outputChannelsPerGroup();
        boolean whole = shape.groups() == 1 || perGroup % BLOCK == 0;
        int width = panels.width(panel);
        int outBlocks = BlockedLayout.blocks(shape.outputChannels());
        for (int block = 0; block < width / BLOCK; block++) {
            if (!whole) {
                storeLanes(
                        image,
                        group,
                        panels.start(panel) + block * BLOCK,
                        row,
                        column,
                        rows,
                        columns,
                        sums,
                        block * BLOCK,
                        width);
                continue;
            }
            int outBlock = (group * perGroup + panels.start(panel)) / BLOCK + block;
            int plane = (image * outBlocks + outBlock) * storedHeight * storedWidth;
            if (fusion.pool() == Fusion.Pool.NONE) {
                int storedColumn = phase.column(column);
                int stored = Math.min(columns, phase.columnsBelow(storedWidth) - column);
                for (int y = 0; y < rows && phase.row(row + y) < storedHeight; y++) {
                    kernels.storeRow(
                            sums,
                            y * pitch(columns) * width + block * BLOCK,
                            width,
                            stored,
                            fusion.negativeSlope(),
                            output,
                            (plane + phase.row(row + y) * storedWidth + storedColumn) * BLOCK,
                            phase.columnStep() * BLOCK);
                }
            } else {
                storePooled(plane, row, column, rows, columns, sums, block * BLOCK, width);
            }
        }
    }

    private void storePooled(int plane, int row, int column, int rows, int columns, float[] sums, int from, int width) {
        int poolRows = fusion.pool().size(rows);
        int poolColumns = fusion.pool().size(columns);
        for (int y = 0; y < poolRows; y++) {
            int upper = 2 * y * pitch(columns) * width + from;
            int below = 2 * y + 1 < rows ? pitch(columns) * width : 0; // a last odd row is pooled with itself
            int target = (plane + (row / 2 + y) * storedWidth + column / 2) * BLOCK;
            if (poolColumns > columns / 2) { // so is a last odd column: its neighbour is computed but not part of it
                copyColumn(sums, upper + (columns - 1) * width, width);
                copyColumn(sums, upper + below + (columns - 1) * width, width);
            }
            kernels.storePooledRow(sums, upper, width, below, poolColumns, fusion.negativeSlope(), output, target);
        }
    }

    private static void copyColumn(float[] sums, int from, int width) {
        System.arraycopy(sums, from, sums, from + width, BLOCK);
    }

    /** Groups that begin inside a block: each lane finds its place alone. */
    private void storeLanes(
            int image,
            int group,
            int firstLane,
            int row,
            int column,
            int rows,
            int columns,
            float[] sums,
            int from,
            int width) {
        int perGroup = shape.outputChannelsPerGroup();
        int outBlocks = BlockedLayout.blocks(shape.outputChannels());
        boolean pooled = fusion.pool() != Fusion.Pool.NONE;
        int poolRows = fusion.pool().size(rows);
        int poolColumns = fusion.pool().size(columns);
        boolean last = group == shape.groups() - 1;
        int lanes = last ? outBlocks * BLOCK - group * perGroup : perGroup; // the last group clears what is above it
        for (int lane = firstLane; lane < lanes; lane++) {
            int channel = group * perGroup + lane;
            int plane = (image * outBlocks + channel / BLOCK) * storedHeight * storedWidth;
            if (lane >= firstLane + BLOCK && lane < BlockedLayout.roundUp(perGroup)) {
                break; // of the next block of sums
            }
            for (int y = 0; y < poolRows; y++) {
                for (int x = 0; x < poolColumns; x++) {
                    float value = 0;
                    if (lane < perGroup) {
                        int at = from + lane - firstLane;
                        value = pooled
                                ? largest(sums, at, width, y, x, rows, columns)
                                : sums[(y * pitch(columns) + x) * width + at];
                        value = value < 0 ? (fusion.negativeSlope() == 0 ? 0 : value * fusion.negativeSlope()) : value;
                    }
                    int storedRow = (pooled ? row / 2 : row) + y;
                    int storedColumn = (pooled ? column / 2 : column) + x;
                    output[(plane + storedRow * storedWidth + storedColumn) * BLOCK + channel % BLOCK] = value;
                }
            }
        }
    }

    private float largest(float[] sums, int at, int width, int y, int x, int rows, int columns) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 2 * y; i < Math.min(2 * y + 2, rows); i++) {
            for (int j = 2 * x; j < Math.min(2 * x + 2, columns); j++) {
                largest = Math.max(largest, sums[(i * pitch(columns) + j) * width + at]);
            }
        }
        return largest;
    }

    private void fewOutputs(int image, int row, int column, int rows, int columns, Scratch scratch) {
        int channels = shape.outputChannels();
        int computed = Kernels.fewOutputColumns(channels);
        for (int y = 0; y < rows; y++) {
            kernels.fewOutputs(
                    scratch.strip,
                    strip.place(y, 0),
                    columns,
                    strip.taps(),
                    weights,
                    computed,
                    scratch.fold,
                    scratch.sums,
                    0);
            for (int channel = 0; channel < channels; channel++) {
                int target = ((image * channels + channel) * outHeight + row + y) * outWidth + column;
                for (int x = 0; x < columns; x++) {
                    float value = scratch.sums[x * computed + channel] + bias[channel];
                    output[target + x] =
                            value < 0 ? (fusion.negativeSlope() == 0 ? 0 : value * fusion.negativeSlope()) : value;
                }
            }
        }
    }

    private void depthwise(int image, int block, int row, int column, int rows, int columns, Scratch scratch) {
        int plane = (image * parts + block) * outHeight * outWidth;
        int taps = strip.taps().length;
        for (int y = 0; y < rows; y++) {
            kernels.depthwise(
                    scratch.strip,
                    strip.place(y, 0),
                    columns,
                    strip.taps(),
                    weights,
                    block * taps * BLOCK,
                    bias,
                    block * BLOCK,
                    scratch.sums,
                    0);
            kernels.storeRow(
                    scratch.sums,
                    0,
                    BLOCK,
                    columns,
                    fusion.negativeSlope(),
                    output,
                    (plane + (row + y) * outWidth + column) * BLOCK,
                    BLOCK);
        }
    }
}
