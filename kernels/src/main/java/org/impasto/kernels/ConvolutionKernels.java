package org.impasto.kernels;

import java.util.List;
import org.impasto.core.BackendException;
import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.Conv2d;
import org.impasto.core.Convolution.ConvTranspose2d;
import org.impasto.core.Convolution.DataGradient;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Convolution.WeightGradient;
import org.impasto.core.Edges;
import org.impasto.core.ElementType;
import org.impasto.core.Padding;
import org.impasto.core.PaddingMode;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.convolution.Convolution;
import org.impasto.kernels.internal.convolution.ConvolutionPlan;
import org.impasto.kernels.internal.convolution.ConvolutionPlan.Precision;
import org.impasto.kernels.internal.convolution.ConvolutionShape;
import org.impasto.kernels.internal.convolution.Fusion;
import org.impasto.kernels.internal.convolution.PreparedWeights;
import org.impasto.kernels.internal.convolution.PreparedWeights.Order;
import org.impasto.kernels.internal.convolution.WeightGradientPlan;
import org.impasto.kernels.internal.layout.ActivationLayout;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.matrix.FloatMatrices;
import org.impasto.kernels.internal.matrix.MatrixShape;
import org.impasto.kernels.internal.provider.VectorSupport;
import org.jspecify.annotations.Nullable;

/** Convolutions and their gradients. */
final class ConvolutionKernels {
    private static final FloatMatrices MATRICES = new FloatMatrices(VectorSupport.isVector());

    private ConvolutionKernels() {}

    static void register(KernelRegistry registry) {
        registry.add(Conv2d.class, (o, inputs, outputs, call) -> List.of(forward(o, inputs, outputs.get(0), call)));
        registry.add(
                ConvTranspose2d.class,
                (o, inputs, outputs, call) -> List.of(transposed(o, inputs, outputs.get(0), call)));
        registry.add(
                DataGradient.class,
                (o, inputs, outputs, call) ->
                        List.of(dataGradient(o, inputs.get(0), inputs.get(1), outputs.get(0), call)));
        registry.add(
                WeightGradient.class,
                (o, inputs, outputs, call) ->
                        List.of(weightGradient(o, inputs.get(0), inputs.get(1), outputs.get(0), call)));
    }

    private static CpuArray forward(Conv2d operation, List<CpuArray> inputs, Spec output, KernelCall call) {
        CpuArray x = inputs.get(0);
        CpuArray weight = inputs.get(1);
        CpuArray bias = inputs.size() == 3 ? inputs.get(2) : null;
        checkFloat32(x);
        Geometry geometry = operation.geometry();
        Edges edges = geometry.padding();
        if (smallest(edges) < 0) {
            x = PaddingKernels.padded(x, edges, geometry.mode(), call);
            geometry = geometry.padded(Edges.none(), PaddingMode.ZERO);
        }
        Fusion fusion = (operation.activation() == Activation.RELU ? Fusion.RELU : Fusion.NONE)
                .withPool(pool(operation.pooling()));
        return convolved(x, weight, Order.FORWARD, bias, shape(x, weight.shape(), geometry), fusion, output, call);
    }

    private static Fusion.Pool pool(FusedPooling pooling) {
        return switch (pooling) {
            case NONE -> Fusion.Pool.NONE;
            case FLOOR -> Fusion.Pool.FLOOR;
            case CEIL -> Fusion.Pool.CEIL;
        };
    }

    private static ConvolutionShape shape(CpuArray x, Shape weight, Geometry geometry) {
        return new ConvolutionShape(
                x.size(0),
                x.size(1),
                x.size(2),
                x.size(3),
                weight.intSize(0),
                weight.intSize(2),
                weight.intSize(3),
                geometry.strideHeight(),
                geometry.strideWidth(),
                geometry.dilationHeight(),
                geometry.dilationWidth(),
                geometry.groups(),
                geometry.padding().top(),
                geometry.padding().bottom(),
                geometry.padding().left(),
                geometry.padding().right(),
                geometry.mode());
    }

