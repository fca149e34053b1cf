package org.impasto.nn.style;

import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Whitening and colouring of features (Li et al., "Universal style transfer via feature transforms", 2017): the content's
 * features get the style's covariance and mean. Computed in float64.
 *
 * <p>With covariances A of the content and B of the style, {@code y = B^1/2 A^-1/2 (c - mean_c) + mean_s}. Directions
 * whose eigenvalue is at most {@link #THRESHOLD} are left out.
 */
public final class Wct {
    /** Eigenvalues up to this are taken for zero. */
    public static final double THRESHOLD = 1e-5;

    private Wct() {}

    /** What is needed of a style: mean C x 1, eigenvalues C ascending, and the colouring matrix C x C, float64. */
    public record Style(Tensor mean, Tensor eigenvalues, Tensor colouring) {
        /** The statistics of a style's features, 1 x C x H x W. */
        public static Style of(Tensor features) {
            checkSingle("style", features);
            Tensor.Eigen eigen = covariance(features).symmetricEigen();
            return new Style(channelMeans(features), eigen.values(), power(eigen, 0.5));
        }
    }

    /**
     * Transformed features and the content's eigenvalues.
     *
     * @param features 1 x C x H x W of the content's type
     * @param contentEigenvalues ascending, before any is left out, float64
     */
    public record Result(Tensor features, Tensor contentEigenvalues) {}

    /**
     * Content features in the manner of style features, 1 x C x H x W of any two sizes.
     *
     * @param strength 0 gives the content, 1 the full result
     */
    public static Tensor apply(Tensor content, Tensor style, double strength) {
        return Scope.keeping(
                () -> transform(content, Style.of(style), strength, true).features());
    }

    /**
     * Content features in the manner of a prepared style.
     *
     * @param regularised whether the identity is added to the content's covariance, as published: weak directions are
     *     then not blown up
     */
    public static Result transform(Tensor content, Style style, double strength, boolean regularised) {
        checkSingle("content", content);
        try (Scope scope = Scope.open()) {
            Shape shape = content.shape();
            Tensor covariance = covariance(content);
            if (regularised) {
                covariance = covariance.add(identity(content, shape.size(1)));
            }
            Tensor.Eigen eigen = covariance.symmetricEigen();
            Tensor mapping = style.colouring().matmul(power(eigen, -0.5));
            Tensor flat = content.to(ElementType.FLOAT64).reshape(shape.size(1), shape.size(2) * shape.size(3));
            Tensor transferred = mapping.matmul(flat.sub(channelMeans(content))).add(style.mean());
            Tensor mixed = strength == 1
                    ? transferred
                    : transferred.affine(strength, 0).add(flat.affine(1 - strength, 0));
            return new Result(scope.keep(mixed.reshape(shape).to(content.type())), scope.keep(eigen.values()));
        }
    }

    private static Tensor covariance(Tensor features) {
        long channels = features.shape().size(1);
        return features.covariance(true).reshape(channels, channels);
    }

    private static Tensor channelMeans(Tensor features) {
        Tensor wide = features.to(ElementType.FLOAT64);
        return wide.mean(2, 3).reshape(features.shape().size(1), 1);
    }

    private static Tensor identity(Tensor like, long size) {
        int n = Math.toIntExact(size);
        double[] values = new double[n * n];
        for (int i = 0; i < n; i++) {
            values[i * (n + 1)] = 1;
        }
        return Tensor.ofDoubles(like.plain().backend(), Shape.of(n, n), values);
    }

    /** A symmetric matrix raised to a power, without the directions of eigenvalues up to the threshold. */
    private static Tensor power(Tensor.Eigen eigen, double exponent) {
        Tensor values = eigen.values();
        Tensor counted = values.greater(values.constant(Shape.scalar(), THRESHOLD));
        Tensor scale = values.clamp(THRESHOLD, Double.MAX_VALUE).power(exponent).mul(counted);
        return eigen.vectors().mul(scale).matmul(eigen.vectors(), false, true);
    }

    private static void checkSingle(String what, Tensor features) {
        if (features.shape().rank() != 4 || features.shape().size(0) != 1) {
            throw new ShapeException("wct: " + what + " has shape " + features.shape() + ", expected 1 x C x H x W");
        }
    }
}
