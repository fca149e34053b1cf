package org.impasto.nn.optim;

import java.util.List;
import org.impasto.nn.ParameterSet;

/**
 * Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015) as PyTorch defines it: with g the gradient plus
 * {@code weightDecay * p}, and t the number of the parameter's steps,
 *
 * <pre>{@code
 * m = beta1 * m + (1 - beta1) * g
 * v = beta2 * v + (1 - beta2) * g^2
 * p = p - rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * }</pre>
 */
public final class Adam extends AdaptiveMoments {
    /**
     * The options of {@link Adam} and {@link AdamW}.
     *
     * @param beta1 what the mean of gradients keeps of its past, from 0 to below 1
     * @param beta2 what the mean of their squares keeps
     * @param epsilon added to the root, above 0
     * @param weightDecay 0 or more
     */
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {
        /** Checks the numbers. */
        public Settings {
            Options.decay("beta1", beta1);
            Options.decay("beta2", beta2);
            Options.positive("epsilon", epsilon);
            Options.notNegative("weight decay", weightDecay);
        }

        /** Betas 0.9 and 0.999, epsilon 1e-8, no decay. */
        public static Settings standard() {
            return new Settings(0.9, 0.999, 1e-8, 0);
        }

        /** These options with other betas. */
        public Settings withBetas(double first, double second) {
            return new Settings(first, second, epsilon, weightDecay);
        }

        /** These options with another epsilon. */
        public Settings withEpsilon(double value) {
            return new Settings(beta1, beta2, value, weightDecay);
        }

        /** These options with another weight decay. */
        public Settings withWeightDecay(double value) {
            return new Settings(beta1, beta2, epsilon, value);
        }
    }

    /** An optimiser of all parameters of a network with the standard options. */
    public Adam(ParameterSet weights, double learningRate) {
        this(weights, learningRate, Settings.standard());
    }

    /** An optimiser of all parameters of a network. */
    public Adam(ParameterSet weights, double learningRate, Settings settings) {
        this(List.of(ParameterGroup.of(weights)), learningRate, settings);
    }

    /** An optimiser of groups of parameters. */
    public Adam(List<ParameterGroup> groups, double learningRate, Settings settings) {
        super(groups, learningRate, settings);
    }

    @Override
    Outcome update(Turn turn) {
        return descend(turn, turn.value(), Updates.decayed(turn.gradient(), turn.value(), turn.weightDecay()));
    }
}
