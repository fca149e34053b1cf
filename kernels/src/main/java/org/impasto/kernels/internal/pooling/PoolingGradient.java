package org.impasto.kernels.internal.pooling;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.Workers;

/** Gradients of poolings of blocked feature maps; lanes above the last channel stay zero. */
public final class PoolingGradient {
    private static final int BLOCK = BlockedLayout.BLOCK;

    private PoolingGradient() {}

    /**
     * The gradient of a max pooling: that of a window goes to its first largest cell, or to its first that is not a number.
     *
     * @param input the pooling's input
     * @param gradient the gradient of its output
     * @param output receives the gradient of the input
     */
    public static void max(PoolingShape s, float[] input, float[] gradient, float[] output, Workers workers, Run run) {
        check(s, gradient, output);
        boolean twoByTwo = s.kernelHeight() == 2
                && s.kernelWidth() == 2
                && s.strideHeight() == 2
                && s.strideWidth() == 2
                && s.paddingHeight() == 0
                && s.paddingWidth() == 0
                && s.dilationHeight() == 1
                && s.dilationWidth() == 1;
        int planes = s.batch() * BlockedLayout.blocks(s.channels());
        int plane = s.height() * s.width() * BLOCK;
        if (!twoByTwo) {
            workers.run(planes, run, (index, worker) -> {
                Arrays.fill(output, index * plane, (index + 1) * plane, 0f);
                for (int row = 0; row < s.outputHeight(); row++) {
                    for (int column = 0; column < s.outputWidth(); column++) {
                        window(s, index, row, column, input, gradient, output);
                    }
                }
            });
            return;
        }
        int whole = s.width() / 2; // windows of a row that lie wholly inside the picture
        int bands = (s.height() + 1) / 2;
        workers.run(Math.multiplyExact(planes, bands), run, (index, worker) -> {
            int row = index % bands;
            int upper = index / bands * plane + 2 * row * s.width() * BLOCK;
            int lower = upper + s.width() * BLOCK;
            if (2 * row + 1 < s.height()) {
                int from = (index / bands * s.outputHeight() + row) * s.outputWidth() * BLOCK;
                RowKernels.chosen().gradientOfFour(input, upper, lower, gradient, from, whole, output);
                Arrays.fill(output, upper + 2 * whole * BLOCK, lower, 0f);
                Arrays.fill(output, lower + 2 * whole * BLOCK, lower + s.width() * BLOCK, 0f);
                for (int column = whole; column < s.outputWidth(); column++) {
                    window(s, index / bands, row, column, input, gradient, output);
                }
            } else {
                Arrays.fill(output, upper, lower, 0f);
                for (int column = 0; row < s.outputHeight() && column < s.outputWidth(); column++) {
                    window(s, index / bands, row, column, input, gradient, output);
                }
            }
        });
    }

    private static void window(
            PoolingShape s, int plane, int row, int column, float[] input, float[] gradient, float[] output) {
        int source = plane * s.height() * s.width();
        int from = ((plane * s.outputHeight() + row) * s.outputWidth() + column) * BLOCK;
        for (int lane = 0; lane < BLOCK; lane++) {
            int winner = -1;
            float best = 0;
            for (int i = 0; i < s.kernelHeight(); i++) {
                int y = row * s.strideHeight() - s.paddingHeight() + i * s.dilationHeight();
                for (int j = 0; j < s.kernelWidth(); j++) {
                    int x = column * s.strideWidth() - s.paddingWidth() + j * s.dilationWidth();
                    if (y < 0 || y >= s.height() || x < 0 || x >= s.width()) {
                        continue;
                    }
                    int at = (source + y * s.width() + x) * BLOCK + lane;
                    float value = input[at];
                    if (winner < 0 || value > best || Float.isNaN(value) && !Float.isNaN(best)) {
                        winner = at;
                        best = value;
                    }
                }
            }
            if (winner >= 0) {
                output[winner] += gradient[from + lane];
            }
        }
    }

    /**
     * The gradient of an average pooling: that of a window is shared by its cells.
     *
     * @param countPadding as in {@link Pooling#average}
     */
    public static void average(
            PoolingShape s, boolean countPadding, float[] gradient, float[] output, Workers workers, Run run) {
        check(s, gradient, output);
        int[] down = Pooling.cellsDown(s, countPadding);
        int[] across = Pooling.cellsAcross(s, countPadding);
        int planes = s.batch() * BlockedLayout.blocks(s.channels());
        int plane = s.height() * s.width() * BLOCK;
        int outWidth = s.outputWidth();
        workers.run(planes, run, (index, worker) -> {
            Arrays.fill(output, index * plane, (index + 1) * plane, 0f);
            float[] shares = new float[outWidth * BLOCK];
            float[] cells = new float[outWidth];
            for (int row = 0; row < s.outputHeight(); row++) {
                int from = (index * s.outputHeight() + row) * outWidth * BLOCK;
                System.arraycopy(gradient, from, shares, 0, shares.length);
                for (int column = 0; column < outWidth; column++) {
                    cells[column] = down[row] * across[column];
                }
                RowKernels.chosen().divide(shares, 0, outWidth, cells);
                Pooling.taps(
                        s,
                        row,
                        (y, x, first, count) -> RowKernels.chosen()
                                .spread(
                                        shares,
                                        first * BLOCK,
                                        count,
                                        output,
                                        index * plane + (y * s.width() + x) * BLOCK,
                                        s.strideWidth() * BLOCK));
            }
        });
    }

    private static void check(PoolingShape shape, float[] gradient, float[] output) {
        if (output.length < shape.inputSize() || gradient.length < shape.outputSize()) {
            throw new ShapeException("arrays of a pooling's gradient hold " + gradient.length + " and " + output.length
                    + " numbers, expected " + shape.outputSize() + " and " + shape.inputSize() + " for " + shape);
        }
    }
}
