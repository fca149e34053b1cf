package org.impasto.kernels.internal.pooling;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.Workers;
import org.jspecify.annotations.Nullable;

/** Pools blocked feature maps; lanes above the last channel stay zero. */
public final class Pooling {
    private static final int BLOCK = BlockedLayout.BLOCK;

    private Pooling() {}

    /** Max pooling; padding counts as minus infinity, a NaN in a window makes its result NaN. */
    public static void max(PoolingShape shape, float[] input, float[] output, Workers workers, Run run) {
        max(shape, input, output, null, workers, run);
    }

    /**
     * Max pooling that also tells where the maxima stood.
     *
     * @param positions planar batch x channels x rows x columns: y * width + x of each maximum inside its plane; among
     *     equal values the first in row-major order wins. Null if not wanted.
     */
    public static void max(
            PoolingShape shape, float[] input, float[] output, long @Nullable [] positions, Workers workers, Run run) {
        check(shape, input, output);
        if (positions != null
                && positions.length
                        != (long) shape.batch() * shape.channels() * shape.outputHeight() * shape.outputWidth()) {
            throw new ShapeException("positions of a max pooling hold " + positions.length + " numbers, expected "
                    + shape.batch() + "x" + shape.channels() + "x" + shape.outputHeight() + "x" + shape.outputWidth());
        }
        rows(shape, workers, run, (plane, row, source, target) -> {
            if (positions == null) {
                maxRow(shape, plane, row, input, source, output, target);
            } else {
                maxRowWithPositions(shape, plane, row, input, source, output, target, positions);
            }
        });
    }

    /**
     * Average pooling, without dilation.
     *
     * @param countPadding whether the divisor counts padded cells (never those that only ceil mode reaches); else it
     *     counts the cells inside the picture
     */
    public static void average(
            PoolingShape shape, boolean countPadding, float[] input, float[] output, Workers workers, Run run) {
        check(shape, input, output);
        if (shape.dilationHeight() != 1 || shape.dilationWidth() != 1) {
            throw new ShapeException("average pooling with dilation " + shape.dilationHeight() + "x"
                    + shape.dilationWidth() + ", expected 1x1");
        }
        int[] down = cellsDown(shape, countPadding);
        int[] across = cellsAcross(shape, countPadding);
        rows(shape, workers, run, (plane, row, source, target) -> {
            float[] cells = new float[across.length];
            for (int column = 0; column < cells.length; column++) {
                cells[column] = down[row] * across[column];
            }
            averageRow(shape, cells, row, input, source, output, target);
        });
    }

    private static void check(PoolingShape shape, float[] input, float[] output) {
        if (input.length < shape.inputSize() || output.length < shape.outputSize()) {
            throw new ShapeException("pooling arrays hold " + input.length + " and " + output.length
                    + " numbers, expected " + shape.inputSize() + " and " + shape.outputSize() + " for " + shape);
        }
    }

    private interface Row {
        void compute(int plane, int row, int source, int target);
    }

    /** One row of the output of one plane of blocks. */
    private static void rows(PoolingShape s, Workers workers, Run run, Row row) {
        int planes = s.batch() * BlockedLayout.blocks(s.channels());
        int outHeight = s.outputHeight();
        int outWidth = s.outputWidth();
        workers.run(Math.multiplyExact(planes, outHeight), run, (index, worker) -> {
            int plane = index / outHeight;
            row.compute(plane, index % outHeight, plane * s.height() * s.width() * BLOCK, index * outWidth * BLOCK);
        });
    }

    private static void maxRow(
            PoolingShape s, int plane, int row, float[] input, int source, float[] output, int target) {
        int outWidth = s.outputWidth();
        Arrays.fill(output, target, target + outWidth * BLOCK, Float.NEGATIVE_INFINITY);
        taps(
                s,
                row,
                (sy, sx, first, count) -> RowKernels.chosen()
                        .max(
                                input,
                                source + (sy * s.width() + sx) * BLOCK,
                                s.strideWidth() * BLOCK,
                                count,
                                output,
                                target + first * BLOCK));
        int filled = s.channels() - plane % BlockedLayout.blocks(s.channels()) * BLOCK;
        for (int lane = filled; lane < BLOCK; lane++) { // a window may lie wholly in the padding
            for (int column = 0; column < outWidth; column++) {
                output[target + column * BLOCK + lane] = 0f;
            }
        }
    }

