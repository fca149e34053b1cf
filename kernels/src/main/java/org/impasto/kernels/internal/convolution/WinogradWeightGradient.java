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
 * <p>Tiles pass in groups, whose transforms stay in the last cache, through two stages: transforms, of which a piece takes a block of
 * channels of some tiles, and products, of which a piece takes one point and a panel of output channels with all tiles and
 * input channels. So each sum belongs to one piece, whatever the number of threads. Sums run over {@link #TILES_AT_ONCE}
 * tiles from zero before they are added to what is there: one running sum over all tiles would err several times as much.
 */
final class WinogradWeightGradient {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int TILES_AT_ONCE = 64; // their panel of gradients stays in the first cache
    private static final int TRANSFORMED = 1 << 20; // floats of transformed tiles that a stage leaves to the next one

    private final Kernels kernels = Kernels.chosen();
    private final ConvolutionShape shape;
    private final WinogradTiles tiles;
    private final float[] input;
    private final float[] gradient;
    private final float[] weights;
    private final int inBlocks;
    private final int outBlocks;
    private final Panels panels;
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
        int fitting = TRANSFORMED / (36 * (inBlocks + outBlocks) * BLOCK) / TILES_AT_ONCE * TILES_AT_ONCE;
        int all = (tiles.count() + TILES_AT_ONCE - 1) / TILES_AT_ONCE * TILES_AT_ONCE;
        tilesPerStage = Math.min(all, Math.max(TILES_AT_ONCE, fitting));
        vStride = tilesPerStage * inBlocks * BLOCK + BLOCK;
        dStride = tilesPerStage * outBlocks * BLOCK + BLOCK;
        sStride = inBlocks * BLOCK * panels.columns();
    }

    void run(Workers workers, Run run) {
        float[] v = ScratchArrays.take(36 * vStride); // [36][in / 16][tile][16]
        float[] d = ScratchArrays.take(36 * dStride); // [36][panel][tile][width]
        float[] sums = ScratchArrays.take(36 * sStride); // [36][panel][in][width]
        @Nullable Scratch[] scratches = new Scratch[workers.count()];
        try {
            for (int first = 0; first < tiles.count(); first += tilesPerStage) {
                int start = first;
                int count = Math.min(tilesPerStage, tiles.count() - first);
                int parts = (count + TILES_AT_ONCE - 1) / TILES_AT_ONCE;
                workers.run((inBlocks + outBlocks) * parts, run, (index, worker) -> {
                    Scratch scratch = scratches[worker];
                    if (scratch == null) {
                        scratch = new Scratch();
                        scratches[worker] = scratch;
                    }
                    int from = index / (inBlocks + outBlocks) * TILES_AT_ONCE;
                    int to = Math.min(count, from + TILES_AT_ONCE);
                    int block = index % (inBlocks + outBlocks);
                    if (block < inBlocks) {
                        transformInputs(start, from, to, block, scratch, v);
                    } else {
                        transformGradients(start, from, to, block - inBlocks, scratch, d);
                    }
                });
                workers.run(36 * panels.count(), run, (index, worker) -> {
                    int xi = index / panels.count();
                    multiply(xi, index % panels.count(), count, start == 0, v, d, sums);
                });
            }
            workers.run(panels.count() * inBlocks, run, (index, worker) -> {
                WinogradWeights.gradient(
                        shape, sums, sStride, panels, index / inBlocks, index % inBlocks, weights);
            });
        } finally {
            for (Scratch scratch : scratches) {
                if (scratch != null) {
                    ScratchArrays.give(scratch.lines);
                    ScratchArrays.give(scratch.patch);
                }
            }
            ScratchArrays.give(v);
            ScratchArrays.give(d);
            ScratchArrays.give(sums);
        }
    }

    private static final class Scratch {
        final float[] lines = ScratchArrays.take(WinogradTiles.SCRATCH);
        final float[] patch = ScratchArrays.take(WinogradTiles.SCRATCH);
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

    private void multiply(int xi, int panel, int count, boolean begins, float[] v, float[] d, float[] sums) {
        int width = panels.width(panel);
        int start = xi * sStride + panels.start(panel) * inBlocks * BLOCK;
        if (begins) {
            Arrays.fill(sums, start, start + inBlocks * BLOCK * width, 0f);
        }
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
                        start + block * BLOCK * width);
            }
        }
    }
}
