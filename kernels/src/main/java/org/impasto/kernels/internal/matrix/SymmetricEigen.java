package org.impasto.kernels.internal.matrix;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.impasto.core.BackendException;
import org.impasto.core.Run;

/**
 * Eigenvalues and eigenvectors of symmetric float64 matrices: Householder's reduction to tridiagonal form, then the QL
 * iteration with implicit shifts (Golub and Van Loan, Matrix Computations, chapter 8).
 *
 * <p>Errors are of the order of the rounding error times the largest eigenvalue. All inner loops run along rows, each an
 * array of its own, which the compiler vectorises without the Vector API.
 */
public final class SymmetricEigen {
    private static final double ROUNDING = Math.ulp(1.0);
    private static final double NEGLIGIBLE = 0x1p-60; // of the largest entry
    private static final int MOST_ITERATIONS = 60; // for one eigenvalue; two or three are usual

    private final int size;
    private final double[][] matrix;
    private final double[] diagonal;
    private final double[] beside;

    private SymmetricEigen(int size) {
        this.size = size;
        matrix = new double[size][size];
        diagonal = new double[size];
        beside = new double[size];
    }

    /**
     * Decomposes A = V diag(values) V^T.
     *
     * @param n rows and columns of A
     * @param a A, row-major, of which the lower triangle is read
     * @param values receives the n eigenvalues, ascending
     * @param vectors receives V, row-major: column j is the unit eigenvector of value j, its largest entry positive
     * @throws BackendException if A holds a number that is not finite
     */
    public static void decompose(
            int n,
            double[] a,
            int aOffset,
            double[] values,
            int valuesOffset,
            double[] vectors,
            int vectorsOffset,
            Run run) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double entry = a[aOffset + i * n + j];
                if (!Double.isFinite(entry)) {
                    throw new BackendException("eigenvalues of a " + n + "x" + n + " matrix: entry " + i + "," + j
                            + " is " + entry + ", expected finite numbers; look for what made it");
                }
                largest = Math.max(largest, Math.abs(entry));
            }
        }
        int exponent = largest == 0 ? 0 : Math.getExponent(Math.max(largest, Double.MIN_NORMAL));
        SymmetricEigen work = new SymmetricEigen(n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double entry = Math.scalb(a[aOffset + i * n + j], -exponent); // no square overflows or vanishes
                work.matrix[i][j] = entry;
                work.matrix[j][i] = entry;
            }
        }
        double[][] columns = work.solve(run);
        Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(i -> work.diagonal[i]));
        for (int j = 0; j < n; j++) {
            values[valuesOffset + j] = Math.scalb(work.diagonal[order[j]], exponent);
            double[] column = columns[order[j]];
            double sign = signOfLargest(column);
            for (int i = 0; i < n; i++) {
                vectors[vectorsOffset + i * n + j] = sign * column[i];
            }
        }
    }

    private static double signOfLargest(double[] column) {
        int at = 0;
        for (int i = 1; i < column.length; i++) {
            if (Math.abs(column[i]) > Math.abs(column[at])) {
                at = i;
            }
        }
        return column[at] < 0 ? -1 : 1;
    }

    /** Leaves the eigenvalues in the diagonal and returns the eigenvectors, one an array. */
    private double[][] solve(Run run) {
        double[][] reflections = tridiagonalise(run);
        double[][] vectors = transposed(product(reflections, run));
        iterate(vectors, run);
        return vectors;
    }

    /** Reduces the matrix to diagonal and neighbours; returns the unit vectors of the reflections, null where none. */
    @SuppressWarnings("NullAway")
    private double[][] tridiagonalise(Run run) {
        double[][] reflections = new double[Math.max(0, size - 2)][];
        double[] w = new double[size];
        for (int k = 0; k < size - 2; k++) {
            run.throwIfCancelled();
            double[] row = matrix[k];
            double scale = 0;
            for (int j = k + 2; j < size; j++) {
                scale = Math.max(scale, Math.abs(row[j]));
            }
            if (scale == 0) {
                beside[k] = row[k + 1];
                continue;
            }
            scale = Math.max(scale, Math.abs(row[k + 1]));
            double[] v = new double[size];
            double squares = 0;
            for (int j = k + 1; j < size; j++) {
                v[j] = row[j] / scale;
                squares += v[j] * v[j];
            }
            double length = Math.copySign(Math.sqrt(squares), v[k + 1]);
            beside[k] = -length * scale;
            // |v + length e|^2 without cancellation, as both have one sign
            double norm = Math.sqrt(2 * (squares + length * v[k + 1]));
            v[k + 1] += length;
            for (int j = k + 1; j < size; j++) {
                v[j] /= norm;
            }
            reflect(k + 1, v, w);
            reflections[k] = v;
        }
        if (size > 1) {
            beside[size - 2] = matrix[size - 2][size - 1];
        }
        for (int k = 0; k < size; k++) {
            diagonal[k] = matrix[k][k];
        }
        return reflections;
    }

    /** Applies {@code I - 2 v v^T} from both sides to the rows and columns from {@code first} on. */
    private void reflect(int first, double[] v, double[] w) {
        Arrays.fill(w, 0);
        for (int i = first; i < size; i++) {
            addScaled(first, size, v[i], matrix[i], w);
        }
        double product = 0;
        for (int i = first; i < size; i++) {
            product += v[i] * w[i];
        }
        for (int i = first; i < size; i++) {
            w[i] = 2 * (w[i] - product * v[i]);
        }
        for (int i = first; i < size; i++) {
            subtractTwo(first, size, v[i], w, w[i], v, matrix[i]);
        }
    }

    /** The product of the reflections, row by row. */
    private double[][] product(double[][] reflections, Run run) {
        double[][] q = new double[size][size];
        for (int i = 0; i < size; i++) {
            q[i][i] = 1;
        }
        double[] w = new double[size];
        for (int k = size - 3; k >= 0; k--) {
            double[] v = reflections[k];
            if (v == null) {
                continue;
            }
            run.throwIfCancelled();
            Arrays.fill(w, 0);
            for (int i = k + 1; i < size; i++) {
                addScaled(k + 1, size, v[i], q[i], w);
            }
            for (int i = k + 1; i < size; i++) {
                addScaled(k + 1, size, -2 * v[i], w, q[i]);
            }
        }
        return q;
    }

    private void iterate(double[][] vectors, Run run) {
        double[] d = diagonal;
        double[] e = beside;
        double largest = 0;
        for (int i = 0; i < size; i++) {
            largest = Math.max(largest, Math.abs(d[i]) + Math.abs(e[i]));
        }
        for (int l = 0; l < size; l++) {
            run.throwIfCancelled();
            for (int iteration = 0; ; iteration++) {
                int m = l;
                while (m < size - 1
                        && Math.abs(e[m]) > ROUNDING * (Math.abs(d[m]) + Math.abs(d[m + 1])) + NEGLIGIBLE * largest) {
                    m++;
                }
                if (m == l) {
                    break;
                }
                if (iteration == MOST_ITERATIONS) {
                    throw new BackendException("eigenvalues of a " + size + "x" + size + " matrix: value " + l
                            + " not found in " + MOST_ITERATIONS + " iterations");
                }
                sweep(l, m, vectors);
            }
        }
    }

    /** One implicit QL step on the unreduced part from l to m. */
    private void sweep(int l, int m, double[][] vectors) {
        double[] d = diagonal;
        double[] e = beside;
        double g = (d[l + 1] - d[l]) / (2 * e[l]);
        g = d[m] - d[l] + e[l] / (g + Math.copySign(Math.hypot(g, 1), g));
        double s = 1;
        double c = 1;
        double p = 0;
        for (int i = m - 1; i >= l; i--) {
            double f = s * e[i];
            double b = c * e[i];
            double r = Math.hypot(f, g);
            e[i + 1] = r;
            if (r == 0) { // the part splits here
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }
            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            rotate(size, c, s, vectors[i], vectors[i + 1]);
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    private static void rotate(int length, double c, double s, double[] x, double[] y) {
        for (int k = 0; k < length; k++) {
            double before = x[k];
            double other = y[k];
            x[k] = c * before - s * other;
            y[k] = s * before + c * other;
        }
    }

    private static void addScaled(int from, int to, double factor, double[] x, double[] y) {
        for (int j = from; j < to; j++) {
            y[j] += factor * x[j];
        }
    }

    private static void subtractTwo(int from, int to, double a, double[] x, double b, double[] y, double[] z) {
        for (int j = from; j < to; j++) {
            z[j] -= a * x[j] + b * y[j];
        }
    }

    private static double[][] transposed(double[][] q) {
        int n = q.length;
        double[][] t = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                t[j][i] = q[i][j];
            }
        }
        return t;
    }
}
