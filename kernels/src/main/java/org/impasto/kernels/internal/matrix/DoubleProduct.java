package org.impasto.kernels.internal.matrix;

/**
 * Inner loops of the float64 matrix product, over operands packed by {@link DoublePacking}.
 *
 * <p>Rows of the first operand are packed in groups of {@link #rowGroup()}, columns of the second in panels of
 * {@link #panelWidth()}.
 */
interface DoubleProduct {
    /** Products that are summed in float64 before the sum moves to float64. */
    int DOT_CHUNK = 2048;

    /** Rows that are packed together. */
    int rowGroup();

    /** Columns that are packed together. */
    int panelWidth();

    /**
     * Adds the product of packed rows and of one packed panel to a part of the result.
     *
     * @param rows rows of the result, any number
     * @param columns columns of the result, at most a panel's width
     * @param depth terms of each sum
     */
    void multiplyAdd(
            int rows,
            int columns,
            int depth,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] c,
            int cOffset,
            int cStride);

    /** Scalar product of two runs of numbers. */
    double dot(int length, double[] a, int aOffset, double[] b, int bOffset);

    /** {@code y[j] += sum over rows of x[row] * a[row][j]}. */
    void addScaledRows(
            int rows,
            int columns,
            double[] x,
            int xOffset,
            int xStride,
            double[] a,
            int aOffset,
            int aStride,
            double[] y,
            int yOffset);

    /**
     * Adds products of rows with rows, {@code c[i][j] += sum over k of a[i][k] * b[j][k]}.
     *
     * @param rows rows of a, at least 4
     * @param columns rows of b, at least 2
     */
    void addRowProducts(
            int rows,
            int columns,
            int depth,
            double[] a,
            int aOffset,
            int aStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int cOffset,
            int cStride);
}
