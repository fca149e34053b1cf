package org.impasto.nn.style;

import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Conv2d;
import org.impasto.nn.ConvTranspose2d;
import org.impasto.nn.InstanceNorm2d;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;
import org.impasto.nn.tiling.ReceptiveField;
import org.jspecify.annotations.Nullable;

/**
 * A convolution and, but for a network's last, an instance normalisation behind it: of a whole map, or in two steps of
 * parts of a map, for a normalisation needs the moments of all its pixels.
 */
final class NormalizedConvolution implements Layer {
    /** Added to variances before their root is taken, by the TensorFlow implementation. */
    private static final double TENSOR_FLOW_EPSILON = 1e-3;

    /** The same, by PyTorch's. */
    private static final double PYTORCH_EPSILON = 1e-5;

    /** Cells of a part of a map of some shape. */
    private interface Convolution {
        Tensor of(Tensor part, Shape whole);
    }

    private final Convolution convolution;
    private final @Nullable InstanceNorm2d norm;
    private final ReceptiveField field;
    private final int channels;

    private NormalizedConvolution(
            Convolution convolution, @Nullable InstanceNorm2d norm, int out, ReceptiveField field) {
        this.convolution = convolution;
        this.norm = norm;
        this.field = field;
        this.channels = out;
    }

    /** With TensorFlow's padding SAME, of stride 1 with an odd kernel, or of stride 2 with a kernel of 3. */
    static NormalizedConvolution tensorFlowSame(Parameters p, int in, int out, int kernel, int stride) {
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
        return new NormalizedConvolution(convolution::forwardPart, tensorFlowNorm(p, out), out, field);
    }

    /** A transposed convolution of stride 2 with a kernel of 3 and padding SAME, which doubles the size. */
    static NormalizedConvolution transposed(Parameters p, int in, int out) {
        ConvTranspose2d convolution = ConvTranspose2d.tensorFlowSame(p, in, out, 3, 2, false);
        ReceptiveField field = ReceptiveField.identity().enlarged(2).same(3);
        return new NormalizedConvolution(
                (part, whole) -> convolution.forward(part), tensorFlowNorm(p, out), out, field);
    }

    private static InstanceNorm2d tensorFlowNorm(Parameters p, int out) {
        return new InstanceNorm2d(p.in("norm"), out, TENSOR_FLOW_EPSILON);
    }

    /**
     * With reflected edges, an odd kernel and a bias.
     *
     * @param norm where the normalisation has its parameters; null for none
     */
    static NormalizedConvolution reflected(
            Parameters p, @Nullable Parameters norm, int in, int out, int kernel, int stride) {
        return reflected(p, norm, in, out, kernel, stride, 1);
    }

    /** The same with a kernel of 3, of a map that is doubled first: each cell is repeated. */
    static NormalizedConvolution doubled(Parameters p, Parameters norm, int in, int out) {
        return reflected(p, norm, in, out, 3, 1, 2);
    }

    private static NormalizedConvolution reflected(
            Parameters p, @Nullable Parameters norm, int in, int out, int kernel, int stride, int doubling) {
        Geometry geometry = Geometry.plain().strided(stride, stride).padded(Edges.all(kernel / 2), PaddingMode.REFLECT);
        Conv2d convolution = new Conv2d(p.in("conv2d"), in, out, kernel, geometry);
        ReceptiveField field = ReceptiveField.identity().enlarged(doubling).convolution(kernel, geometry);
        return new NormalizedConvolution(
                (part, whole) -> convolution.forward(enlarged(part, doubling)),
                norm == null ? null : new InstanceNorm2d(norm, out, PYTORCH_EPSILON),
                out,
                field);
    }

    private static Tensor enlarged(Tensor x, int factor) {
        Shape shape = x.shape();
        return factor == 1 ? x : x.resize(factor * shape.size(2), factor * shape.size(3), Filter.NEAREST);
    }

    @Override
    public Tensor forward(Tensor x) {
        return Scope.keeping(() -> {
            Tensor convolved = convolution.of(x, x.shape());
            return norm == null ? convolved : norm.forward(convolved);
        });
    }

    /** The convolution alone, of a part of a map. */
    Tensor convolved(Tensor part, Shape whole) {
        return Scope.keeping(() -> convolution.of(part, whole));
    }

    /** The normalisation alone, of a part of a convolved map of known moments. */
    Tensor normalized(Tensor convolved, Tensor.Moments whole) {
        return norm == null ? convolved : norm.forwardPart(convolved, whole);
    }

    /** Whether a normalisation follows. */
    boolean isNormalized() {
        return norm != null;
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
