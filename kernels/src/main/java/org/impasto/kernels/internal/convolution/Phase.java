package org.impasto.kernels.internal.convolution;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.PaddingMode;

/**
 * The output pixels that meet the same taps: where zeros stand between the input's pixels, those a spread apart. Computed
 * pixel (i, j) of a phase is output pixel (i * rowStep + firstRow, j * columnStep + firstColumn).
 *
 * @param taps offsets in the strip from a computed pixel's place, channel by channel
 * @param tapsBefore taps of one channel in the classes of weights before this one
 */
record Phase(int[] taps, int tapsBefore, int firstRow, int rowStep, int firstColumn, int columnStep) {
    /** The one phase of a convolution whose input is not spread. */
    static Phase only(int[] taps) {
        return new Phase(taps, 0, 0, 1, 0, 1);
    }

    int row(int computed) {
        return computed * rowStep + firstRow;
    }

    int column(int computed) {
        return computed * columnStep + firstColumn;
    }

    /** Computed rows whose output row is below that height. */
    int rowsBelow(int height) {
        return (height - firstRow + rowStep - 1) / rowStep;
    }

    /** Computed columns whose output column is below that width. */
    int columnsBelow(int width) {
        return (width - firstColumn + columnStep - 1) / columnStep;
    }

    /**
     * What the strips of a spread convolution are gathered for: a convolution of the input itself whose kernel spans the
     * pixels that any phase meets, with a result for each spread of output pixels.
     */
    static ConvolutionShape gathered(ConvolutionShape s) {
        int lowRow = lowest(s.top(), s.spreadHeight());
        int lowColumn = lowest(s.left(), s.spreadWidth());
        int rows = highest(s.top(), s.kernelHeight(), s.dilationHeight(), s.spreadHeight()) - lowRow + 1;
        int columns = highest(s.left(), s.kernelWidth(), s.dilationWidth(), s.spreadWidth()) - lowColumn + 1;
        int height = (s.outputHeight() + s.spreadHeight() - 1) / s.spreadHeight();
        int width = (s.outputWidth() + s.spreadWidth() - 1) / s.spreadWidth();
        return new ConvolutionShape(
                s.batch(),
                s.inputChannels(),
                s.height(),
                s.width(),
                s.outputChannels(),
                rows,
                columns,
                1,
                1,
                1,
                1,
                s.groups(),
                -lowRow,
                height + rows - 1 + lowRow - s.height(),
                -lowColumn,
                width + columns - 1 + lowColumn - s.width(),
                PaddingMode.ZERO);
    }

    /** Distance of the first pixel that is met from a computed pixel. */
    private static int lowest(int before, int spread) {
        return -(before / spread);
    }

    private static int highest(int before, int kernel, int dilation, int spread) {
        return Math.floorDiv(spread - 1 - before + dilation * (kernel - 1), spread);
    }

    /** The phases of a spread convolution, on the strip of {@link #gathered}. */
    static List<Phase> all(ConvolutionShape s, int[] stripTaps) {
        ConvolutionShape gathered = gathered(s);
        int span = gathered.kernelHeight() * gathered.kernelWidth();
        int planes = stripTaps.length / span;
        TapClasses classes = new TapClasses(s);
        List<Phase> phases = new ArrayList<>();
        for (int firstRow = 0; firstRow < Math.min(s.spreadHeight(), s.outputHeight()); firstRow++) {
            for (int firstColumn = 0; firstColumn < Math.min(s.spreadWidth(), s.outputWidth()); firstColumn++) {
                int tapClass = Math.floorMod(s.top() - firstRow, s.spreadHeight()) * s.spreadWidth()
                        + Math.floorMod(s.left() - firstColumn, s.spreadWidth());
                int[] rows = classes.rows(tapClass);
                int[] columns = classes.columns(tapClass);
                int[] taps = new int[planes * rows.length * columns.length];
                int tap = 0;
                for (int plane = 0; plane < planes; plane++) {
                    for (int row : rows) {
                        int y = (firstRow - s.top() + row * s.dilationHeight()) / s.spreadHeight() + gathered.top();
                        for (int column : columns) {
                            int x = (firstColumn - s.left() + column * s.dilationWidth()) / s.spreadWidth()
                                    + gathered.left();
                            taps[tap++] = stripTaps[plane * span + y * gathered.kernelWidth() + x];
                        }
                    }
                }
                phases.add(new Phase(
                        taps, classes.tapsBefore(tapClass), firstRow, s.spreadHeight(), firstColumn, s.spreadWidth()));
            }
        }
        return phases;
    }
}
