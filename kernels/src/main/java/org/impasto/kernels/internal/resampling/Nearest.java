package org.impasto.kernels.internal.resampling;

import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

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
        int length = columns.length * cell;
        int pieces = (rows.length + ROWS_PER_PIECE - 1) / ROWS_PER_PIECE;
        workers.run(Math.multiplyExact(planes, pieces), run, (piece, worker) -> {
            int plane = piece / pieces;
            int first = piece % pieces * ROWS_PER_PIECE;
            for (int row = first; row < Math.min(rows.length, first + ROWS_PER_PIECE); row++) {
                int source = (plane * height + rows[row]) * width * cell;
                int target = (plane * rows.length + row) * length;
                if (row > first && rows[row] == rows[row - 1]) {
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

    private static boolean isDoubled(int[] columns) {
        for (int column = 0; column < columns.length; column++) {
            if (columns[column] != column / 2) {
                return false;
            }
        }
        return true;
    }
}
