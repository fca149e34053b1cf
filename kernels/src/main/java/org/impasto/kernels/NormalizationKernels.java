package org.impasto.kernels;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Normalization.ChannelAffine;
import org.impasto.core.Normalization.ChannelAffineGradient;
import org.impasto.core.Normalization.GroupNorm;
import org.impasto.core.Normalization.GroupNormGradient;
import org.impasto.core.Normalization.LayerNorm;
import org.impasto.core.Normalization.LayerNormGradient;
import org.impasto.core.Normalization.LogSoftmax;
import org.impasto.core.Normalization.LogSoftmaxGradient;
import org.impasto.core.Normalization.SoftmaxGradient;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.normalization.GroupNormalization;
import org.impasto.kernels.internal.normalization.LayerNormalization;
import org.impasto.kernels.internal.normalization.LineNormalization;
import org.impasto.kernels.internal.normalization.LineNormalization.Places;
import org.impasto.kernels.internal.normalization.LineNormalization.WeightGradients;
import org.impasto.kernels.internal.normalization.Lines;
import org.impasto.kernels.internal.normalization.Numbers;
import org.impasto.kernels.internal.normalization.Softmax;
import org.impasto.kernels.internal.provider.VectorSupport;
import org.impasto.kernels.internal.statistics.ChannelStatistics;
import org.jspecify.annotations.Nullable;

/** Softmax, normalisations of groups and layers, and affine maps of channels. */
final class NormalizationKernels {
    private static final Softmax SOFTMAX = new Softmax(VectorSupport.isVector());
    private static final GroupNormalization GROUPS = new GroupNormalization(VectorSupport.isVector());
    private static final LayerNormalization LAYERS = new LayerNormalization(VectorSupport.isVector());
    private static final ChannelStatistics STATISTICS = new ChannelStatistics(VectorSupport.isVector());

