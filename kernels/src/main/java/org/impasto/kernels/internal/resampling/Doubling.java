package org.impasto.kernels.internal.resampling;

import org.impasto.core.Run;
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
            float[] line = new float[width];
            int plane = piece / pieces;
            int first = piece % pieces * ROWS_PER_PIECE;
            for (int row = first; row < Math.min(2 * height, first + ROWS_PER_PIECE); row++) {
                int near = row / 2;
                int far = Math.max(0, Math.min(height - 1, row % 2 == 0 ? near - 1 : near + 1));
                if (far == near) {
                    System.arraycopy(input, (plane * height + near) * width, line, 0, width);
                } else {
                    RowKernels.chosen()
                            .mix(input, (plane * height + near) * width, (plane * height + far) * width, line, width);
                }
                spread(line, output, (plane * 2 * height + row) * 2 * width);
            }
        });
    }

    private static void spread(float[] line, float[] output, int target) {
        int last = line.length - 1;
        output[target] = line[0];
        RowKernels.chosen().between(line, last, output, target + 1);
        output[target + 2 * last + 1] = line[last];
    }
}
