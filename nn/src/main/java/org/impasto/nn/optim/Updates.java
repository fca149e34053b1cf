package org.impasto.nn.optim;

import org.impasto.core.Tensor;

/** Pieces that the rules of optimisers are made of. */
final class Updates {
    private Updates() {}

    /** The gradient of the loss plus {@code weightDecay / 2} times the sum of squares of the parameter. */
    static Tensor decayed(Tensor gradient, Tensor value, double weightDecay) {
        return weightDecay == 0 ? gradient : gradient.add(value.affine(weightDecay, 0));
    }

    /** A running mean, of which {@code decay} stays: written so that it does not drift where nothing changes. */
    static Tensor average(Tensor mean, Tensor next, double decay) {
        return mean.add(next.sub(mean).affine(1 - decay, 0));
    }

    /** {@code value - rate * direction}. */
    static Tensor descended(Tensor value, Tensor direction, double rate) {
        return value.sub(direction.affine(rate, 0));
    }
}
