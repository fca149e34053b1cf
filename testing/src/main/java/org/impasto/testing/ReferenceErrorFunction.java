package org.impasto.testing;

/** The error function: a series of positive terms where x is small, else a continued fraction. */
final class ReferenceErrorFunction {
    private static final double SMALL = 3;
    private static final double ROOT_PI = Math.sqrt(Math.PI);

    private ReferenceErrorFunction() {}

    /** erf of x >= 0. */
    static double erf(double x) {
        if (Double.isNaN(x) || x >= SMALL) {
            return 1 - fraction(x);
        }
        // erf(x) = 2 / sqrt(pi) exp(-x^2) (x + 2 x^3 / 3 + 4 x^5 / (3 5) + ...)
        double term = x;
        double sum = 0;
        for (int n = 1; sum + term != sum; n++) {
            sum += term;
            term *= 2 * x * x / (2 * n + 1);
        }
        return 2 / ROOT_PI * Math.exp(-x * x) * sum;
    }

    /** x / 2 * (1 + erf(x / sqrt(2))); its limit 0 at minus infinity. */
    static double gelu(double x) {
        double z = Math.abs(x) * Math.sqrt(0.5);
        double below = (z >= 1 ? fraction(z) : 1 - erf(z)) / 2;
        return x < 0 ? (below == 0 ? -0.0 : x * below) : x * (1 - below);
    }

    /** erfc(x) = exp(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))). */
    private static double fraction(double x) {
        double tail = x;
        for (int n = 200; n > 0; n--) {
            tail = x + n / 2.0 / tail;
        }
        return Math.exp(-x * x) / ROOT_PI / tail;
    }
}