    private static CpuArray convolved(
            CpuArray x,
            CpuArray weight,
            Order order,
            @Nullable CpuArray bias,
            ConvolutionShape shape,
            Fusion fusion,
            Spec output,
            KernelCall call) {
        ConvolutionSettings settings = call.convolution();
        ConvolutionPlan plan = ConvolutionPlan.of(shape, fusion, settings.exact() ? Precision.EXACT : Precision.FAST);
        PreparedWeights prepared = weight.prepared().find(plan, order);
        boolean keeps = !call.run().isTraining() || weight.prepared().isAskedAgain(order);
        if (prepared == null && plan.algorithm() == ConvolutionPlan.Algorithm.WINOGRAD) {
            long bytes = Float.BYTES * plan.preparedSize();
            if (keeps && settings.reserve(bytes)) {
                prepared = prepareWithin(bytes, plan, weight, order, call);
            } else if (call.run().isTraining()) {
                prepared = prepareForOnce(plan, weight, order, call);
            } else {
                plan = plan.withoutWinograd();
                prepared = weight.prepared().find(plan, order);
            }
        }
        if (prepared == null) {
            prepared = keeps
                    ? weight.prepared().keep(prepare(plan, weight, order, call), order, plan, settings, 0)
                    : prepareForOnce(plan, weight, order, call);
        }
        CpuArray in = inLayout(plan.inputLayout(), x, call);
        CpuArray out = plan.outputLayout() == ActivationLayout.BLOCKED ? call.blocked(output) : call.plain(output);
        float[] biases = bias == null ? null : call.asPlain(bias).floats();
        Convolution.run(plan, in.floats(), prepared, biases, out.floats(), call.workers(), call.run());
        return out;
    }

    /** Prepares and keeps weights for which bytes of the budget are reserved. */
    private static PreparedWeights prepareWithin(
            long bytes, ConvolutionPlan plan, CpuArray weight, Order order, KernelCall call) {
        ConvolutionSettings settings = call.convolution();
        PreparedWeights prepared = null;
        try {
            prepared = prepare(plan, weight, order, call);
        } finally {
            if (prepared == null) {
                settings.giveBack(bytes); // cancelled, or out of memory
            }
        }
        return weight.prepared().keep(prepared, order, plan, settings, bytes);
    }

    private static PreparedWeights prepare(ConvolutionPlan plan, CpuArray weight, Order order, KernelCall call) {
        return PreparedWeights.prepare(plan, call.asPlain(weight).floats(), order, call.workers(), call.run());
    }

    /** Prepares weights in an array that goes back to the pool when the call ends. */
    private static PreparedWeights prepareForOnce(ConvolutionPlan plan, CpuArray weight, Order order, KernelCall call) {
        CpuArray values = call.temporary(new Spec(Shape.of(plan.preparedSize()), ElementType.FLOAT32));
        return PreparedWeights.prepare(
                plan, call.asPlain(weight).floats(), order, values.floats(), call.workers(), call.run());
    }

    private static CpuArray transposed(ConvTranspose2d operation, List<CpuArray> inputs, Spec output, KernelCall call) {
        CpuArray x = inputs.get(0);
        CpuArray weight = inputs.get(1);
        CpuArray bias = inputs.size() == 3 ? inputs.get(2) : null;
        checkFloat32(x);
        Geometry g = operation.geometry();
        Edges edges = g.padding();
        int reachHeight = g.dilationHeight() * (weight.size(2) - 1);
        int reachWidth = g.dilationWidth() * (weight.size(3) - 1);
        Edges beyond = new Edges(
                Math.max(0, edges.left() - reachWidth),
                Math.max(0, edges.right() - reachWidth),
                Math.max(0, edges.top() - reachHeight),
                Math.max(0, edges.bottom() - reachHeight));
        if (beyond.equals(Edges.none())) {
            return adjoint(g, x, weight, bias, output, call);
        }
        // more is cut off than one pixel's kernel covers: the rest of it once the result is there
        Edges within = new Edges(
                edges.left() - beyond.left(),
                edges.right() - beyond.right(),
                edges.top() - beyond.top(),
                edges.bottom() - beyond.bottom());
        Spec wider = new Spec(
                output.shape()
                        .with(2, output.shape().size(2) + beyond.top() + beyond.bottom())
                        .with(3, output.shape().size(3) + beyond.left() + beyond.right()),
                output.type());
        CpuArray all = adjoint(g.padded(within, PaddingMode.ZERO), x, weight, bias, wider, call);
        call.release(all);
        return PaddingKernels.fold(
                new Padding.PadGradient(beyond, PaddingMode.ZERO, output.shape()), all, output, call);
    }

