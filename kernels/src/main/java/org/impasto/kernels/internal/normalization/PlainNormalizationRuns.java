package org.impasto.kernels.internal.normalization;

import java.util.Arrays;
import org.impasto.kernels.internal.elementwise.FloatFunctions;

/** Plain form of the loops of normalisations. */
final class PlainNormalizationRuns implements NormalizationRuns {
    private static final int BLOCK = 16;

    @Override
    public float largest(int length, float[] x, int offset) {
        float most = Float.NEGATIVE_INFINITY;
        for (int i = offset; i < offset + length; i++) {
            if (x[i] > most) {
                most = x[i];
            }
        }
        return most;
    }

    @Override
    public void exponentials(
            int length,
            float[] x,
            int xOffset,
            float centre,
            int ahead,
            float[] y,
            int yOffset,
            double[] sumAndLargest) {
        sumAndLargest[1] = largest(length, x, xOffset + ahead);
        double sum = 0;
        for (int i = 0; i < length; i++) {
            float value = FloatFunctions.exp(x[xOffset + i] - centre);
            y[yOffset + i] = value;
            sum += value;
        }
        sumAndLargest[0] = sum;
    }

    @Override
    public void exponentials(
            int length, float[] x, int xOffset, float[] centres, float[] y, int yOffset, float[] sums) {
        for (int i = 0; i < length; i++) {
            float value = FloatFunctions.exp(x[xOffset + i] - centres[i]);
            y[yOffset + i] = value;
            sums[i] += value;
        }
    }

    @Override
    public void maxima(int length, float[] x, int xOffset, float[] most) {
        for (int i = 0; i < length; i++) {
            most[i] = Math.max(most[i], x[xOffset + i]);
        }
    }

    @Override
    public void affine(
            int length,
            float[] x,
            int xOffset,
            float[] centres,
            float[] scales,
            float[] shifts,
            float[] y,
            int yOffset) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = (x[xOffset + i] - centres[i]) * scales[i] + shifts[i];
        }
    }

    @Override
    public void weighted(
            int length,
            float[] x,
            int xOffset,
            float centre,
            float scale,
            float shift,
            float[] weight,
            float[] bias,
            float[] y,
            int yOffset) {
        weightedFrom(0, length, x, xOffset, centre, scale, shift, weight, bias, y, yOffset);
    }

    static void weightedFrom(
            int first,
            int length,
            float[] x,
            int xOffset,
            float centre,
            float scale,
            float shift,
            float[] weight,
            float[] bias,
            float[] y,
            int yOffset) {
        for (int i = first; i < length; i++) {
            y[yOffset + i] = ((x[xOffset + i] - centre) * scale + shift) * weight[i] + bias[i];
        }
    }

    @Override
    public double product(int length, float[] a, int aOffset, float[] b, int bOffset) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) a[aOffset + i] * b[bOffset + i];
        }
        return sum;
    }

    @Override
    public void sums(int length, float[] g, int gOffset, float[] x, int xOffset, float centre, double[] sums) {
        double sum = 0;
        double products = 0;
        for (int i = 0; i < length; i++) {
            double value = g[gOffset + i];
            sum += value;
            products += value * ((double) x[xOffset + i] - centre);
        }
        sums[0] = sum;
        sums[1] = products;
    }

    @Override
    public void sumsOfBlock(
            int pixels,
            float[] g,
            int gOffset,
            float[] x,
            int xOffset,
            float[] centres,
            float[] sums,
            float[] products) {
        Arrays.fill(sums, 0);
        Arrays.fill(products, 0);
        for (int pixel = 0; pixel < pixels; pixel++) {
            int at = pixel * BLOCK;
            for (int c = 0; c < BLOCK; c++) {
                float value = g[gOffset + at + c];
                sums[c] += value;
                products[c] += value * (x[xOffset + at + c] - centres[c]);
            }
        }
    }

    @Override
    public void combine(
            int length,
            float[] g,
            int gOffset,
            float a,
            float[] x,
            int xOffset,
            float centre,
            float b,
            float c,
            float[] y,
            int yOffset) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = g[gOffset + i] * a + ((x[xOffset + i] - centre) * b + c);
        }
    }

    @Override
    public void combineOfBlock(
            int pixels,
            float[] g,
            int gOffset,
            float[] a,
            float[] x,
            int xOffset,
            float[] centre,
            float[] b,
            float[] c,
            float[] y,
            int yOffset) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            int at = pixel * BLOCK;
            for (int i = 0; i < BLOCK; i++) {
                y[yOffset + at + i] = g[gOffset + at + i] * a[i] + ((x[xOffset + at + i] - centre[i]) * b[i] + c[i]);
            }
        }
    }

    @Override
    public void weightGradients(
            int length,
            float[] g,
            int gOffset,
            float[] x,
            int xOffset,
            float centre,
            float scale,
            float shift,
            float[] weight,
            float[] ofWeight,
            float[] ofBias,
            float[] y) {
        weightGradientsFrom(0, length, g, gOffset, x, xOffset, centre, scale, shift, weight, ofWeight, ofBias, y);
    }

    static void weightGradientsFrom(
            int first,
            int length,
            float[] g,
            int gOffset,
            float[] x,
            int xOffset,
            float centre,
            float scale,
            float shift,
            float[] weight,
            float[] ofWeight,
            float[] ofBias,
            float[] y) {
        for (int i = first; i < length; i++) {
            float value = g[gOffset + i];
            ofWeight[i] += value * ((x[xOffset + i] - centre) * scale + shift);
            ofBias[i] += value;
            y[i] = value * weight[i];
        }
    }

    @Override
    public void softmaxGradient(
            int length, float[] y, int yOffset, float[] g, int gOffset, float s, float[] z, int zOffset) {
        for (int i = 0; i < length; i++) {
            z[zOffset + i] = y[yOffset + i] * (g[gOffset + i] - s);
        }
    }

    @Override
    public void logSoftmaxGradient(int length, float[] g, int gOffset, float s, float[] z, int zOffset) {
        for (int i = 0; i < length; i++) {
            z[zOffset + i] = g[gOffset + i] - z[zOffset + i] * s;
        }
    }
}
