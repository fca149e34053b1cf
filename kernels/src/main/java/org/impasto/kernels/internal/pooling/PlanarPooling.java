package org.impasto.kernels.internal.pooling;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/** Max pooling of row-major float32 planes: down the rows of a window first, then along the columns. */
public final class PlanarPooling {
    private static final int ROWS_PER_PIECE = 64;

    private PlanarPooling() {}

    /** Padding counts as minus infinity, a NaN in a window makes its result NaN. */
    public static void max(PoolingShape s, float[] input, float[] output, Workers workers, Run run) {
        int height = s.outputHeight();
        int width = s.outputWidth();
        int pieces = (height + ROWS_PER_PIECE - 1) / ROWS_PER_PIECE;
        boolean quarters = s.kernelHeight() == 2
                && s.strideHeight() == 2
                && s.paddingHeight() == 0
                && s.dilationHeight() == 1
                && s.kernelWidth() == 2
                && s.strideWidth() == 2
                && s.paddingWidth() == 0
                && s.dilationWidth() == 1;
        workers.run(Math.multiplyExact(s.batch() * s.channels(), pieces), run, (piece, worker) -> {
            float[] line = new float[quarters ? 0 : s.width()];
            int plane = piece / pieces;
            int first = piece % pieces * ROWS_PER_PIECE;
            for (int row = first; row < Math.min(height, first + ROWS_PER_PIECE); row++) {
                int source = plane * s.height() * s.width();
                int target = (plane * height + row) * width;
                if (quarters) {
                    quarters(s, input, source + 2 * row * s.width(), row, output, target, width);
                } else {
                    down(s, input, source, row, line);
                    along(s, line, output, target, width);
                }
            }
        });
    }

    /** A row of windows of 2x2 cells; the last row or column of a plane may be a window of its own. */
    private static void quarters(
            PoolingShape s, float[] input, int upper, int row, float[] output, int target, int width) {
        int lower = 2 * row + 1 < s.height() ? upper + s.width() : upper;
        int whole = Math.min(width, s.width() / 2);
        RowKernels.chosen().maxOfFour(input, upper, lower, whole, output, target);
        if (whole < width) {
            output[target + whole] = Math.max(input[upper + 2 * whole], input[lower + 2 * whole]);
        }
    }

    /** The largest of each column over the rows of a window. */
    private static void down(PoolingShape s, float[] input, int plane, int row, float[] line) {
        boolean begun = false;
        for (int i = 0; i < s.kernelHeight(); i++) {
            int y = row * s.strideHeight() - s.paddingHeight() + i * s.dilationHeight();
            if (y >= 0 && y < s.height()) {
                int source = plane + y * s.width();
                if (begun) {
                    larger(input, source, line);
                } else {
                    System.arraycopy(input, source, line, 0, line.length);
                }
                begun = true;
            }
        }
        if (!begun) {
            Arrays.fill(line, Float.NEGATIVE_INFINITY);
        }
    }

    private static void larger(float[] input, int source, float[] line) {
        for (int x = 0; x < line.length; x++) {
            line[x] = Math.max(line[x], input[source + x]);
        }
    }

    private static void along(PoolingShape s, float[] line, float[] output, int target, int width) {
        Arrays.fill(output, target, target + width, Float.NEGATIVE_INFINITY);
        int stride = s.strideWidth();
        for (int j = 0; j < s.kernelWidth(); j++) {
            int shift = j * s.dilationWidth() - s.paddingWidth();
            int first = Math.max(0, -Math.floorDiv(shift, stride));
            int end = Math.min(width, Math.floorDiv(s.width() - 1 - shift, stride) + 1);
            for (int x = first; x < end; x++) {
                output[target + x] = Math.max(output[target + x], line[x * stride + shift]);
            }
        }
    }
}
