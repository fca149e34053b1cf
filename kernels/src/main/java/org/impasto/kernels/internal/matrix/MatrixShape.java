package org.impasto.kernels.internal.matrix;

/**
 * Sizes of one product {@code C = op(A) op(B)} of dense row-major matrices.
 *
 * @param rows rows of C and of op(A)
 * @param columns columns of C and of op(B)
 * @param depth columns of op(A) and rows of op(B)
 * @param transposeA whether A is stored as depth x rows
 * @param transposeB whether B is stored as columns x depth
 */
public record MatrixShape(int rows, int columns, int depth, boolean transposeA, boolean transposeB) {
    /** Checks the sizes. */
    public MatrixShape {
        if (rows < 0 || columns < 0 || depth < 0) {
            throw new IllegalArgumentException("matrix product of " + rows + "x" + depth + " and " + depth + "x"
                    + columns + ": a size is negative");
        }
    }

    /** A product of matrices stored as they stand in the formula. */
    public static MatrixShape of(int rows, int depth, int columns) {
        return new MatrixShape(rows, columns, depth, false, false);
    }

    /** Multiplications in the product. */
    long work() {
        return (long) rows * columns * depth;
    }

    /** The product of the transposed matrices in turned order, whose result is the transpose of this one's. */
    MatrixShape transposed() {
        return new MatrixShape(columns, rows, depth, !transposeB, !transposeA);
    }

    /** Distance in A between neighbouring rows of op(A). */
    int rowStrideA() {
        return transposeA ? 1 : depth;
    }

    /** Distance in A between neighbouring columns of op(A). */
    int depthStrideA() {
        return transposeA ? rows : 1;
    }

    /** Distance in B between neighbouring rows of op(B). */
    int depthStrideB() {
        return transposeB ? 1 : columns;
    }

    /** Distance in B between neighbouring columns of op(B). */
    int columnStrideB() {
        return transposeB ? depth : 1;
    }
}
