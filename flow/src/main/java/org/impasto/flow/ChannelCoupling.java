package org.impasto.flow;

import java.util.List;
import org.impasto.core.Backward;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.Layer;
import org.jspecify.annotations.Nullable;

/**
 * Passes the first C / 2 channels and changes the others by what a network makes of those. The network reads the first part
 * rounded to float32; both directions give it the same numbers, so it answers the same.
 */
final class ChannelCoupling implements Invertible, WalksBack {
    private final Layer network;
    private final Change change;

    ChannelCoupling(Layer network, Change change) {
        this.network = network;
        this.change = change;
    }

    /** How an answer of the network, in float32, changes the second part, in float64. */
    interface Change {
        /** Channels of an answer for each channel of the second part. */
        int answers();

        /** The second part after the change, and the logarithm of the determinant. */
        Result apply(Tensor second, Tensor answer);

        /** The second part before the change. */
        Tensor undo(Tensor changed, Tensor answer);

        /** The gradient of the second part before the change. */
        Tensor gradient(Tensor ofChanged, Tensor answer);
    }

    private record Halves(Tensor first, Tensor second) {
        static Halves of(Tensor state) {
            Shape shape = state.shape();
            if (shape.rank() != 4 || shape.size(1) < 2) {
                throw new ShapeException(
                        "coupling: features have shape " + shape + ", expected N, C, H, W with 2 channels or more");
            }
            long half = shape.size(1) / 2;
            return new Halves(state.slice(1, 0, half), state.slice(1, half, shape.size(1) - half));
        }

        Tensor joined(Tensor other) {
            return Tensor.concat(1, List.of(first, other));
        }
    }

    /** What the network says to the first part. */
    private Tensor ask(Tensor first, Tensor second) {
        Tensor answer = network.forward(NetworkInput.of(first));
        Shape expected =
                second.shape().with(1, change.answers() * second.shape().size(1));
        if (!answer.shape().equals(expected)) {
            throw new ShapeException(
                    "coupling: the network made " + answer.shape() + " of " + first.shape() + ", expected " + expected);
        }
        return answer;
    }

    @Override
    public Result forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Halves halves = Halves.of(LogDeterminants.state(x));
            Result changed = change.apply(halves.second(), ask(halves.first(), halves.second()));
            return new Result(
                    scope.keep(halves.joined(CouplingScale.finite(changed.y()))), scope.keep(changed.logDet()));
        }
    }

    @Override
    public Tensor inverse(Tensor y) {
        return Scope.keeping(() -> {
            Halves halves = Halves.of(LogDeterminants.state(y));
            Tensor second = change.undo(halves.second(), ask(halves.first(), halves.second()));
            return halves.joined(CouplingScale.finite(second));
        });
    }

    /** Asks the network once, for the second part before the change and for the gradients. */
    @Override
    public Step walkBack(Backward backward, Tensor y, Tensor gradient, Tensor ofLogDet) {
        try (Scope outer = Scope.open();
                Scope scope = Scope.open()) {
            Halves after = Halves.of(y);
            Halves gradients = Halves.of(gradient);
            Tensor[] found = new Tensor[2];
            Tensor ofFirst = backward.vjp(
                            inputs -> {
                                Tensor answer = ask(inputs.get(0), after.second());
                                Tensor plain = answer.plain();
                                Tensor second = scope.keep(change.undo(after.second(), plain));
                                found[0] = second;
                                found[1] = scope.keep(change.gradient(gradients.second(), plain));
                                Result changed = change.apply(second, answer);
                                return List.of(changed.y(), changed.logDet());
                            },
                            List.of(after.first()),
                            List.of(gradients.second(), ofLogDet))
                    .get(0);
            Tensor first = sum(gradients.first(), ofFirst);
            Step step =
                    new Step(after.joined(CouplingScale.finite(found[0])), Tensor.concat(1, List.of(first, found[1])));
            return step.keptBy(scope).keptBy(outer);
        }
    }

    private static Tensor sum(Tensor gradient, @Nullable Tensor other) {
        return other == null ? gradient : gradient.add(other);
    }
}
