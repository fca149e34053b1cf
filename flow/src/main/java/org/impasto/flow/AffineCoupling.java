package org.impasto.flow;

import org.impasto.core.Backward;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;

/**
 * Passes the first half a of the channels and scales and shifts the second by what a network makes of a: with (log_s, t)
 * the channel halves of its result and {@code s = sigmoid(log_s + 2)}, {@code y = (b + t) s} (Kingma and Dhariwal, Glow,
 * 2018, section 3.3; the order of shift and scale is that of glow-pytorch). The logarithm of the determinant is
 * {@code sum(log s)}.
 *
 * <p>A scale that overflows is a {@link org.impasto.core.BackendException} when it is computed.
 */
public final class AffineCoupling implements Invertible, WalksBack {
    private static final double SHIFT = 2; // the scale begins near 1

    private final ChannelCoupling coupling;

    /**
     * A coupling with any network.
     *
     * @param network from C / 2 channels, rounded down, to twice the other channels, at the same size; float32
     */
    public AffineCoupling(Layer network) {
        coupling = new ChannelCoupling(network, new ScaleAndShift());
    }

    /** The coupling of glow-pytorch: a {@link CouplingNetwork} with weights {@code net.*}. */
    public static AffineCoupling glow(Parameters p, int channels, int width) {
        int rest = channels - channels / 2;
        return new AffineCoupling(new CouplingNetwork(p.in("net"), channels / 2, 2 * rest, width));
    }

    private record ScaleAndShift() implements ChannelCoupling.Change {
        @Override
        public int answers() {
            return 2;
        }

        /** log_s + 2, in float32 as the answer is: both directions make the same numbers of the same answer. */
        private static Tensor logit(Tensor answer) {
            return answer.slice(1, 0, answer.shape().size(1) / 2).affine(1, SHIFT);
        }

        private static Tensor scale(Tensor answer) {
            return LogDeterminants.state(logit(answer).sigmoid());
        }

        private static Tensor shift(Tensor answer) {
            long half = answer.shape().size(1) / 2;
            return LogDeterminants.state(answer.slice(1, half, half));
        }

        @Override
        public Result apply(Tensor second, Tensor answer) {
            Tensor logit = logit(answer);
            Tensor negative = logit.negate().softplus(); // -log(sigmoid(v)), without overflow
            CouplingScale.check(negative);
            Tensor logDet =
                    LogDeterminants.perSample(LogDeterminants.state(negative)).negate();
            Tensor scale = LogDeterminants.state(logit.sigmoid());
            return new Result(second.add(shift(answer)).mul(scale), logDet);
        }

        @Override
        public Tensor undo(Tensor changed, Tensor answer) {
            return Scope.keeping(() -> changed.div(scale(answer)).sub(shift(answer)));
        }

        @Override
        public Tensor gradient(Tensor ofChanged, Tensor answer) {
            return Scope.keeping(() -> ofChanged.mul(scale(answer)));
        }
    }

    @Override
    public Result forward(Tensor x) {
        return coupling.forward(x);
    }

    @Override
    public Tensor inverse(Tensor y) {
        return coupling.inverse(y);
    }

    @Override
    public Step walkBack(Backward backward, Tensor y, Tensor gradient, Tensor ofLogDet) {
        return coupling.walkBack(backward, y, gradient, ofLogDet);
    }
}
