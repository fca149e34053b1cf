package org.impasto.flow;

import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/** Logarithms of determinants, one for each sample, in float64. */
final class LogDeterminants {
    private LogDeterminants() {}

    /** Nothing for each sample of x. */
    static Tensor none(Tensor x) {
        return same(x, 0);
    }

    /** The same number for each sample of x. */
    static Tensor same(Tensor x, double value) {
        return state(x).constant(Shape.of(x.shape().size(0)), value);
    }

    /** A scalar for each sample of x. */
    static Tensor same(Tensor x, Tensor value) {
        return none(x).add(value.reshape(1));
    }

    /** The sums of the elements of each sample. */
    static Tensor perSample(Tensor elements) {
        int[] axes = new int[elements.shape().rank() - 1];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = i + 1;
        }
        return elements.sum(axes).reshape(elements.shape().size(0));
    }

    /** The state of a flow is float64. */
    static Tensor state(Tensor x) {
        return x.to(ElementType.FLOAT64);
    }

    /** Pixels of a feature map. */
    static int pixels(Tensor x) {
        return Math.multiplyExact(x.shape().intSize(2), x.shape().intSize(3));
    }
}
