package org.impasto.flow;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backward;
import org.impasto.core.CustomFunction;
import org.impasto.core.Operation;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Invertible layers one after the other. On a tape the whole chain is one function that keeps its result alone and
 * walks back by inverses, so the memory of a training step does not grow with the number of layers; each layer is then
 * computed once more on the way back, and inverted.
 */
public final class InvertibleSequence implements Invertible {
    private final List<Invertible> layers;
    private volatile long kept;

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

    /**
     * Lets a tape keep what the first layers compute, so that they are not computed again on the way back: as long as the
     * tape keeps less than that many bytes in all, of this chain and of anything else. The other layers walk back by
     * inverses. The gradients are the same within float32 rounding. 0, as at first, keeps nothing; a number of bytes bounds
     * the memory too, whatever the number of layers, to that and what one more layer keeps.
     */
    public void keepOnTapes(long bytes) {
        if (bytes < 0) {
            throw new ShapeException("sequence: a tape cannot keep " + bytes + " bytes, expected 0 or more");
        }
        kept = bytes;
    }

    @Override
    public Result forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor y = LogDeterminants.state(x);
            Tensor logDet = LogDeterminants.none(y);
            int from = 0;
            while (from < layers.size() && y.backend() instanceof Tape tape && tape.keptBytes() < kept) {
                Result result = layers.get(from++).forward(y);
                y = result.y();
                logDet = scope.only(logDet.add(result.logDet()), y);
            }
            if (from < layers.size()) {
                List<Tensor> results = Tensor.custom(new Chain(layers.subList(from, layers.size())), y);
                y = results.get(0);
                logDet = logDet.add(results.get(1));
            }
            return new Result(scope.keep(y), scope.keep(logDet));
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
