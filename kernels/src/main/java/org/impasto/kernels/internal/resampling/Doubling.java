package org.impasto.kernels.internal.resampling;

import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * Bilinear resizing of float32 planes to twice their height and width, with half-pixel centres: each cell is 3/4 of the
 * nearest cell and 1/4 of the next one on the other side, on each axis; beyond the edge the edge is repeated.
 */
public final class Doubling {
    private static final int ROWS_PER_PIECE = 64;

    private Doubling() {}

    /** Planes of height x width to planes of 2 height x 2 width. */
    public static void bilinear(
            int planes, int height, int width, float[] input, float[] output, Workers workers, Run run) {
        int pieces = (2 * height + ROWS_PER_PIECE - 1) / ROWS_PER_PIECE;
        workers.run(Math.multiplyExact(planes, pieces), run, (piece, worker) -> {
            RowKernels kernels = RowKernels.chosen();
            float[] line = ScratchArrays.take(width + RowKernels.LINE_MARGIN);
            int plane = piece / pieces;
            int first = piece % pieces * ROWS_PER_PIECE;
            for (int row = first; row < Math.min(2 * height, first + ROWS_PER_PIECE); row++) {
                int near = row / 2;
                int far = Math.max(0, Math.min(height - 1, row % 2 == 0 ? near - 1 : near + 1));
                if (far == near) {
                    System.arraycopy(input, (plane * height + near) * width, line, 1, width);
                } else {
                    int from = plane * height * width;
                    kernels.mix(input, from + near * width, from + far * width, width, line, 1);
                }
                int target = (plane * 2 * height + row) * 2 * width;
                kernels.spread(line, width, output, target);
                output[target] = line[1];
                output[target + 2 * width - 1] = line[width];
            }
            ScratchArrays.give(line);
        });
    }
}
