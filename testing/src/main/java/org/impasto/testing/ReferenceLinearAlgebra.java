package org.impasto.testing;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.impasto.core.LinearAlgebra;
import org.impasto.core.Shape;

/** Matrix products, Gram matrices, and eigenvalues by Jacobi's rotations. */
final class ReferenceLinearAlgebra {
    private static final int SWEEPS = 100;

    private ReferenceLinearAlgebra() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(LinearAlgebra.MatrixProduct.class, ReferenceLinearAlgebra::product);
        registry.put(LinearAlgebra.Gram.class, ReferenceLinearAlgebra::gram);
        registry.put(LinearAlgebra.SymmetricEigen.class, ReferenceLinearAlgebra::eigen);
    }

    private static void product(LinearAlgebra.MatrixProduct operation, List<Values> in, List<Values> out) {
        Values left = in.get(0);
        Values right = in.get(1);
        Values y = out.get(0);
        int rows = y.size(-2);
        int columns = y.size(-1);
        int inner = left.size(operation.transposeLeft() ? -2 : -1);
        Shape batch = batch(y.shape());
        int[] fromLeft = ReferenceElementwise.broadcast(batch(left.shape()), batch);
        int[] fromRight = ReferenceElementwise.broadcast(batch(right.shape()), batch);
        for (int b = 0; b < fromLeft.length; b++) {
            int leftStart = fromLeft[b] * rows * inner;
            int rightStart = fromRight[b] * inner * columns;
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    double sum = 0;
                    for (int k = 0; k < inner; k++) {
                        double l = left.doubles[leftStart + (operation.transposeLeft() ? k * rows + i : i * inner + k)];
                        double r = right.doubles[
                                rightStart + (operation.transposeRight() ? j * inner + k : k * columns + j)];
                        sum += l * r;
                    }
                    y.doubles[(b * rows + i) * columns + j] = sum;
                }
            }
        }
    }

    private static Shape batch(Shape shape) {
        return Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
    }

    private static void gram(LinearAlgebra.Gram operation, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        int channels = x.size(1);
        int pixels = x.size(2) * x.size(3);
        int to = 0;
        for (int n = 0; n < x.size(0); n++) {
            for (int i = 0; i < channels; i++) {
                for (int j = 0; j < channels; j++) {
                    double sum = 0;
                    for (int p = 0; p < pixels; p++) {
                        sum += x.doubles[(n * channels + i) * pixels + p] * x.doubles[(n * channels + j) * pixels + p];
                    }
                    out.get(0).doubles[to++] = sum / pixels;
                }
            }
        }
    }

    private static void eigen(LinearAlgebra.SymmetricEigen operation, List<Values> in, List<Values> out) {
        int n = in.get(0).size(0);
        double[][] a = new double[n][n];
        double[][] v = new double[n][n];
        for (int i = 0; i < n; i++) {
            v[i][i] = 1;
            for (int j = 0; j <= i; j++) {
                a[i][j] = in.get(0).doubles[i * n + j];
                a[j][i] = a[i][j];
            }
        }
        boolean rotated = true;
        for (int sweep = 0; rotated && sweep < SWEEPS; sweep++) {
            rotated = false;
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    // What is too small to change either diagonal element is left alone.
                    if (Math.abs(a[p][q]) > 1e-18 * (Math.abs(a[p][p]) + Math.abs(a[q][q]))) {
                        rotate(a, v, p, q);
                        rotated = true;
                    }
                }
            }
        }
        Integer[] order = new Integer[n];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> a[i][i]));
        for (int column = 0; column < n; column++) {
            out.get(0).doubles[column] = a[order[column]][order[column]];
            for (int row = 0; row < n; row++) {
                out.get(1).doubles[row * n + column] = v[row][order[column]];
            }
        }
    }

    /** Makes the element (p, q) zero (Golub and Van Loan, Matrix Computations, section 8.5). */
    private static void rotate(double[][] a, double[][] v, int p, int q) {
        double tau = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double t = Math.copySign(1, tau) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
        double c = 1 / Math.sqrt(1 + t * t);
        double s = t * c;
        for (int k = 0; k < a.length; k++) {
            double akp = a[k][p];
            double akq = a[k][q];
            a[k][p] = c * akp - s * akq;
            a[k][q] = s * akp + c * akq;
            double vkp = v[k][p];
            double vkq = v[k][q];
            v[k][p] = c * vkp - s * vkq;
            v[k][q] = s * vkp + c * vkq;
        }
        for (int k = 0; k < a.length; k++) {
            double apk = a[p][k];
            double aqk = a[q][k];
            a[p][k] = c * apk - s * aqk;
            a[q][k] = s * apk + c * aqk;
        }
        a[p][q] = 0;
        a[q][p] = 0;
    }
}
