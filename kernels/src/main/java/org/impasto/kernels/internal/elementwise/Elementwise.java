package org.impasto.kernels.internal.elementwise;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * Elementwise functions of contiguous arrays. Results of plain and vector loops are equal bit by bit, for any width and
 * number of threads; only the payload of what is not a number may differ.
 */
public final class Elementwise {
    private static final int MOST_PER_PIECE = 1 << 14;
    private static final int LINE = 16;
    private static final int STANDING = 1024; // copies of a number that is combined with a whole run

    private final FloatLoops loops;

    /** Functions with vector or with plain inner loops. */
    public Elementwise(boolean vector) {
        loops = vector ? new VectorFloatLoops() : new PlainFloatLoops();
    }

    /** {@code y[i] = operation(x[i])} with parameters p and q (see {@link UnaryOperation}); y may be x. */
    public void unary(
            UnaryOperation operation,
            float p,
            float q,
            int length,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset,
            Workers workers,
            Run run) {
        int perPiece = perPiece(length, workers);
        workers.run(pieces(length, perPiece), run, (piece, worker) -> {
            int from = piece * perPiece;
            loops.unary(operation, p, q, Math.min(perPiece, length - from), x, xOffset + from, y, yOffset + from);
        });
    }

    /** {@code y[i] = signs[i] <= 0 ? slope * x[i] : x[i]}; slope 0 gives 0, whatever x is. y may be signs or x. */
    public void gate(float slope, int length, float[] signs, float[] x, float[] y, Workers workers, Run run) {
        int perPiece = perPiece(length, workers);
        workers.run(pieces(length, perPiece), run, (piece, worker) -> {
            int from = piece * perPiece;
            loops.gate(slope, Math.min(perPiece, length - from), signs, from, x, from, y, from);
        });
    }

    /** {@code y[i] = operation(x[i])} in float64. */
    public void unary(
            UnaryOperation operation,
            double p,
            double q,
            int length,
            double[] x,
            int xOffset,
            double[] y,
            int yOffset,
            Workers workers,
            Run run) {
        int perPiece = perPiece(length, workers);
        workers.run(pieces(length, perPiece), run, (piece, worker) -> {
            int from = piece * perPiece;
            DoubleLoops.unary(operation, p, q, Math.min(perPiece, length - from), x, xOffset + from, y, yOffset + from);
        });
    }

    /**
     * {@code y = operation(a, b)} with NumPy's broadcasting.
     *
     * @param shape shape of y
     * @param aShape shape of a: at most as many axes, counted from the last, each equal to y's or 1
     * @param bShape shape of b, likewise
     * @param y may be a or b where that has the shape of y
     */
    public void binary(
            BinaryOperation operation,
            int[] shape,
            float[] a,
            int aOffset,
            int[] aShape,
            float[] b,
            int bOffset,
            int[] bShape,
            float[] y,
            int yOffset,
            Workers workers,
            Run run) {
        Broadcast broadcast = Broadcast.of(shape, aShape, bShape);
        forRuns(broadcast, workers, run, (length, startA, startB, startY) -> {
            float[] left = a;
            float[] right = b;
            int standing = length;
            if (!broadcast.movesA()) {
                standing = Math.min(length, STANDING);
                left = new float[standing];
                Arrays.fill(left, a[aOffset + startA]);
            }
            if (!broadcast.movesB()) {
                standing = Math.min(length, STANDING);
                right = new float[standing];
                Arrays.fill(right, b[bOffset + startB]);
            }
            for (int i = 0; i < length; i += standing) {
                loops.binary(
                        operation,
                        Math.min(standing, length - i),
                        left,
                        broadcast.movesA() ? aOffset + startA + i : 0,
                        right,
                        broadcast.movesB() ? bOffset + startB + i : 0,
                        y,
                        yOffset + startY + i);
            }
        });
    }

    /** {@code y = operation(a, b)} in float64 with NumPy's broadcasting; see the float32 form. */
    public void binary(
            BinaryOperation operation,
            int[] shape,
            double[] a,
            int aOffset,
            int[] aShape,
            double[] b,
            int bOffset,
            int[] bShape,
            double[] y,
            int yOffset,
            Workers workers,
            Run run) {
        Broadcast broadcast = Broadcast.of(shape, aShape, bShape);
        forRuns(broadcast, workers, run, (length, startA, startB, startY) -> {
            double[] left = a;
            double[] right = b;
            int standing = length;
            if (!broadcast.movesA()) {
                standing = Math.min(length, STANDING);
                left = new double[standing];
                Arrays.fill(left, a[aOffset + startA]);
            }
            if (!broadcast.movesB()) {
                standing = Math.min(length, STANDING);
                right = new double[standing];
                Arrays.fill(right, b[bOffset + startB]);
            }
            for (int i = 0; i < length; i += standing) {
                DoubleLoops.binary(
                        operation,
                        Math.min(standing, length - i),
                        left,
                        broadcast.movesA() ? aOffset + startA + i : 0,
                        right,
                        broadcast.movesB() ? bOffset + startB + i : 0,
                        y,
                        yOffset + startY + i);
            }
        });
    }

    @FunctionalInterface
    private interface RunOfNumbers {
        void compute(int length, int startA, int startB, int startY);
    }

    private static void forRuns(Broadcast broadcast, Workers workers, Run run, RunOfNumbers body) {
        if (broadcast.count() == 0) {
            return;
        }
        int inner = broadcast.inner();
        int rows = broadcast.count() / inner;
        int perPiece = perPiece(broadcast.count(), workers);
        int partsOfRow = pieces(inner, perPiece);
        int rowsPerPiece = Math.max(1, perPiece / inner);
        int groups = pieces(rows, rowsPerPiece);
        workers.run(groups * partsOfRow, run, (piece, worker) -> {
            int from = piece % partsOfRow * perPiece;
            int length = Math.min(perPiece, inner - from);
            int first = piece / partsOfRow * rowsPerPiece;
            int end = Math.min(rows, first + rowsPerPiece);
            for (int row = first; row < end; row++) {
                body.compute(
                        length,
                        broadcast.startA(row) + (broadcast.movesA() ? from : 0),
                        broadcast.startB(row) + (broadcast.movesB() ? from : 0),
                        row * inner + from);
            }
        });
    }

    /** Whole lines of a cache, and as much for each thread. */
    private static int perPiece(int length, Workers workers) {
        int pieces = Math.max(1, workers.evenPieces(length, MOST_PER_PIECE));
        return Math.max(1, ((length - 1) / pieces + LINE) / LINE * LINE);
    }

    private static int pieces(int length, int perPiece) {
        return (int) (((long) length + perPiece - 1) / perPiece);
    }
}
