package org.impasto.kernels.internal.matrix;

/** Where the rows of a symmetric product come from. */
@FunctionalInterface
interface DoubleRowSource {
    /**
     * Copies a part of at most 16 rows.
     *
     * @param firstRow a multiple of 16
     * @param rows number of rows
     * @param from first place of each row
     * @param count places of each row
     * @param target receives row r from {@code offset + r * stride} on
     */
    void copy(int firstRow, int rows, int from, int count, double[] target, int offset, int stride);
}
