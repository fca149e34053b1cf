package org.impasto.flow;

import java.util.List;
import java.util.function.Function;
import org.impasto.core.Buffer;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.nn.Init;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;
import org.jspecify.annotations.Nullable;

/**
 * Passes the numbers where a {@link Mask} is 1 and scales and shifts the others by what a network makes of those (Dinh
 * and others, Density estimation using Real NVP, 2016): with (s, t) the channel halves of {@code network(x mask)},
 * {@code f = exp(scaling_factor)} a channel and {@code s' = tanh(s / f) f}, {@code y = (x + t) exp(s')} where the mask
 * is 0. The logarithm of the determinant is {@code sum(s')}. Conventions and names are those of the UvA deep learning
 * course (tutorial 11): weights {@code network.*} and {@code scaling_factor} (C), buffer {@code mask}.
 *
 * <p>Scales stay within exp(f), so a factor that overflows is a {@link WeightException} when the layer is built and
 * when it is used.
 */
public final class MaskCoupling implements Invertible {
    private static final double LARGEST_FACTOR = 80; // exp of it and of its negative are normal float32 numbers

    private final int channels;
    private final Buffer mask;
    private final Parameter scalingFactor;
    private final Layer network;

    /**
     * A coupling with any network.
     *
     * @param network is built in the room {@code network}; from C channels, and those of a context if one is given, to
     *     2 C, at the same size; float32
     */
    public MaskCoupling(Parameters p, Mask mask, int channels, Function<Parameters, ? extends Layer> network) {
        if (mask.shape().size(1) != 1 && mask.shape().size(1) != channels) {
            throw new ShapeException(
                    "mask coupling: the mask is " + mask.shape() + ", expected 1 or " + channels + " channels");
        }
        this.channels = channels;
        this.mask = p.buffer("mask", mask.shape(), mask.init());
        this.scalingFactor = p.get("scaling_factor", Shape.of(channels), Init.zeros());
        this.network = network.apply(p.in("network"));
        try (Scope scope = Scope.open()) {
            for (float value : this.mask.value().toFloats()) {
                if (value != 0 && value != 1) {
                    throw new WeightException(this.mask.cell().path() + ": holds " + value + ", expected 0 and 1");
                }
            }
            checkFactor();
        }
    }

    private void checkFactor() {
        for (float value : scalingFactor.value().toFloats()) {
            if (!(Math.exp(value) <= LARGEST_FACTOR && Math.exp(value) >= Float.MIN_NORMAL)) {
                throw new WeightException(scalingFactor.path() + ": holds " + value + ", whose exponential bounds the"
                        + " logarithm of the scale; expected from " + (float) Math.log(Float.MIN_NORMAL) + " to "
                        + (float) Math.log(LARGEST_FACTOR) + ": else it overflows or vanishes and cannot be undone;"
                        + " take a smaller learning rate or weights of an earlier step");
            }
        }
    }

    // ---- the change

    /**
     * What is added, and the scale with its logarithm: 0, 1 and 0 where the mask is 1; float64. They are worked out in
     * float32 from the network's answer, so that both directions have the same numbers.
     */
    private record Change(Tensor shift, Tensor scale, Tensor logScale) {}

    private Change change(Tensor state, @Nullable Tensor context) {
        if (state.shape().rank() != 4
                || state.shape().size(1) != channels
                || (mask.spec().shape().size(2) != 1 && !fits(state.shape()))) {
            throw new ShapeException(
                    "mask coupling: features have shape " + state.shape() + ", expected N, " + channels + ", H, W"
                            + (mask.spec().shape().size(2) == 1
                                    ? ""
                                    : " of the mask, " + mask.spec().shape()));
        }
        checkFactor();
        Tensor passed = mask.on(state).to(ElementType.FLOAT64);
        Tensor seen = NetworkInput.of(state.mul(passed));
        Tensor answer = network.forward(context == null ? seen : Tensor.concat(1, List.of(seen, context)));
        if (!answer.shape().equals(state.shape().with(1, 2L * channels))) {
            throw new ShapeException("mask coupling: the network made " + answer.shape() + " of " + state.shape()
                    + ", expected " + state.shape().with(1, 2L * channels));
        }
        Tensor changed = mask.on(state).affine(-1, 1);
        Tensor factor = scalingFactor.on(state).exp().reshape(1, channels, 1, 1);
        Tensor logScale =
                answer.slice(1, 0, channels).div(factor).tanh().mul(factor).mul(changed);
        return new Change(
                LogDeterminants.state(answer.slice(1, channels, channels).mul(changed)),
                LogDeterminants.state(logScale.exp()),
                LogDeterminants.state(logScale));
    }

    private boolean fits(Shape shape) {
        Shape of = mask.spec().shape();
        return shape.size(2) == of.size(2) && shape.size(3) == of.size(3);
    }

    // ---- both directions

    @Override
    public Result forward(Tensor x) {
        return forward(x, null);
    }

    @Override
    public Tensor inverse(Tensor y) {
        return inverse(y, null);
    }

    /** The forward pass whose network also sees a context (N, K, H, W), float32: its channels after those of x. */
    public Result forward(Tensor x, @Nullable Tensor context) {
        try (Scope scope = Scope.open()) {
            Tensor state = LogDeterminants.state(x);
            Change change = change(state, context);
            Tensor y = state.add(change.shift()).mul(change.scale());
            return new Result(
                    scope.keep(CouplingScale.finite(y)), scope.keep(LogDeterminants.perSample(change.logScale())));
        }
    }

    /** The inverse of a forward pass with that context. */
    public Tensor inverse(Tensor y, @Nullable Tensor context) {
        return Scope.keeping(() -> {
            Tensor state = LogDeterminants.state(y);
            Change change = change(state, context);
            return CouplingScale.finite(state.div(change.scale()).sub(change.shift()));
        });
    }
}
