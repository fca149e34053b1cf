package org.impasto.flow;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Init;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;

/**
 * The network of the mask couplings of the UvA deep learning course (tutorial 11): a 3x3 convolution; for each layer a
 * gated residual, {@code x + v sigmoid(g)} with (v, g) the channel halves of two convolutions behind concatenated
 * ELUs, and a normalisation over the channels of each pixel; a last 3x3 convolution, which gives zeros at first.
 * Weights {@code nn.*}.
 */
public final class GatedConvNet implements Layer {
    private static final double EPSILON = 1e-5;

    private final Conv2d first;
    private final List<Layer> layers = new ArrayList<>();
    private final Parameter lastWeight;
    private final Parameter lastBias;

    /** A network from {@code in} to {@code out} channels with {@code hidden} channels between. */
    public GatedConvNet(Parameters p, int in, int hidden, int out, int layers) {
        this.first = same(p.in("nn.0"), in, hidden);
        for (int layer = 0; layer < layers; layer++) {
            this.layers.add(new GatedResidual(p.in("nn." + (1 + 2 * layer)), hidden));
            this.layers.add(new PixelNorm(p.in("nn." + (2 + 2 * layer)), hidden));
        }
        Parameters last = p.in("nn." + (2 + 2 * layers));
        this.lastWeight = last.get("weight", Shape.of(out, 2L * hidden, 3, 3), Init.zeros());
        this.lastBias = last.get("bias", Shape.of(out), Init.zeros());
    }

    private static Conv2d same(Parameters p, int in, int out) {
        return Conv2d.same(p, in, out, 3, PaddingMode.ZERO);
    }

    @Override
    public Tensor forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor y = first.forward(x);
            for (Layer layer : layers) {
                y = scope.only(layer.forward(y));
            }
            Geometry same = Geometry.plain().padded(Edges.all(1), PaddingMode.ZERO);
            return scope.keep(concatenatedElu(y).conv2d(lastWeight.on(x), lastBias.on(x), same));
        }
    }

    /** ELU(x) and ELU(-x), one behind the other. */
    static Tensor concatenatedElu(Tensor x) {
        return Scope.keeping(() -> Tensor.concat(1, List.of(x.elu(1), x.negate().elu(1))));
    }

    private static final class GatedResidual implements Layer {
        private final Conv2d inner;
        private final Conv2d outer;

        GatedResidual(Parameters p, int channels) {
            inner = same(p.in("net.1"), 2 * channels, channels);
            outer = Conv2d.same(p.in("net.3"), 2 * channels, 2 * channels, 1, PaddingMode.ZERO);
        }

        @Override
        public Tensor forward(Tensor x) {
            return Scope.keeping(() -> {
                Tensor both = outer.forward(concatenatedElu(inner.forward(concatenatedElu(x))));
                long channels = x.shape().size(1);
                Tensor gate = both.slice(1, channels, channels).sigmoid();
                return x.add(both.slice(1, 0, channels).mul(gate));
            });
        }
    }

    /** The channels of each pixel at mean 0 and variance 1, times gamma plus beta. */
    private static final class PixelNorm implements Layer {
        private final int channels;
        private final Parameter gamma;
        private final Parameter beta;

        PixelNorm(Parameters p, int channels) {
            this.channels = channels;
            gamma = p.get("gamma", Shape.of(1, channels, 1, 1), Init.constant(1));
            beta = p.get("beta", Shape.of(1, channels, 1, 1), Init.zeros());
        }

        @Override
        public Tensor forward(Tensor x) {
            return Scope.keeping(
                    () -> x.layerNorm(gamma.on(x).reshape(channels), beta.on(x).reshape(channels), EPSILON, 1));
        }
    }
}
