package org.impasto.flow;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backward;
import org.impasto.core.CustomFunction;
import org.impasto.core.Operation;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Invertible layers one after the other. On a tape the whole chain is one function that keeps its result alone and
 * walks back by inverses, so the memory of a training step does not grow with the number of layers; each layer is then
 * computed once more on the way back, and inverted.
 */
public final class InvertibleSequence implements Invertible {
    private final List<Invertible> layers;

    /** The layers in the order of the forward pass, at least one. */
    public InvertibleSequence(List<? extends Invertible> layers) {
        if (layers.isEmpty()) {
            throw new ShapeException("sequence: no layers, expected at least one");
        }
        this.layers = List.copyOf(layers);
    }

    /** The layers in the order of the forward pass, at least one. */
    public static InvertibleSequence of(Invertible... layers) {
        return new InvertibleSequence(List.of(layers));
    }

    /** The layers. */
    public List<Invertible> layers() {
        return layers;
    }

    @Override
    public Result forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            List<Tensor> results = Tensor.custom(new Chain(layers), LogDeterminants.state(x));
            return new Result(scope.keep(results.get(0)), scope.keep(results.get(1)));
        }
    }

    /** The forward pass on a tape that keeps what every layer computed: more memory, less work. */
    public Result forwardKeepingAll(Tensor x) {
        return each(x, false);
    }

    @Override
    public Tensor inverse(Tensor y) {
        try (Scope scope = Scope.open()) {
            Tensor x = LogDeterminants.state(y);
            for (int i = layers.size() - 1; i >= 0; i--) {
                x = scope.only(layers.get(i).inverse(x));
            }
            return scope.keep(x);
        }
    }

    @Override
    public Result initialize(Tensor x) {
        return each(x, true);
    }

    private Result each(Tensor x, boolean initialize) {
        try (Scope scope = Scope.open()) {
            Tensor y = LogDeterminants.state(x);
            Tensor logDet = LogDeterminants.none(y);
            for (Invertible layer : layers) {
                Result result = initialize ? layer.initialize(y) : layer.forward(y);
                y = result.y();
                logDet = scope.only(logDet.add(result.logDet()), y);
            }
            return new Result(scope.keep(y), scope.keep(logDet));
        }
    }

    /** The chain as one function: from x to y and the logarithm of the determinant. */
    private record Chain(List<Invertible> layers) implements CustomFunction {
        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            try (Scope scope = Scope.open()) {
                Tensor y = inputs.get(0);
                Tensor logDet = LogDeterminants.none(y);
                for (Invertible layer : layers) {
                    Result result = layer.forward(y);
                    y = result.y();
                    logDet = scope.only(logDet.add(result.logDet()), y);
                }
                return List.of(scope.keep(y), scope.keep(logDet));
            }
        }

        @Override
        public Operation.Saves saves() {
            return Operation.Saves.outputs(0);
        }

        @Override
        public List<@Nullable Tensor> backward(Backward backward) {
            try (Scope scope = Scope.open()) {
                Tensor y = backward.output(0);
                Tensor gradient = backward.gradient(0);
                Tensor ofLogDet = backward.gradient(1);
                for (int i = layers.size() - 1; i >= 0; i--) {
                    WalksBack.Step step = WalksBack.through(layers.get(i), backward, y, gradient, ofLogDet);
                    gradient = step.gradient();
                    y = scope.only(step.x(), gradient, ofLogDet);
                }
                List<@Nullable Tensor> gradients = new ArrayList<>();
                gradients.add(scope.keep(gradient));
                return gradients;
            }
        }
    }
}