    private static CpuArray dataGradient(
            DataGradient operation, CpuArray gradient, CpuArray weight, Spec output, KernelCall call) {
        checkFloat32(gradient);
        return adjoint(operation.geometry(), gradient, weight, null, output, call);
    }

    /**
     * The adjoint of a convolution: the picture, spread by the stride, is convolved with the turned kernel. Zero padding
     * needs no cells of its own; other padding is computed as well and folded back.
     */
    private static CpuArray adjoint(
            Geometry g, CpuArray x, CpuArray weight, @Nullable CpuArray bias, Spec output, KernelCall call) {
        Edges edges = g.padding();
        Shape picture = output.shape();
        int reachHeight = g.dilationHeight() * (weight.size(2) - 1);
        int reachWidth = g.dilationWidth() * (weight.size(3) - 1);
        int spreadHeight = (x.size(2) - 1) * g.strideHeight() + 1;
        int spreadWidth = (x.size(3) - 1) * g.strideWidth() + 1;
        Edges around = new Edges(
                reachWidth - edges.left(),
                picture.intSize(3) - spreadWidth + edges.left(),
                reachHeight - edges.top(),
                picture.intSize(2) - spreadHeight + edges.top());
        if (g.mode() == PaddingMode.ZERO && smallest(around) >= 0) {
            return spreadAndConvolved(g, x, weight, bias, around, output, call);
        }
        Shape padded = picture.with(2, picture.size(2) + edges.top() + edges.bottom())
                .with(3, picture.size(3) + edges.left() + edges.right());
        Edges full =
                new Edges(reachWidth, padded.intSize(3) - spreadWidth, reachHeight, padded.intSize(2) - spreadHeight);
        CpuArray sums = spreadAndConvolved(g, x, weight, bias, full, new Spec(padded, output.type()), call);
        if (edges.equals(Edges.none())) {
            return sums;
        }
        call.release(sums);
        return PaddingKernels.fold(new Padding.PadGradient(edges, g.mode(), picture), sums, output, call);
    }

    private static CpuArray spreadAndConvolved(
            Geometry g,
            CpuArray x,
            CpuArray weight,
            @Nullable CpuArray bias,
            Edges around,
            Spec output,
            KernelCall call) {
        long in = weight.shape().size(0) / g.groups();
        long out = output.shape().size(1) / g.groups();
        boolean whole = g.groups() == 1 || in % BlockedLayout.BLOCK == 0 && out % BlockedLayout.BLOCK == 0;
        CpuArray spread = whole ? x : spread(x, g.strideHeight(), g.strideWidth(), call);
        ConvolutionShape turned = new ConvolutionShape(
                spread.size(0),
                spread.size(1),
                spread.size(2),
                spread.size(3),
                output.shape().intSize(1),
                weight.size(2),
                weight.size(3),
                1,
                1,
                g.dilationHeight(),
                g.dilationWidth(),
                g.groups(),
                around.top(),
                around.bottom(),
                around.left(),
                around.right(),
                PaddingMode.ZERO,
                whole ? g.strideHeight() : 1,
                whole ? g.strideWidth() : 1);
        return convolved(spread, weight, Order.ADJOINT, bias, turned, Fusion.NONE, output, call);
    }

    private static int smallest(Edges edges) {
        return Math.min(Math.min(edges.left(), edges.right()), Math.min(edges.top(), edges.bottom()));
    }

    /** The picture with stride - 1 zeros between its pixels. */
    private static CpuArray spread(CpuArray x, int strideHeight, int strideWidth, KernelCall call) {
        if (strideHeight == 1 && strideWidth == 1) {
            return x;
        }
        CpuArray from = call.asPlain(x);
        int height = (x.size(2) - 1) * strideHeight + 1;
        int width = (x.size(3) - 1) * strideWidth + 1;
        CpuArray to = call.temporary(
                new Spec(x.shape().with(2, height).with(3, width), x.spec().type()));
        call.workers().run(x.size(0) * x.size(1), call.run(), (plane, worker) -> {
            java.util.Arrays.fill(to.floats(), plane * height * width, (plane + 1) * height * width, 0f);
            for (int row = 0; row < from.size(2); row++) {
                int source = (plane * from.size(2) + row) * from.size(3);
                int target = (plane * height + row * strideHeight) * width;
                for (int column = 0; column < from.size(3); column++) {
                    to.floats()[target + column * strideWidth] = from.floats()[source + column];
                }
            }
        });
        return to;
    }

