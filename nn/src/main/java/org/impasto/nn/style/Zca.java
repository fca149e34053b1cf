package org.impasto.nn.style;

import org.impasto.core.Convolution.Geometry;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.Matrices;

/**
 * Whitening and colouring with one symmetric map, as photorealistic transfer uses it (Chiu and Gurari, "PCA-based
 * knowledge distillation towards lightweight and content-style balanced photorealistic style transfer models", 2022):
 * {@code y = S^1/2 C^-1/2 (c - mean_c) + mean_s}, where C and S are the covariances of content and style (divided by the
 * number of pixels) plus the identity. Matrices are float64. Unlike {@link Wct}, both covariances have the identity added,
 * so that no direction is left out.
 */
public final class Zca {
    private Zca() {}

    /** Mean, C x 1, and covariance, C x C, of the channels of features, float64. */
    public record Statistics(Tensor mean, Tensor covariance) {
        /** The statistics of features 1 x C x H x W. */
        public static Statistics of(Tensor features) {
            Shape shape = features.shape();
            if (shape.rank() != 4 || shape.size(0) != 1) {
                throw new ShapeException("zca: features have shape " + shape + ", expected 1 x C x H x W");
            }
            long channels = shape.size(1);
            Tensor mean = features.channelMoments(false).mean();
            return new Statistics(
                    mean.to(ElementType.FLOAT64).reshape(channels, 1),
                    features.covariance(false).reshape(channels, channels));
        }
    }

    /** What is needed of a style: its mean C x 1 and the colouring matrix C x C, float64. */
    public record Style(Tensor mean, Tensor colouring) {
        /** The style of features 1 x C x H x W. */
        public static Style of(Tensor features) {
            return of(Statistics.of(features));
        }

        /** The style of statistics. */
        public static Style of(Statistics statistics) {
            return new Style(statistics.mean(), power(statistics.covariance(), Matrices::squareRoot));
        }

        /** The style that a weighted sum of transfers has. */
        public Style plus(Style other, double weight, double otherWeight) {
            return new Style(
                    mean.affine(weight, 0).add(other.mean.affine(otherWeight, 0)),
                    colouring.affine(weight, 0).add(other.colouring.affine(otherWeight, 0)));
        }
    }

    /**
     * A map of features that takes each pixel's channels for themselves.
     *
     * @param matrix C x C, float64
     * @param centre C x 1, taken off before
     * @param shift C x 1, added behind
     */
    public record Mapping(Tensor matrix, Tensor centre, Tensor shift) {
        /** The mapped features, 1 x C x H x W of any size. */
        public Tensor apply(Tensor features) {
            long channels = features.shape().size(1);
            return Scope.keeping(() -> {
                Tensor weight = matrix.to(features.type()).reshape(channels, channels, 1, 1);
                Tensor bias = shift.sub(matrix.matmul(centre)).to(features.type());
                return features.conv2d(weight, bias.reshape(channels), Geometry.plain());
            });
        }
    }

    /** Content features in the manner of a prepared style, both 1 x C x H x W of any two sizes. */
    public static Tensor apply(Tensor content, Style style, double strength) {
        return Scope.keeping(
                () -> mapping(Statistics.of(content), style, strength).apply(content));
    }

    /**
     * The map that gives a content with those statistics a style.
     *
     * @param strength 0 leaves the content, 1 is the full transfer
     */
    public static Mapping mapping(Statistics content, Style style, double strength) {
        try (Scope scope = Scope.open()) {
            Tensor matrix = style.colouring().matmul(power(content.covariance(), Matrices::inverseSquareRoot));
            Tensor shift = style.mean();
            if (strength != 1) {
                matrix = matrix.affine(strength, 0).add(identity(matrix).affine(1 - strength, 0));
                shift = shift.affine(strength, 0).add(content.mean().affine(1 - strength, 0));
            }
            return new Mapping(scope.keep(matrix), content.mean(), scope.keep(shift));
        }
    }

    private interface Root {
        Matrices.Power of(Tensor symmetric, double threshold);
    }

    /** A root of covariance plus identity, whose eigenvalues are 1 or more. */
    private static Tensor power(Tensor covariance, Root root) {
        return Scope.keeping(
                () -> root.of(covariance.add(identity(covariance)), 0).matrix());
    }

    private static Tensor identity(Tensor like) {
        return like.identity(like.shape().size(0));
    }
}
