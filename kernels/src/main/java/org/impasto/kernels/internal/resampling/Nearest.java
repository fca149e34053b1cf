package org.impasto.kernels.internal.resampling;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.provider.VectorSupport;

/** Copies of the nearest cell, in row-major planes and in blocked maps. */
public final class Nearest {
    private static final int ROWS_PER_PIECE = 64;

    private Nearest() {}

    /**
     * Makes each cell of the result a copy of a cell.
     *
     * @param planes planes, or planes of blocks
     * @param rows for each row of the result the row that it is taken from, ascending
     * @param columns likewise
     * @param cell floats in a cell: 1 for planes, 16 for planes of blocks
     */
    public static void resize(
            int planes,
            int height,
            int width,
            int[] rows,
            int[] columns,
            int cell,
            float[] input,
            float[] output,
            Workers workers,
            Run run) {
        boolean doubled = cell == 1 && columns.length == 2 * width && isDoubled(columns);
        boolean copies = !doubled || !VectorSupport.isVector(); // vectors double a row again faster than it is copied
        int length = columns.length * cell;
        int pieces = (rows.length + ROWS_PER_PIECE - 1) / ROWS_PER_PIECE;
        workers.run(Math.multiplyExact(planes, pieces), run, (piece, worker) -> {
            int plane = piece / pieces;
            int first = piece % pieces * ROWS_PER_PIECE;
            for (int row = first; row < Math.min(rows.length, first + ROWS_PER_PIECE); row++) {
                int source = (plane * height + rows[row]) * width * cell;
                int target = (plane * rows.length + row) * length;
                if (copies && row > first && rows[row] == rows[row - 1]) {
                    System.arraycopy(output, target - length, output, target, length);
                } else if (doubled) {
                    RowKernels.chosen().twice(input, source, width, output, target);
                } else if (cell == 1) {
                    for (int column = 0; column < columns.length; column++) {
                        output[target + column] = input[source + columns[column]];
                    }
                } else {
                    for (int column = 0; column < columns.length; column++) {
                        System.arraycopy(input, source + columns[column] * cell, output, target + column * cell, cell);
                    }
                }
            }
        });
    }

    /**
     * The gradient of {@link #resize}: each cell is the sum of the gradients of its copies.
     *
     * @param planes planes, or planes of blocks
     * @param height rows of the picture, whose gradient is made
     * @param rows for each row of the result the row that it was taken from, ascending
     * @param columns likewise
     * @param cell floats in a cell: 1 for planes, 16 for planes of blocks
     */
    public static void gradient(
            int planes,
            int height,
            int width,
            int[] rows,
            int[] columns,
            int cell,
            float[] gradient,
            float[] output,
            Workers workers,
            Run run) {
        boolean doubled = cell == 16 && columns.length == 2 * width && isDoubled(columns);
        int length = columns.length * cell;
        int[] firstCopies = firstCopies(rows, height);
        int pieces = (height + ROWS_PER_PIECE - 1) / ROWS_PER_PIECE;
        workers.run(Math.multiplyExact(planes, pieces), run, (piece, worker) -> {
            int plane = piece / pieces;
            int first = piece % pieces * ROWS_PER_PIECE;
            float[] line = ScratchArrays.take(length);
            for (int row = first; row < Math.min(height, first + ROWS_PER_PIECE); row++) {
                int target = (plane * height + row) * width * cell;
                Arrays.fill(line, 0, length, 0f);
                for (int copy = firstCopies[row]; copy < firstCopies[row + 1]; copy++) {
                    RowKernels.chosen().add(gradient, (plane * rows.length + copy) * length, line, length);
                }
                if (doubled) {
                    RowKernels.chosen().sumPairsOfBlocks(line, width, output, target);
                    continue;
                }
                Arrays.fill(output, target, target + width * cell, 0f);
                for (int column = 0; column < columns.length; column++) {
                    for (int i = 0; i < cell; i++) {
                        output[target + columns[column] * cell + i] += line[column * cell + i];
                    }
                }
            }
            ScratchArrays.give(line);
        });
    }

    /** For each place of the source the first place of the result that was taken from it or from one behind it. */
    private static int[] firstCopies(int[] sources, int size) {
        int[] first = new int[size + 1];
        int copy = 0;
        for (int source = 0; source <= size; source++) {
            while (copy < sources.length && sources[copy] < source) {
                copy++;
            }
            first[source] = copy;
        }
        return first;
    }

    private static boolean isDoubled(int[] columns) {
        for (int column = 0; column < columns.length; column++) {
            if (columns[column] != column / 2) {
                return false;
            }
        }
        return true;
    }
}
