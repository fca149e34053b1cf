package org.impasto.kernels.internal.convolution;

/**
 * The points of F(4,3), 0, p, -p, q, -q and infinity with p = 1/sqrt(2) and q = sqrt(2), rounded to float, and those of
 * F(4,2), r, -r, s, -s and infinity with r = 1/2 and s = 5/4.
 *
 * <p>Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", take 1 and 2 instead of p and q, which has twice the
 * rounding error. Input and output transforms use p, q and their squares' intended values 1/2 and 2, so that their other
 * factors are powers of two and 5/2; the weight transform is derived from the rounded points in double. Of F(4,2) all powers
 * are exact; its error is that of F(4,3).
 */
final class WinogradPoints {
    static final float P = (float) Math.sqrt(0.5);
    static final float Q = (float) Math.sqrt(2);
    static final float R = 0.5f;
    static final float S = 1.25f;

    private WinogradPoints() {}

    /** Weight transform G for two or three taps: row xi holds the factors of the weights at point xi. */
    static double[][] weightTransform(int taps) {
        double[] points = taps == 3 ? new double[] {0, P, -P, Q, -Q} : new double[] {R, -R, S, -S};
        double[][] transform = new double[points.length + 1][taps];
        for (int i = 0; i < points.length; i++) {
            double scale = 1;
            for (int j = 0; j < points.length; j++) {
                if (j != i) {
                    scale *= points[i] - points[j];
                }
            }
            double power = 1;
            for (int tap = 0; tap < taps; tap++) {
                transform[i][tap] = power / scale;
                power *= points[i];
            }
        }
        transform[points.length][taps - 1] = 1;
        return transform;
    }
}
