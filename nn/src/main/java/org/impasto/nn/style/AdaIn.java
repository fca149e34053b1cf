package org.impasto.nn.style;

import java.util.List;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Adaptive instance normalisation (Huang and Belongie, 2017): each channel of the content gets the style's mean and
 * deviation. {@code y = (c - mean_c) / std_c * std_s + mean_s}, {@code std = sqrt(unbiased variance + 1e-5)}.
 */
public final class AdaIn {
    private static final double EPSILON = 1e-5;

    private AdaIn() {}

    /** What is needed of a style: mean and deviation of each channel, N x C x 1 x 1. */
    public record Style(Tensor mean, Tensor deviation) {
        /** The statistics of a style's features, N x C x H x W. */
        public static Style of(Tensor features) {
            return of(features.channelMoments(true));
        }

        /** The style of known moments, the variance divided by n - 1. */
        public static Style of(Tensor.Moments moments) {
            return new Style(
                    moments.mean(), moments.variance().affine(1, EPSILON).sqrt());
        }

        /**
         * The statistics of features in a region; each cell counts as much as its mask says.
         *
         * @param mask N x 1 x H x W or 1 x 1 x H x W in [0, 1], at the size of the features
         */
        public static Style of(Tensor features, Tensor mask) {
            Tensor count = mask.sum(2, 3);
            // An empty region has statistics, too, which nothing takes.
            Tensor mean =
                    features.mul(mask).sum(2, 3).div(count.maximum(mask.constant(Shape.scalar(), Float.MIN_NORMAL)));
            Tensor one = mask.constant(Shape.scalar(), 1);
            Tensor variance = features.sub(mean)
                    .square()
                    .mul(mask)
                    .sum(2, 3)
                    .div(count.affine(1, -1).maximum(one));
            return new Style(mean, variance.affine(1, EPSILON).sqrt());
        }
    }

    /** A style and its share in a mixture. */
    public record Weighted(Tensor features, double weight) {}

    /**
     * Content features in the manner of style features, both N x C x H x W of any two sizes.
     *
     * @param strength 0 gives the content, 1 the full result
     */
    public static Tensor apply(Tensor content, Tensor style, double strength) {
        return Scope.keeping(() -> transferred(content, Style.of(style), strength));
    }

    /** Content features in the manner of a prepared style. */
    public static Tensor apply(Tensor content, Style style, double strength) {
        return Scope.keeping(() -> transferred(content, style, strength));
    }

    /** Content features in the manner of several styles at once: the weighted sum of the single results. */
    public static Tensor apply(Tensor content, List<Weighted> styles, double strength) {
        return Scope.keeping(() -> {
            Tensor sum = content.constant(Shape.scalar(), 0);
            for (Weighted style : styles) {
                sum = sum.add(transferred(content, Style.of(style.features())).affine(style.weight(), 0));
            }
            return mixed(content, sum, strength);
        });
    }

    /**
     * One style where a mask is 1, another where it is 0, with the statistics of the whole content for both.
     *
     * @param mask N x 1 x H x W in [0, 1], at the size of the content's features
     */
    public static Tensor blended(Tensor content, Tensor inside, Tensor outside, Tensor mask) {
        checkMask(content, mask);
        return Scope.keeping(() -> transferred(content, Style.of(inside))
                .mul(mask)
                .add(transferred(content, Style.of(outside)).mul(mask.affine(-1, 1))));
    }

    /**
     * One style where a mask is 1, another where it is 0, each with the content's statistics over its own region.
     *
     * @param mask N x 1 x H x W of zeros and ones, at the size of the content's features
     */
    public static Tensor byRegion(Tensor content, Tensor inside, Tensor outside, Tensor mask) {
        checkMask(content, mask);
        return Scope.keeping(() -> {
            Tensor rest = mask.affine(-1, 1);
            Tensor in = transferred(content, Style.of(content, mask), Style.of(inside));
            Tensor out = transferred(content, Style.of(content, rest), Style.of(outside));
            return in.mul(mask).add(out.mul(rest));
        });
    }

    /**
     * Content features of known statistics in the manner of a style: where the statistics are those of a region or of a
     * larger picture that this is a part of.
     */
    public static Tensor apply(Tensor content, Style own, Style style) {
        return Scope.keeping(() -> transferred(content, own, style));
    }

    private static Tensor transferred(Tensor content, Style style) {
        return transferred(content, Style.of(content), style);
    }

    private static Tensor transferred(Tensor content, Style own, Style style) {
        return content.channelAffine(own.mean(), style.deviation().div(own.deviation()), style.mean());
    }

    /** The mixture with the content, in the same pass: it is an affine map of each channel, too. */
    private static Tensor transferred(Tensor content, Style style, double strength) {
        if (strength == 0 || strength == 1) {
            return strength == 0 ? content : transferred(content, style);
        }
        Style own = Style.of(content);
        Tensor scale = style.deviation().div(own.deviation()).affine(strength, 1 - strength);
        Tensor shift = style.mean().affine(strength, 0).add(own.mean().affine(1 - strength, 0));
        return content.channelAffine(own.mean(), scale, shift);
    }

    private static Tensor mixed(Tensor content, Tensor transferred, double strength) {
        if (strength == 1) {
            return transferred;
        }
        return transferred.affine(strength, 0).add(content.affine(1 - strength, 0));
    }

    private static void checkMask(Tensor content, Tensor mask) {
        Shape expected = content.shape().with(1, 1);
        if (!mask.shape().equals(expected)) {
            throw new ShapeException(
                    "mask has shape " + mask.shape() + ", expected " + expected + " for content " + content.shape());
        }
    }
}
