package org.impasto.flow;

import java.util.List;
import org.impasto.core.Backward;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.Parameters;

/**
 * One step of Glow: {@link ActNorm}, a 1x1 convolution, a coupling (Kingma and Dhariwal, Glow, 2018, figure 2a), with
 * weights {@code actnorm.*}, {@code invconv.*} and {@code coupling.*}, as a flow of glow-pytorch.
 */
public final class GlowStep implements Invertible, WalksBack {
    private final ActNorm norm;
    private final Invertible convolution;
    private final Invertible coupling;

    /**
     * A step for that many channels.
     *
     * @param width channels inside the coupling's network
     * @param affine whether the coupling scales, or adds only
     * @param lu whether the 1x1 convolution has the form of {@link LuConvolution1x1}
     */
    public GlowStep(Parameters p, int channels, int width, boolean affine, boolean lu) {
        norm = new ActNorm(p.in("actnorm"), channels);
        convolution = lu
                ? new LuConvolution1x1(p.in("invconv"), channels)
                : new InvertibleConvolution1x1(p.in("invconv"), channels);
        coupling = affine
                ? AffineCoupling.glow(p.in("coupling"), channels, width)
                : AdditiveCoupling.glow(p.in("coupling"), channels, width);
    }

    @Override
    public Result forward(Tensor x) {
        return run(x, false);
    }

    @Override
    public Result initialize(Tensor x) {
        return run(x, true);
    }

    private Result run(Tensor x, boolean initialize) {
        try (Scope scope = Scope.open()) {
            Result normed = initialize ? norm.initialize(x) : norm.forward(x);
            Result mixed = convolution.forward(normed.y());
            scope.only(mixed.y(), mixed.logDet(), normed.logDet());
            Result coupled = coupling.forward(mixed.y());
            return new Result(
                    scope.keep(coupled.y()),
                    scope.keep(normed.logDet().add(mixed.logDet()).add(coupled.logDet())));
        }
    }

    @Override
    public Tensor inverse(Tensor y) {
        return Scope.keeping(() -> norm.inverse(convolution.inverse(coupling.inverse(y))));
    }

    /** Layer by layer, so that no more than one layer's activations are held at a time. */
    @Override
    public Step walkBack(Backward backward, Tensor y, Tensor gradient, Tensor ofLogDet) {
        try (Scope scope = Scope.open()) {
            Step step = new Step(y, gradient);
            for (Invertible layer : List.of(coupling, convolution, norm)) {
                step = WalksBack.through(layer, backward, step.x(), step.gradient(), ofLogDet);
                scope.only(step.x(), step.gradient());
            }
            return step.keptBy(scope);
        }
    }
}
