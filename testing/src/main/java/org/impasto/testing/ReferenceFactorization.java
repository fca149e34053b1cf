package org.impasto.testing;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.BackendException;
import org.impasto.core.Factorization;
import org.impasto.core.Shape;

/** Triangular factors and equations as the definitions have them, entry by entry. */
final class ReferenceFactorization {
    private ReferenceFactorization() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Factorization.Cholesky.class, ReferenceFactorization::cholesky);
        registry.put(Factorization.Lu.class, ReferenceFactorization::lu);
        registry.put(Factorization.TriangularSolve.class, ReferenceFactorization::solve);
    }

    private static void cholesky(Factorization.Cholesky operation, List<Values> in, List<Values> out) {
        int n = in.get(0).size(-1);
        double[] a = in.get(0).doubles;
        double[] l = out.get(0).doubles;
        for (int start = 0; start < a.length; start += n * n) {
            for (int j = 0; j < n; j++) {
                double pivot = a[start + j * n + j];
                for (int k = 0; k < j; k++) {
                    pivot -= l[start + j * n + k] * l[start + j * n + k];
                }
                if (!(pivot > 0)) {
                    throw new BackendException(
                            "Cholesky: pivot " + j + " is " + pivot + ", expected a positive number");
                }
                l[start + j * n + j] = Math.sqrt(pivot);
                for (int i = j + 1; i < n; i++) {
                    double sum = a[start + i * n + j];
                    for (int k = 0; k < j; k++) {
                        sum -= l[start + i * n + k] * l[start + j * n + k];
                    }
                    l[start + i * n + j] = sum / l[start + j * n + j];
                }
            }
        }
    }

    private static void lu(Factorization.Lu operation, List<Values> in, List<Values> out) {
        int n = in.get(0).size(-1);
        Arrays.fill(out.get(2).doubles, 1); // the determinant of a matrix without rows
        for (int matrix = 0; matrix < out.get(2).elements(); matrix++) {
            double[][] a = new double[n][];
            Integer[] rows = new Integer[n];
            for (int i = 0; i < n; i++) {
                int from = (matrix * n + i) * n;
                a[i] = Arrays.copyOfRange(in.get(0).doubles, from, from + n);
                rows[i] = i;
            }
            double sign = 1;
            for (int k = 0; k < n; k++) {
                int pivot = k;
                for (int i = k; i < n; i++) {
                    pivot = Math.abs(a[i][k]) > Math.abs(a[pivot][k]) ? i : pivot;
                }
                sign *= (pivot == k ? 1 : -1) * Math.signum(a[pivot][k]);
                swap(a, k, pivot);
                swap(rows, k, pivot);
                for (int i = k + 1; i < n && a[k][k] != 0; i++) {
                    a[i][k] /= a[k][k];
                    for (int j = k + 1; j < n; j++) {
                        a[i][j] -= a[i][k] * a[k][j];
                    }
                }
            }
            out.get(2).doubles[matrix] = sign;
            for (int i = 0; i < n; i++) {
                System.arraycopy(a[i], 0, out.get(0).doubles, (matrix * n + i) * n, n);
                out.get(1).longs[matrix * n + i] = rows[i];
            }
        }
    }

    private static void swap(Object[] values, int i, int j) {
        Object value = values[i];
        values[i] = values[j];
        values[j] = value;
    }

    private static void solve(Factorization.TriangularSolve operation, List<Values> in, List<Values> out) {
        Values t = in.get(0);
        Values x = out.get(0);
        int n = x.size(-2);
        int columns = x.size(-1);
        Shape batch = batch(x.shape());
        int[] fromLeft = ReferenceElementwise.broadcast(batch(t.shape()), batch);
        int[] fromRight = ReferenceElementwise.broadcast(batch(in.get(1).shape()), batch);
        for (int b = 0; b < fromLeft.length; b++) {
            double[][] equations = equations(operation, t.doubles, fromLeft[b] * n * n, n);
            boolean forward = operation.lower() != operation.transposed();
            for (int column = 0; column < columns; column++) {
                for (int step = 0; step < n; step++) {
                    int i = forward ? step : n - 1 - step;
                    double sum = in.get(1).doubles[(fromRight[b] * n + i) * columns + column];
                    for (int k = forward ? 0 : i + 1; k < (forward ? i : n); k++) {
                        sum -= equations[i][k] * x.doubles[(b * n + k) * columns + column];
                    }
                    if (equations[i][i] == 0) {
                        throw new BackendException("triangular equations: pivot " + i + " is 0");
                    }
                    x.doubles[(b * n + i) * columns + column] = sum / equations[i][i];
                }
            }
        }
    }

    /** The matrix op(T) itself. */
    private static double[][] equations(Factorization.TriangularSolve operation, double[] t, int start, int n) {
        double[][] equations = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                boolean read = operation.lower() ? j < i : j > i;
                double value = i == j && operation.unit() ? 1 : read || i == j ? t[start + i * n + j] : 0;
                equations[operation.transposed() ? j : i][operation.transposed() ? i : j] = value;
            }
        }
        return equations;
    }

    private static Shape batch(Shape shape) {
        return Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
    }
}
