package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statistics of the channels of feature maps. */
public sealed interface Statistics extends Operation {
    /**
     * Mean and variance of each channel over its pixels. Operand (N, C, H, W), results (N, C, 1, 1) each.
     *
     * @param unbiased whether the variance divides by n - 1 instead of n
     */
    record ChannelMoments(boolean unbiased) implements Statistics {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec x = inputs.get(0);
            Checks.picture(this, "features", x);
            long pixels = x.shape().size(2) * x.shape().size(3);
            Checks.that(
                    pixels > (unbiased ? 1 : 0),
                    this,
                    () -> "features " + x.shape() + " have " + pixels + " pixels, expected at least "
                            + (unbiased ? 2 : 1));
            Spec moment = new Spec(x.shape().with(2, 1).with(3, 1), x.type());
            return List.of(moment, moment);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return new Saves(List.of(0), List.of(0));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Shape x = b.inputSpec(0).shape();
            double pixels = x.size(2) * (double) x.size(3);
            List<@Nullable Tensor> gradients = new ArrayList<>();
            gradients.add(b.input(0)
                    .channelAffine(
                            b.output(0),
                            b.gradient(1).affine(2 / (unbiased ? pixels - 1 : pixels), 0),
                            b.gradient(0).affine(1 / pixels, 0)));
            return gradients;
        }
    }

    /**
     * Covariance of the channels over the pixels, computed in float64. Operand (N, C, H, W), result (N, C, C) FLOAT64.
     *
     * @param unbiased whether it divides by n - 1 instead of n
     */
    record Covariance(boolean unbiased) implements Statistics {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec x = inputs.get(0);
            Checks.picture(this, "features", x);
            long pixels = x.shape().size(2) * x.shape().size(3);
            Checks.that(
                    pixels > (unbiased ? 1 : 0),
                    this,
                    () -> "features " + x.shape() + " have " + pixels + " pixels, expected at least "
                            + (unbiased ? 2 : 1));
            Shape shape =
                    Shape.of(x.shape().size(0), x.shape().size(1), x.shape().size(1));
            return List.of(new Spec(shape, ElementType.FLOAT64));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor x = b.input(0);
            Shape shape = x.shape();
            long pixels = shape.size(2) * shape.size(3);
            Tensor aroundMean = x.sub(x.mean(2, 3));
            // Twice, for the mean of large numbers is rounded.
            Tensor centred = aroundMean.sub(aroundMean.mean(2, 3)).reshape(shape.size(0), shape.size(1), pixels);
            Tensor g = b.gradient().to(x.type());
            Tensor symmetric = g.add(Tensor.apply(new View.Permute(List.of(0, 2, 1)), g));
            return List.of(symmetric
                    .matmul(centred)
                    .affine(1.0 / (unbiased ? pixels - 1 : pixels), 0)
                    .reshape(shape));
        }
    }
}
