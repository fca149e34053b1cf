package org.impasto.testing.rules;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backward;
import org.impasto.core.CustomFunction;
import org.impasto.core.Operation;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A chain of invertible blocks as one custom function: of the two halves (a, b) of the channels, a block gives
 * (b + tanh(a w), a). It keeps the last result only and walks back by inverses.
 */
final class AdditiveCoupling implements CustomFunction {
    private final List<Parameter> weights;
    private int backwardPasses;

    AdditiveCoupling(List<Parameter> weights) {
        this.weights = weights;
    }

    int backwardPasses() {
        return backwardPasses;
    }

    static Tensor block(Tensor x, Parameter weight) {
        long half = x.shape().size(1) / 2;
        Tensor a = x.slice(1, 0, half);
        Tensor b = x.slice(1, half, half);
        return Tensor.concat(1, List.of(b.add(a.mul(weight.on(x)).tanh()), a));
    }

    private static Tensor inverse(Tensor y, Parameter weight) {
        long half = y.shape().size(1) / 2;
        Tensor a = y.slice(1, half, half);
        return Tensor.concat(
                1, List.of(a, y.slice(1, 0, half).sub(a.mul(weight.on(y)).tanh())));
    }

    /** The same chain without a backward pass of its own. */
    Tensor plainly(Tensor x) {
        Tensor y = x;
        for (Parameter weight : weights) {
            y = block(y, weight);
        }
        return y;
    }

    @Override
    public List<Tensor> forward(List<Tensor> inputs) {
        try (Scope scope = Scope.open()) {
            Tensor y = inputs.get(0);
            for (Parameter weight : weights) {
                y = scope.only(block(y, weight));
            }
            return List.of(scope.keep(y));
        }
    }

    @Override
    public Operation.Saves saves() {
        return Operation.Saves.outputs(0);
    }

    @Override
    public List<@Nullable Tensor> backward(Backward backward) {
        backwardPasses++;
        try (Scope outer = Scope.open()) {
            Tensor y = backward.output(0);
            Tensor gradient = backward.gradient();
            for (int i = weights.size() - 1; i >= 0; i--) {
                Parameter weight = weights.get(i);
                Tensor x = inverse(y, weight);
                Tensor before = backward.vjp(
                                inputs -> List.of(block(inputs.get(0), weight)), List.of(x), List.of(gradient))
                        .get(0);
                if (before == null) {
                    throw new AssertionError("the walk back through an invertible block gave no gradient");
                }
                gradient = outer.only(before, x);
                y = x;
            }
            List<@Nullable Tensor> gradients = new ArrayList<>();
            gradients.add(outer.keep(gradient));
            return gradients;
        }
    }
}
