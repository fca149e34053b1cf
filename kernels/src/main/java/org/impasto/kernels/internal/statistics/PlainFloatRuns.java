package org.impasto.kernels.internal.statistics;

import java.util.Arrays;

/** Plain form of the loops of reductions and statistics; sums are taken in float64 throughout. */
final class PlainFloatRuns implements FloatRuns {
    private static final int BLOCK = 16;

    @Override
    public double sum(int length, float[] x, int offset) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i <= length - 4; i += 4) {
            a += x[offset + i];
            b += x[offset + i + 1];
            c += x[offset + i + 2];
            d += x[offset + i + 3];
        }
        for (; i < length; i++) {
            a += x[offset + i];
        }
        return (a + b) + (c + d);
    }

    @Override
    public void distances(int length, float[] x, int offset, float centre, double[] sumAndSquares) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < length; i++) {
            double distance = (double) x[offset + i] - centre;
            sum += distance;
            squares += distance * distance;
        }
        sumAndSquares[0] = sum;
        sumAndSquares[1] = squares;
    }

    @Override
    public void copiedDistances(int length, float[] x, float[] y, int offset, float centre, double[] sumAndSquares) {
        System.arraycopy(x, offset, y, offset, length);
        distances(length, y, offset, centre, sumAndSquares);
    }

    @Override
    public float maximum(int length, float[] x, int offset) {
        float most = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            most = Math.max(most, x[offset + i]);
        }
        return most;
    }

    @Override
    public float minimum(int length, float[] x, int offset) {
        float least = Float.POSITIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            least = Math.min(least, x[offset + i]);
        }
        return least;
    }

    @Override
    public void sumOfBlock(int pixels, float[] x, int offset, float[] sums) {
        Arrays.fill(sums, 0);
        for (int pixel = 0; pixel < pixels; pixel++) {
            int from = offset + pixel * BLOCK;
            for (int c = 0; c < BLOCK; c++) {
                sums[c] += x[from + c];
            }
        }
    }

    @Override
    public void distancesOfBlock(int pixels, float[] x, int offset, float[] centres, float[] sums, float[] squares) {
        Arrays.fill(sums, 0);
        Arrays.fill(squares, 0);
        for (int pixel = 0; pixel < pixels; pixel++) {
            int from = offset + pixel * BLOCK;
            for (int c = 0; c < BLOCK; c++) {
                float distance = x[from + c] - centres[c];
                sums[c] += distance;
                squares[c] += distance * distance;
            }
        }
    }

    @Override
    public void affine(
            int length, float[] x, int offset, float centre, float scale, float shift, float[] y, int yOffset) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = (x[offset + i] - centre) * scale + shift;
        }
    }

    @Override
    public void affineOfBlock(
            int pixels, float[] x, int offset, float[] centre, float[] scale, float[] shift, float[] y, int yOffset) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            int from = offset + pixel * BLOCK;
            int to = yOffset + pixel * BLOCK;
            for (int c = 0; c < BLOCK; c++) {
                y[to + c] = (x[from + c] - centre[c]) * scale[c] + shift[c];
            }
        }
    }
}
