package org.impasto.flow;

import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.Padding;
import org.impasto.core.PaddingMode;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Init;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;

/**
 * A 3x3 convolution that gives zeros at first, times {@code exp(3 scale)} a channel, with weights {@code conv.weight},
 * {@code conv.bias} and {@code scale} (1, C, 1, 1), as in glow-pytorch. The edge is filled with ones, so that the
 * result tells where the edge is.
 */
public final class ZeroConv2d implements Layer {
    private static final double SCALE = 3;

    private final Parameter weight;
    private final Parameter bias;
    private final Parameter scale;

    /** A layer from that many channels to that many. */
    public ZeroConv2d(Parameters p, int in, int out) {
        weight = p.get("conv.weight", Shape.of(out, in, 3, 3), Init.zeros());
        bias = p.get("conv.bias", Shape.of(out), Init.zeros());
        scale = p.get("scale", Shape.of(1, out, 1, 1), Init.zeros());
    }

    /** Zeros in the place of a picture, (1, 1, H, W), with an edge of ones. */
    private static Tensor edge(Tensor x) {
        Tensor zeros = x.constant(Shape.of(1, 1, x.shape().size(2), x.shape().size(3)), 0);
        return Tensor.apply(new Padding.Pad(Edges.all(1), PaddingMode.ZERO, 1), zeros);
    }

    @Override
    public Tensor forward(Tensor x) {
        return Scope.keeping(() -> {
            Geometry same = Geometry.plain().padded(Edges.all(1), PaddingMode.ZERO);
            Tensor inside = x.conv2d(weight.on(x), bias.on(x), same);
            // The ones of the edge are the same in each channel and picture: one channel for all of them, added.
            Tensor edge = edge(x).conv2d(weight.on(x).sum(1), null, Geometry.plain());
            return inside.add(edge).mul(scale.on(x).affine(SCALE, 0).exp());
        });
    }
}
