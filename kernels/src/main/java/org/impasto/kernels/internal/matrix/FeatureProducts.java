package org.impasto.kernels.internal.matrix;

import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * Gram matrices and covariances of feature maps. A map is given as C channels of n pixels, planar {@code [C][n]} or
 * blocked {@code [C/16][n][16]}; its height and width do not matter here.
 */
public final class FeatureProducts {
    private static final int BLOCK = 16;

    private final FloatSymmetricProduct floats;
    private final DoubleSymmetricProduct doubles;

    /** Products with vector or with plain inner loops. */
    public FeatureProducts(boolean vector) {
        floats = new FloatSymmetricProduct(vector);
        doubles = new DoubleSymmetricProduct(vector);
    }

    /**
     * Gram matrix {@code G = scale * X X^T}, C x C, symmetric bit by bit. Products are summed in float32 over at most a
     * thousand pixels, these sums in float64.
     */
    public void gram(
            float[] x,
            int offset,
            int channels,
            int pixels,
            boolean blocked,
            double scale,
            float[] gram,
            int gramOffset,
            Workers workers,
            Run run) {
        FloatRowSource source = blocked
                ? (row, rows, from, count, target, at, stride) ->
                        unblock(x, offset + (row * pixels + from * BLOCK), rows, count, target, at, stride)
                : (row, rows, from, count, target, at, stride) -> {
                    for (int r = 0; r < rows; r++) {
                        System.arraycopy(x, offset + (row + r) * pixels + from, target, at + r * stride, count);
                    }
                };
        double[] sums = floats.compute(channels, pixels, source, workers, run);
        int padded = FloatSymmetricProduct.rowsRoundedUp(channels);
        for (int i = 0; i < channels; i++) {
            for (int j = i; j < channels; j++) {
                float value = (float) (sums[i * padded + j] * scale);
                gram[gramOffset + i * channels + j] = value;
                gram[gramOffset + j * channels + i] = value;
            }
        }
    }

    /** Gram matrix of float64 features, planar; see the float32 form. */
    public void gram(
            double[] x,
            int offset,
            int channels,
            int pixels,
            double scale,
            double[] gram,
            int gramOffset,
            Workers workers,
            Run run) {
        DoubleRowSource source = (row, rows, from, count, target, at, stride) -> {
            for (int r = 0; r < rows; r++) {
                System.arraycopy(x, offset + (row + r) * pixels + from, target, at + r * stride, count);
            }
        };
        mirror(doubles.compute(channels, pixels, source, workers, run), channels, scale, gram, gramOffset);
    }

    /**
     * Sums of products of centred features, {@code scale * (X - mean) (X - mean)^T}, C x C, in float64 throughout: the
     * covariance if {@code scale} is 1/n or 1/(n-1).
     *
     * @param mean mean of each channel
     */
    public void covariance(
            float[] x,
            int offset,
            int channels,
            int pixels,
            boolean blocked,
            double[] mean,
            double scale,
            double[] covariance,
            int covarianceOffset,
            Workers workers,
            Run run) {
        DoubleRowSource source = blocked
                ? (row, rows, from, count, target, at, stride) ->
                        unblock(x, offset + (row * pixels + from * BLOCK), mean, row, rows, count, target, at, stride)
                : (row, rows, from, count, target, at, stride) -> {
                    for (int r = 0; r < rows; r++) {
                        int first = offset + (row + r) * pixels + from;
                        double shift = mean[row + r];
                        for (int k = 0; k < count; k++) {
                            target[at + r * stride + k] = x[first + k] - shift;
                        }
                    }
                };
        mirror(doubles.compute(channels, pixels, source, workers, run), channels, scale, covariance, covarianceOffset);
    }

    /** Covariance of planar float64 features; see the float32 form. */
    public void covariance(
            double[] x,
            int offset,
            int channels,
            int pixels,
            double[] mean,
            double scale,
            double[] covariance,
            int covarianceOffset,
            Workers workers,
            Run run) {
        DoubleRowSource source = (row, rows, from, count, target, at, stride) -> {
            for (int r = 0; r < rows; r++) {
                int first = offset + (row + r) * pixels + from;
                for (int k = 0; k < count; k++) {
                    target[at + r * stride + k] = x[first + k] - mean[row + r];
                }
            }
        };
        mirror(doubles.compute(channels, pixels, source, workers, run), channels, scale, covariance, covarianceOffset);
    }

    private static void mirror(double[] sums, int channels, double scale, double[] target, int offset) {
        int padded = DoubleSymmetricProduct.rowsRoundedUp(channels);
        for (int i = 0; i < channels; i++) {
            for (int j = i; j < channels; j++) {
                double value = sums[i * padded + j] * scale;
                target[offset + i * channels + j] = value;
                target[offset + j * channels + i] = value;
            }
        }
    }

    private static void unblock(float[] x, int from, int rows, int count, float[] target, int at, int stride) {
        for (int first = 0; first < count; first += BLOCK) { // a line of each row at a time
            int end = Math.min(count, first + BLOCK);
            for (int r = 0; r < rows; r++) {
                int to = at + r * stride;
                for (int k = first; k < end; k++) {
                    target[to + k] = x[from + k * BLOCK + r];
                }
            }
        }
    }

    private static void unblock(
            float[] x, int from, double[] mean, int row, int rows, int count, double[] target, int at, int stride) {
        for (int first = 0; first < count; first += BLOCK) {
            int end = Math.min(count, first + BLOCK);
            for (int r = 0; r < rows; r++) {
                int to = at + r * stride;
                double shift = mean[row + r];
                for (int k = first; k < end; k++) {
                    target[to + k] = x[from + k * BLOCK + r] - shift;
                }
            }
        }
    }
}
