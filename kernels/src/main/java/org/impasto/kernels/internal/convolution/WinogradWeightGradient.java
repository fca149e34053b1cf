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
 * <p>Tiles are shared out to parts with sums of their own, as many as the sums' size lets pay. Where there are few
 * channels, a piece takes a part through transforms and products. Else all parts pass together, some tiles of each at a
 * time whose transforms stay in the last cache, through two stages: transforms, of which a piece takes a block of channels,
 * and products, of which a piece takes one point and a panel of output channels with all input channels. With two parts
 * each of two threads multiplies what it transformed itself: processors that share no cache would else wait for one
 * another's. Parts and stages depend on the shape alone.
 *
 * <p>Sums run over {@link #TILES_AT_ONCE} tiles from zero before they are added to what is there: one running sum over all
 * tiles would err several times as much.
 */
final class WinogradWeightGradient {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int TILES_AT_ONCE = 64; // their panel of gradients stays in the first cache
    private static final int TRANSFORMED = 600_000; // floats of transformed tiles that a stage leaves to the next one
    private static final int SUMS_FOR_EIGHT_PARTS = 36 * 64 * 64; // floats of a part, at most
    private static final int SUMS_FOR_TWO_PARTS = 36 * 128 * 128;
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
    private final boolean inStages;
    private final int tilesPerStage;
    // between planes; off the powers of two, whose lines share a few sets of the cache
    private final int vStride;
    private final int dStride;
    private final int sStride;

    /** Takes blocked arrays, and an array for the gradient of weights {@code [out][in][3][3]}. */
    WinogradWeightGradient(ConvolutionShape shape, float[] input, float[] gradient, float[] weights) {
        this.shape = shape;
        this.input = input;
        this.gradient = gradient;
        this.weights = weights;
        tiles = new WinogradTiles(shape, WinogradPieces.of(shape));
        inBlocks = BlockedLayout.blocks(shape.inputChannels());
        outBlocks = BlockedLayout.blocks(shape.outputChannels());
        panels = Panels.of(shape.outputChannels());
        sStride = inBlocks * BLOCK * panels.columns();
        long sums = 36L * sStride;
        int most = sums <= SUMS_FOR_EIGHT_PARTS ? 8 : sums <= SUMS_FOR_TWO_PARTS ? 2 : 1;
        parts = Math.max(1, Math.min(most, tiles.count() / LEAST_TILES_OF_PART));
        inStages = parts == 1 || sums > SUMS_FOR_EIGHT_PARTS;
        int fitting = inStages
                ? TRANSFORMED / (parts * 36 * (inBlocks + outBlocks) * BLOCK) / TILES_AT_ONCE * TILES_AT_ONCE
                : 0;
        int all = (tiles.count() + TILES_AT_ONCE - 1) / TILES_AT_ONCE * TILES_AT_ONCE;
        tilesPerStage = Math.min(all, Math.max(TILES_AT_ONCE, fitting));
        vStride = tilesPerStage * inBlocks * BLOCK + BLOCK;
        dStride = tilesPerStage * outBlocks * BLOCK + BLOCK;
    }

    void run(Workers workers, Run run) {
        float[] sums = ScratchArrays.take(parts * 36 * sStride); // [part][36][panel][in][width]
        try {
            if (!inStages) {
                workers.run(parts, run, (part, worker) -> {
                    Transformed transformed = new Transformed();
                    Scratch scratch = new Scratch();
                    try {
                        computePart(part, transformed, scratch, sums);
                    } finally {
                        transformed.giveBack();
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

    /** What tiles of a part became. */
    private final class Transformed {
        final float[] v = ScratchArrays.take(36 * vStride); // [36][in / 16][tile][16]
        final float[] d = ScratchArrays.take(36 * dStride); // [36][panel][tile][width]

        void giveBack() {
            ScratchArrays.give(v);
            ScratchArrays.give(d);
        }
    }

    /** What a thread needs while it transforms. */
    private static final class Scratch {
        final float[] lines = ScratchArrays.take(WinogradTiles.LINES);
        final float[] strip = ScratchArrays.take(WinogradTiles.STRIP);

        void giveBack() {
            ScratchArrays.give(lines);
            ScratchArrays.give(strip);
        }
    }

    private void computePart(int part, Transformed transformed, Scratch scratch, float[] sums) {
        int start = part * 36 * sStride;
        Arrays.fill(sums, start, start + 36 * sStride, 0f);
        int end = firstTile(part + 1);
        for (int first = firstTile(part); first < end; first += TILES_AT_ONCE) {
            int count = Math.min(TILES_AT_ONCE, end - first);
            for (int block = 0; block < inBlocks; block++) {
                transformInputs(first, 0, count, block, scratch, transformed.v);
            }
            for (int block = 0; block < outBlocks; block++) {
                transformGradients(first, 0, count, block, scratch, transformed.d);
            }
            for (int xi = 0; xi < 36; xi++) {
                for (int panel = 0; panel < panels.count(); panel++) {
                    multiply(xi, panel, count, transformed.v, transformed.d, sums, start);
                }
            }
        }
    }

    private void computeInStages(float[] sums, Workers workers, Run run) {
        @Nullable Scratch[] scratches = new Scratch[workers.count()];
        Transformed[] transformed = new Transformed[parts];
        Arrays.setAll(transformed, part -> new Transformed());
        int runs = tilesPerStage / TILES_AT_ONCE;
        try {
            for (int done = 0; done < firstTile(1); done += tilesPerStage) {
                int before = done;
                workers.run(parts * runs * (inBlocks + outBlocks), run, (index, worker) -> {
                    Scratch scratch = scratches[worker];
                    if (scratch == null) {
                        scratch = new Scratch();
                        scratches[worker] = scratch;
                    }
                    int block = index % (inBlocks + outBlocks);
                    int from = index / (inBlocks + outBlocks) % runs * TILES_AT_ONCE;
                    int part = index / (inBlocks + outBlocks) / runs;
                    int first = firstTile(part) + before;
                    int to = Math.min(from + TILES_AT_ONCE, tilesOfStage(part, before));
                    if (block < inBlocks) {
                        transformInputs(first, from, to, block, scratch, transformed[part].v);
                    } else {
                        transformGradients(first, from, to, block - inBlocks, scratch, transformed[part].d);
                    }
                });
                workers.run(parts * 36 * panels.count(), run, (index, worker) -> {
                    int panel = index % panels.count();
                    int xi = index / panels.count() % 36;
                    int part = index / panels.count() / 36;
                    int start = part * 36 * sStride;
                    if (before == 0) {
                        int place = start + place(xi, panel);
                        Arrays.fill(sums, place, place + inBlocks * BLOCK * panels.width(panel), 0f);
                    }
                    multiply(
                            xi,
                            panel,
                            tilesOfStage(part, before),
                            transformed[part].v,
                            transformed[part].d,
                            sums,
                            start);
                });
            }
        } finally {
            for (Scratch scratch : scratches) {
                if (scratch != null) {
                    scratch.giveBack();
                }
            }
            for (Transformed ofPart : transformed) {
                ofPart.giveBack();
            }
        }
    }

    /** The first tile of a part: runs of {@link #TILES_AT_ONCE} are shared out. */
    private int firstTile(int part) {
        int runs = (tiles.count() + TILES_AT_ONCE - 1) / TILES_AT_ONCE;
        return Math.min(tiles.count(), (runs * part + parts - 1) / parts * TILES_AT_ONCE);
    }

    /** How many tiles of a part its stage has, of which so many are done. */
    private int tilesOfStage(int part, int done) {
        return Math.max(0, Math.min(tilesPerStage, firstTile(part + 1) - firstTile(part) - done));
    }

    /** Where the sums of a point and panel begin in those of a part. */
    private int place(int xi, int panel) {
        return xi * sStride + panels.start(panel) * inBlocks * BLOCK;
    }

    private void transformInputs(int first, int from, int to, int block, Scratch scratch, float[] v) {
        for (int t = from, done; t < to; t += done) {
            int offset = (block * tilesPerStage + t) * BLOCK;
            done = tiles.input(input, first + t, to - t, block, scratch.lines, scratch.strip, v, offset, vStride);
        }
    }

    private void transformGradients(int first, int from, int to, int block, Scratch scratch, float[] d) {
        int panel = panels.at(block * BLOCK);
        int width = panels.width(panel);
        int offset = panels.start(panel) * tilesPerStage + block * BLOCK - panels.start(panel);
        for (int t = from, done; t < to; t += done) {
            int place = offset + t * width;
            done = tiles.gradient(
                    gradient, first + t, to - t, block, scratch.lines, scratch.strip, d, place, width, dStride);
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
                        Math.min(BLOCK, shape.inputChannels() - block * BLOCK),
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
