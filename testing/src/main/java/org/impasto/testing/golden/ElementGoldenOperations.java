package org.impasto.testing.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/** How the ops on elements, over axes, and of moved elements are computed. */
final class ElementGoldenOperations {
    private ElementGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        functions(runner);
        ofTwo(runner);
        reductions(runner);
        return layouts(runner);
    }

    private static void functions(GoldenRunner runner) {
        Map<String, UnaryOperator<Tensor>> functions = new LinkedHashMap<>();
        functions.put("abs", Tensor::abs);
        functions.put("clamp_m1_1", x -> x.clamp(-1, 1));
        functions.put("cos", Tensor::cos);
        functions.put("elu", x -> x.elu(1));
        functions.put("erf", Tensor::erf);
        functions.put("exp", Tensor::exp);
        functions.put("gelu_erf", Tensor::gelu);
        functions.put("leaky_relu_0.01", x -> x.leakyRelu(0.01));
        functions.put("leaky_relu_0.2", x -> x.leakyRelu(0.2));
        functions.put("log", Tensor::log);
        functions.put("log1p", Tensor::log1p);
        functions.put("neg", Tensor::negate);
        functions.put("pow_2.5", x -> x.power(2.5));
        functions.put("pow_m0.5", x -> x.power(-0.5));
        functions.put("reciprocal", Tensor::reciprocal);
        functions.put("rsqrt", Tensor::rsqrt);
        functions.put("sigmoid", Tensor::sigmoid);
        functions.put("silu", Tensor::silu);
        functions.put("sin", Tensor::sin);
        functions.put("softplus", Tensor::softplus);
        functions.put("sqrt", Tensor::sqrt);
        functions.put("square", Tensor::square);
        functions.put("tanh", Tensor::tanh);
        functions.forEach((op, function) ->
                runner.register(op, GoldenOperation.of((golden, x) -> Map.of("y", function.apply(of(x, "in.x"))))));
    }

    private static void ofTwo(GoldenRunner runner) {
        Map<String, BinaryOperator<Tensor>> functions = new LinkedHashMap<>();
        functions.put("add", Tensor::add);
        functions.put("sub", Tensor::sub);
        functions.put("mul", Tensor::mul);
        functions.put("div", (a, b) -> a.div(b.abs().affine(1, 0.5)));
        functions.put("max", Tensor::maximum);
        functions.put("min", Tensor::minimum);
        functions.put("lerp_0.3", (a, b) -> a.add(b.sub(a).affine(0.3, 0)));
        functions.forEach((op, function) -> runner.register(
                op, GoldenOperation.of((golden, x) -> Map.of("y", function.apply(of(x, "in.a"), of(x, "in.b"))))));
    }

    private static void reductions(GoldenRunner runner) {
        runner.register("sum", GoldenOperation.of(ElementGoldenOperations::sums))
                .register("mean", GoldenOperation.of(over(Tensor::mean)))
                .register("amax", GoldenOperation.of(over(Tensor::max)))
                .register("amin", GoldenOperation.of(over(Tensor::min)))
                .register(
                        "norm_l1", GoldenOperation.of(over((x, axes) -> x.abs().sum(axes))))
                .register(
                        "norm_linf",
                        GoldenOperation.of(over((x, axes) -> x.abs().max(axes))))
                .register("argmax", GoldenOperation.of((golden, x) -> {
                    int axis = golden.config().integers("axes")[0];
                    return Map.of("i", squeezed(of(x, "in.x").argMax(axis), axis));
                }))
                .register(
                        "cumsum",
                        GoldenOperation.of((golden, x) -> Map.of(
                                "y", of(x, "in.x").cumulativeSum(golden.config().integer("axis")))));
    }

    /** The sum; in the file on large offsets the variance, too. */
    private static Map<String, Tensor> sums(GoldenCase golden, Map<String, Tensor> tensors) {
        int[] axes = golden.config().integers("axes");
        Tensor x = of(tensors, "in.x");
        Tensor sum = squeezed(x.sum(axes), axes);
        return golden.has("out.y")
                ? Map.of("y", sum)
                : Map.of(
                        "sum",
                        sum,
                        "var_biased",
                        squeezed(x.channelMoments(false).variance(), axes));
    }

    private static GoldenRunner layouts(GoldenRunner runner) {
        return runner.register(
                        "concat",
                        GoldenOperation.moving((golden, x) -> Map.of(
                                "y",
                                Tensor.concat(
                                        golden.config().integer("axis"),
                                        List.of(of(x, "in.a"), of(x, "in.b"), of(x, "in.c"))))))
                .register("split", GoldenOperation.moving(ElementGoldenOperations::split))
                .register(
                        "permute",
                        GoldenOperation.moving((golden, x) -> Map.of(
                                "y", of(x, "in.x").permute(golden.config().integers("dims")))))
                .register(
                        "index_select",
                        GoldenOperation.moving((golden, x) -> Map.of(
                                "y",
                                of(x, "w.table").indexSelect(golden.config().integer("axis"), of(x, "in.index")))));
    }

    private static Map<String, Tensor> split(GoldenCase golden, Map<String, Tensor> tensors) {
        Map<String, Tensor> parts = new LinkedHashMap<>();
        int axis = golden.config().integer("axis");
        char name = 'a';
        long start = 0;
        for (int size : golden.config().integers("sizes")) {
            parts.put(String.valueOf(name++), of(tensors, "in.x").slice(axis, start, size));
            start += size;
        }
        return parts;
    }

    /** A function of a tensor and of axes, which it makes 1 and the files leave out. */
    @FunctionalInterface
    interface OverAxes {
        Tensor apply(Tensor x, int... axes);
    }

    static GoldenOperation.Forward over(OverAxes function) {
        return (golden, x) -> {
            int[] axes = golden.config().integers("axes");
            return Map.of("y", squeezed(function.apply(of(x, "in.x"), axes), axes));
        };
    }

    /** Without axes of size 1. */
    static Tensor squeezed(Tensor x, int... axes) {
        List<Long> left = new ArrayList<>();
        for (int axis = 0; axis < x.shape().rank(); axis++) {
            int here = axis;
            if (Arrays.stream(axes).noneMatch(reduced -> reduced == here)) {
                left.add(x.shape().size(axis));
            }
        }
        return x.reshape(Shape.of(left.stream().mapToLong(Long::longValue).toArray()));
    }

    private static Tensor of(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("a golden case has no tensor " + name + ", found " + tensors.keySet());
        }
        return tensor;
    }
}
