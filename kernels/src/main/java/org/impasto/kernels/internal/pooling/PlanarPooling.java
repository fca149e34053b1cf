package org.impasto.kernels.internal.pooling;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/** Max pooling of row-major float32 planes: down the rows of a window first, then along the columns. */
public final class PlanarPooling {
    private static final int ROWS_PER_PIECE = 64;
    private static final int NUMBERS_PER_RUN = 2048; // few enough for the first cache, and a long way to read ahead

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
            int plane = piece / pieces;
            int first = piece % pieces * ROWS_PER_PIECE;
            int end = Math.min(height, first + ROWS_PER_PIECE);
            if (quarters) {
                quarters(s, input, plane, first, end, output);
                return;
            }
            float[] line = new float[s.width()];
            for (int row = first; row < end; row++) {
                down(s, input, plane * s.height() * s.width(), row, line);
                along(s, line, output, (plane * height + row) * width, width);
            }
        });
    }

    /** Rows of windows of 2x2 cells; the last row or column of a plane may be a window of its own. */
    private static void quarters(PoolingShape s, float[] input, int plane, int first, int end, float[] output) {
        int width = s.outputWidth();
        int whole = Math.min(width, s.width() / 2);
        int pairs = Math.min(end, s.height() / 2);
        int perRun = Math.max(1, NUMBERS_PER_RUN / (2 * s.width()));
        for (int row = first; row < end; ) {
            int rows = row < pairs ? Math.min(perRun, pairs - row) : 1;
            int down = row < pairs ? s.width() : 0;
            int upper = (plane * s.height() + 2 * row) * s.width();
            int target = (plane * s.outputHeight() + row) * width;
            RowKernels.chosen().maxOfFour(input, upper, down, 2 * s.width(), rows, whole, output, target, width);
            for (int i = 0; whole < width && i < rows; i++) {
                int last = upper + 2 * (i * s.width() + whole);
                output[target + i * width + whole] = Math.max(input[last], input[last + down]);
            }
            row += rows;
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
