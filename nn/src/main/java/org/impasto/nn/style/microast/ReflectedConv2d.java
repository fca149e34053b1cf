package org.impasto.nn.style.microast;

import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Tensor;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;

/** The convolution that all of MicroAST is made of: padded by half its kernel with reflected edges. */
final class ReflectedConv2d implements Layer {
    private final Conv2d convolution;

    ReflectedConv2d(Parameters p, int in, int out, int kernel, int stride, int groups) {
        Geometry geometry = Geometry.plain()
                .padded(Edges.all(kernel / 2), PaddingMode.REFLECT)
                .strided(stride, stride)
                .grouped(groups);
        this.convolution = new Conv2d(p.in("conv_layer"), in, out, kernel, geometry);
    }

    ReflectedConv2d(Parameters p, int in, int out, int kernel) {
        this(p, in, out, kernel, 1, 1);
    }

    @Override
    public Tensor forward(Tensor x) {
        return convolution.forward(x);
    }

    /** The convolution and a relu behind it. */
    Tensor activated(Tensor x) {
        return convolution.forward(x, Activation.RELU, FusedPooling.NONE);
    }
}
