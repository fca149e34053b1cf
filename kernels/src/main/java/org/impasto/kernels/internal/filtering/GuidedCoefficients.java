package org.impasto.kernels.internal.filtering;

/**
 * The linear function of a guide that fits a picture best in each window, from sums over the window. Quantities that are
 * summed: the guide's channels, the picture's, the products of the guide's channels (11, 12, 13, 22, 23, 33), and those of
 * each channel of the guide with each of the picture. Coefficients: for each channel of the picture a slope for each of
 * the guide's and then the shift.
 */
public final class GuidedCoefficients {
    private final int guides;
    private final int pictures;
    private final double regularization;

    /** For a guide of 1 or 3 channels and some channels of a picture. */
    public GuidedCoefficients(int guides, int pictures, double regularization) {
        this.guides = guides;
        this.pictures = pictures;
        this.regularization = regularization;
    }

    /** How many numbers are summed for each cell. */
    public int quantities() {
        return guides + pictures + guides * (guides + 1) / 2 + guides * pictures;
    }

    /** How many coefficients a cell has. */
    public int coefficients() {
        return (guides + 1) * pictures;
    }

    /** Adds the products to a row that holds the channels of guide and picture: quantity q from at + q * stride on. */
    public void multiply(int count, double[] row, int at, int stride) {
        int to = at + (guides + pictures) * stride;
        for (int i = 0; i < guides; i++) {
            for (int j = i; j < guides; j++) {
                product(count, row, at + i * stride, at + j * stride, to);
                to += stride;
            }
        }
        for (int i = 0; i < guides; i++) {
            for (int channel = 0; channel < pictures; channel++) {
                product(count, row, at + i * stride, at + (guides + channel) * stride, to);
                to += stride;
            }
        }
    }

    private static void product(int count, double[] row, int a, int b, int to) {
        for (int i = 0; i < count; i++) {
            row[to + i] = row[a + i] * row[b + i];
        }
    }

    /** The coefficients of the cells of a row; {@code weights[i]} is 1 by the number of cells that the window counts. */
    public void solve(int count, double[] sums, int stride, double[] weights, double[][] coefficients) {
        if (guides == 1) {
            solveGray(count, sums, stride, weights, coefficients);
        } else {
            solveColor(count, sums, stride, weights, coefficients);
        }
    }

    private void solveGray(int count, double[] sums, int stride, double[] weights, double[][] coefficients) {
        int square = (1 + pictures) * stride;
        for (int channel = 0; channel < pictures; channel++) {
            int picture = (1 + channel) * stride;
            int product = square + (1 + channel) * stride;
            double[] slope = coefficients[2 * channel];
            double[] shift = coefficients[2 * channel + 1];
            for (int i = 0; i < count; i++) {
                double weight = weights[i];
                double mean = sums[i] * weight;
                double meanOfP = sums[picture + i] * weight;
                double variance = sums[square + i] * weight - mean * mean + regularization;
                slope[i] = (sums[product + i] * weight - mean * meanOfP) / variance;
                shift[i] = meanOfP - slope[i] * mean;
            }
        }
    }

    /** By A = L D L^T for each cell, which keeps its digits however small the regularization is. */
    private void solveColor(int count, double[] sums, int stride, double[] weights, double[][] coefficients) {
        int squares = (3 + pictures) * stride;
        int products = squares + 6 * stride;
        for (int i = 0; i < count; i++) {
            double weight = weights[i];
            double m1 = sums[i] * weight;
            double m2 = sums[stride + i] * weight;
            double m3 = sums[2 * stride + i] * weight;
            double a11 = sums[squares + i] * weight - m1 * m1 + regularization;
            double a12 = sums[squares + stride + i] * weight - m1 * m2;
            double a13 = sums[squares + 2 * stride + i] * weight - m1 * m3;
            double a22 = sums[squares + 3 * stride + i] * weight - m2 * m2 + regularization;
            double a23 = sums[squares + 4 * stride + i] * weight - m2 * m3;
            double a33 = sums[squares + 5 * stride + i] * weight - m3 * m3 + regularization;
            double d1 = 1 / a11;
            double l21 = a12 * d1;
            double l31 = a13 * d1;
            double d2 = 1 / (a22 - l21 * a12);
            double t = a23 - l31 * a12;
            double l32 = t * d2;
            double d3 = 1 / (a33 - l31 * a13 - l32 * t);
            for (int channel = 0; channel < pictures; channel++) {
                double mean = sums[(3 + channel) * stride + i] * weight;
                int product = products + channel * stride + i;
                double y1 = sums[product] * weight - m1 * mean;
                double y2 = sums[product + pictures * stride] * weight - m2 * mean - l21 * y1;
                double y3 = sums[product + 2 * pictures * stride] * weight - m3 * mean - l31 * y1 - l32 * y2;
                double x3 = y3 * d3;
                double x2 = y2 * d2 - l32 * x3;
                double x1 = y1 * d1 - l21 * x2 - l31 * x3;
                coefficients[4 * channel][i] = x1;
                coefficients[4 * channel + 1][i] = x2;
                coefficients[4 * channel + 2][i] = x3;
                coefficients[4 * channel + 3][i] = mean - x1 * m1 - x2 * m2 - x3 * m3;
            }
        }
    }
}
