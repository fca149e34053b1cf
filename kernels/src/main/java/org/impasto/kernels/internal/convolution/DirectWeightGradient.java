package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.layout.ActivationLayout;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * A weight gradient as sums over pixels of products of input and gradient, tap by tap: any kernel, stride, dilation and
 * padding; groups of whole blocks of channels, or of one channel each.
 *
 * <p>A piece takes a block of input channels, a panel of output channels and a part of the tiles of pixels; its sums are
 * its own, and are added to those of other parts in order.
 */
final class DirectWeightGradient {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int LARGEST_TILE_WIDTH = 64; // summed in registers
    private static final int LARGEST_TILE_HEIGHT = 8;
    private static final int PIECES_WANTED = 16;

    private final Kernels kernels = Kernels.chosen();
    private final ConvolutionShape shape;
    private final float[] input;
    private final float[] gradient;
    private final float[] weights;
    private final boolean depthwise;
    private final boolean pointwise; // and of a single row
    private final int groups;
    private final int inBlocks; // of a group
    private final int blocksAtOnce; // in a piece: one tap alone does not pay for the packing of a gradient
    private final int outHeight;
    private final int outWidth;
    private final Panels panels; // of a group
    private final int tileHeight;
    private final int tileWidth;
    private final int tilesDown;
    private final int tilesAcross;
    private final int tiles;
    private final int parts;
    private final Strip strip;
    private final int[] rows; // taps of a channel for itself, up to a multiple of four
    private final int taps;
    private final int sumsOfPart;

    DirectWeightGradient(ConvolutionShape given, float[] input, float[] gradient, float[] weights) {
        depthwise = given.groups() > 1 && given.inputChannelsPerGroup() == 1;
        pointwise = given.isPointwise() && !depthwise;
        shape = pointwise ? given.flattened() : given;
        this.input = input;
        this.gradient = gradient;
        this.weights = weights;
        groups = depthwise ? 1 : shape.groups();
        inBlocks = BlockedLayout.blocks(shape.inputChannels() / groups);
        panels = Panels.of(depthwise ? BLOCK : shape.outputChannels() / groups);
        outHeight = shape.outputHeight();
        outWidth = shape.outputWidth();
        int across = (outWidth + LARGEST_TILE_WIDTH - 1) / LARGEST_TILE_WIDTH;
        tileWidth = (outWidth + across - 1) / across;
        tilesAcross = (outWidth + tileWidth - 1) / tileWidth;
        tileHeight = Math.min(LARGEST_TILE_HEIGHT, outHeight);
        tilesDown = (outHeight + tileHeight - 1) / tileHeight;
        tiles = Math.multiplyExact(shape.batch(), tilesDown * tilesAcross);
        blocksAtOnce = pointwise ? inBlocks : 1;
        int pieces = groups * inBlocks / blocksAtOnce * panels.count();
        parts = Math.max(1, Math.min(tiles, PIECES_WANTED / pieces));
        strip = new Strip(shape, true, ActivationLayout.BLOCKED, BLOCK, tileHeight, tileWidth, tilesDown, tilesAcross);
        taps = strip.taps().length;
        rows = Arrays.copyOf(strip.taps(), (taps + 3) / 4 * 4);
        sumsOfPart = depthwise
                ? inBlocks * rows.length * BLOCK
                : Math.multiplyExact(groups * inBlocks * BLOCK * taps, panels.columns());
    }

    void run(Workers workers, Run run) {
        float[] sums = ScratchArrays.take(Math.multiplyExact(parts, sumsOfPart));
        try {
            int pieces = groups * inBlocks * panels.count();
            workers.run(pieces / blocksAtOnce * parts, run, (index, worker) -> {
                float[] gathered = ScratchArrays.take(pointwise ? 0 : strip.size());
                float[] packed = ScratchArrays.take(tileWidth * panels.width(0));
                try {
                    if (pointwise) {
                        computePointwise(index / parts, index % parts, sums, packed);
                    } else {
                        compute(index / parts, index % parts, sums, gathered, packed);
                    }
                } finally {
                    ScratchArrays.give(gathered);
                    ScratchArrays.give(packed);
                }
            });
            workers.run(pieces, run, (piece, worker) -> store(piece, sums));
        } finally {
            ScratchArrays.give(sums);
        }
    }

    /** Sums of a piece: {@code [tap][16][width]}, or {@code [tap][16]} where each channel is for itself. */
    private int place(int piece, int part) {
        int panel = piece % panels.count();
        int block = piece / panels.count() % inBlocks;
        int group = piece / panels.count() / inBlocks;
        int before = depthwise
                ? block * rows.length * BLOCK
                : (group * inBlocks * panels.columns() + inBlocks * panels.start(panel) + block * panels.width(panel))
                        * taps
                        * BLOCK;
        return part * sumsOfPart + before;
    }

