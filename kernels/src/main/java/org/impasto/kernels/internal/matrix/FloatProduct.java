package org.impasto.kernels.internal.matrix;

/**
 * Inner loops of the float32 matrix product, over operands packed by {@link FloatPacking}.
 *
 * <p>Rows of the first operand are packed in groups of {@link #rowGroup()}, columns of the second in panels of
 * {@link #panelWidth()}.
 */
interface FloatProduct {
    /** Products that are summed in float32 before the sum moves to float64. */
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
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cStride);

    /** Scalar product of two runs of numbers. */
    double dot(int length, float[] a, int aOffset, float[] b, int bOffset);

    /** {@code y[j] += sum over rows of x[row] * a[row][j]}. */
    void addScaledRows(
            int rows,
            int columns,
            float[] x,
            int xOffset,
            int xStride,
            float[] a,
            int aOffset,
            int aStride,
            float[] y,
            int yOffset);
}
