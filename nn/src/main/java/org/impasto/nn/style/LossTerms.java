package org.impasto.nn.style;

import org.impasto.core.Tensor;
import org.impasto.nn.functional.Losses;

/** What the losses of this package share: terms in relation to what is wanted, so that weights mean the same for any layer. */
final class LossTerms {
    private static final double LEAST_SQUARE = 1e-12; // where what is wanted is all zeros

    private LossTerms() {}

    /** What differences from a tensor are divided by: its mean square. */
    static double meanSquare(Tensor wanted) {
        return Math.max(LEAST_SQUARE, wanted.plain().square().mean().item());
    }

    /** The mean squared difference of two tensors, divided by {@code meanSquare}: a scalar. */
    static Tensor difference(Tensor found, Tensor wanted, double meanSquare) {
        return Losses.meanSquaredError(found, wanted).affine(1 / meanSquare, 0);
    }

    /** Complains about a weight that is negative, infinite or no number. */
    static void checkWeight(String name, double weight) {
        if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("weight of " + name + " is " + weight + ", expected 0 or more");
        }
    }
}
