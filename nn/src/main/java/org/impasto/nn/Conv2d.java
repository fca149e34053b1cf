package org.impasto.nn;

import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Parameter;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/** Convolution of N, C, H, W feature maps with weights {@code weight} and {@code bias}, as in PyTorch. */
public final class Conv2d implements Layer {
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final Geometry geometry;
    private final boolean same;

    /** A convolution with a square kernel of any geometry. */
    public Conv2d(Parameters p, int in, int out, int kernel, Geometry geometry) {
        this(p, in, out, kernel, geometry, true, false);
    }

    private Conv2d(Parameters p, int in, int out, int kernel, Geometry geometry, boolean hasBias, boolean same) {
        this.geometry = geometry;
        this.same = same;
        this.weight = p.get("weight", Shape.of(out, in / geometry.groups(), kernel, kernel), Init.kaiming());
        this.bias = hasBias ? p.get("bias", Shape.of(out), Init.zeros()) : null;
    }

    /** A convolution that adds no bias. */
    public static Conv2d withoutBias(Parameters p, int in, int out, int kernel, Geometry geometry) {
        return new Conv2d(p, in, out, kernel, geometry, false, false);
    }

    /**
     * A convolution whose zero padding is TensorFlow's SAME, found anew for the size of each picture: the result has
     * {@code ceil(size / stride)} cells along each axis.
     */
    public static Conv2d tensorFlowSame(Parameters p, int in, int out, int kernel, int stride, boolean hasBias) {
        return new Conv2d(p, in, out, kernel, Geometry.plain().strided(stride, stride), hasBias, true);
    }

    /** A convolution of stride 1 with an odd square kernel that keeps the size of the picture. */
    public static Conv2d same(Parameters p, int in, int out, int kernel, PaddingMode mode) {
        return new Conv2d(p, in, out, kernel, Geometry.plain().padded(Edges.all(kernel / 2), mode));
    }

    @Override
    public Tensor forward(Tensor x) {
        return forward(x, Activation.NONE, FusedPooling.NONE);
    }

    /** The cells that it adds at the edges of a picture of some shape. */
    public Edges padding(Shape picture) {
        return padded(picture).padding();
    }

    /** The shape of the result for a picture N x C x H x W. */
    public Shape result(Shape picture) {
        Geometry padded = padded(picture);
        Shape kernel = weight.spec().shape();
        return Shape.of(
                picture.size(0),
                kernel.size(0),
                padded.outputHeight(picture.size(2), kernel.size(2)),
                padded.outputWidth(picture.size(3), kernel.size(3)));
    }

    /** The convolution of a part of a map, with padding of its own: none where the map goes on. */
    public Tensor forwardPart(Tensor x, Edges padding) {
        return convolved(x, geometry.padded(padding, geometry.mode()), Activation.NONE, FusedPooling.NONE);
    }

    /** The convolution with an activation and a 2x2 max pooling in the same pass. */
    public Tensor forward(Tensor x, Activation activation, FusedPooling pooling) {
        return convolved(x, padded(x.shape()), activation, pooling);
    }

    private Geometry padded(Shape picture) {
        return same ? geometry.same(picture, weight.spec().shape()) : geometry;
    }

    private Tensor convolved(Tensor x, Geometry padded, Activation activation, FusedPooling pooling) {
        return x.conv2d(weight.on(x), bias == null ? null : bias.on(x), padded, activation, pooling);
    }
}
