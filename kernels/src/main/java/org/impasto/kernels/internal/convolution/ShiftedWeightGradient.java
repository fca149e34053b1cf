package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.kernels.internal.layout.ActivationLayout;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * A weight gradient where one of the two maps has at most four channels: it is read as padded planes, its channels and taps
 * are the rows of the products, and the channels of the other map are their columns. With few output channels that is
 * the output's gradient, which is shifted instead of the input, the other way round.
 */
final class ShiftedWeightGradient {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int LARGEST_TILE_WIDTH = 64; // summed in registers
    private static final int LARGEST_TILE_HEIGHT = 8;
    private static final int PIECES_WANTED = 16;

    private final Kernels kernels = Kernels.chosen();
    private final ConvolutionShape shape;
    private final boolean fewOutputs;
    private final float[] narrow;
    private final float[] wide;
    private final float[] weights;
    private final int wideBlocks;
    private final int wideHeight; // of the map as it is stored
    private final int wideWidth;
    private final int[] wideRows; // for each row of positions the stored row, or -1
    private final int[] wideColumns;
    private final int height; // positions that are summed over
    private final int width;
    private final Panels panels;
    private final int tileHeight;
    private final int tileWidth;
    private final int tilesDown;
    private final int tilesAcross;
    private final int tiles;
    private final int parts;
    private final Strip strip;
    private final int[] rows;
    private final int taps; // of a channel
    private final int sumsOfPart;

    private ShiftedWeightGradient(
            ConvolutionShape shape,
            boolean fewOutputs,
            ConvolutionShape narrowShape,
            float[] narrow,
            float[] wide,
            int[] wideRows,
            int[] wideColumns,
            float[] weights) {
        this.shape = shape;
        this.fewOutputs = fewOutputs;
        this.narrow = narrow;
        this.wide = wide;
        this.weights = weights;
        this.wideRows = wideRows;
        this.wideColumns = wideColumns;
        height = wideRows.length;
        width = wideColumns.length;
        wideHeight = fewOutputs ? shape.height() : height;
        wideWidth = fewOutputs ? shape.width() : width;
        int channels = fewOutputs ? shape.inputChannels() : shape.outputChannels();
        wideBlocks = BlockedLayout.blocks(channels);
        panels = Panels.of(channels);
        int across = (width + LARGEST_TILE_WIDTH - 1) / LARGEST_TILE_WIDTH;
        tileWidth = (width + across - 1) / across;
        tilesAcross = (width + tileWidth - 1) / tileWidth;
        tileHeight = Math.min(LARGEST_TILE_HEIGHT, height);
        tilesDown = (height + tileHeight - 1) / tileHeight;
        tiles = Math.multiplyExact(shape.batch(), tilesDown * tilesAcross);
        parts = Math.max(1, Math.min(tiles, PIECES_WANTED / panels.count()));
        int narrowChannels = narrowShape.inputChannels();
        strip = new Strip(
                narrowShape,
                false,
                ActivationLayout.PLANAR,
                narrowChannels,
                tileHeight,
                tileWidth,
                tilesDown,
                tilesAcross);
        taps = shape.kernelHeight() * shape.kernelWidth();
        rows = Arrays.copyOf(strip.taps(), (strip.taps().length + 3) / 4 * 4);
        sumsOfPart = Math.multiplyExact(rows.length, panels.columns());
    }

    /** At most four input channels, given planar; the gradient is blocked. */
    static ShiftedWeightGradient fewInputs(ConvolutionShape s, float[] input, float[] gradient, float[] weights) {
        int[] all = PaddingMode.ZERO.sources(s.outputHeight(), 0, 0, s.outputHeight());
        int[] across = PaddingMode.ZERO.sources(s.outputWidth(), 0, 0, s.outputWidth());
        return new ShiftedWeightGradient(s, false, s, input, gradient, all, across, weights);
    }

