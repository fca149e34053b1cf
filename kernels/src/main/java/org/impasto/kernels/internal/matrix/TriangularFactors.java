package org.impasto.kernels.internal.matrix;

import java.util.Arrays;
import org.impasto.core.BackendException;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * Cholesky's factors, factors with partial pivoting, and triangular equations, in float64 (Golub and Van Loan, Matrix
 * Computations, chapters 3 and 4).
 *
 * <p>Matrices are row-major. Blocks of {@value #BLOCK} rows and columns are treated by plain loops along rows; what
 * they change beyond the block goes through the matrix product, which holds nearly all of the work.
 */
public final class TriangularFactors {
    private static final int BLOCK = 64;

    private final DoubleMatrices products;

    /** Factors whose products have vector or plain inner loops. */
    public TriangularFactors(boolean vector) {
        products = new DoubleMatrices(vector);
    }

    /** Whether a matrix of n rows is one block, whose factors take one thread. */
    public static boolean isOneBlock(int n) {
        return n <= BLOCK;
    }

    // ---- Cholesky

    /**
     * Replaces a positive definite matrix, of which the lower triangle is read, by L with A = L L^T and zeros above.
     *
     * @throws BackendException if a pivot is not positive
     */
    public void cholesky(int n, double[] a, int offset, Workers workers, Run run) {
        for (int first = 0; first < n; first += BLOCK) {
            run.throwIfCancelled();
            int last = Math.min(n, first + BLOCK);
            for (int i = first; i < n; i++) {
                choleskyRow(n, a, offset, first, Math.min(last, i + 1), i);
            }
            if (last < n) {
                subtractSquare(n, a, offset, first, last, workers, run);
            }
        }
        for (int i = 0; i < n; i++) {
            Arrays.fill(a, offset + i * n + i + 1, offset + (i + 1) * n, 0);
        }
    }

    /** The entries of row i of L in the columns of one block. */
    private static void choleskyRow(int n, double[] a, int offset, int first, int end, int i) {
        int row = offset + i * n;
        for (int j = first; j < end; j++) {
            int other = offset + j * n;
            double sum = a[row + j];
            for (int k = first; k < j; k++) {
                sum -= a[row + k] * a[other + k];
            }
            if (i == j && !(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
                throw new BackendException("Cholesky of a " + n + "x" + n + " matrix: pivot " + i + " is " + sum
                        + ", expected a positive number: the matrix is not positive definite; add to its diagonal");
            }
            a[row + j] = i == j ? Math.sqrt(sum) : sum / a[other + j];
        }
    }

    /** Subtracts the square of a block's columns of L from the triangle behind it. */
    private void subtractSquare(int n, double[] a, int offset, int first, int last, Workers workers, Run run) {
        int rows = n - last;
        int depth = last - first;
        double[] columns = part(n, a, offset, last, n, first, last, 1);
        double[] square = new double[rows * rows];
        products.multiply(
                new MatrixShape(rows, rows, depth, false, true),
                columns,
                0,
                columns,
                0,
                square,
                0,
                false,
                workers,
                run);
        for (int i = 0; i < rows; i++) {
            int to = offset + (last + i) * n + last;
            for (int j = 0; j <= i; j++) {
                a[to + j] -= square[i * rows + j];
            }
        }
    }

    // ---- LU

    /**
     * Replaces a matrix by its factors: L below the diagonal, U at and above it. A column without a pivot stays as it is.
     *
     * @param rows receives for each row of L U the row of A that it is
     * @return the sign of the determinant: -1, 0, 1, or NaN where the matrix holds one
     */
    public double lu(int n, double[] a, int offset, long[] rows, int rowsOffset, Workers workers, Run run) {
        for (int i = 0; i < n; i++) {
            rows[rowsOffset + i] = i;
        }
        double sign = 1;
        for (int first = 0; first < n; first += BLOCK) {
            run.throwIfCancelled();
            int last = Math.min(n, first + BLOCK);
            for (int k = first; k < last; k++) {
                int pivot = pivot(n, a, offset, k);
                if (pivot != k) {
                    swapRows(n, a, offset, k, pivot);
                    long row = rows[rowsOffset + k];
                    rows[rowsOffset + k] = rows[rowsOffset + pivot];
                    rows[rowsOffset + pivot] = row;
                    sign = -sign;
                }
                sign *= Math.signum(a[offset + k * n + k]);
                eliminate(n, a, offset, k, last);
            }
            if (last < n) {
                for (int k = first; k < last; k++) { // the block's rows of U
                    for (int i = k + 1; i < last; i++) {
                        subtractRow(a, offset + i * n, offset + k * n, last, n, a[offset + i * n + k]);
                    }
                }
                subtractProduct(n, a, offset, first, last, workers, run);
            }
        }
        return sign + 0.0; // no negative zero
    }

    private static int pivot(int n, double[] a, int offset, int k) {
        int at = k;
        for (int i = k + 1; i < n; i++) {
            if (Math.abs(a[offset + i * n + k]) > Math.abs(a[offset + at * n + k])) {
                at = i;
            }
        }
        return at;
    }

    private static void swapRows(int n, double[] a, int offset, int i, int j) {
        for (int k = 0; k < n; k++) {
            double value = a[offset + i * n + k];
            a[offset + i * n + k] = a[offset + j * n + k];
            a[offset + j * n + k] = value;
        }
    }

    /** Divides column k by its pivot and takes row k out of the rows below, up to a column. */
    private static void eliminate(int n, double[] a, int offset, int k, int last) {
        double pivot = a[offset + k * n + k];
        if (pivot == 0) {
            return;
        }
        for (int i = k + 1; i < n; i++) {
            double factor = a[offset + i * n + k] / pivot;
            a[offset + i * n + k] = factor;
            subtractRow(a, offset + i * n, offset + k * n, k + 1, last, factor);
        }
    }

    private static void subtractRow(double[] a, int to, int from, int first, int last, double factor) {
        for (int j = first; j < last; j++) {
            a[to + j] -= factor * a[from + j];
        }
    }

    private void subtractProduct(int n, double[] a, int offset, int first, int last, Workers workers, Run run) {
        int rest = n - last;
        int depth = last - first;
        double[] lower = part(n, a, offset, last, n, first, last, 1);
        double[] upper = part(n, a, offset, first, last, last, n, 1);
        double[] product = new double[rest * rest];
        products.multiply(MatrixShape.of(rest, depth, rest), lower, 0, upper, 0, product, 0, false, workers, run);
        for (int i = 0; i < rest; i++) {
            int to = offset + (last + i) * n + last;
            for (int j = 0; j < rest; j++) {
                a[to + j] -= product[i * rest + j];
            }
        }
    }

    // ---- triangular equations

    /**
     * Replaces B, n x columns, by X with op(T) X = B.
     *
     * @param t n x n, of which one triangle is read
     * @param lower whether that is the lower one
     * @param transposed whether op(T) is T^T
     * @param unit whether the diagonal is 1 and is not read
     * @throws BackendException if the diagonal holds a zero
     */
    public void solve(
            int n,
            int columns,
            boolean lower,
            boolean transposed,
            boolean unit,
            double[] t,
            int tOffset,
            double[] b,
            int bOffset,
            Workers workers,
            Run run) {
        for (int i = 0; i < n && !unit; i++) {
            if (t[tOffset + i * n + i] == 0) {
                throw new BackendException("triangular equations of a " + n + "x" + n + " matrix: pivot " + i
                        + " is 0, expected other numbers on the diagonal: the matrix is singular");
            }
        }
        boolean forward = lower != transposed;
        int blocks = (n + BLOCK - 1) / BLOCK;
        for (int step = 0; step < blocks; step++) {
            run.throwIfCancelled();
            int first = (forward ? step : blocks - 1 - step) * BLOCK;
            int last = Math.min(n, first + BLOCK);
            solveBlock(n, columns, forward, transposed, unit, t, tOffset, b, bOffset, first, last);
            int restFirst = forward ? last : 0;
            int restLast = forward ? n : first;
            if (restFirst < restLast) {
                double[] part = transposed
                        ? part(n, t, tOffset, first, last, restFirst, restLast, -1)
                        : part(n, t, tOffset, restFirst, restLast, first, last, -1);
                products.multiply(
                        new MatrixShape(restLast - restFirst, columns, last - first, transposed, false),
                        part,
                        0,
                        b,
                        bOffset + first * columns,
                        b,
                        bOffset + restFirst * columns,
                        true,
                        workers,
                        run);
            }
        }
    }

    private static void solveBlock(
            int n,
            int columns,
            boolean forward,
            boolean transposed,
            boolean unit,
            double[] t,
            int tOffset,
            double[] b,
            int bOffset,
            int first,
            int last) {
        for (int step = 0; step < last - first; step++) {
            int k = forward ? first + step : last - 1 - step;
            int row = bOffset + k * columns;
            if (!unit) {
                double pivot = t[tOffset + k * n + k];
                for (int j = row; j < row + columns; j++) {
                    b[j] /= pivot;
                }
            }
            for (int i = forward ? k + 1 : first; i < (forward ? last : k); i++) {
                double factor = transposed ? t[tOffset + k * n + i] : t[tOffset + i * n + k];
                int to = bOffset + i * columns;
                for (int j = 0; j < columns; j++) {
                    b[to + j] -= factor * b[row + j];
                }
            }
        }
    }

    /** A copy of some rows and columns, times 1 or -1. */
    private static double[] part(
            int n, double[] a, int offset, int firstRow, int lastRow, int firstColumn, int lastColumn, double sign) {
        int columns = lastColumn - firstColumn;
        double[] part = new double[(lastRow - firstRow) * columns];
        for (int i = firstRow; i < lastRow; i++) {
            int from = offset + i * n + firstColumn;
            int to = (i - firstRow) * columns;
            for (int j = 0; j < columns; j++) {
                part[to + j] = sign * a[from + j];
            }
        }
        return part;
    }
}
