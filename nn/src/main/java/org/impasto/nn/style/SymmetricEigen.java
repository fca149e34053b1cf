package org.impasto.nn.style;

import java.util.function.DoubleUnaryOperator;

/**
 * Eigenvalues and eigenvectors of a symmetric 3x3 matrix by Jacobi's rotations (Golub and Van Loan, Matrix
 * Computations, section 8.5).
 *
 * @param values the three eigenvalues, in no order
 * @param vectors the eigenvectors as columns
 */
record SymmetricEigen(double[] values, double[][] vectors) {
    /** Jacobi's method converges quadratically; 3x3 matrices need about 6 sweeps. */
    private static final int SWEEPS = 40;

    static SymmetricEigen of(double[][] matrix) {
        double[][] a = {matrix[0].clone(), matrix[1].clone(), matrix[2].clone()};
        double[][] v = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        for (int sweep = 0; sweep < SWEEPS && !isDiagonal(a); sweep++) {
            rotate(a, v, 0, 1);
            rotate(a, v, 0, 2);
            rotate(a, v, 1, 2);
        }
        return new SymmetricEigen(new double[] {a[0][0], a[1][1], a[2][2]}, v);
    }

    /** The matrix with the same eigenvectors and {@code function} of each eigenvalue. */
    double[][] map(DoubleUnaryOperator function) {
        double[][] result = new double[3][3];
        for (int k = 0; k < 3; k++) {
            double value = function.applyAsDouble(values[k]);
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    result[i][j] += value * vectors[i][k] * vectors[j][k];
                }
            }
        }
        return result;
    }

    private static boolean isDiagonal(double[][] a) {
        double off = Math.abs(a[0][1]) + Math.abs(a[0][2]) + Math.abs(a[1][2]);
        double diagonal = Math.abs(a[0][0]) + Math.abs(a[1][1]) + Math.abs(a[2][2]);
        return off <= 1e-30 * diagonal;
    }

    private static void rotate(double[][] a, double[][] v, int p, int q) {
        if (a[p][q] == 0) {
            return;
        }
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        // hypot, since theta's square can overflow where the element is nearly zero
        double tangent = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
        double cosine = 1 / Math.hypot(tangent, 1);
        double sine = tangent * cosine;
        for (int k = 0; k < 3; k++) {
            double x = a[k][p];
            double y = a[k][q];
            a[k][p] = cosine * x - sine * y;
            a[k][q] = sine * x + cosine * y;
        }
        for (int k = 0; k < 3; k++) {
            double x = a[p][k];
            double y = a[q][k];
            a[p][k] = cosine * x - sine * y;
            a[q][k] = sine * x + cosine * y;
        }
        for (int k = 0; k < 3; k++) {
            double x = v[k][p];
            double y = v[k][q];
            v[k][p] = cosine * x - sine * y;
            v[k][q] = sine * x + cosine * y;
        }
        a[p][q] = 0;
        a[q][p] = 0;
    }
}
