package org.impasto.flow;

import java.util.List;
import org.impasto.core.Backward;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;

/**
 * A layer that finds its input and the gradient of it in one go, with less work or memory than an inverse and a recorded
 * forward pass.
 */
interface WalksBack {
    /**
     * The input and its gradient; gradients of weights go to the backward pass.
     *
     * @param y the result, outside of tapes
     * @param gradient that of the result
     * @param ofLogDet that of the logarithm of the determinant, (N)
     */
    Step walkBack(Backward backward, Tensor y, Tensor gradient, Tensor ofLogDet);

    /** Where a walk back has got to. */
    record Step(Tensor x, Tensor gradient) {
        /** Handed to the scope that encloses one. */
        Step keptBy(Scope scope) {
            return new Step(scope.keep(x), scope.keep(gradient));
        }
    }

    /** One layer back, in its own way if it has one. */
    static Step through(Invertible layer, Backward backward, Tensor y, Tensor gradient, Tensor ofLogDet) {
        // On an outer tape, which second derivatives need, everything has to be recorded.
        if (layer instanceof WalksBack walks && !InvertibleConvolution1x1.isRecorded(y)) {
            return walks.walkBack(backward, y, gradient, ofLogDet);
        }
        try (Scope scope = Scope.open()) {
            Tensor x = backward.again(() -> layer.inverse(y));
            Tensor before = backward.vjp(
                            inputs -> {
                                Invertible.Result result = layer.forward(inputs.get(0));
                                return List.of(result.y(), result.logDet());
                            },
                            List.of(x),
                            List.of(gradient, ofLogDet))
                    .get(0);
            return new Step(x, before == null ? x.constant(x.shape(), 0) : before).keptBy(scope);
        }
    }
}
