package org.impasto.kernels.internal.convolution;

/**
 * The six points of F(4,3): 0, p, -p, q, -q and infinity with p = 1/sqrt(2) and q = sqrt(2), rounded to float.
 *
 * <p>Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", take 1 and 2 instead, which has twice the
 * rounding error. Input and output transforms use p, q and their squares' intended values 1/2 and 2, so that their other
 * factors are powers of two and 5/2; the weight transform is derived from the rounded points in double.
 */
final class WinogradPoints {
    static final float P = (float) Math.sqrt(0.5);
    static final float Q = (float) Math.sqrt(2);

    private WinogradPoints() {}

    /** Weight transform G: row xi holds the factors of the three weights at point xi. */
    static double[][] weightTransform() {
        double[] points = {0, P, -P, Q, -Q};
        double[][] transform = new double[6][];
        for (int i = 0; i < 5; i++) {
            double scale = 1;
            for (int j = 0; j < 5; j++) {
                if (j != i) {
                    scale *= points[i] - points[j];
                }
            }
            transform[i] = new double[] {1 / scale, points[i] / scale, points[i] * points[i] / scale};
        }
        transform[5] = new double[] {0, 0, 1};
        return transform;
    }
}
