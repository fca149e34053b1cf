package org.impasto.nn.style;

import org.impasto.core.Convolution.DataGradient;
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
 * A convolution, or a transposed one, with TensorFlow's padding SAME and no bias, followed by an instance normalisation:
 * {@code (x - mean) / sqrt(variance + 1e-3) * weight + bias} for each channel of each picture.
 */
final class NormalisedConvolution implements Layer {
    private static final double EPSILON = 1e-3;

    private final Parameter kernel;
    private final Parameter scale;
    private final Parameter shift;
    private final int stride;
    private final boolean transposed;

    private NormalisedConvolution(Parameters p, Shape kernel, int out, int stride, boolean transposed) {
        this.kernel = p.get("weight", kernel, Init.kaiming());
        this.scale = p.in("norm").get("weight", Shape.of(out), Init.constant(1));
        this.shift = p.in("norm").get("bias", Shape.of(out), Init.zeros());
        this.stride = stride;
        this.transposed = transposed;
    }

    static NormalisedConvolution of(Parameters p, int in, int out, int kernel, int stride) {
        return new NormalisedConvolution(p, Shape.of(out, in, kernel, kernel), out, stride, false);
    }

    static NormalisedConvolution transposed(Parameters p, int in, int out, int kernel, int stride) {
        return new NormalisedConvolution(p, Shape.of(in, out, kernel, kernel), out, stride, true);
    }

    @Override
    public Tensor forward(Tensor x) {
        return Scope.keeping(() -> {
            Tensor weight = kernel.on(x);
            Shape shape = x.shape();
            if (!transposed) {
                Geometry geometry = geometry(shape, weight.shape());
                return normalised(x.conv2d(weight, null, geometry));
            }
            Shape picture = shape.with(1, weight.shape().size(1))
                    .with(2, shape.size(2) * stride)
                    .with(3, shape.size(3) * stride);
            return normalised(
                    Tensor.apply(new DataGradient(geometry(picture, weight.shape()), picture), x, weight));
        });
    }

    private Geometry geometry(Shape picture, Shape weight) {
        int side = weight.intSize(2);
        int horizontal = missing(picture.size(3), side);
        int vertical = missing(picture.size(2), side);
        Edges edges = new Edges(horizontal / 2, horizontal - horizontal / 2, vertical / 2, vertical - vertical / 2);
        return Geometry.plain().strided(stride, stride).padded(edges, PaddingMode.ZERO);
    }

    private int missing(long size, int side) {
        long out = (size + stride - 1) / stride;
        return Math.toIntExact(Math.max(0, (out - 1) * stride + side - size));
    }

    private Tensor normalised(Tensor x) {
        Tensor.Moments moments = x.channelMoments(false);
        long channels = x.shape().size(1);
        Tensor factor = scale.on(x)
                .reshape(1, channels, 1, 1)
                .div(moments.variance().affine(1, EPSILON).sqrt());
        return x.sub(moments.mean()).mul(factor).add(shift.on(x).reshape(1, channels, 1, 1));
    }
}
