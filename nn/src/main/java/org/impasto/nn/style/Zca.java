package org.impasto.nn.style;

import java.util.List;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.Matrices;
import org.impasto.nn.functional.WeightedScatter;

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

        /**
         * The statistics of features in a region; each cell counts as much as its mask says.
         *
         * @param mask 1 x 1 x H x W in [0, 1], at the size of the features
         */
        public static Statistics of(Tensor features, Tensor mask) {
            WeightedScatter region = WeightedScatter.of(features, mask);
            return new Statistics(region.mean(), region.covariance(false));
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
    }

    /** A style and its share in a mix. */
    public record Share(Style style, double share) {}

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
    public static Tensor apply(Tensor content, Style style) {
        return Scope.keeping(() ->
                mapping(Statistics.of(content), List.of(new Share(style, 1))).apply(content));
    }

    /** The map that gives a content with those statistics several styles at once; what is left to 1 stays content. */
    public static Mapping mapping(Statistics content, List<Share> styles) {
        try (Scope scope = Scope.open()) {
            double rest = 1;
            Tensor colouring = content.covariance().constant(Shape.scalar(), 0);
            Tensor shift = colouring;
            for (Share part : styles) {
                rest -= part.share();
                colouring = colouring.add(part.style().colouring().affine(part.share(), 0));
                shift = shift.add(part.style().mean().affine(part.share(), 0));
            }
            Tensor matrix = colouring.matmul(power(content.covariance(), Matrices::inverseSquareRoot));
            if (Math.abs(rest) > 1e-12) { // shares are quotients, so their sum is 1 but for rounding
                matrix = matrix.add(identity(matrix).affine(rest, 0));
                shift = shift.add(content.mean().affine(rest, 0));
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
