package org.impasto.nn.style;

import org.jspecify.annotations.Nullable;

/**
 * Mean and covariance of a picture's colours.
 *
 * @param weight how many pixels were counted, transparent ones by their alpha
 * @param mean three means
 * @param covariance 3x3, divided by the weight
 */
record ColorStatistics(double weight, double[] mean, double[][] covariance) {

    /**
     * Statistics of part of three planes in float64, by two passes.
     *
     * @param planes three planes of {@code stride} values, one after the other
     * @param alpha weights of the pixels, or null where all count alike
     */
    static ColorStatistics of(float[] planes, int stride, int from, int to, float @Nullable [] alpha) {
        double weight = 0;
        double[] sum = new double[3];
        for (int i = from; i < to; i++) {
            double w = alpha == null ? 1 : alpha[i];
            weight += w;
            sum[0] += w * planes[i];
            sum[1] += w * planes[i + stride];
            sum[2] += w * planes[i + 2 * stride];
        }
        if (weight == 0) {
            return new ColorStatistics(0, new double[3], new double[3][3]);
        }
        double m0 = sum[0] / weight;
        double m1 = sum[1] / weight;
        double m2 = sum[2] / weight;
        double s00 = 0;
        double s01 = 0;
        double s02 = 0;
        double s11 = 0;
        double s12 = 0;
        double s22 = 0;
        for (int i = from; i < to; i++) {
            double w = alpha == null ? 1 : alpha[i];
            double d0 = planes[i] - m0;
            double d1 = planes[i + stride] - m1;
            double d2 = planes[i + 2 * stride] - m2;
            s00 += w * d0 * d0;
            s01 += w * d0 * d1;
            s02 += w * d0 * d2;
            s11 += w * d1 * d1;
            s12 += w * d1 * d2;
            s22 += w * d2 * d2;
        }
        double[][] covariance = {
            {s00 / weight, s01 / weight, s02 / weight},
            {s01 / weight, s11 / weight, s12 / weight},
            {s02 / weight, s12 / weight, s22 / weight}
        };
        return new ColorStatistics(weight, new double[] {m0, m1, m2}, covariance);
    }

    /** Statistics of both parts together (T. Chan, G. Golub and R. LeVeque 1979). */
    ColorStatistics and(ColorStatistics other) {
        if (weight == 0) {
            return other;
        }
        if (other.weight == 0) {
            return this;
        }
        double total = weight + other.weight;
        double share = weight / total;
        double otherShare = other.weight / total;
        double[] between = new double[3];
        double[] joined = new double[3];
        for (int i = 0; i < 3; i++) {
            between[i] = other.mean[i] - mean[i];
            joined[i] = mean[i] + otherShare * between[i];
        }
        double[][] both = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                both[i][j] = share * covariance[i][j]
                        + otherShare * other.covariance[i][j]
                        + share * otherShare * between[i] * between[j];
            }
        }
        return new ColorStatistics(total, joined, both);
    }
}
