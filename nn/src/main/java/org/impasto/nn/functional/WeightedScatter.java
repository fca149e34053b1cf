package org.impasto.nn.functional;

import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Where the channels of a picture lie and how they vary together, when pixels count as much as a mask says. In float64.
 * Where the mask is zero everywhere all of it is zero.
 *
 * @param weight the sum of the mask, 1 x 1
 * @param mean C x 1
 * @param products the sum over pixels of mask times the products of deviations from the mean, C x C: covariance but for the
 *     divisor
 */
public record WeightedScatter(Tensor weight, Tensor mean, Tensor products) {
    /**
     * That of features.
     *
     * @param features 1 x C x H x W
     * @param mask 1 x 1 x H x W in [0, 1]
     */
    public static WeightedScatter of(Tensor features, Tensor mask) {
        Shape shape = features.shape();
        if (shape.rank() != 4 || shape.size(0) != 1 || !mask.shape().equals(shape.with(1, 1))) {
            throw new ShapeException("features have shape " + shape + " and their mask " + mask.shape()
                    + ", expected 1 x C x H x W and 1 x 1 x H x W");
        }
        long channels = shape.size(1);
        try (Scope scope = Scope.open()) {
            Tensor weight = mask.sum(2, 3);
            Tensor some = weight.maximum(mask.constant(Shape.scalar(), Float.MIN_NORMAL));
            Tensor mean = features.mul(mask).sum(2, 3).div(some);
            // The covariance of weighted deviations about their own mean, and back to sums about the region's mean.
            Tensor weighted = features.sub(mean).mul(mask.sqrt());
            Tensor shift = weighted.to(ElementType.FLOAT64).mean(2, 3).reshape(channels, 1);
            Tensor products = weighted.covariance(false)
                    .reshape(channels, channels)
                    .add(shift.matmul(shift, false, true))
                    .affine(shape.size(2) * (double) shape.size(3), 0);
            return new WeightedScatter(
                    scope.keep(weight.to(ElementType.FLOAT64).reshape(1, 1)),
                    scope.keep(mean.to(ElementType.FLOAT64).reshape(channels, 1)),
                    scope.keep(products));
        }
    }

    /**
     * The covariance.
     *
     * @param unbiased whether it divides by the weight less 1, but by 1 at least; else by the weight
     */
    public Tensor covariance(boolean unbiased) {
        Tensor divisor = unbiased ? weight.affine(1, -1) : weight;
        return products.div(divisor.maximum(weight.constant(Shape.scalar(), unbiased ? 1 : Float.MIN_NORMAL)));
    }
}
