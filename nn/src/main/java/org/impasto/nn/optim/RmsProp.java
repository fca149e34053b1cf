package org.impasto.nn.optim;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Tensor;
import org.impasto.nn.ParameterSet;

/**
 * RMSprop (Tieleman and Hinton, lecture 6.5 of "Neural networks for machine learning", 2012) as PyTorch defines it: with g
 * the gradient plus {@code weightDecay * p},
 *
 * <pre>{@code
 * v = alpha * v + (1 - alpha) * g^2
 * m = alpha * m + (1 - alpha) * g         where centred; else 0
 * u = g / (sqrt(v - m^2) + epsilon)
 * b = momentum * b + u
 * p = p - rate * b
 * }</pre>
 */
public final class RmsProp extends SteppedOptimizer {
    private final Settings settings;

    /**
     * The options.
     *
     * @param alpha what the running means keep of their past, from 0 to below 1
     * @param epsilon added to the root, above 0
     * @param weightDecay 0 or more
     * @param momentum from 0, none, to below 1
     * @param centered whether to divide by the deviation of gradients instead of by their root mean square
     */
    public record Settings(double alpha, double epsilon, double weightDecay, double momentum, boolean centered) {
        /** Checks the numbers. */
        public Settings {
            Options.decay("alpha", alpha);
            Options.positive("epsilon", epsilon);
            Options.notNegative("weight decay", weightDecay);
            Options.decay("momentum", momentum);
        }

        /** Alpha 0.99, epsilon 1e-8, neither decay nor momentum, not centred. */
        public static Settings standard() {
            return new Settings(0.99, 1e-8, 0, 0, false);
        }

        /** These options with another alpha. */
        public Settings withAlpha(double value) {
            return new Settings(value, epsilon, weightDecay, momentum, centered);
        }

        /** These options with another epsilon. */
        public Settings withEpsilon(double value) {
            return new Settings(alpha, value, weightDecay, momentum, centered);
        }

        /** These options with a weight decay. */
        public Settings withWeightDecay(double value) {
            return new Settings(alpha, epsilon, value, momentum, centered);
        }

        /** These options with a momentum. */
        public Settings withMomentum(double value) {
            return new Settings(alpha, epsilon, weightDecay, value, centered);
        }

        /** These options, dividing by the deviation of gradients. */
        public Settings withCentering() {
            return new Settings(alpha, epsilon, weightDecay, momentum, true);
        }

        private List<String> words() {
            List<String> words = new ArrayList<>(List.of("square_average"));
            if (centered) {
                words.add("gradient_average");
            }
            if (momentum > 0) {
                words.add("momentum");
            }
            return words;
        }
    }

    /** An optimiser of all parameters of a network with the standard options. */
    public RmsProp(ParameterSet weights, double learningRate) {
        this(weights, learningRate, Settings.standard());
    }

    /** An optimiser of all parameters of a network. */
    public RmsProp(ParameterSet weights, double learningRate, Settings settings) {
        this(List.of(ParameterGroup.of(weights)), learningRate, settings);
    }

    /** An optimiser of groups of parameters. */
    public RmsProp(List<ParameterGroup> groups, double learningRate, Settings settings) {
        super(groups, learningRate, settings.weightDecay(), settings.words());
        this.settings = settings;
    }

    @Override
    Outcome update(Turn turn) {
        Tensor gradient = Updates.decayed(turn.gradient(), turn.value(), turn.weightDecay());
        List<Tensor> state = new ArrayList<>();
        Tensor squares = Updates.average(turn.state().get(0), gradient.square(), settings.alpha());
        state.add(squares);
        Tensor variance = squares;
        if (settings.centered()) {
            Tensor mean = Updates.average(turn.state().get(1), gradient, settings.alpha());
            state.add(mean);
            // The difference of two numbers that may be equal: rounding must not make it negative.
            variance = squares.sub(mean.square()).relu();
        }
        Tensor direction = gradient.div(variance.sqrt().affine(1, settings.epsilon()));
        if (settings.momentum() > 0) {
            Tensor buffer = turn.state().get(state.size()).affine(settings.momentum(), 0);
            direction = buffer.add(direction);
            state.add(direction);
        }
        return new Outcome(Updates.descended(turn.value(), direction, turn.rate()), state);
    }
}
