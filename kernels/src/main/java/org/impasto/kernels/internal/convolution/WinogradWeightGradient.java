package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * The weight gradient of a 3x3 convolution by the transpose of Winograd's F(4,3): {@code dW = G' [sum over tiles of
 * (B' d B) .* (A dY A')] G}, with the points and the input transform of the convolution itself.
 *
 * <p>Where there are many tiles of few channels, a piece takes a part of the tiles through transforms and products, into
 * sums of its own. Else all tiles pass, in groups whose transforms stay in the last cache, through two stages: transforms,
 * of which a piece takes a block of channels of some tiles, and products, of which a piece takes one point and a panel of
 * output channels with all tiles and input channels. Parts and stages depend on the shape alone.
 *
 * <p>Sums run over {@link #TILES_AT_ONCE} tiles from zero before they are added to what is there: one running sum over all
 * tiles would err several times as much.
 */
final class WinogradWeightGradient {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int TILES_AT_ONCE = 64; // their panel of gradients stays in the first cache
    private static final int TRANSFORMED = 600_000; // floats of transformed tiles that a stage leaves to the next one
    private static final int LARGEST_SUMS_OF_PART = 36 * 64 * 64; // floats; larger ones would cost more than stages do
    private static final int PARTS = 8;
    private static final int LEAST_TILES_OF_PART = 256;

    private final Kernels kernels = Kernels.chosen();
    private final ConvolutionShape shape;
    private final WinogradTiles tiles;
    private final float[] input;
    private final float[] gradient;
    private final float[] weights;
    private final int inBlocks;
    private final int outBlocks;
    private final Panels panels;
    private final int parts;
    private final int tilesPerStage;
    private final int vStride; // between the planes of V; off the powers of two, whose lines share a few sets of the cache
    private final int dStride;
    private final int sStride;

    /** Takes blocked arrays, and an array for the gradient of weights {@code [out][in][3][3]}. */
    WinogradWeightGradient(ConvolutionShape shape, float[] input, float[] gradient, float[] weights) {
        this.shape = shape;
        this.input = input;
        this.gradient = gradient;
        this.weights = weights;
        tiles = new WinogradTiles(shape);
        inBlocks = BlockedLayout.blocks(shape.inputChannels());
        outBlocks = BlockedLayout.blocks(shape.outputChannels());
        panels = Panels.of(shape.outputChannels());
        sStride = inBlocks * BLOCK * panels.columns();
        boolean small = 36 * (long) sStride <= LARGEST_SUMS_OF_PART;
        parts = small ? Math.max(1, Math.min(PARTS, tiles.count() / LEAST_TILES_OF_PART)) : 1;
        int fitting = parts > 1 ? 0 : TRANSFORMED / (36 * (inBlocks + outBlocks) * BLOCK) / TILES_AT_ONCE * TILES_AT_ONCE;
        int all = (tiles.count() + TILES_AT_ONCE - 1) / TILES_AT_ONCE * TILES_AT_ONCE;
        tilesPerStage = Math.min(all, Math.max(TILES_AT_ONCE, fitting));
        vStride = tilesPerStage * inBlocks * BLOCK + BLOCK;
        dStride = tilesPerStage * outBlocks * BLOCK + BLOCK;
    }

    void run(Workers workers, Run run) {
        float[] sums = ScratchArrays.take(parts * 36 * sStride); // [part][36][panel][in][width]
        try {
            if (parts > 1) {
                workers.run(parts, run, (part, worker) -> {
                    Scratch scratch = new Scratch(36 * vStride, 36 * dStride);
                    try {
                        computePart(part, scratch, sums);
                    } finally {
                        scratch.giveBack();
                    }
                });
            } else {
                computeInStages(sums, workers, run);
            }
            workers.run(
                    panels.count() * inBlocks,
                    run,
                    (index, worker) -> WinogradWeights.gradient(
                            shape, sums, parts, sStride, panels, index / inBlocks, index % inBlocks, weights));
        } finally {
            ScratchArrays.give(sums);
        }
    }

    private static final class Scratch {
        final float[] v; // [36][in / 16][tile][16]
        final float[] d; // [36][panel][tile][width]
        final float[] lines = ScratchArrays.take(WinogradTiles.SCRATCH);
        final float[] patch = ScratchArrays.take(WinogradTiles.SCRATCH);

        Scratch(int vSize, int dSize) {
            v = ScratchArrays.take(vSize);
            d = ScratchArrays.take(dSize);
        }

        void giveBack() {
            ScratchArrays.give(v);
            ScratchArrays.give(d);
            ScratchArrays.give(lines);
            ScratchArrays.give(patch);
        }
    }

    private void computePart(int part, Scratch scratch, float[] sums) {
        int start = part * 36 * sStride;
        Arrays.fill(sums, start, start + 36 * sStride, 0f);
        int groups = (tiles.count() + TILES_AT_ONCE - 1) / TILES_AT_ONCE;
        int last = groups * (part + 1) / parts;
        for (int group = groups * part / parts; group < last; group++) {
            int first = group * TILES_AT_ONCE;
            int count = Math.min(TILES_AT_ONCE, tiles.count() - first);
            for (int block = 0; block < inBlocks; block++) {
                transformInputs(first, 0, count, block, scratch, scratch.v);
            }
            for (int block = 0; block < outBlocks; block++) {
                transformGradients(first, 0, count, block, scratch, scratch.d);
            }
            for (int xi = 0; xi < 36; xi++) {
                for (int panel = 0; panel < panels.count(); panel++) {
                    multiply(xi, panel, count, scratch.v, scratch.d, sums, start);
                }
            }
        }
    }

    private void computeInStages(float[] sums, Workers workers, Run run) {
        Scratch shared = new Scratch(36 * vStride, 36 * dStride);
        @Nullable Scratch[] scratches = new Scratch[workers.count()];
        try {
            for (int first = 0; first < tiles.count(); first += tilesPerStage) {
                int start = first;
                int count = Math.min(tilesPerStage, tiles.count() - first);
                int runs = (count + TILES_AT_ONCE - 1) / TILES_AT_ONCE;
                workers.run((inBlocks + outBlocks) * runs, run, (index, worker) -> {
                    Scratch scratch = scratches[worker];
                    if (scratch == null) {
                        scratch = new Scratch(0, 0);
                        scratches[worker] = scratch;
                    }
                    int from = index / (inBlocks + outBlocks) * TILES_AT_ONCE;
                    int to = Math.min(count, from + TILES_AT_ONCE);
                    int block = index % (inBlocks + outBlocks);
                    if (block < inBlocks) {
                        transformInputs(start, from, to, block, scratch, shared.v);
                    } else {
                        transformGradients(start, from, to, block - inBlocks, scratch, shared.d);
                    }
                });
                workers.run(36 * panels.count(), run, (index, worker) -> {
                    int xi = index / panels.count();
                    int panel = index % panels.count();
                    if (start == 0) {
                        int place = place(xi, panel);
                        Arrays.fill(sums, place, place + inBlocks * BLOCK * panels.width(panel), 0f);
                    }
                    multiply(xi, panel, count, shared.v, shared.d, sums, 0);
                });
            }
        } finally {
            for (Scratch scratch : scratches) {
                if (scratch != null) {
                    scratch.giveBack();
                }
            }
            shared.giveBack();
        }
    }

    /** Where the sums of a point and panel begin in those of a part. */
    private int place(int xi, int panel) {
        return xi * sStride + panels.start(panel) * inBlocks * BLOCK;
    }

    private void transformInputs(int first, int from, int to, int block, Scratch scratch, float[] v) {
        for (int t = from; t < to; t++) {
            int offset = (block * tilesPerStage + t) * BLOCK;
            tiles.input(input, first + t, block, scratch.lines, scratch.patch, v, offset, vStride);
        }
    }

    private void transformGradients(int first, int from, int to, int block, Scratch scratch, float[] d) {
        int panel = panels.at(block * BLOCK);
        int width = panels.width(panel);
        int offset = panels.start(panel) * tilesPerStage + block * BLOCK - panels.start(panel);
        for (int t = from; t < to; t++) {
            tiles.gradient(
                    gradient, first + t, block, scratch.lines, scratch.patch, d, offset + t * width, dStride);
        }
    }

    private void multiply(int xi, int panel, int count, float[] v, float[] d, float[] sums, int part) {
        int width = panels.width(panel);
        int columns = xi * dStride + panels.start(panel) * tilesPerStage;
        for (int from = 0; from < count; from += TILES_AT_ONCE) {
            int some = Math.min(TILES_AT_ONCE, count - from);
            for (int block = 0; block < inBlocks; block++) {
                kernels.addProducts(
                        v,
                        xi * vStride + (block * tilesPerStage + from) * BLOCK,
                        d,
                        columns + from * width,
                        width,
                        some,
                        sums,
                        part + place(xi, panel) + block * BLOCK * width);
            }
        }
    }
}
