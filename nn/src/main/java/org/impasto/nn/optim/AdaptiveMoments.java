package org.impasto.nn.optim;

import java.util.List;
import org.impasto.core.Descent;
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
        double rate = turn.rate() / (1 - Math.pow(beta1, (double) turn.step()));
        double scale = 1 / Math.sqrt(1 - Math.pow(beta2, (double) turn.step()));
        Descent.Adam step = new Descent.Adam(rate, beta1, beta2, scale, epsilon);
        List<Tensor> state = turn.state();
        List<Tensor> results = Tensor.applyAll(step, List.of(value, gradient, state.get(0), state.get(1)));
        return new Outcome(results.get(0), results.subList(1, 3));
    }
}
