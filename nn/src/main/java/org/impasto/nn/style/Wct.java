package org.impasto.nn.style;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.Matrices;
import org.impasto.nn.functional.WeightedScatter;

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

    /** Elements of a strip of features that is transformed at once, so that float64 copies stay small. */
    private static final long STRIP = 1 << 21;

    private Wct() {}

    /** Mean C x 1 and covariance C x C (divided by n - 1) of features over their pixels, float64. */
    public record Moments(Tensor mean, Tensor covariance) {
        /** The moments of features, 1 x C x H x W. */
        public static Moments of(Tensor features) {
            checkSingle("features", features);
            long channels = features.shape().size(1);
            return new Moments(channelMeans(features), features.covariance(true).reshape(channels, channels));
        }

        /**
         * The moments of features in a region; each cell counts as much as its mask says.
         *
         * @param mask 1 x 1 x H x W in [0, 1], at the size of the features
         */
        public static Moments of(Tensor features, Tensor mask) {
            WeightedScatter region = WeightedScatter.of(features, mask);
            return new Moments(region.mean(), region.covariance(true));
        }
    }

    /** What is needed of a style: mean C x 1, eigenvalues C ascending, and the colouring matrix C x C, float64. */
    public record Style(Tensor mean, Tensor eigenvalues, Tensor colouring) {
        /** The statistics of a style's features, 1 x C x H x W. */
        public static Style of(Tensor features) {
            checkSingle("style", features);
            return of(Moments.of(features));
        }

        /** A style of known moments. */
        public static Style of(Moments moments) {
            Matrices.Power root = Matrices.squareRoot(moments.covariance(), THRESHOLD);
            return new Style(moments.mean(), root.eigenvalues(), root.matrix());
        }
    }

    /** What is needed of a content: mean C x 1, eigenvalues C ascending, and the whitening matrix C x C, float64. */
    public record Content(Tensor mean, Tensor eigenvalues, Tensor whitening) {
        /**
         * A content of known moments.
         *
         * @param regularised whether the identity is added to the covariance, as published: weak directions are then
         *     not blown up
         */
        public static Content of(Moments moments, boolean regularised) {
            Tensor covariance = moments.covariance();
            if (regularised) {
                covariance =
                        covariance.add(covariance.identity(covariance.shape().size(0)));
            }
            Matrices.Power root = Matrices.inverseSquareRoot(covariance, THRESHOLD);
            return new Content(moments.mean(), root.eigenvalues(), root.matrix());
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
            Content own = Content.of(Moments.of(content), regularised);
            return new Result(scope.keep(apply(content, own, style, strength)), scope.keep(own.eigenvalues()));
        }
    }

    /**
     * Content features of known statistics in the manner of a style: where the statistics are those of a region or of a
     * larger picture that this is a part of.
     */
    public static Tensor apply(Tensor content, Content own, Style style) {
        return Scope.keeping(() -> apply(content, own, style, 1));
    }

    private static Tensor apply(Tensor content, Content own, Style style, double strength) {
        Shape shape = content.shape();
        long rows = Math.max(1, STRIP / Math.max(1, shape.size(1) * shape.size(3)));
        Tensor mapping = style.colouring().matmul(own.whitening());
        List<Tensor> strips = new ArrayList<>();
        for (long top = 0; top < shape.size(2); top += rows) {
            long from = top;
            long height = Math.min(rows, shape.size(2) - top);
            strips.add(Scope.keeping(() -> {
                Tensor strip = height == shape.size(2) ? content : content.slice(2, from, height);
                Tensor flat = strip.to(ElementType.FLOAT64).reshape(shape.size(1), height * shape.size(3));
                Tensor transferred = mapping.matmul(flat.sub(own.mean())).add(style.mean());
                Tensor mixed = strength == 1
                        ? transferred
                        : transferred.affine(strength, 0).add(flat.affine(1 - strength, 0));
                return mixed.reshape(strip.shape()).to(content.type());
            }));
        }
        return Tensor.concat(2, strips);
    }

    private static Tensor channelMeans(Tensor features) {
        Tensor wide = features.to(ElementType.FLOAT64);
        return wide.mean(2, 3).reshape(features.shape().size(1), 1);
    }

    private static void checkSingle(String what, Tensor features) {
        if (features.shape().rank() != 4 || features.shape().size(0) != 1) {
            throw new ShapeException("wct: " + what + " has shape " + features.shape() + ", expected 1 x C x H x W");
        }
    }
}
