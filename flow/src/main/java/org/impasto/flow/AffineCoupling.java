package org.impasto.flow;

import java.util.List;
import org.impasto.core.Backward;
import org.impasto.core.Coupling;
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

        @Override
        public Result apply(Tensor state, Tensor answer) {
            List<Tensor> results = Tensor.applyAll(new Coupling.Affine(SHIFT), List.of(state, answer));
            CouplingScale.check(results.get(2), results.get(0), answer, SHIFT);
            return new Result(results.get(0), results.get(1));
        }

        @Override
        public Tensor undo(Tensor changed, Tensor answer) {
            if (InvertibleConvolution1x1.isRecorded(changed) || InvertibleConvolution1x1.isRecorded(answer)) {
                return Scope.keeping(() -> recordedUndo(changed, answer));
            }
            List<Tensor> results = Tensor.applyAll(new Coupling.AffineInverse(SHIFT), List.of(changed, answer));
            CouplingScale.check(results.get(1), results.get(0), answer, SHIFT);
            return results.get(0);
        }

        private static Tensor recordedUndo(Tensor changed, Tensor answer) {
            ChannelCoupling.Halves halves = ChannelCoupling.Halves.of(changed);
            long rest = halves.second().shape().size(1);
            Tensor scale = answer.slice(1, 0, rest).affine(1, SHIFT).sigmoid();
            Tensor shift = LogDeterminants.state(answer.slice(1, rest, rest));
            Tensor second = halves.second().div(LogDeterminants.state(scale)).sub(shift);
            return new ChannelCoupling.Halves(halves.first(), CouplingScale.finite(second)).joined();
        }

        @Override
        public Coupling.Gradients gradients(Tensor state, Tensor answer, Tensor ofChanged, Tensor ofLogDet) {
            return Coupling.gradients(SHIFT, state, answer, ofChanged, ofLogDet);
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
