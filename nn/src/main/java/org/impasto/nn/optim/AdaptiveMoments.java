package org.impasto.nn.optim;

import java.util.List;
import org.impasto.core.Tensor;

/** The two running means of Adam, and what becomes of a parameter by them. */
abstract class AdaptiveMoments extends SteppedOptimizer {
    private final double beta1;
    private final double beta2;
    private final double epsilon;

    AdaptiveMoments(List<ParameterGroup> groups, double learningRate, Adam.Settings settings) {
        super(groups, learningRate, settings.weightDecay(), List.of("first_moment", "second_moment"));
        beta1 = settings.beta1();
        beta2 = settings.beta2();
        epsilon = settings.epsilon();
    }

    /** A step from a value that may have been decayed before. */
    final Outcome descend(Turn turn, Tensor value, Tensor gradient) {
        Tensor first = Updates.average(turn.state().get(0), gradient, beta1);
        Tensor second = Updates.average(turn.state().get(1), gradient.square(), beta2);
        double rate = turn.rate() / (1 - Math.pow(beta1, (double) turn.step()));
        double scale = 1 / Math.sqrt(1 - Math.pow(beta2, (double) turn.step()));
        Tensor direction = first.div(second.sqrt().affine(scale, epsilon));
        return new Outcome(Updates.descended(value, direction, rate), List.of(first, second));
    }
}
