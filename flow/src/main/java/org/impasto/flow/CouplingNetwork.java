package org.impasto.flow;

import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Init;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;

/**
 * The network inside a coupling of Glow: a 3x3 convolution, relu, a 1x1 convolution, relu, a {@link ZeroConv2d};
 * weights {@code 0.*}, {@code 2.*} and {@code 4.*}, as in glow-pytorch.
 */
public final class CouplingNetwork implements Layer {
    private static final Init WEIGHTS = Init.normal(0.05); // as in glow-pytorch

    private final Parameter firstWeight;
    private final Parameter firstBias;
    private final Parameter secondWeight;
    private final Parameter secondBias;
    private final ZeroConv2d last;

    /** A network from that many channels to that many, with {@code width} channels between. */
    public CouplingNetwork(Parameters p, int in, int out, int width) {
        firstWeight = p.get("0.weight", Shape.of(width, in, 3, 3), WEIGHTS);
        firstBias = p.get("0.bias", Shape.of(width), Init.zeros());
        secondWeight = p.get("2.weight", Shape.of(width, width, 1, 1), WEIGHTS);
        secondBias = p.get("2.bias", Shape.of(width), Init.zeros());
        last = new ZeroConv2d(p.in("4"), width, out);
    }

    @Override
    public Tensor forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Geometry same = Geometry.plain().padded(Edges.all(1), PaddingMode.ZERO);
            Tensor first = relu(x, firstWeight, firstBias, same);
            Tensor second = scope.only(relu(first, secondWeight, secondBias, Geometry.plain()));
            return scope.keep(last.forward(second));
        }
    }

    private static Tensor relu(Tensor x, Parameter weight, Parameter bias, Geometry geometry) {
        return x.conv2d(weight.on(x), bias.on(x), geometry, Activation.RELU, FusedPooling.NONE);
    }
}
