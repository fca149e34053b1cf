package org.impasto.nn;

import org.impasto.core.Parameter;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/**
 * Groups of channels at mean 0 and variance 1, then scaled and shifted by {@code weight} and {@code bias}, as in PyTorch;
 * see {@link org.impasto.core.Normalization.GroupNorm}.
 */
public final class GroupNorm implements Layer {
    private final int groups;
    private final double epsilon;
    private final Parameter weight;
    private final Parameter bias;

    /**
     * Groups of neighbouring channels.
     *
     * @param epsilon is added to the variance; PyTorch's default is 1e-5
     */
    public GroupNorm(Parameters p, int groups, int channels, double epsilon) {
        this.groups = groups;
        this.epsilon = epsilon;
        this.weight = p.get("weight", Shape.of(channels), Init.constant(1));
        this.bias = p.get("bias", Shape.of(channels), Init.zeros());
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.groupNorm(groups, weight.on(x), bias.on(x), epsilon);
    }
}