    private NormalizationKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(
                org.impasto.core.Normalization.Softmax.class,
                (o, x, out, call) -> softmax(o.axis(), false, x, out, call));
        registry.addUnary(LogSoftmax.class, (o, x, out, call) -> softmax(o.axis(), true, x, out, call));
        registry.add(
                SoftmaxGradient.class,
                (o, inputs, outputs, call) -> List.of(softmaxGradient(o.axis(), false, inputs, outputs.get(0), call)));
        registry.add(
                LogSoftmaxGradient.class,
                (o, inputs, outputs, call) -> List.of(softmaxGradient(o.axis(), true, inputs, outputs.get(0), call)));
        registry.add(GroupNorm.class, NormalizationKernels::groupNorm);
        registry.add(GroupNormGradient.class, NormalizationKernels::groupNormGradient);
        registry.add(LayerNorm.class, NormalizationKernels::layerNorm);
        registry.add(LayerNormGradient.class, NormalizationKernels::layerNormGradient);
        registry.add(ChannelAffine.class, NormalizationKernels::channelAffine);
        registry.add(ChannelAffineGradient.class, NormalizationKernels::channelAffineGradient);
    }

    private static boolean isFloat(CpuArray x) {
        return x.spec().type() == ElementType.FLOAT32;
    }

    private static Numbers numbers(CpuArray x) {
        return isFloat(x) ? Numbers.of(x.floats()) : Numbers.of(x.doubles());
    }

    private static @Nullable Numbers numbersOrNone(@Nullable CpuArray x) {
        return x == null ? null : numbers(x);
    }

    private static float @Nullable [] floatsOrNone(@Nullable CpuArray x) {
        return x == null ? null : x.floats();
    }

    private static @Nullable CpuArray operand(List<CpuArray> inputs, int index, KernelCall call) {
        return index < inputs.size() ? call.asPlain(inputs.get(index)) : null;
    }

    /** The lines along neighbouring axes. */
    private static Lines lines(Shape shape, int firstAxis, int lastAxis) {
        long[] sizes = {1, 1, 1};
        for (int axis = 0; axis < shape.rank(); axis++) {
            sizes[axis < firstAxis ? 0 : axis <= lastAxis ? 1 : 2] *= shape.size(axis);
        }
        return new Lines(Math.toIntExact(sizes[0]), Math.toIntExact(sizes[1]), Math.toIntExact(sizes[2]));
    }

    // ---- softmax

    private static CpuArray softmax(int axis, boolean logarithm, CpuArray operand, Spec out, KernelCall call) {
        CpuArray x = call.asPlain(operand);
        CpuArray y = call.plain(out);
        if (x.elements() == 0) {
            return y;
        }
        Lines lines = lines(x.shape(), axis, axis);
        if (isFloat(x)) {
            SOFTMAX.apply(lines, logarithm, x.floats(), y.floats(), call.workers(), call.run());
        } else {
            LineNormalization.softmax(lines, logarithm, numbers(x), numbers(y), call.workers(), call.run());
        }
        return y;
    }

    private static CpuArray softmaxGradient(
            int axis, boolean logarithm, List<CpuArray> inputs, Spec out, KernelCall call) {
        CpuArray y = call.asPlain(inputs.get(0));
        CpuArray g = call.asPlain(inputs.get(1));
        CpuArray z = call.plain(out);
        if (y.elements() == 0) {
            return z;
        }
        Lines lines = lines(y.shape(), axis, axis);
        if (isFloat(y) && lines.inner() == 1) {
            SOFTMAX.gradient(
                    lines.outer(),
                    lines.length(),
                    logarithm,
                    y.floats(),
                    g.floats(),
                    z.floats(),
                    call.workers(),
                    call.run());
        } else {
            LineNormalization.softmaxGradient(
                    lines, logarithm, numbers(y), numbers(g), numbers(z), call.workers(), call.run());
        }
        return z;
    }

    // ---- groups of channels

    private static GroupNormalization.Features features(CpuArray x, long groups, double epsilon) {
        Lines lines = lines(x.shape(), 0, 0);
        return new GroupNormalization.Features(
                x.size(0), x.size(1), Math.toIntExact(groups), lines.inner() / x.size(1), epsilon, x.isBlocked());
    }

    /** The lines of groups of channels, for float64. */
    private static Lines groups(CpuArray x, long groups) {
        int rows = Math.toIntExact(x.size(0) * groups);
        return new Lines(rows, rows == 0 ? 0 : x.elements() / rows, 1);
    }

    /** Weights that belong to channels, or to the channels of each image. */
    private static Places perChannel(CpuArray x, long groups, @Nullable CpuArray weight) {
        int width = Math.toIntExact(x.size(1) / groups);
        int pixels = x.elements() / Math.max(1, x.size(0) * x.size(1));
        int weights = weight == null ? 1 : Math.max(1, weight.elements());
        return (line, index) -> (line * width + index / pixels) % weights;
    }

    private static List<CpuArray> groupNorm(
            GroupNorm operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray x = inputs.get(0);
        CpuArray weight = operand(inputs, 1, call);
        CpuArray bias = operand(inputs, 2, call);
        CpuArray y = call.like(x, outputs.get(0));
        if (x.elements() == 0) {
            return List.of(y);
        }
        if (isFloat(x)) {
            GROUPS.normalise(
                    features(x, operation.groups(), operation.epsilon()),
                    x.floats(),
                    floatsOrNone(weight),
                    floatsOrNone(bias),
                    y.floats(),
                    call.workers(),
                    call.run());
        } else {
            LineNormalization.normalise(
                    groups(x, operation.groups()),
                    operation.epsilon(),
                    numbers(x),
                    numbersOrNone(weight),
                    numbersOrNone(bias),
                    perChannel(x, operation.groups(), weight),
                    numbers(y),
                    call.workers(),
                    call.run());
        }
        return List.of(y);
    }

    private static List<CpuArray> groupNormGradient(
            GroupNormGradient operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        boolean blocked = inputs.get(0).isBlocked() || inputs.get(1).isBlocked();
        CpuArray x = blocked ? call.asBlocked(inputs.get(0)) : inputs.get(0);
        CpuArray g = blocked ? call.asBlocked(inputs.get(1)) : inputs.get(1);
        CpuArray weight = operand(inputs, 2, call);
        CpuArray z = call.like(x, outputs.get(0));
        List<CpuArray> results = withWeightGradients(z, outputs, call);
        if (isFloat(x)) {
            GROUPS.gradient(
                    features(x, operation.groups(), operation.epsilon()),
                    x.floats(),
                    g.floats(),
                    floatsOrNone(weight),
                    z.floats(),
                    weight == null ? null : results.get(1).floats(),
                    weight == null ? null : results.get(2).floats(),
                    call.workers(),
                    call.run());
        } else {
            LineNormalization.gradient(
                    groups(x, operation.groups()),
                    operation.epsilon(),
                    numbers(x),
                    numbers(g),
                    weightGradients(weight, perChannel(x, operation.groups(), weight), results),
                    numbers(z),
                    call.workers(),
                    call.run());
        }
        return results;
    }

    private static List<CpuArray> withWeightGradients(CpuArray z, List<Spec> outputs, KernelCall call) {
        List<CpuArray> results = new ArrayList<>(List.of(z));
        for (Spec output : outputs.subList(1, outputs.size())) {
            results.add(call.plain(output));
        }
        return results;
    }

    private static @Nullable WeightGradients weightGradients(
            @Nullable CpuArray weight, Places places, List<CpuArray> results) {
        return weight == null
                ? null
                : new WeightGradients(
                        weight.elements(), numbers(weight), places, numbers(results.get(1)), numbers(results.get(2)));
    }

    // ---- layers

    private static Lines lines(CpuArray x, List<Integer> axes) {
        return lines(x.shape(), axes.get(0), axes.get(axes.size() - 1));
    }

    private static List<CpuArray> layerNorm(
            LayerNorm operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray x = call.asPlain(inputs.get(0));
        CpuArray weight = operand(inputs, 1, call);
        CpuArray bias = operand(inputs, 2, call);
        CpuArray y = call.plain(outputs.get(0));
        if (x.elements() == 0) {
            return List.of(y);
        }
        Lines lines = lines(x, operation.axes());
        if (isFloat(x) && lines.inner() == 1) {
            LAYERS.normalise(
                    lines.outer(),
                    lines.length(),
                    operation.epsilon(),
                    x.floats(),
                    floatsOrNone(weight),
                    floatsOrNone(bias),
                    y.floats(),
                    call.workers(),
                    call.run());
        } else {
            LineNormalization.normalise(
                    lines,
                    operation.epsilon(),
                    numbers(x),
                    numbersOrNone(weight),
                    numbersOrNone(bias),
                    (line, index) -> index,
                    numbers(y),
                    call.workers(),
                    call.run());
        }
        return List.of(y);
    }

    private static List<CpuArray> layerNormGradient(
            LayerNormGradient operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray x = call.asPlain(inputs.get(0));
        CpuArray g = call.asPlain(inputs.get(1));
        CpuArray weight = operand(inputs, 2, call);
        CpuArray z = call.plain(outputs.get(0));
        List<CpuArray> results = withWeightGradients(z, outputs, call);
        Lines lines = lines(x, operation.axes());
        if (isFloat(x) && lines.inner() == 1) {
            LAYERS.gradient(
                    lines.outer(),
                    lines.length(),
                    operation.epsilon(),
                    x.floats(),
                    g.floats(),
                    floatsOrNone(weight),
                    z.floats(),
                    weight == null ? null : results.get(1).floats(),
                    weight == null ? null : results.get(2).floats(),
                    call.workers(),
                    call.run());
        } else {
            LineNormalization.gradient(
                    lines,
                    operation.epsilon(),
                    numbers(x),
                    numbers(g),
                    weightGradients(weight, (line, index) -> index, results),
                    numbers(z),
                    call.workers(),
                    call.run());
        }
        return results;
    }

    // ---- channels

    private static List<CpuArray> channelAffine(
            ChannelAffine operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray x = inputs.get(0);
        CpuArray scale = operand(inputs, 1, call);
        CpuArray shift = operand(inputs, 2, call);
        CpuArray centre = operand(inputs, 3, call);
        CpuArray y = call.like(x, outputs.get(0));
        if (x.elements() == 0) {
            return List.of(y);
        }
        int planes = x.size(0) * x.size(1);
        if (isFloat(x)) {
            STATISTICS.affine(
                    x.floats(),
                    0,
                    x.size(0),
                    x.size(1),
                    KernelCall.pixels(x),
                    x.isBlocked(),
                    ofPlanes(centre, planes),
                    ofPlanes(scale, planes),
                    ofPlanes(shift, planes),
                    y.floats(),
                    0,
                    call.workers(),
                    call.run());
            return List.of(y);
        }
        int pixels = KernelCall.pixels(x);
        call.workers().run(planes, call.run(), (plane, worker) -> {
            double a = ofPlane(scale, plane);
            double b = ofPlane(shift, plane);
            double c = ofPlane(centre, plane);
            for (int i = plane * pixels; i < (plane + 1) * pixels; i++) {
                y.doubles()[i] = (x.doubles()[i] - c) * a + b;
            }
        });
        return List.of(y);
    }

    private static List<CpuArray> channelAffineGradient(
            ChannelAffineGradient operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        double[] x = inputs.get(0).doubles();
        double[] g = inputs.get(1).doubles();
        CpuArray scale = inputs.get(2);
        CpuArray centre = operand(inputs, 3, call);
        List<CpuArray> results = outputs.stream().map(call::plain).toList();
        double[] ofX = results.get(0).doubles();
        int pixels = KernelCall.pixels(inputs.get(0));
        call.workers().run(results.get(1).elements(), call.run(), (plane, worker) -> {
            double a = ofPlane(scale, plane);
            double c = ofPlane(centre, plane);
            for (int i = plane * pixels; i < (plane + 1) * pixels; i++) {
                ofX[i] = g[i] * a;
            }
            sums(
                    x,
                    g,
                    plane * pixels,
                    pixels,
                    c,
                    results.get(1).doubles(),
                    results.get(2).doubles(),
                    plane);
        });
        return results;
    }

    /** The sums of (x - centre) g and of g over a plane: four of each at a time, so that additions do not wait. */
    private static void sums(
            double[] x, double[] g, int from, int pixels, double centre, double[] products, double[] sums, int plane) {
        double[] p = new double[4];
        double[] s = new double[4];
        int at = from;
        for (; at <= from + pixels - 4; at += 4) {
            for (int i = 0; i < 4; i++) {
                p[i] += (x[at + i] - centre) * g[at + i];
                s[i] += g[at + i];
            }
        }
        for (; at < from + pixels; at++) {
            p[0] += (x[at] - centre) * g[at];
            s[0] += g[at];
        }
        products[plane] = p[0] + p[1] + (p[2] + p[3]);
        sums[plane] = s[0] + s[1] + (s[2] + s[3]);
    }

    private static float[] ofPlanes(@Nullable CpuArray numbers, int planes) {
        float[] values = new float[planes];
        for (int plane = 0; plane < planes && numbers != null; plane++) {
            values[plane] = numbers.floats()[plane % numbers.elements()];
        }
        return values;
    }

    private static double ofPlane(@Nullable CpuArray numbers, int plane) {
        return numbers == null ? 0 : numbers.doubles()[plane % numbers.elements()];
    }
}
