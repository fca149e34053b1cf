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
 * <p>{@link #initialize} sets both so that the result of that batch has mean 0 and deviation 1. A scale that is zero,
 * or a weight that is not finite, is a {@link WeightException}.
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
            check(loc.value(), scale.value());
        }
    }

    /** Whether the weights were set from data, or loaded as such. */
    public boolean isInitialized() {
        try (Scope scope = Scope.open()) {
            return initialized.value().item() != 0;
        }
    }

    /** An error if a layer with these weights has no inverse. */
    private void check(Tensor locs, Tensor scales) {
        check(loc, locs, 0, "a finite number");
        check(scale, scales, Float.MIN_NORMAL, "a finite number of magnitude " + Float.MIN_NORMAL + " or more");
    }

    private static void check(Parameter parameter, Tensor weights, float least, String expected) {
        float[] values = weights.toFloats();
        for (int channel = 0; channel < values.length; channel++) {
            if (!(Math.abs(values[channel]) >= least && Float.isFinite(values[channel]))) {
                throw new WeightException(parameter.path() + ": the number of channel " + channel + " is "
                        + values[channel] + ", expected " + expected + ": such a layer has no inverse; take a smaller"
                        + " learning rate or weights of an earlier step");
            }
        }
    }

    /** The state, if the layer and its weights can take it. */
    private Tensor checked(Tensor x) {
        Shape shape = x.shape();
        if (shape.rank() != 4 || shape.size(1) != loc.spec().shape().size(1)) {
            throw new ShapeException("actnorm: features have shape " + shape + ", expected N, "
                    + loc.spec().shape().size(1) + ", H, W");
        }
        check(loc.value(), scale.value());
        return LogDeterminants.state(x);
    }

    @Override
    public Result forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor state = checked(x);
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
            Tensor state = checked(y);
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
            Tensor locs = mean.negate().to(ElementType.FLOAT32);
            Tensor scales = variance.sqrt().affine(1, EPSILON).reciprocal().to(ElementType.FLOAT32);
            check(locs, scales);
            loc.set(locs);
            scale.set(scales);
            initialized.update(initialized.value().affine(0, 1));
        }
        return forward(x);
    }
}
