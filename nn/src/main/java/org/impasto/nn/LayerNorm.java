package org.impasto.nn;

import org.impasto.core.Parameter;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/**
 * The numbers of the last axes at mean 0 and variance 1, then scaled and shifted by {@code weight} and {@code bias}, as in
 * PyTorch; see {@link org.impasto.core.Normalization.LayerNorm}.
 */
public final class LayerNorm implements Layer {
    private final int[] axes;
    private final double epsilon;
    private final Parameter weight;
    private final Parameter bias;

    /**
     * A layer for the last axes, whose sizes are given.
     *
     * @param epsilon is added to the variance; PyTorch's default is 1e-5
     */
    public LayerNorm(Parameters p, Shape normalised, double epsilon) {
        this.axes = new int[normalised.rank()];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = i - axes.length;
        }
        this.epsilon = epsilon;
        this.weight = p.get("weight", normalised, Init.constant(1));
        this.bias = p.get("bias", normalised, Init.zeros());
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.layerNorm(weight.on(x), bias.on(x), epsilon, axes);
    }
}