    interface Tap {
        void apply(int sourceRow, int sourceColumn, int firstColumn, int count);
    }

    /** For each cell of the window: the columns of the output whose window has it inside the picture. */
    static void taps(PoolingShape s, int row, Tap tap) {
        int outWidth = s.outputWidth();
        for (int i = 0; i < s.kernelHeight(); i++) {
            int sy = row * s.strideHeight() - s.paddingHeight() + i * s.dilationHeight();
            if (sy < 0 || sy >= s.height()) {
                continue;
            }
            for (int j = 0; j < s.kernelWidth(); j++) {
                int shift = j * s.dilationWidth() - s.paddingWidth();
                int first = Math.max(0, -Math.floorDiv(shift, s.strideWidth()));
                int end = Math.min(outWidth, Math.floorDiv(s.width() - 1 - shift, s.strideWidth()) + 1);
                if (first < end) {
                    tap.apply(sy, first * s.strideWidth() + shift, first, end - first);
                }
            }
        }
    }

    private static void maxRowWithPositions(
            PoolingShape s,
            int plane,
            int row,
            float[] input,
            int source,
            float[] output,
            int target,
            long[] positions) {
        int outWidth = s.outputWidth();
        int blocks = BlockedLayout.blocks(s.channels());
        int block = plane % blocks;
        int filled = Math.min(BLOCK, s.channels() - block * BLOCK);
        int y = row * s.strideHeight() - s.paddingHeight();
        for (int lane = 0; lane < BLOCK; lane++) {
            for (int column = 0; column < outWidth; column++) {
                int x = column * s.strideWidth() - s.paddingWidth();
                float best = lane < filled ? Float.NEGATIVE_INFINITY : 0f;
                int position = -1;
                for (int i = 0; lane < filled && i < s.kernelHeight(); i++) {
                    int sy = y + i * s.dilationHeight();
                    for (int j = 0; j < s.kernelWidth(); j++) {
                        int sx = x + j * s.dilationWidth();
                        if (sy < 0 || sy >= s.height() || sx < 0 || sx >= s.width()) {
                            continue;
                        }
                        float value = input[source + (sy * s.width() + sx) * BLOCK + lane];
                        if (position < 0 || value > best || Float.isNaN(value) && !Float.isNaN(best)) {
                            best = value;
                            position = sy * s.width() + sx;
                        }
                    }
                }
                output[target + column * BLOCK + lane] = best;
                if (lane < filled) {
                    int channel = plane / blocks * s.channels() + block * BLOCK + lane;
                    positions[(channel * s.outputHeight() + row) * outWidth + column] = position;
                }
            }
        }
    }

    private static void averageRow(
            PoolingShape s, float[] cells, int row, float[] input, int source, float[] output, int target) {
        int outWidth = s.outputWidth();
        Arrays.fill(output, target, target + outWidth * BLOCK, 0f);
        taps(
                s,
                row,
                (sy, sx, first, count) -> RowKernels.chosen()
                        .add(
                                input,
                                source + (sy * s.width() + sx) * BLOCK,
                                s.strideWidth() * BLOCK,
                                count,
                                output,
                                target + first * BLOCK));
        RowKernels.chosen().divide(output, target, outWidth, cells);
    }

    static int[] cellsDown(PoolingShape s, boolean countPadding) {
        int height = s.height();
        return cells(height, s.kernelHeight(), s.strideHeight(), s.paddingHeight(), countPadding, s.outputHeight());
    }

    static int[] cellsAcross(PoolingShape s, boolean countPadding) {
        return cells(s.width(), s.kernelWidth(), s.strideWidth(), s.paddingWidth(), countPadding, s.outputWidth());
    }

    /** Cells that the divisor counts along an axis of n pixels, for each window. */
    private static int[] cells(int n, int kernel, int stride, int padding, boolean countPadding, int windows) {
        int[] cells = new int[windows];
        for (int i = 0; i < windows; i++) {
            int begin = i * stride - padding;
            int end = Math.min(begin + kernel, n + (countPadding ? padding : 0));
            cells[i] = end - (countPadding ? begin : Math.max(0, begin));
        }
        return cells;
    }
}
