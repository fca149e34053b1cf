package org.impasto.nn;

import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.Parameter;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Transposed convolution of N, C, H, W feature maps with weights {@code weight} (in, out / groups, height, width) and {@code
 * bias}, as in PyTorch.
 */
public final class ConvTranspose2d implements Layer {
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final Geometry geometry;

    /**
     * A transposed convolution with a square kernel.
     *
     * @param geometry its padding is cut off the result; see {@link Geometry#outputPadded} for output padding
     */
    public ConvTranspose2d(Parameters p, int in, int out, int kernel, Geometry geometry) {
        this(p, in, out, kernel, geometry, true);
    }

    private ConvTranspose2d(Parameters p, int in, int out, int kernel, Geometry geometry, boolean hasBias) {
        this.geometry = geometry;
        this.weight = p.get("weight", Shape.of(in, out / geometry.groups(), kernel, kernel), Init.kaiming());
        this.bias = hasBias ? p.get("bias", Shape.of(out), Init.zeros()) : null;
    }

    /** A transposed convolution that adds no bias. */
    public static ConvTranspose2d withoutBias(Parameters p, int in, int out, int kernel, Geometry geometry) {
        return new ConvTranspose2d(p, in, out, kernel, geometry, false);
    }

    /** A transposed convolution as TensorFlow's with padding SAME: the result is {@code stride} times as large. */
    public static ConvTranspose2d tensorFlowSame(
            Parameters p, int in, int out, int kernel, int stride, boolean hasBias) {
        Geometry geometry = Geometry.plain().strided(stride, stride);
        return new ConvTranspose2d(
                p, in, out, kernel, geometry.sameTransposed(Shape.of(in, out, kernel, kernel)), hasBias);
    }

    @Override
    public Tensor forward(Tensor x) {
        return forwardPart(x, geometry.padding());
    }

    /** The cells that are cut off the result of a whole map. */
    public Edges padding() {
        return geometry.padding();
    }

    /** The shape of the result for a map N x C x H x W. */
    public Shape result(Shape map) {
        Shape kernel = weight.spec().shape();
        return Shape.of(
                map.size(0),
                kernel.size(1) * geometry.groups(),
                geometry.transposedHeight(map.size(2), kernel.size(2)),
                geometry.transposedWidth(map.size(3), kernel.size(3)));
    }

    /**
     * The convolution of a part of a map.
     *
     * @param padding cells that are cut off this part's own result, in the place of those of {@link #padding()}
     */
    public Tensor forwardPart(Tensor x, Edges padding) {
        Geometry part = geometry.padded(padding, geometry.mode());
        return x.convTranspose2d(weight.on(x), bias == null ? null : bias.on(x), part);
    }
}
