package org.impasto.kernels.internal.matrix;

/**
 * Inner loops of products of rows with rows, {@code sum over k of x[i][k] * x[j][k]} for i up to j, in double over one chunk
 * of the rows and in float64 from chunk to chunk.
 */
interface DoubleRowProducts {
    /** Numbers of each row in a chunk, at most. */
    int CHUNK = 512;

    /** Distance of rows in a chunk; no power of two, so that rows do not fight for the same lines of a cache. */
    int STRIDE = CHUNK + 16;

    /**
     * Adds the products of rows {@code firstRow..endRow} with rows {@code firstColumn..endColumn} where the second is
     * not smaller (and maybe a few more near the diagonal).
     *
     * @param firstRow a multiple of 4, like the next three
     * @param length numbers of each row, rounded up to a multiple of 16 with zeros
     * @param rows chunk of all rows, {@link #STRIDE} apart, from {@code offset} on
     * @param target square matrix of sums
     */
    void add(
            int firstRow,
            int endRow,
            int firstColumn,
            int endColumn,
            int length,
            double[] rows,
            int offset,
            double[] target,
            int targetStride);
}
