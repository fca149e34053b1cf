package org.impasto.nn.style;

import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Conv2d;
import org.impasto.nn.ConvTranspose2d;
import org.impasto.nn.InstanceNorm2d;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;
import org.impasto.nn.tiling.ReceptiveField;

/**
 * A convolution with TensorFlow's padding SAME and an instance normalisation behind it: of a whole map, or in two steps of
 * parts of a map, for a normalisation needs the moments of all its pixels.
 */
final class NormalizedConvolution implements Layer {
    /** Added to variances before their root is taken. */
    private static final double EPSILON = 1e-3;

    /** Cells of a part of a map of some shape. */
    private interface Convolution {
        Tensor of(Tensor part, Shape whole);
    }

    private final Convolution convolution;
    private final InstanceNorm2d norm;
    private final ReceptiveField field;
    private final int channels;

    private NormalizedConvolution(Convolution convolution, Parameters p, int out, ReceptiveField field) {
        this.convolution = convolution;
        this.norm = new InstanceNorm2d(p.in("norm"), out, EPSILON);
        this.field = field;
        this.channels = out;
    }

    /** A convolution of stride 1 with an odd kernel, or of stride 2 with a kernel of 3. */
    static NormalizedConvolution of(Parameters p, int in, int out, int kernel, int stride) {
        Conv2d convolution = Conv2d.tensorFlowSame(p, in, out, kernel, stride, false);
        // An even size has its padding of one cell behind, an odd one has two cells at both ends: windows of 4 cover
        // both.
        ReceptiveField field = stride == 1
                ? ReceptiveField.identity().same(kernel)
                : ReceptiveField.identity()
                        .convolution(
                                kernel + 1,
                                Geometry.plain()
                                        .strided(stride, stride)
                                        .padded(new Edges(1, 2, 1, 2), PaddingMode.ZERO));
        return new NormalizedConvolution(convolution::forwardPart, p, out, field);
    }

    /** A transposed convolution of stride 2 with a kernel of 3, which doubles the size. */
    static NormalizedConvolution doubling(Parameters p, int in, int out) {
        ConvTranspose2d convolution = ConvTranspose2d.tensorFlowSame(p, in, out, 3, 2, false);
        ReceptiveField field = ReceptiveField.identity().enlarged(2).same(3);
        return new NormalizedConvolution((part, whole) -> convolution.forward(part), p, out, field);
    }

    @Override
    public Tensor forward(Tensor x) {
        return Scope.keeping(() -> norm.forward(convolution.of(x, x.shape())));
    }

    /** The convolution alone, of a part of a map. */
    Tensor convolved(Tensor part, Shape whole) {
        return convolution.of(part, whole);
    }

    /** The normalisation alone, of a part of a convolved map of known moments. */
    Tensor normalized(Tensor convolved, Tensor.Moments whole) {
        return norm.forwardPart(convolved, whole);
    }

    /** How far the convolution reaches. */
    ReceptiveField field() {
        return field;
    }

    /** Channels of the result. */
    int channels() {
        return channels;
    }
}
