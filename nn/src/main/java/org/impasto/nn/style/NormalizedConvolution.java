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
import org.impasto.nn.tiling.Region;
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

    private final MapConvolution convolution;
    private final @Nullable InstanceNorm2d norm;

    private NormalizedConvolution(MapConvolution convolution, @Nullable InstanceNorm2d norm) {
        this.convolution = convolution;
        this.norm = norm;
    }

    /** With TensorFlow's padding SAME, of stride 1 with an odd kernel, or of stride 2 with a kernel of 3. */
    static NormalizedConvolution tensorFlowSame(Parameters p, int in, int out, int kernel, int stride) {
        Conv2d convolution = Conv2d.tensorFlowSame(p, in, out, kernel, stride, false);
        return new NormalizedConvolution(
                new MapConvolution.Windows(convolution, kernel, stride, 1), tensorFlowNorm(p, out));
    }

    /** A transposed convolution of stride 2 with a kernel of 3 and padding SAME, which doubles the size. */
    static NormalizedConvolution transposed(Parameters p, int in, int out) {
        ConvTranspose2d convolution = ConvTranspose2d.tensorFlowSame(p, in, out, 3, 2, false);
        return new NormalizedConvolution(new MapConvolution.Transposed(convolution, 3, 2), tensorFlowNorm(p, out));
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
        return new NormalizedConvolution(
                new MapConvolution.Windows(convolution, kernel, stride, doubling),
                norm == null ? null : new InstanceNorm2d(norm, out, PYTORCH_EPSILON));
    }

    @Override
    public Tensor forward(Tensor x) {
        return Scope.keeping(() -> {
            Tensor convolved = convolution.forward(x);
            return norm == null ? convolved : norm.forward(convolved);
        });
    }

    /** The shape of the result for a map of some shape, 1 x C x H x W. */
    Shape result(Shape whole) {
        return convolution.result(whole);
    }

    /**
     * The cells of a map that cells of the convolution's result depend on.
     *
     * @param whole the shape of the map
     */
    Region input(Region result, Shape whole) {
        return convolution.input(result, whole);
    }

    /**
     * The convolution alone, some cells of its result.
     *
     * @param part the cells of the map that {@link #input} names
     */
    Tensor convolved(Tensor part, Region result, Shape whole) {
        return Scope.keeping(() -> convolution.part(part, result, whole));
    }

    /** The normalisation alone, of a part of a convolved map of known moments. */
    Tensor normalized(Tensor convolved, Tensor.Moments whole) {
        return norm == null ? convolved : norm.forwardPart(convolved, whole);
    }

    /** Whether a normalisation follows. */
    boolean isNormalized() {
        return norm != null;
    }
}
