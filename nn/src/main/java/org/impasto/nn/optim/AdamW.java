package org.impasto.nn.optim;

import java.util.List;
import org.impasto.core.Tensor;
import org.impasto.nn.ParameterSet;

/**
 * Adam with weight decay apart from the gradient (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019) as
 * PyTorch defines it: {@code p = p * (1 - rate * weightDecay)}, then the step of {@link Adam} without decay.
 */
public final class AdamW extends AdaptiveMoments {
    private static final double STANDARD_DECAY = 0.01;

    /** An optimiser of all parameters of a network with the standard options of Adam and a weight decay of 0.01. */
    public AdamW(ParameterSet weights, double learningRate) {
        this(weights, learningRate, Adam.Settings.standard().withWeightDecay(STANDARD_DECAY));
    }

    /** An optimiser of all parameters of a network. */
    public AdamW(ParameterSet weights, double learningRate, Adam.Settings settings) {
        this(List.of(ParameterGroup.of(weights)), learningRate, settings);
    }

    /** An optimiser of groups of parameters. */
    public AdamW(List<ParameterGroup> groups, double learningRate, Adam.Settings settings) {
        super(groups, learningRate, settings);
    }

    @Override
    Outcome update(Turn turn) {
        double decay = turn.rate() * turn.weightDecay();
        Tensor value = decay == 0 ? turn.value() : turn.value().affine(1 - decay, 0);
        return descend(turn, value, turn.gradient());
    }
}
