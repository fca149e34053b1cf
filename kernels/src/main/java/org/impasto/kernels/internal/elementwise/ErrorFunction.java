package org.impasto.kernels.internal.elementwise;

/** The error function and GELU in float64, to a few units of the last place. */
final class ErrorFunction {
    private static final double SMALL = 0.5;
    private static final double TAIL = 0.4;
    private static final double ROOT_HALF = Math.sqrt(0.5);
    private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

    /** {@code erfc(x) exp(x^2) / t}, t = 1 / (1 + TAIL x), as a series of Chebyshev polynomials of 2t - 1: our own fit. */
    private static final double[] CHEBYSHEV = {
        0.5161146659429087,
        0.37122506385314763,
        0.09565860050094888,
        0.016127840227136956,
        0.0011091421554197008,
        -0.0001929882298087505,
        -4.59513113752927e-05,
        2.2072433930718983e-06,
        1.5121577704101291e-06,
        -4.2198640343513726e-08,
        -5.4812600922412256e-08,
        2.600419693785426e-09,
        2.1572867904081405e-09,
        -2.2115344708201748e-10,
        -8.333770793546864e-11,
        1.7027256991615295e-11,
        2.5419752130198876e-12,
        -1.1332405464353003e-12,
        -3.7717281467599674e-15,
        6.228963314100296e-14,
        -8.281971644602008e-15,
        -2.389016983699167e-15,
        8.630872564878126e-16,
        3.3067593713440214e-18,
        -5.433243549492369e-17
    };

    private ErrorFunction() {}

    static double erf(double x) {
        double a = Math.abs(x);
        if (a < SMALL) {
            return series(x);
        }
        double large = 1 - tail(a) * StrictMath.exp(-a * a);
        return x < 0 ? -large : large;
    }

    /** {@code x / 2 * (1 + erf(x / sqrt(2)))}. */
    static double gelu(double x) {
        double a = Math.abs(x);
        double below = 0.5 * tail(a * ROOT_HALF) * StrictMath.exp(-0.5 * a * a);
        // At minus infinity the product of both is its limit, 0.
        return x < 0 ? (below == 0 ? -0.0 : x * below) : x * (1 - below);
    }

    /** The Taylor series; below one half its terms fall by more than a factor of four. */
    private static double series(double x) {
        double square = x * x;
        double power = x;
        double sum = x;
        for (int n = 1; n < 16; n++) {
            power *= -square / n;
            sum += power / (2 * n + 1);
        }
        return TWO_OVER_ROOT_PI * sum;
    }

    /** {@code erfc(a) exp(a^2)} for a >= 0, by Clenshaw's recurrence. */
    private static double tail(double a) {
        double t = 1 / (1 + TAIL * a);
        double u = 2 * t - 1;
        double next = 0;
        double afterNext = 0;
        for (int k = CHEBYSHEV.length - 1; k > 0; k--) {
            double current = 2 * u * next - afterNext + CHEBYSHEV[k];
            afterNext = next;
            next = current;
        }
        return t * (u * next - afterNext + CHEBYSHEV[0]);
    }
}
