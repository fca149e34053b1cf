package org.impasto.flow;

import org.impasto.core.Backward;
import org.impasto.core.Coupling;
import org.impasto.core.Tensor;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;

/**
 * Passes the first half a of the channels and adds to the second what a network makes of a: {@code y = b + net(a)} (Dinh
 * and others, NICE, 2014). Volumes stay as they are.
 */
public final class AdditiveCoupling implements Invertible, WalksBack {
    private final ChannelCoupling coupling;

    /**
     * A coupling with any network.
     *
     * @param network from C / 2 channels, rounded down, to the other channels, at the same size; float32
     */
    public AdditiveCoupling(Layer network) {
        coupling = new ChannelCoupling(network, new Shift());
    }

    /** The coupling of glow-pytorch: a {@link CouplingNetwork} with weights {@code net.*}. */
    public static AdditiveCoupling glow(Parameters p, int channels, int width) {
        return new AdditiveCoupling(new CouplingNetwork(p.in("net"), channels / 2, channels - channels / 2, width));
    }

    private record Shift() implements ChannelCoupling.Change {
        @Override
        public int answers() {
            return 1;
        }

        @Override
        public Result apply(Tensor state, Tensor answer) {
            ChannelCoupling.Halves halves = ChannelCoupling.Halves.of(state);
            Tensor second = halves.second().add(LogDeterminants.state(answer));
            return new Result(joined(halves.first(), second), LogDeterminants.none(state));
        }

        @Override
        public Tensor undo(Tensor changed, Tensor answer) {
            ChannelCoupling.Halves halves = ChannelCoupling.Halves.of(changed);
            return joined(halves.first(), halves.second().sub(LogDeterminants.state(answer)));
        }

        private static Tensor joined(Tensor first, Tensor second) {
            return new ChannelCoupling.Halves(first, CouplingScale.finite(second)).joined();
        }

        @Override
        public Coupling.Gradients gradients(Tensor state, Tensor answer, Tensor ofChanged, Tensor ofLogDet) {
            return new Coupling.Gradients(
                    ofChanged, ChannelCoupling.Halves.of(ofChanged).second().to(answer.type()));
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
