package org.impasto.flow;

import java.util.Arrays;
import org.impasto.core.Backend;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;

/**
 * A matrix that mixes channels, with its inverse, both in float64: worked out once for as long as the weights that it
 * comes from stay the same.
 */
final class ChannelMatrix {
    /**
     * The most by which a matrix may stretch one direction more than another, in the 1-norm: a matrix that is singular
     * but for the rounding of its float32 weights has about 1 / 2^-24.
     */
    private static final double LARGEST_CONDITION = 1e7;

    private final float[] weights;
    private final int channels;
    private final double[] matrix;
    private final double[] inverse;
    private final double logDet;

    private ChannelMatrix(float[] weights, int channels, double[] matrix, double[] inverse, double logDet) {
        this.weights = weights;
        this.channels = channels;
        this.matrix = matrix;
        this.inverse = inverse;
        this.logDet = logDet;
    }

    /**
     * A matrix that was worked out and checked.
     *
     * @param path of the parameter, for the error
     * @param weights what it comes from
     */
    static ChannelMatrix of(String path, float[] weights, Tensor matrix, Tensor inverse, double logDet) {
        int channels = matrix.shape().intSize(0);
        double[] forth = matrix.toDoubles();
        double[] back = inverse.toDoubles();
        double condition = norm(forth, channels) * norm(back, channels);
        if (!(condition <= LARGEST_CONDITION) || !Double.isFinite(logDet)) {
            throw singular(path, "its condition number is " + condition + ", expected at most " + LARGEST_CONDITION);
        }
        return new ChannelMatrix(weights, channels, forth, back, logDet);
    }

    static WeightException singular(String path, String why) {
        return new WeightException(path + ": the matrix of the 1x1 convolution is singular or nearly so: " + why
                + "; it has no usable inverse: take a smaller learning rate or weights of an earlier step");
    }

    /** The largest sum of absolute values of a column. */
    private static double norm(double[] values, int n) {
        double largest = 0;
        for (int column = 0; column < n; column++) {
            double sum = 0;
            for (int row = 0; row < n; row++) {
                sum += Math.abs(values[row * n + column]);
            }
            largest = Math.max(largest, sum);
        }
        return largest;
    }

    /** Whether this was worked out from these very weights. */
    boolean isOf(float[] current) {
        return Arrays.equals(weights, current);
    }

    Tensor matrix(Backend backend) {
        return Tensor.ofDoubles(backend, Shape.of(channels, channels), matrix);
    }

    Tensor inverse(Backend backend) {
        return Tensor.ofDoubles(backend, Shape.of(channels, channels), inverse);
    }

    /** Logarithm of the absolute determinant. */
    double logDet() {
        return logDet;
    }

    /** The matrix applied to the channels of each pixel; both in float64. */
    static Tensor apply(Tensor matrix, Tensor x) {
        Shape shape = x.shape();
        if (shape.rank() != 4 || shape.size(1) != matrix.shape().size(1)) {
            throw new ShapeException("1x1 convolution: features have shape " + shape + ", expected N, "
                    + matrix.shape().size(1) + ", H, W");
        }
        long pixels = shape.size(2) * shape.size(3); // not -1: a batch may be empty
        return matrix.matmul(x.reshape(shape.size(0), shape.size(1), pixels)).reshape(shape);
    }
}
