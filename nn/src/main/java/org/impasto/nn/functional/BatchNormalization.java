package org.impasto.nn.functional;

import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Channels of feature maps at mean 0 and variance 1 over a whole batch, then scaled and shifted (Ioffe and Szegedy, "Batch
 * Normalization", 2015).
 */
public final class BatchNormalization {
    private BatchNormalization() {}

    /**
     * Mean and variance of each channel over all images and pixels.
     *
     * @param mean (1, C, 1, 1)
     * @param variance (1, C, 1, 1), dividing by the number of values
     */
    public record Moments(Tensor mean, Tensor variance) {
        /** The moments of feature maps (N, C, H, W), N at least 1. */
        public static Moments of(Tensor x) {
            Tensor.Moments each = x.channelMoments(false);
            if (x.shape().size(0) == 0) {
                throw new ShapeException("batch normalisation: a batch of no images has no moments: " + x.shape());
            }
            Tensor mean = each.mean().mean(0);
            Tensor distance = each.mean().sub(mean);
            return new Moments(mean, each.variance().add(distance.square()).mean(0));
        }

        /** The variance of these moments of x that divides by one less; x has at least two values a channel. */
        public Tensor unbiased(Tensor x) {
            double count = (double) x.shape().elements() / x.shape().size(1);
            if (count < 2) {
                throw new ShapeException("batch normalisation: features " + x.shape() + " have " + (long) count
                        + " values a channel, expected at least 2 in training");
            }
            return variance.affine(count / (count - 1), 0);
        }
    }

    /** A running value moved towards one of the batch, which may be of another shape. */
    public static Tensor moved(Tensor running, Tensor ofBatch, double momentum) {
        Tensor target = ofBatch.reshape(running.shape());
        return running.affine(1 - momentum, 0).add(target.affine(momentum, 0));
    }

    /**
     * {@code (x - mean) / sqrt(variance + epsilon) * weight + bias} with the moments of the batch or with stored ones.
     *
     * @param x (N, C, H, W)
     * @param mean C numbers in any shape, like variance, weight and bias
     */
    public static Tensor apply(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, double epsilon) {
        if (x.shape().rank() != 4) {
            throw new ShapeException(
                    "batch normalisation: features have shape " + x.shape() + ", expected rank 4 (N, C, H, W)");
        }
        Shape each = Shape.of(1, x.shape().size(1), 1, 1);
        return Scope.keeping(() -> {
            Tensor deviation = variance.affine(1, epsilon).sqrt();
            Tensor scale = weight.reshape(each).div(deviation.reshape(each));
            return x.channelAffine(mean.reshape(each), scale, bias.reshape(each));
        });
    }
}
