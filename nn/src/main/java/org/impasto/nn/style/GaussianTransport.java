package org.impasto.nn.style;

/**
 * The Monge-Kantorovich map between two Gaussian distributions of colours: of all maps that carry one into the other,
 * the one that moves colours least in the mean square. It is linear (F. Pitie and A. Kokaram, "The linear
 * Monge-Kantorovitch linear colour mapping for example-based colour transfer", 2007):
 *
 * <pre>
 * T = A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2,  x -&gt; T (x - mean of A) + mean of B
 * </pre>
 *
 * @param matrix T, symmetric and positive definite
 * @param from mean of the distribution that is mapped
 * @param to mean of the distribution that it is mapped to
 */
record GaussianTransport(double[][] matrix, double[] from, double[] to) {

    /**
     * The map from one distribution to another, both seen with independent noise of the given deviation: A and B are
     * the covariances plus noise squared. The noise bounds T where a covariance is (nearly) singular, as in a grey or
     * flat picture, and keeps the map between equal distributions the identity.
     *
     * @param noise a positive deviation, in the units of the distributions
     */
    static GaussianTransport between(ColorStatistics from, ColorStatistics to, double noise) {
        double[][] a = withNoise(from.covariance(), noise);
        double[][] b = withNoise(to.covariance(), noise);
        SymmetricEigen eigen = SymmetricEigen.of(a);
        // rounding may leave an eigenvalue of a singular covariance a little below zero
        double least = noise * noise;
        double[][] root = eigen.map(value -> Math.sqrt(Math.max(value, least)));
        double[][] inverse = eigen.map(value -> 1 / Math.sqrt(Math.max(value, least)));
        double[][] middle = SymmetricEigen.of(symmetric(product(product(root, b), root)))
                .map(value -> Math.sqrt(Math.max(value, 0)));
        double[][] matrix = symmetric(product(product(inverse, middle), inverse));
        return new GaussianTransport(matrix, from.mean(), to.mean());
    }

    /**
     * The map a part of the way: each colour moves along the straight line to where the whole map takes it, which is
     * the geodesic of optimal transport (displacement interpolation, R. McCann 1997).
     *
     * @param strength 0 for the identity to 1 for the whole map
     */
    GaussianTransport partial(double strength) {
        double[][] part = new double[3][3];
        double[] mean = new double[3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                part[i][j] = strength * matrix[i][j] + (i == j ? 1 - strength : 0);
            }
            mean[i] = from[i] + strength * (to[i] - from[i]);
        }
        return new GaussianTransport(part, from, mean);
    }

    /** The constant c of the same map written as x -&gt; T x + c. */
    double[] offset() {
        double[] offset = new double[3];
        for (int i = 0; i < 3; i++) {
            offset[i] = to[i] - matrix[i][0] * from[0] - matrix[i][1] * from[1] - matrix[i][2] * from[2];
        }
        return offset;
    }

    private static double[][] withNoise(double[][] covariance, double noise) {
        double[][] result = {covariance[0].clone(), covariance[1].clone(), covariance[2].clone()};
        for (int i = 0; i < 3; i++) {
            result[i][i] += noise * noise;
        }
        return result;
    }

    private static double[][] product(double[][] a, double[][] b) {
        double[][] result = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                result[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
            }
        }
        return result;
    }

    /** Takes out the asymmetry that rounding leaves. */
    private static double[][] symmetric(double[][] a) {
        double[][] result = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                result[i][j] = 0.5 * (a[i][j] + a[j][i]);
            }
        }
        return result;
    }
}