    private static CpuArray weightGradient(
            WeightGradient operation, CpuArray x, CpuArray gradient, Spec output, KernelCall call) {
        checkFloat32(x);
        Geometry geometry = operation.geometry();
        CpuArray picture = x;
        if (smallest(geometry.padding()) < 0) {
            picture = PaddingKernels.padded(x, geometry.padding(), geometry.mode(), call);
            geometry = geometry.padded(Edges.none(), PaddingMode.ZERO);
        }
        ConvolutionShape shape = shape(picture, output.shape(), geometry);
        if (!WeightGradientPlan.suits(shape)) {
            return weightGradientByTaps(geometry, picture, gradient, output, call);
        }
        Precision precision = call.convolution().exact() ? Precision.EXACT : Precision.FAST;
        WeightGradientPlan plan = WeightGradientPlan.of(shape, precision);
        CpuArray in = inLayout(plan.inputLayout(), picture, call);
        CpuArray dy = inLayout(plan.gradientLayout(), gradient, call);
        CpuArray result = call.plain(output);
        Convolution.weightGradient(plan, in.floats(), dy.floats(), result.floats(), call.workers(), call.run());
        return result;
    }

    private static CpuArray inLayout(ActivationLayout layout, CpuArray x, KernelCall call) {
        return layout == ActivationLayout.BLOCKED ? call.asBlocked(x) : call.asPlain(x);
    }

    /**
     * Groups that are not whole blocks: for each tap the product of the gradient with the picture that the tap sees, summed
     * over the batch.
     */
    private static CpuArray weightGradientByTaps(
            Geometry g, CpuArray x, CpuArray gradient, Spec output, KernelCall call) {
        CpuArray picture = g.padding().equals(Edges.none())
                ? call.asPlain(x)
                : PaddingKernels.padded(call.asPlain(x), g.padding(), g.mode(), call);
        CpuArray dy = call.asPlain(gradient);
        CpuArray result = call.plain(output);
        if (x.size(0) == 0) {
            java.util.Arrays.fill(result.floats(), 0f);
            return result;
        }
        int groups = g.groups();
        int in = picture.size(1) / groups;
        int out = dy.size(1) / groups;
        int height = dy.size(2);
        int width = dy.size(3);
        int pixels = height * width;
        int taps = output.shape().intSize(2) * output.shape().intSize(3);
        CpuArray seen = call.temporary(new Spec(Shape.of(in, pixels), ElementType.FLOAT32));
        CpuArray product = call.temporary(new Spec(Shape.of(out, in), ElementType.FLOAT32));
        MatrixShape shape = new MatrixShape(out, in, pixels, false, true);
        for (int group = 0; group < groups; group++) {
            for (int tap = 0; tap < taps; tap++) {
                int top = tap / output.shape().intSize(3) * g.dilationHeight();
                int left = tap % output.shape().intSize(3) * g.dilationWidth();
                for (int image = 0; image < x.size(0); image++) {
                    int firstPlane = image * picture.size(1) + group * in;
                    call.workers().run(in, call.run(), (channel, worker) -> {
                        for (int row = 0; row < height; row++) {
                            int source = ((firstPlane + channel) * picture.size(2) + row * g.strideHeight() + top)
                                            * picture.size(3)
                                    + left;
                            int target = channel * pixels + row * width;
                            for (int column = 0; column < width; column++) {
                                seen.floats()[target + column] = picture.floats()[source + column * g.strideWidth()];
                            }
                        }
                    });
                    MATRICES.multiply(
                            shape,
                            dy.floats(),
                            (image * dy.size(1) + group * out) * pixels,
                            seen.floats(),
                            0,
                            product.floats(),
                            0,
                            image > 0,
                            call.workers(),
                            call.run());
                }
                for (int i = 0; i < out * in; i++) {
                    result.floats()[(group * out * in + i) * taps + tap] = product.floats()[i];
                }
            }
        }
        return result;
    }

    private static void checkFloat32(CpuArray x) {
        if (x.spec().type() != ElementType.FLOAT32) {
            throw new BackendException(
                    "the CPU backend convolves FLOAT32 only, found " + x.spec() + ": convert it with to(type)");
        }
    }
}
