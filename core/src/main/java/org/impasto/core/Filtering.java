package org.impasto.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations that look at a neighbourhood of each cell and keep the size of a picture. */
public sealed interface Filtering extends Operation {
    /** What the part of a window that lies beyond the edge of a picture counts as. */
    enum Border {
        /** Not counted: the mean is that of the cells inside. */
        TRUNCATED(PaddingMode.ZERO),
        /** Zeros. */
        ZERO(PaddingMode.ZERO),
        /** As {@link PaddingMode#REFLECT}; the radius must be smaller than the picture. */
        REFLECT(PaddingMode.REFLECT),
        /** As {@link PaddingMode#REPLICATE}. */
        REPLICATE(PaddingMode.REPLICATE),
        /** As {@link PaddingMode#CIRCULAR}; the radius must not be larger than the picture. */
        CIRCULAR(PaddingMode.CIRCULAR),
        /** As {@link PaddingMode#SYMMETRIC}. */
        SYMMETRIC(PaddingMode.SYMMETRIC);

        private final PaddingMode padding;

        Border(PaddingMode padding) {
            this.padding = padding;
        }

        /** Where the cells beyond the edge take their values from. */
        public PaddingMode padding() {
            return padding;
        }
    }

    /**
     * The mean of the window of (2 radius + 1) x (2 radius + 1) cells around each cell. The time for a cell does not grow
     * with the radius, and no sum is ever taken back: what is not a number stays within a radius of where it was.
     */
    record BoxMean(int radius, Border border) implements Filtering {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec x = inputs.get(0);
            Checks.picture(this, "picture", x);
            checkRadius(this, radius);
            Edges.all(radius).check(this, border.padding(), x.shape());
            return List.of(x);
        }

        /** The transpose: means of the zero-padded gradient, and what fell beyond the edge folded back. */
        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            BoxMean padded = new BoxMean(radius, Border.ZERO);
            Tensor g = b.gradient();
            Shape picture = b.inputSpec(0).shape();
            return switch (border) {
                case ZERO -> List.of(Tensor.apply(padded, g));
                case TRUNCATED -> {
                    Shape plane = picture.with(0, 1).with(1, 1);
                    Tensor inside = Tensor.apply(padded, g.constant(plane, 1)); // the part of each window that counts
                    yield List.of(Tensor.apply(padded, g.div(inside)));
                }
                default -> {
                    Tensor means = Tensor.apply(padded, g.pad(Edges.all(radius), PaddingMode.ZERO));
                    yield List.of(
                            Tensor.apply(new Padding.PadGradient(Edges.all(radius), border.padding(), picture), means));
                }
            };
        }
    }

    /**
     * The guided filter (He, Sun and Tang, 2013). Operands: guide (N, 1 or 3, H, W), picture (N, C, H, W). With m the
     * box mean, a = (Cov(I) + regularization)^-1 Cov(I, p) and b = m(p) - a m(I), the result is m(a) I + m(b).
     */
    record GuidedFilter(int radius, Border border, double regularization) implements Filtering {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Spec guide = inputs.get(0);
            Spec picture = inputs.get(1);
            Checks.picture(this, "guide", guide);
            Checks.picture(this, "picture", picture);
            Checks.sameType(this, guide, picture);
            long channels = guide.shape().size(1);
            Checks.that(
                    (channels == 1 || channels == 3)
                            && guide.shape().with(1, picture.shape().size(1)).equals(picture.shape()),
                    this,
                    () -> "guide has shape " + guide.shape()
                            + ", expected 1 or 3 channels and the batch and size of picture " + picture.shape());
            Checks.that(
                    regularization > 0 && regularization < Double.POSITIVE_INFINITY,
                    this,
                    () -> "regularization is " + regularization + ", expected a number above 0");
            checkRadius(this, radius);
            Edges.all(radius).check(this, border.padding(), picture.shape());
            return List.of(picture);
        }

        @Override
        public Tensor unfused(List<Tensor> operands) {
            return UnfusedGuidedFilter.of(this, operands.get(0), operands.get(1));
        }
    }

    /** Sums of windows take memory that grows with the square of the radius. */
    int LARGEST_RADIUS = 1024;

    private static void checkRadius(Operation operation, int radius) {
        Checks.that(
                radius >= 0 && radius <= LARGEST_RADIUS,
                operation,
                () -> "radius is " + radius + ", expected 0 to " + LARGEST_RADIUS);
    }
}
