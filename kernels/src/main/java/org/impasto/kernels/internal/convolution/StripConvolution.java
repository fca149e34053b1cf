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
    private static final int SHALLOW = 4; // channels, of which a strip of long rows is small
    private static final int LARGEST_SHALLOW_TILE_WIDTH = 528; // long rows of output are written faster
    private static final int LARGEST_TILE_HEIGHT = 8;
    private static final int DEPTH_AT_ONCE = 256; // products before sums are put down: a panel stays in a near cache
    private static final int LEAST_TILE_HEIGHT = 2; // of tiles that are cut to have more of them
    private static final int PIECES_WANTED = 64; // threads wait for the last piece

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
    private final int fullHeight; // of the output before any pooling
    private final int fullWidth;
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
    private final boolean pointwise; // and of a single row: pixels are read where they are
    private final int[] denseTaps; // of a picture that is read where it is
    private final boolean storesInPlace; // sums go to the output without a stop
    private final int rowsAtOnce;

    StripConvolution(ConvolutionPlan plan, float[] input, float[] weights, float[] bias, float[] output) {
        this.algorithm = plan.algorithm();
        this.shape = gatheredShape(plan);
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
        fullHeight = plan.shape().isSpread() ? plan.shape().outputHeight() : outHeight;
        fullWidth = plan.shape().isSpread() ? plan.shape().outputWidth() : outWidth;
        storedHeight = fusion.pool().size(fullHeight);
        storedWidth = fusion.pool().size(fullWidth);
        boolean shallow = depthwise || !blocked && channelsPerPart <= SHALLOW;
        int widest = shallow ? LARGEST_SHALLOW_TILE_WIDTH : LARGEST_TILE_WIDTH;
        int across = (outWidth + widest - 1) / widest;
        boolean eightByThree = algorithm == ConvolutionPlan.Algorithm.FEW_OUTPUTS
                && Kernels.fewOutputColumns(shape.outputChannels()) == 3;
        int multiple = eightByThree ? 8 : ROWS; // pixels of a register tile
        tileWidth = ((outWidth + across - 1) / across + multiple - 1) / multiple * multiple;
        tilesAcross = (outWidth + tileWidth - 1) / tileWidth;
        panels = Panels.of(depthwise ? BLOCK : shape.outputChannelsPerGroup());
        tileHeight = tileHeight();
        tilesDown = (outHeight + tileHeight - 1) / tileHeight;
        boolean splits = algorithm == ConvolutionPlan.Algorithm.DIRECT && tiles(tileHeight) < PIECES_WANTED;
        panelPieces = splits ? panels.count() : 1;
        strip = new Strip(
                shape, blocked, plan.inputLayout(), channelsPerPart, tileHeight, tileWidth, tilesDown, tilesAcross);
        phases = plan.shape().isSpread() ? Phase.all(plan.shape(), strip.taps()) : List.of(Phase.only(strip.taps()));
        // sums of few rows stay in the first cache; a panel that leaves the second one is to be read seldom
        boolean deep = blocked && strip.taps().length > DEPTH_AT_ONCE / BLOCK;
        rowsAtOnce = deep ? tileHeight : fusion.pool() == Fusion.Pool.NONE ? 1 : 2;
        pointwise = algorithm == ConvolutionPlan.Algorithm.DIRECT
                && plan.shape().isPointwise()
                && fusion.pool() == Fusion.Pool.NONE;
        denseTaps = depthwise ? denseTaps(shape) : pointwise ? blockTaps(shape, strip.taps().length) : new int[0];
        boolean whole = shape.groups() == 1 || shape.outputChannelsPerGroup() % BLOCK == 0;
        storesInPlace = blocked && whole && fusion.pool() == Fusion.Pool.NONE;
    }

    /** All pixels of a 1x1 convolution are a single row: no row ends in a started tile. */
    private static ConvolutionShape gatheredShape(ConvolutionPlan plan) {
        ConvolutionShape s = plan.shape();
        boolean flat = s.isPointwise() && plan.fusion().pool() == Fusion.Pool.NONE;
        return s.isSpread() ? Phase.gathered(s) : flat ? s.flattened() : s;
    }

    private int tileHeight() {
        int height = Math.min(LARGEST_TILE_HEIGHT, outHeight);
        while (height > 1 && Strip.size(shape, blocked, channelsPerPart, height, tileWidth) > LARGEST_STRIP) {
            height--;
        }
        while (height >= 2 * LEAST_TILE_HEIGHT && tiles(height) < PIECES_WANTED) { // pieces of panels gather again
            height /= 2;
        }
        boolean pooled = fusion.pool() != Fusion.Pool.NONE;
        return pooled ? Math.max(2, height / 2 * 2) : height; // windows must not cross tiles
    }

    private long tiles(int height) {
        return (long) shape.batch() * parts * ((outHeight + height - 1) / height) * tilesAcross;
    }

    private static int[] denseTaps(ConvolutionShape s) {
        int[] taps = new int[s.kernelHeight() * s.kernelWidth()];
        Arrays.setAll(
                taps,
                tap -> (tap / s.kernelWidth() * s.dilationHeight() * s.width()
                                + tap % s.kernelWidth() * s.dilationWidth())
                        * BLOCK);
        return taps;
    }

    /** Blocks of channels of a pixel. */
    private static int[] blockTaps(ConvolutionShape s, int blocks) {
        int[] taps = new int[blocks];
        Arrays.setAll(taps, block -> block * s.height() * s.width() * BLOCK);
        return taps;
    }

    void run(Workers workers, Run run) {
        int pieces =
                Math.multiplyExact(Math.multiplyExact(shape.batch() * parts, tilesDown * tilesAcross), panelPieces);
        @Nullable Scratch[] scratches = new Scratch[workers.count()];
        try {
            workers.run(pieces, run, (index, worker) -> {
                Scratch scratch = scratches[worker];
                if (scratch == null) {
                    scratch = new Scratch(
                            strip.size(), tileHeight * tileWidth * widestPanel(), tileHeight * tileWidth / ROWS);
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
        final int[] bases; // of groups of pixels in the strip
        final int[] sumPlaces; // in the sums
        final int[] places; // in the output

        Scratch(int stripSize, int sumsSize, int groups) {
            strip = ScratchArrays.take(stripSize);
            sums = ScratchArrays.take(sumsSize);
            bases = new int[groups];
            sumPlaces = new int[groups];
            places = new int[groups];
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
        boolean dense = pointwise && columns >= ROWS;
        if (algorithm != ConvolutionPlan.Algorithm.DEPTHWISE && !dense) {
            strip.gather(input, image, part * channelsPerPart, row, column, scratch.strip);
        }
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
                        int phaseRows = Math.min(rows, phase.rowsBelow(fullHeight) - row);
                        int phaseColumns = Math.min(columns, phase.columnsBelow(fullWidth) - column);
                        for (int y = 0; y < phaseRows && phaseColumns > 0; y += rowsAtOnce) {
                            int height = Math.min(rowsAtOnce, phaseRows - y);
                            Area area = new Area(image, part, panel, phase, row + y, column, height, phaseColumns);
                            if (!blocked) {
                                multiplyPlanar(area, y, scratch);
                                store(area, scratch.sums);
                            } else if (dense) {
                                multiply(area, input, densePlace(area), denseTaps, true, scratch);
                                activate(area);
                            } else if (storesInPlace && phaseColumns >= ROWS) {
                                multiply(area, scratch.strip, strip.place(y, 0), phase.taps(), true, scratch);
                                activate(area);
                            } else {
                                multiply(area, scratch.strip, strip.place(y, 0), phase.taps(), false, scratch);
                                store(area, scratch.sums);
                            }
                        }
                    }
                }
            }
        }
    }

    /** Pixels of a phase and the output channels of a panel. */
    private record Area(int image, int group, int panel, Phase phase, int row, int column, int rows, int columns) {}

    private void multiplyPlanar(Area area, int row, Scratch scratch) {
        int[] taps = strip.taps();
        int width = panels.width(area.panel);
        int first = area.group * panels.columns() + panels.start(area.panel);
        for (int y = 0; y < area.rows; y++) {
            kernels.planarProduct(
                    scratch.strip,
                    strip.place(row + y, 0),
                    area.columns,
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
                    y * pitch(area.columns) * width,
                    width,
                    BLOCK,
                    Float.NEGATIVE_INFINITY);
        }
    }

    /** Sums of rows of the strip from {@code row} on, put into the output or left in the scratch array. */
    private void multiply(Area area, float[] from, int place, int[] taps, boolean inPlace, Scratch scratch) {
        int width = panels.width(area.panel);
        int first = area.group * panels.columns() + panels.start(area.panel);
        int across = pitch(area.columns) / ROWS;
        for (int y = 0; y < area.rows; y++) {
            for (int i = 0; i < across; i++) {
                // in the output the last group repeats some pixels, to the same bits
                int x = inPlace ? Math.min(i * ROWS, area.columns - ROWS) : i * ROWS;
                int group = y * across + i;
                scratch.bases[group] = strip.place(y, x);
                scratch.sumPlaces[group] = group * ROWS * width;
                scratch.places[group] = (y * area.phase.rowStep() * storedWidth + x * area.phase.columnStep()) * BLOCK;
            }
        }
        int classStart = area.phase.tapsBefore() * parts * panels.columns() * BlockedLayout.roundUp(channelsPerPart);
        int step = DEPTH_AT_ONCE / BLOCK;
        for (int tap = 0; tap == 0 || tap < taps.length; tap += step) { // once where no tap meets a pixel
            int to = Math.min(taps.length, tap + step);
            boolean stores = inPlace && to == taps.length;
            kernels.blockedProduct(
                    from,
                    place,
                    scratch.bases,
                    area.rows * across,
                    taps,
                    tap,
                    to,
                    weights,
                    classStart + (first * taps.length + tap * width) * BLOCK,
                    width,
                    tap == 0 ? bias : scratch.sums,
                    tap == 0 ? first : 0,
                    tap == 0 ? 0 : width,
                    stores ? output : scratch.sums,
                    stores ? place(area) : 0,
                    stores ? scratch.places : scratch.sumPlaces,
                    stores ? area.phase.columnStep() * BLOCK : width,
                    stores ? storedHeight * storedWidth * BLOCK : BLOCK);
        }
    }

    /** Where the first pixel and channel of an area lie in the input of a 1x1 convolution. */
    private int densePlace(Area area) {
        int block = area.image * BlockedLayout.blocks(shape.inputChannels()) + area.group * channelsPerPart / BLOCK;
        return (block * shape.width() + area.column) * BLOCK;
    }

    /** Where the first pixel and channel of an area lie in the output; groups are whole blocks. */
    private int place(Area area) {
        int block = (area.group * shape.outputChannelsPerGroup() + panels.start(area.panel)) / BLOCK;
        int plane = (area.image * BlockedLayout.blocks(shape.outputChannels()) + block) * storedHeight;
        return ((plane + area.phase.row(area.row)) * storedWidth + area.phase.column(area.column)) * BLOCK;
    }

    /** Applies the slope to sums in the output. */
    private void activate(Area area) {
        if (fusion.negativeSlope() == 1) {
            return;
        }
        int place = place(area);
        int step = area.phase.columnStep() * BLOCK;
        for (int block = 0; block < panels.width(area.panel) / BLOCK; block++) {
            for (int y = 0; y < area.rows; y++) {
                int at = place + (block * storedHeight + y * area.phase.rowStep()) * storedWidth * BLOCK;
                kernels.storeRow(output, at, step, area.columns, fusion.negativeSlope(), output, at, step);
            }
        }
    }

    /** Pixels of a row of sums: the columns rounded up to whole groups. */
    private static int pitch(int columns) {
        return (columns + ROWS - 1) / ROWS * ROWS;
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
        int plane = storedHeight * storedWidth * BLOCK;
        int target = (image * BlockedLayout.blocks(shape.outputChannels()) + start / BLOCK) * plane;
        for (int y = 0; y < rows; y++) {
            kernels.planarProduct(
                    scratch.strip,
                    strip.place(y, 0),
                    columns,
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

    private void store(Area area, float[] sums) {
        int perGroup = shape.outputChannelsPerGroup();
        boolean whole = shape.groups() == 1 || perGroup % BLOCK == 0;
        int width = panels.width(area.panel);
        int outBlocks = BlockedLayout.blocks(shape.outputChannels());
        for (int block = 0; block < width / BLOCK; block++) {
            if (!whole) {
                storeLanes(
                        area.image,
                        area.group,
                        panels.start(area.panel) + block * BLOCK,
                        area.row,
                        area.column,
                        area.rows,
                        area.columns,
                        sums,
                        block * BLOCK,
                        width);
            } else if (fusion.pool() == Fusion.Pool.NONE) {
                int place = place(area) + block * storedHeight * storedWidth * BLOCK;
                for (int y = 0; y < area.rows; y++) {
                    kernels.storeRow(
                            sums,
                            y * pitch(area.columns) * width + block * BLOCK,
                            width,
                            area.columns,
                            fusion.negativeSlope(),
                            output,
                            place + y * area.phase.rowStep() * storedWidth * BLOCK,
                            area.phase.columnStep() * BLOCK);
                }
            } else {
                int outBlock = (area.group * perGroup + panels.start(area.panel)) / BLOCK + block;
                int plane = (area.image * outBlocks + outBlock) * storedHeight * storedWidth;
                storePooled(plane, area.row, area.column, area.rows, area.columns, sums, block * BLOCK, width);
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

    /** Pixels whose taps all lie inside the picture read it where it is; the others read a strip. */
    private void depthwise(int image, int block, int row, int column, int rows, int columns, Scratch scratch) {
        boolean dense = shape.strideHeight() == 1 && shape.strideWidth() == 1;
        int reachHeight = shape.dilationHeight() * (shape.kernelHeight() - 1);
        int reachWidth = shape.dilationWidth() * (shape.kernelWidth() - 1);
        int top = Math.max(row, shape.top());
        int bottom = Math.min(row + rows, shape.height() - reachHeight + shape.top());
        int left = Math.max(column, shape.left());
        int right = Math.min(column + columns, shape.width() - reachWidth + shape.left());
        if (!dense || bottom <= top || right <= left) {
            gathered(image, block, row, column, rows, columns, scratch);
        } else {
            int first = (image * parts + block) * shape.height() + top - shape.top();
            depthwise(
                    input,
                    (first * shape.width() + left - shape.left()) * BLOCK,
                    shape.width() * BLOCK,
                    denseTaps,
                    image,
                    block,
                    top,
                    left,
                    bottom - top,
                    right - left);
            gathered(image, block, row, column, top - row, columns, scratch);
            gathered(image, block, bottom, column, row + rows - bottom, columns, scratch);
            gathered(image, block, top, column, bottom - top, left - column, scratch);
            gathered(image, block, top, right, bottom - top, column + columns - right, scratch);
        }
        if (fusion.negativeSlope() != 1) {
            for (int y = 0; y < rows; y++) {
                int at = (((image * parts + block) * outHeight + row + y) * outWidth + column) * BLOCK;
                kernels.storeRow(output, at, BLOCK, columns, fusion.negativeSlope(), output, at, BLOCK);
            }
        }
    }

    private void gathered(int image, int block, int row, int column, int rows, int columns, Scratch scratch) {
        if (rows > 0 && columns > 0) {
            strip.gatherPart(input, image, block * BLOCK, row, column, rows, columns, scratch.strip);
            int rowDistance = strip.place(1, 0) - strip.place(0, 0);
            depthwise(scratch.strip, 0, rowDistance, strip.taps(), image, block, row, column, rows, columns);
        }
    }

    private void depthwise(
            float[] from,
            int base,
            int rowDistance,
            int[] taps,
            int image,
            int block,
            int row,
            int column,
            int rows,
            int columns) {
        kernels.depthwise(
                from,
                base,
                rowDistance,
                rows,
                columns,
                taps,
                weights,
                block * taps.length * BLOCK,
                bias,
                block * BLOCK,
                output,
                (((image * parts + block) * outHeight + row) * outWidth + column) * BLOCK,
                outWidth * BLOCK);
    }
}