    private void compute(int piece, int part, float[] sums, float[] gathered, float[] packed) {
        int panel = piece % panels.count();
        int block = piece / panels.count() % inBlocks;
        int group = piece / panels.count() / inBlocks;
        int width = panels.width(panel);
        int place = place(piece, part);
        Arrays.fill(sums, place, place + (depthwise ? rows.length : taps * width) * BLOCK, 0f);
        int firstChannel = group * (shape.inputChannels() / groups) + block * BLOCK;
        int firstOut = depthwise ? block : (group * (shape.outputChannels() / groups) + panels.start(panel)) / BLOCK;
        int outBlocks = BlockedLayout.blocks(shape.outputChannels());
        int last = (int) ((long) tiles * (part + 1) / parts);
        for (int tile = (int) ((long) tiles * part / parts); tile < last; tile++) {
            int column = tile % tilesAcross * tileWidth;
            int row = tile / tilesAcross % tilesDown * tileHeight;
            int image = tile / tilesAcross / tilesDown;
            int columns = Math.min(tileWidth, outWidth - column);
            strip.gather(input, image, firstChannel, row, column, gathered);
            for (int y = 0; y < Math.min(tileHeight, outHeight - row); y++) {
                int from = (((image * outBlocks + firstOut) * outHeight + row + y) * outWidth + column) * BLOCK;
                int start = strip.place(y, 0);
                if (depthwise) {
                    kernels.addChannelProducts(gathered, start, rows, gradient, from, columns, sums, place);
                } else if (width == BLOCK) {
                    addTaps(gathered, start, filled(block), gradient, from, width, columns, sums, place);
                } else {
                    pack(from, width, columns, packed);
                    addTaps(gathered, start, filled(block), packed, 0, width, columns, sums, place);
                }
            }
        }
    }

    /** All blocks of input channels, whose pixels are read where they are. */
    private void computePointwise(int piece, int part, float[] sums, float[] packed) {
        int panel = piece % panels.count();
        int group = piece / panels.count();
        int width = panels.width(panel);
        int firstOut = (group * (shape.outputChannels() / groups) + panels.start(panel)) / BLOCK;
        int outBlocks = BlockedLayout.blocks(shape.outputChannels());
        int place = place(group * inBlocks * panels.count() + panel, part);
        int sumsOfBlock = BLOCK * width;
        Arrays.fill(sums, place, place + inBlocks * sumsOfBlock, 0f);
        int last = (int) ((long) tiles * (part + 1) / parts);
        for (int tile = (int) ((long) tiles * part / parts); tile < last; tile++) {
            int column = tile % tilesAcross * tileWidth;
            int image = tile / tilesAcross;
            int columns = Math.min(tileWidth, outWidth - column);
            int from = ((image * outBlocks + firstOut) * outWidth + column) * BLOCK;
            if (width != BLOCK) {
                pack(from, width, columns, packed);
            }
            for (int block = 0; block < inBlocks; block++) {
                int start = (((image * groups + group) * inBlocks + block) * outWidth + column) * BLOCK;
                kernels.addProducts(
                        input,
                        start,
                        filled(block),
                        width == BLOCK ? gradient : packed,
                        width == BLOCK ? from : 0,
                        width,
                        columns,
                        sums,
                        place + block * sumsOfBlock);
            }
        }
    }

    /** Channels of a block of a group. */
    private int filled(int block) {
        return Math.min(BLOCK, shape.inputChannels() / groups - block * BLOCK);
    }

    private void addTaps(
            float[] gathered,
            int start,
            int filled,
            float[] b,
            int bOffset,
            int width,
            int columns,
            float[] sums,
            int place) {
        int[] offsets = strip.taps();
        for (int tap = 0; tap < taps; tap++) {
            kernels.addProducts(
                    gathered,
                    start + offsets[tap],
                    filled,
                    b,
                    bOffset,
                    width,
                    columns,
                    sums,
                    place + tap * BLOCK * width);
        }
    }

    /** A row of pixels of the gradient with all channels of a panel side by side. */
    private void pack(int from, int width, int columns, float[] packed) {
        int plane = outHeight * outWidth * BLOCK;
        for (int channel = 0; channel < width; channel += BLOCK) {
            kernels.spreadRow(gradient, from + channel / BLOCK * plane, columns, packed, channel, width);
        }
    }

    private void store(int piece, float[] sums) {
        int panel = piece % panels.count();
        int block = piece / panels.count() % inBlocks;
        int group = piece / panels.count() / inBlocks;
        int width = panels.width(panel);
        int place = place(piece, 0);
        int size = (depthwise ? taps : taps * width) * BLOCK;
        for (int part = 1; part < parts; part++) {
            int other = place(piece, part);
            for (int i = 0; i < size; i++) {
                sums[place + i] += sums[other + i];
            }
        }
        if (depthwise) {
            for (int lane = 0; lane < Math.min(BLOCK, shape.inputChannels() - block * BLOCK); lane++) {
                for (int tap = 0; tap < taps; tap++) {
                    weights[(block * BLOCK + lane) * taps + tap] = sums[place + tap * BLOCK + lane];
                }
            }
            return;
        }
        int in = shape.inputChannels() / groups;
        int out = shape.outputChannels() / groups;
        int columns = Math.min(width, out - panels.start(panel));
        for (int channel = 0; channel < Math.min(BLOCK, in - block * BLOCK); channel++) {
            for (int column = 0; column < columns; column++) {
                int target = ((group * out + panels.start(panel) + column) * in + block * BLOCK + channel) * taps;
                for (int tap = 0; tap < taps; tap++) {
                    weights[target + tap] = sums[place + (tap * BLOCK + channel) * width + column];
                }
            }
        }
    }
}
