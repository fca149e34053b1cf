package org.impasto.nn;

import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/**
 * Each channel of each picture at mean 0 and variance 1, then scaled and shifted by {@code weight} and {@code bias}, as
 * PyTorch's with {@code affine=True} (Ulyanov et al., "Instance Normalization", 2016). Without parameters it is
 * {@link Tensor#instanceNorm(double)}.
 */
public final class InstanceNorm2d implements Layer {
    private final double epsilon;
    private final Parameter weight;
    private final Parameter bias;

    /**
     * A layer for that many channels.
     *
     * @param epsilon is added to the variance; PyTorch's default is 1e-5
     */
    public InstanceNorm2d(Parameters p, int channels, double epsilon) {
        this.epsilon = epsilon;
        this.weight = p.get("weight", Shape.of(channels), Init.constant(1));
        this.bias = p.get("bias", Shape.of(channels), Init.zeros());
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.instanceNorm(weight.on(x), bias.on(x), epsilon);
    }

    /**
     * The layer for a part of a map whose moments are known.
     *
     * @param whole mean and variance of each channel of the whole map, as {@link Tensor#channelMoments} gives them, not
     *     unbiased
     */
    public Tensor forwardPart(Tensor x, Tensor.Moments whole) {
        return Scope.keeping(() -> {
            Shape channels = Shape.of(1, x.shape().size(1), 1, 1);
            Tensor deviation = whole.variance().affine(1, epsilon).sqrt();
            Tensor scale = weight.on(x).reshape(channels).div(deviation);
            return x.channelAffine(whole.mean(), scale, bias.on(x).reshape(channels));
        });
    }
}
