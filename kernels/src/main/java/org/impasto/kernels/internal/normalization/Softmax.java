package org.impasto.kernels.internal.normalization;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.statistics.FloatRuns;

/**
 * Softmax and its logarithm along lines of float32 numbers, next to each other or the same distance apart. Each line, or
 * strip of neighbouring lines, stays in the cache from its maximum to its result, so memory is read once and written
 * once.
 */
public final class Softmax {
    private static final int NUMBERS_PER_PIECE = 1 << 15;
    private static final int NUMBERS_OF_STRIP = 1 << 15; // of neighbouring lines that go through together
    private static final int LEAST_STRIP = 64;
    private static final int MOST_STRIP = 1024;
    private static final int ROWS = 64; // terms of a sum that are added in float32

    private final FloatRuns runs;
    private final NormalizationRuns normalizations;

    /** Softmax with vector or with plain inner loops. */
    public Softmax(boolean vector) {
        runs = FloatRuns.of(vector);
        normalizations = NormalizationRuns.of(vector);
    }

    /** {@code y = exp(x) / sum(exp(x))}, or the logarithm of it, along each line. */
    public void apply(Lines lines, boolean logarithm, float[] x, float[] y, Workers workers, Run run) {
        int length = lines.length();
        if (lines.inner() == 1) {
            int perPiece = Math.max(1, NUMBERS_PER_PIECE / Math.max(1, length));
            workers.run(ceiling(lines.outer(), perPiece), run, (piece, worker) -> {
                int first = piece * perPiece;
                int rows = Math.min(perPiece, lines.outer() - first);
                ofRows(rows, length, logarithm, x, first * length, y, first * length);
            });
            return;
        }
        int wide = Math.max(LEAST_STRIP, Math.min(MOST_STRIP, NUMBERS_OF_STRIP / Math.max(1, length)));
        int strip = Math.min(wide, lines.inner());
        int across = ceiling(lines.inner(), Math.max(1, strip));
        int tasks = Math.multiplyExact(lines.outer(), across);
        int perPiece = Math.max(1, NUMBERS_PER_PIECE / Math.max(1, strip * length));
        workers.run(ceiling(tasks, perPiece), run, (piece, worker) -> {
            int end = Math.min(tasks, (piece + 1) * perPiece);
            for (int task = piece * perPiece; task < end; task++) {
                int first = task % across * strip;
                int from = task / across * length * lines.inner() + first;
                ofStrip(Math.min(strip, lines.inner() - first), lines, logarithm, x, y, from);
            }
        });
    }

    /** The softmax of rows of neighbouring numbers; x and y may be one array at one place. */
    void ofRows(int rows, int length, boolean logarithm, float[] x, int xOffset, float[] y, int yOffset) {
        double[] sumAndLargest = new double[2];
        float most = normalizations.largest(length, x, xOffset);
        for (int row = 0; row < rows; row++) {
            int from = xOffset + row * length;
            int to = yOffset + row * length;
            int ahead = row + 1 < rows ? length : 0; // to the next row, whose largest number is wanted then
            double sum = 0;
            float largest = Float.NEGATIVE_INFINITY;
            for (int done = 0; done < length; done += NormalizationRuns.CHUNK) {
                int count = Math.min(NormalizationRuns.CHUNK, length - done);
                normalizations.exponentials(count, x, from + done, most, ahead, y, to + done, sumAndLargest);
                sum += sumAndLargest[0];
                largest = Math.max(largest, (float) sumAndLargest[1]);
            }
            if (logarithm) {
                runs.affine(length, x, from, most, 1, (float) -StrictMath.log(sum), y, to);
            } else {
                runs.affine(length, y, to, 0, (float) (1 / sum), 0, y, to);
            }
            most = largest;
        }
    }

    /** The strip is gathered: its rows may lie a power of two apart, where a cache has room for few of them. */
    private void ofStrip(int count, Lines lines, boolean logarithm, float[] x, float[] y, int from) {
        int length = lines.length();
        float[] most = new float[count];
        Arrays.fill(most, Float.NEGATIVE_INFINITY);
        float[] strip = ScratchArrays.take(Math.multiplyExact(length, count));
        for (int row = 0; row < length; row++) {
            System.arraycopy(x, from + row * lines.inner(), strip, row * count, count);
            normalizations.maxima(count, strip, row * count, most);
        }
        double[] totals = new double[count];
        float[] sums = new float[count];
        float[] exponentials = logarithm ? new float[count] : strip;
        for (int row = 0; row < length; row++) {
            int to = logarithm ? 0 : row * count;
            normalizations.exponentials(count, strip, row * count, most, exponentials, to, sums);
            if (row % ROWS == ROWS - 1 || row == length - 1) {
                for (int i = 0; i < count; i++) {
                    totals[i] += sums[i];
                    sums[i] = 0;
                }
            }
        }
        float[] scales = new float[count];
        float[] shifts = new float[count];
        for (int i = 0; i < count; i++) {
            scales[i] = logarithm ? 1 : (float) (1 / totals[i]);
            shifts[i] = logarithm ? (float) -StrictMath.log(totals[i]) : 0;
        }
        float[] centres = logarithm ? most : sums; // which are zeros again
        for (int row = 0; row < length; row++) {
            normalizations.affine(count, strip, row * count, centres, scales, shifts, y, from + row * lines.inner());
        }
        ScratchArrays.give(strip);
    }

    /**
     * {@code z = y * (g - sum(g * y))} of the softmax y, or {@code z = g - exp(y) * sum(g)} of its logarithm, along lines
     * of neighbouring numbers.
     */
    public void gradient(
            int rows, int length, boolean logarithm, float[] y, float[] g, float[] z, Workers workers, Run run) {
        int perPiece = Math.max(1, NUMBERS_PER_PIECE / Math.max(1, length));
        workers.run(ceiling(rows, perPiece), run, (piece, worker) -> {
            int end = Math.min(rows, (piece + 1) * perPiece);
            for (int row = piece * perPiece; row < end; row++) {
                gradientOfRow(length, logarithm, y, row * length, g, row * length, z, row * length);
            }
        });
    }

    /** The gradient of one run of numbers; z may be g or y at the same place if it is no logarithm. */
    void gradientOfRow(
            int length, boolean logarithm, float[] y, int yOffset, float[] g, int gOffset, float[] z, int zOffset) {
        double sum = logarithm ? runs.sum(length, g, gOffset) : 0;
        double[] unused = new double[2];
        for (int done = 0; done < length; done += NormalizationRuns.CHUNK) {
            int count = Math.min(NormalizationRuns.CHUNK, length - done);
            if (logarithm) {
                normalizations.exponentials(count, y, yOffset + done, 0, 0, z, zOffset + done, unused);
            } else {
                sum += normalizations.product(count, g, gOffset + done, y, yOffset + done);
            }
        }
        if (logarithm) {
            normalizations.logSoftmaxGradient(length, g, gOffset, (float) sum, z, zOffset);
        } else {
            normalizations.softmaxGradient(length, y, yOffset, g, gOffset, (float) sum, z, zOffset);
        }
    }

    private static int ceiling(int size, int step) {
        return (int) (((long) size + step - 1) / step);
    }
}
