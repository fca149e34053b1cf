package org.impasto.nn.style.microast;

import org.impasto.core.Tensor;
import org.impasto.nn.Parameters;

/** Makes of a style's features the weights and biases that steer the decoder's residual blocks. */
public final class Modulator {
    private final ReflectedConv2d firstWeight;
    private final ReflectedConv2d firstBias;
    private final ReflectedConv2d secondWeight;
    private final ReflectedConv2d secondBias;

    /** A modulator for features of 64 channels. */
    public Modulator(Parameters p) {
        firstWeight = depthwise(p, "weight1");
        firstBias = depthwise(p, "bias1");
        secondWeight = depthwise(p, "weight2");
        secondBias = depthwise(p, "bias2");
    }

    /**
     * What steers one residual block.
     *
     * @param weight N x 64 x 1 x 1, or N x 64 x H x W where it differs from place to place
     * @param bias of the same shape
     */
    public record Signal(Tensor weight, Tensor bias) {}

    /** The signal of the shallow features. */
    public Signal first(Tensor features) {
        return mean(firstMaps(features));
    }

    /** The signal of the deep features. */
    public Signal second(Tensor features) {
        return mean(secondMaps(features));
    }

    /** What the signal of the shallow features is the mean of. */
    Signal firstMaps(Tensor features) {
        return new Signal(firstWeight.forward(features), firstBias.forward(features));
    }

    /** What the signal of the deep features is the mean of. */
    Signal secondMaps(Tensor features) {
        return new Signal(secondWeight.forward(features), secondBias.forward(features));
    }

    private static Signal mean(Signal maps) {
        return new Signal(maps.weight().mean(2, 3), maps.bias().mean(2, 3));
    }

    private static ReflectedConv2d depthwise(Parameters p, String name) {
        return new ReflectedConv2d(p.in(name).in("0"), 64, 64, 3, 1, 64);
    }
}
