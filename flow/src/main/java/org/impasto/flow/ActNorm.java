package org.impasto.flow;

import org.impasto.core.Buffer;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.nn.Init;
import org.impasto.nn.Parameters;

/**
 * Each channel shifted and scaled, {@code y = scale (x + loc)} (Kingma and Dhariwal, Glow, 2018, section 3.1), with
 * weights {@code loc} and {@code scale} of shape (1, C, 1, 1) and the buffer {@code initialized}, as in glow-pytorch.
 * The logarithm of the determinant is {@code H W sum(log |scale|)}.
 *
 * <p>{@link #initialize} sets both so that the result of that batch has mean 0 and deviation 1. A scale that is zero
 * or not finite is a {@link WeightException}.
 */
public final class ActNorm implements Invertible {
    private static final double EPSILON = 1e-6; // added to the deviation, as in glow-pytorch

    private final Parameter loc;
    private final Parameter scale;
    private final Buffer initialized;

    /** A layer for that many channels. */
    public ActNorm(Parameters p, int channels) {
        loc = p.get("loc", Shape.of(1, channels, 1, 1), Init.zeros());
        scale = p.get("scale", Shape.of(1, channels, 1, 1), Init.constant(1));
        initialized = p.buffer("initialized", Shape.scalar(), Init.zeros());
        try (Scope scope = Scope.open()) {
            checkScale();
        }
    }

    /** Whether the weights were set from data, or loaded as such. */
    public boolean isInitialized() {
        try (Scope scope = Scope.open()) {
            return initialized.value().item() != 0;
        }
    }

    /** An error if a scale cannot be undone. */
    private void checkScale() {
        float[] values = scale.value().toFloats();
        for (int channel = 0; channel < values.length; channel++) {
            if (!(Math.abs(values[channel]) >= Float.MIN_NORMAL && Float.isFinite(values[channel]))) {
                throw new WeightException(scale.path() + ": the scale of channel " + channel + " is "
                        + values[channel] + ", expected a finite number other than 0: such a layer has no inverse;"
                        + " take a smaller learning rate or weights of an earlier step");
            }
        }
    }

    @Override
    public Result forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            checkScale();
            Tensor state = LogDeterminants.state(x);
            Tensor factor = scale.on(state).to(ElementType.FLOAT64);
            Tensor centre = loc.on(state).to(ElementType.FLOAT64).negate();
            Tensor y = state.channelAffine(centre, factor, factor.constant(factor.shape(), 0));
            Tensor sum = factor.abs().log().sum().affine(LogDeterminants.pixels(state), 0);
            return new Result(scope.keep(y), scope.keep(LogDeterminants.same(state, sum)));
        }
    }

    @Override
    public Tensor inverse(Tensor y) {
        return Scope.keeping(() -> {
            checkScale();
            Tensor state = LogDeterminants.state(y);
            Tensor factor = scale.on(state).to(ElementType.FLOAT64).reciprocal();
            return state.channelAffine(
                    factor, loc.on(state).to(ElementType.FLOAT64).negate());
        });
    }

    /** Sets {@code loc = -mean} and {@code scale = 1 / (deviation + 1e-6)} over all samples and pixels of a batch. */
    @Override
    public Result initialize(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor state = LogDeterminants.state(x.plain());
            long count = state.shape().size(0) * LogDeterminants.pixels(state);
            if (count < 2) {
                throw new ShapeException("initialize: batch " + x.shape()
                        + " has one number a channel, whose deviation is not known; expected at least 2");
            }
            Tensor mean = state.mean(0, 2, 3);
            Tensor variance = state.sub(mean).square().sum(0, 2, 3).affine(1.0 / (count - 1), 0);
            loc.set(mean.negate().to(ElementType.FLOAT32));
            scale.set(variance.sqrt().affine(1, EPSILON).reciprocal().to(ElementType.FLOAT32));
            initialized.update(initialized.value().affine(0, 1));
        }
        return forward(x);
    }
}
