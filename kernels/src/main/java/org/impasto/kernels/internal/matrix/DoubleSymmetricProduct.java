package org.impasto.kernels.internal.matrix;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * The symmetric product {@code S = X X^T} of few long rows, summed in double within chunks of a row and in float64 from
 * chunk to chunk, in an order that depends on the shape alone.
 *
 * <p>Only products on or above the diagonal are computed. With few rows, threads share out the places and add their sums
 * in the end; with many, they share out the tiles of S.
 */
final class DoubleSymmetricProduct {
    private static final int CHUNK = DoubleRowProducts.CHUNK;
    private static final int STRIDE = DoubleRowProducts.STRIDE;
    private static final int FEW_ROWS = 96;
    private static final int MOST_PARTS = 64; // sums of the same tile, each in its own matrix
    private static final int CHUNKS_PER_PART = 4;
    private static final int BLOCK = 32; // rows of a tile that a thread takes
    private static final int PACKED = 1 << 20; // numbers that are copied at once

    private final DoubleRowProducts kernel;

    DoubleSymmetricProduct(boolean vector) {
        kernel = vector ? new VectorDoubleRowProducts() : new PlainDoubleRowProducts();
    }

    /**
     * Computes the sums.
     *
     * @return a matrix of {@code rowsRoundedUp(rows)} squared; the entries on and above the diagonal are valid
     */
    double[] compute(int rows, int length, DoubleRowSource source, Workers workers, Run run) {
        int padded = rowsRoundedUp(rows);
        double[] sums = new double[Math.multiplyExact(padded, padded)];
        if (rows == 0 || length == 0) {
            return sums;
        }
        if (rows <= FEW_ROWS) {
            sharePlaces(rows, length, source, sums, workers, run);
        } else {
            shareTiles(rows, length, source, sums, workers, run);
        }
        return sums;
    }

    /** Rows of the matrix of sums. */
    static int rowsRoundedUp(int rows) {
        return (rows + 3) / 4 * 4;
    }

    private void sharePlaces(int rows, int length, DoubleRowSource source, double[] sums, Workers workers, Run run) {
        int padded = rowsRoundedUp(rows);
        int chunks = ceiling(length, CHUNK);
        int parts = Math.min(MOST_PARTS, ceiling(chunks, CHUNKS_PER_PART));
        double[][] partial = new double[parts][];
        double[][] scratch = new double[workers.count()][];
        workers.run(parts, run, (part, worker) -> {
            if (scratch[worker] == null) {
                scratch[worker] = new double[padded * STRIDE];
            }
            double[] packed = scratch[worker];
            double[] own = new double[padded * padded];
            int end = (int) ((long) chunks * (part + 1) / parts);
            for (int chunk = (int) ((long) chunks * part / parts); chunk < end; chunk++) {
                int from = chunk * CHUNK;
                int count = Math.min(CHUNK, length - from);
                for (int row = 0; row < rows; row += 16) {
                    copy(source, row, Math.min(16, rows - row), from, count, packed, row * STRIDE);
                }
                kernel.add(0, padded, 0, padded, (count + 15) / 16 * 16, packed, 0, own, padded);
            }
            partial[part] = own;
        });
        for (double[] own : partial) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += own[i];
            }
        }
    }

    private void shareTiles(int rows, int length, DoubleRowSource source, double[] sums, Workers workers, Run run) {
        int padded = rowsRoundedUp(rows);
        int chunks = ceiling(length, CHUNK);
        int chunkSize = Math.multiplyExact(padded, STRIDE);
        int atOnce = Math.min(chunks, Math.max(1, PACKED / chunkSize));
        double[] packed = new double[Math.multiplyExact(atOnce, chunkSize)];
        int groups = ceiling(rows, 16);
        int blocks = ceiling(padded, BLOCK);
        int[] tiles = new int[blocks * (blocks + 1) / 2];
        int tile = 0;
        for (int column = blocks - 1; column >= 0; column--) {
            for (int row = 0; row <= column; row++) { // those on the diagonal, half as long, last of each column
                tiles[tile++] = row * blocks + column;
            }
        }
        for (int first = 0; first < chunks; first += atOnce) {
            int begin = first;
            int count = Math.min(atOnce, chunks - first);
            workers.run(count * groups, run, (piece, worker) -> {
                int chunk = piece / groups;
                int row = piece % groups * 16;
                int from = (begin + chunk) * CHUNK;
                copy(
                        source,
                        row,
                        Math.min(16, rows - row),
                        from,
                        Math.min(CHUNK, length - from),
                        packed,
                        chunk * chunkSize + row * STRIDE);
            });
            workers.run(tiles.length, run, (piece, worker) -> {
                int row = tiles[piece] / blocks * BLOCK;
                int column = tiles[piece] % blocks * BLOCK;
                for (int chunk = 0; chunk < count; chunk++) {
                    int places = Math.min(CHUNK, length - (begin + chunk) * CHUNK);
                    kernel.add(
                            row,
                            Math.min(padded, row + BLOCK),
                            column,
                            Math.min(padded, column + BLOCK),
                            (places + 15) / 16 * 16,
                            packed,
                            chunk * chunkSize,
                            sums,
                            padded);
                }
            });
        }
    }

    private static void copy(
            DoubleRowSource source, int row, int rows, int from, int count, double[] packed, int offset) {
        source.copy(row, rows, from, count, packed, offset, STRIDE);
        int filled = (count + 15) / 16 * 16;
        for (int r = 0; r < rows; r++) {
            Arrays.fill(packed, offset + r * STRIDE + count, offset + r * STRIDE + filled, 0);
        }
    }

    private static int ceiling(int size, int step) {
        return (size + step - 1) / step;
    }
}
