package org.impasto.nn.optim;

import java.util.List;
import org.impasto.core.Tensor;
import org.impasto.nn.ParameterSet;

/**
 * Stochastic gradient descent as PyTorch defines it: with g the gradient plus {@code weightDecay * p},
 *
 * <pre>{@code
 * b = momentum * b + g                    (the first b is g)
 * p = p - rate * b                        plain momentum
 * p = p - rate * (g + momentum * b)       Nesterov's
 * }</pre>
 *
 * <p>Without momentum nothing is remembered and {@code b} is {@code g}.
 */
public final class Sgd extends SteppedOptimizer {
    private final Settings settings;

    /**
     * The options.
     *
     * @param momentum from 0, none, to below 1
     * @param nesterov whether to look ahead; needs a momentum
     * @param weightDecay 0 or more
     */
    public record Settings(double momentum, boolean nesterov, double weightDecay) {
        /** Checks the numbers. */
        public Settings {
            Options.decay("momentum", momentum);
            Options.notNegative("weight decay", weightDecay);
            if (nesterov && momentum == 0) {
                throw new IllegalArgumentException("Nesterov's step needs a momentum above 0");
            }
        }

        /** Neither momentum nor weight decay. */
        public static Settings standard() {
            return new Settings(0, false, 0);
        }

        /** These options with a momentum. */
        public Settings withMomentum(double value) {
            return new Settings(value, nesterov, weightDecay);
        }

        /** These options with a momentum that looks ahead. */
        public Settings withNesterov(double value) {
            return new Settings(value, true, weightDecay);
        }

        /** These options with a weight decay. */
        public Settings withWeightDecay(double value) {
            return new Settings(momentum, nesterov, value);
        }
    }

    /** Plain descent of all parameters of a network. */
    public Sgd(ParameterSet weights, double learningRate) {
        this(weights, learningRate, Settings.standard());
    }

    /** An optimiser of all parameters of a network. */
    public Sgd(ParameterSet weights, double learningRate, Settings settings) {
        this(List.of(ParameterGroup.of(weights)), learningRate, settings);
    }

    /** An optimiser of groups of parameters. */
    public Sgd(List<ParameterGroup> groups, double learningRate, Settings settings) {
        super(groups, learningRate, settings.weightDecay(), settings.momentum() == 0 ? List.of() : List.of("momentum"));
        this.settings = settings;
    }

    @Override
    Outcome update(Turn turn) {
        Tensor gradient = Updates.decayed(turn.gradient(), turn.value(), turn.weightDecay());
        double momentum = settings.momentum();
        if (momentum == 0) {
            return new Outcome(Updates.descended(turn.value(), gradient, turn.rate()), List.of());
        }
        Tensor buffer = turn.step() == 1
                ? gradient
                : turn.state().get(0).affine(momentum, 0).add(gradient);
        Tensor direction = settings.nesterov() ? gradient.add(buffer.affine(momentum, 0)) : buffer;
        return new Outcome(Updates.descended(turn.value(), direction, turn.rate()), List.of(buffer));
    }
}
