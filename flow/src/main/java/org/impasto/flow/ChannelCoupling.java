package org.impasto.flow;

import java.util.List;
import org.impasto.core.Backward;
import org.impasto.core.Coupling;
import org.impasto.core.ElementType;
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

    /** How an answer of the network, in float32, changes the second part of a state, in float64. */
    interface Change {
        /** Channels of an answer for each channel of the second part. */
        int answers();

        /** The state after the change, and the logarithm of the determinant. */
        Result apply(Tensor state, Tensor answer);

        /** The state before the change. */
        Tensor undo(Tensor changed, Tensor answer);

        /** The gradients of the state before the change, without what comes through the network, and of the answer. */
        Coupling.Gradients gradients(Tensor state, Tensor answer, Tensor ofChanged, Tensor ofLogDet);
    }

    /** The channels that pass, and the others. */
    record Halves(Tensor first, Tensor second) {
        static Halves of(Tensor state) {
            long half = half(state.shape());
            return new Halves(
                    state.slice(1, 0, half), state.slice(1, half, state.shape().size(1) - half));
        }

        Tensor joined() {
            return Tensor.concat(1, List.of(first, second));
        }
    }

    /** How many channels pass. */
    private static long half(Shape state) {
        if (state.rank() != 4 || state.size(1) < 2) {
            throw new ShapeException(
                    "coupling: features have shape " + state + ", expected N, C, H, W with 2 channels or more");
        }
        return state.size(1) / 2;
    }

    /** The channels of a state that pass. */
    private static Tensor first(Tensor state) {
        return state.slice(1, 0, half(state.shape()));
    }

    /** What the network says to the first part of a state. */
    private Tensor ask(Tensor first, Shape state) {
        Tensor answer = network.forward(NetworkInput.of(first));
        Shape expected =
                state.with(1, change.answers() * (state.size(1) - first.shape().size(1)));
        if (!answer.shape().equals(expected)) {
            throw new ShapeException(
                    "coupling: the network made " + answer.shape() + " of " + first.shape() + ", expected " + expected);
        }
        return answer;
    }

    @Override
    public Result forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor state = LogDeterminants.state(x);
            Result changed = change.apply(state, ask(first(state), state.shape()));
            return new Result(scope.keep(changed.y()), scope.keep(changed.logDet()));
        }
    }

    @Override
    public Tensor inverse(Tensor y) {
        return Scope.keeping(() -> {
            Tensor state = LogDeterminants.state(y);
            return change.undo(state, ask(first(state), state.shape()));
        });
    }

    /** Asks the network once, for the state before the change and for the gradients. */
    @Override
    public Step walkBack(Backward backward, Tensor y, Tensor gradient, Tensor ofLogDet) {
        try (Scope outer = Scope.open();
                Scope scope = Scope.open()) {
            Tensor[] found = new Tensor[2];
            Tensor ofFirst = backward.vjp(
                            inputs -> {
                                Tensor answer = ask(inputs.get(0), y.shape());
                                Tensor plain = answer.plain();
                                Tensor x = change.undo(y, plain);
                                Coupling.Gradients gradients = change.gradients(x, plain, gradient, ofLogDet);
                                found[0] = scope.keep(x);
                                found[1] = scope.keep(gradients.ofState());
                                // A sum of products, so that the answer gets this gradient, which is only known now.
                                return List.of(
                                        answer.mul(gradients.ofAnswer()).sum().reshape(1));
                            },
                            List.of(first(y)),
                            List.of(y.constant(Shape.of(1), 1).to(ElementType.FLOAT32)))
                    .get(0);
            Halves gradients = Halves.of(found[1]);
            Tensor ofState = new Halves(sum(gradients.first(), ofFirst), gradients.second()).joined();
            return new Step(found[0], ofState).keptBy(scope).keptBy(outer);
        }
    }

    private static Tensor sum(Tensor gradient, @Nullable Tensor other) {
        return other == null ? gradient : gradient.add(other);
    }
}