    /** At most four output channels, stride 1; the gradient is given planar, the input is blocked. */
    static ShiftedWeightGradient fewOutputs(ConvolutionShape s, float[] input, float[] gradient, float[] weights) {
        int reachHeight = s.dilationHeight() * (s.kernelHeight() - 1);
        int reachWidth = s.dilationWidth() * (s.kernelWidth() - 1);
        ConvolutionShape turned = new ConvolutionShape(
                s.batch(),
                s.outputChannels(),
                s.outputHeight(),
                s.outputWidth(),
                1,
                s.kernelHeight(),
                s.kernelWidth(),
                1,
                1,
                s.dilationHeight(),
                s.dilationWidth(),
                1,
                reachHeight,
                reachHeight,
                reachWidth,
                reachWidth,
                PaddingMode.ZERO);
        int[] rows = s.mode().sources(s.height(), s.top(), s.bottom(), s.outputHeight() + reachHeight);
        int[] columns = s.mode().sources(s.width(), s.left(), s.right(), s.outputWidth() + reachWidth);
        return new ShiftedWeightGradient(s, true, turned, gradient, input, rows, columns, weights);
    }

    void run(Workers workers, Run run) {
        float[] sums = ScratchArrays.take(Math.multiplyExact(parts, sumsOfPart));
        try {
            workers.run(panels.count() * parts, run, (index, worker) -> {
                float[] gathered = ScratchArrays.take(strip.size());
                float[] packed = ScratchArrays.take(tileWidth * panels.width(0));
                try {
                    compute(index / parts, index % parts, sums, gathered, packed);
                } finally {
                    ScratchArrays.give(gathered);
                    ScratchArrays.give(packed);
                }
            });
            for (int panel = 0; panel < panels.count(); panel++) {
                store(panel, sums);
            }
        } finally {
            ScratchArrays.give(sums);
        }
    }

    private int place(int panel, int part) {
        return part * sumsOfPart + panels.start(panel) * rows.length;
    }

    private void compute(int panel, int part, float[] sums, float[] gathered, float[] packed) {
        int columnsOfPanel = panels.width(panel);
        int place = place(panel, part);
        Arrays.fill(sums, place, place + rows.length * columnsOfPanel, 0f);
        int last = (int) ((long) tiles * (part + 1) / parts);
        for (int tile = (int) ((long) tiles * part / parts); tile < last; tile++) {
            int column = tile % tilesAcross * tileWidth;
            int row = tile / tilesAcross % tilesDown * tileHeight;
            int image = tile / tilesAcross / tilesDown;
            int columns = Math.min(tileWidth, width - column);
            strip.gather(narrow, image, 0, row, column, gathered);
            for (int y = 0; y < Math.min(tileHeight, height - row); y++) {
                int source = wideRows[row + y];
                if (source >= 0) {
                    pack(image, panel, source, column, columns, packed);
                    kernels.addShiftedProducts(
                            gathered, strip.place(y, 0), rows, packed, 0, columnsOfPanel, columns, sums, place);
                }
            }
        }
    }

    /** A row of positions of the wide map, with all channels of a panel side by side; zeros where its padding is zero. */
    private void pack(int image, int panel, int row, int column, int columns, float[] packed) {
        int step = panels.width(panel);
        for (int channel = 0; channel < step; channel += BLOCK) {
            int block = (panels.start(panel) + channel) / BLOCK;
            int plane = ((image * wideBlocks + block) * wideHeight + row) * wideWidth;
            for (int i = 0; i < columns; ) {
                int source = wideColumns[column + i];
                int run = 1;
                while (i + run < columns && wideColumns[column + i + run] == source + (source < 0 ? 0 : run)) {
                    run++;
                }
                int target = i * step + channel;
                if (source >= 0) {
                    kernels.spreadRow(wide, (plane + source) * BLOCK, run, packed, target, step);
                } else {
                    for (int zero = 0; zero < run; zero++) {
                        Arrays.fill(packed, target + zero * step, target + zero * step + BLOCK, 0f);
                    }
                }
                i += run;
            }
        }
    }

    private void store(int panel, float[] sums) {
        int place = place(panel, 0);
        int step = panels.width(panel);
        for (int part = 1; part < parts; part++) {
            int other = place(panel, part);
            for (int i = 0; i < rows.length * step; i++) {
                sums[place + i] += sums[other + i];
            }
        }
        int in = shape.inputChannels();
        int columns = Math.min(step, (fewOutputs ? in : shape.outputChannels()) - panels.start(panel));
        for (int row = 0; row < strip.taps().length; row++) {
            int channel = row / taps;
            int tap = fewOutputs ? taps - 1 - row % taps : row % taps;
            for (int column = 0; column < columns; column++) {
                int other = panels.start(panel) + column;
                int filter = fewOutputs ? channel * in + other : other * in + channel;
                weights[filter * taps + tap] = sums[place + row * step + column];
            }
        }
    }
}
