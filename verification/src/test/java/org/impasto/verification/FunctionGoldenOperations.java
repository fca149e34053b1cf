package org.impasto.verification;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Linear;
import org.impasto.nn.functional.Activations;
import org.impasto.nn.functional.Losses;
import org.impasto.nn.functional.Reductions;
import org.impasto.nn.functional.Shuffles;
import org.impasto.testing.golden.GoldenCase;
import org.impasto.testing.golden.GoldenOperation;
import org.impasto.testing.golden.GoldenRunner;

/** How the golden files of activations, reductions, losses and shuffles that are made of operations are computed. */
final class FunctionGoldenOperations {
    private FunctionGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        activations(runner);
        reductions(runner);
        shuffles(runner);
        return runner.register(
                        "linear",
                        GoldenOperation.of((golden, x) ->
                                Map.of("y", Linear.apply(x.get("in.x"), x.get("w.weight"), x.get("w.bias")))))
                .register("l2_normalize", GoldenOperation.of(FunctionGoldenOperations::l2Normalize))
                .register("losses", GoldenOperation.of(FunctionGoldenOperations::losses))
                .register(
                        "cross_entropy",
                        GoldenOperation.of(
                                (golden, x) -> Map.of("ce", Losses.crossEntropy(x.get("in.x"), x.get("in.labels")))));
    }

    private static void activations(GoldenRunner runner) {
        Map<String, UnaryOperator<Tensor>> functions = new LinkedHashMap<>();
        functions.put("gelu_tanh", Activations::geluTanh);
        functions.put("quick_gelu", Activations::quickGelu);
        functions.put("mish", Activations::mish);
        functions.put("hardswish", Activations::hardSwish);
        functions.put("relu6", Activations::relu6);
        functions.forEach((op, function) ->
                runner.register(op, GoldenOperation.of((golden, x) -> Map.of("y", function.apply(x.get("in.x"))))));
        runner.register(
                "prelu",
                GoldenOperation.of((golden, x) -> Map.of("y", Activations.prelu(x.get("in.x"), x.get("w.slope")))));
    }

    @FunctionalInterface
    private interface OverAxes {
        Tensor apply(Tensor x, int... axes);
    }

    private static void reductions(GoldenRunner runner) {
        Map<String, OverAxes> functions = new LinkedHashMap<>();
        functions.put("var_biased", (x, axes) -> Reductions.variance(x, false, axes));
        functions.put("var_unbiased", (x, axes) -> Reductions.variance(x, true, axes));
        functions.put("std_unbiased", (x, axes) -> Reductions.standardDeviation(x, true, axes));
        functions.put("logsumexp", Reductions::logSumExp);
        functions.put("norm_l2", (x, axes) -> Reductions.norm(x, 2, axes));
        functions.forEach((op, function) -> runner.register(op, over(function)));
        runner.register(
                "norm",
                (golden, backend) -> over((x, axes) ->
                                Reductions.norm(x, golden.config().number("p"), axes))
                        .run(golden, backend));
    }

    /** The files leave the axes out that were reduced. */
    private static GoldenOperation over(OverAxes function) {
        return GoldenOperation.of((golden, x) -> {
            int[] axes = golden.config().integers("axes");
            Tensor y = function.apply(x.get("in.x"), axes);
            long[] left = IntStream.range(0, y.shape().rank())
                    .filter(axis -> Arrays.stream(axes).noneMatch(reduced -> reduced == axis))
                    .mapToLong(y.shape()::size)
                    .toArray();
            return Map.of("y", y.reshape(Shape.of(left)));
        });
    }

    @FunctionalInterface
    private interface Shuffle {
        Tensor apply(Tensor x, int r);
    }

    private static void shuffles(GoldenRunner runner) {
        Map<String, Shuffle> functions = new LinkedHashMap<>();
        functions.put("pixel_shuffle", Shuffles::pixelShuffle);
        functions.put("pixel_unshuffle", Shuffles::pixelUnshuffle);
        functions.put("glow_squeeze", Shuffles::pixelUnshuffle);
        functions.put("space_to_depth", Shuffles::spaceToDepth);
        functions.forEach((op, function) -> runner.register(
                op,
                GoldenOperation.moving((golden, x) -> Map.of(
                        "y", function.apply(x.get("in.x"), golden.config().integer("r"))))));
        runner.register("flip_roll", GoldenOperation.moving(FunctionGoldenOperations::flipAndRoll))
                .register("slice", GoldenOperation.moving(FunctionGoldenOperations::slice));
    }

    private static Map<String, Tensor> flipAndRoll(GoldenCase golden, Map<String, Tensor> tensors) {
        Tensor x = tensors.get("in.x");
        int[] shifts = golden.config().integers("roll"); // of height and width
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("flip", Shuffles.flip(x, golden.config().integers("flip")));
        results.put("roll", Shuffles.roll(Shuffles.roll(x, 2, shifts[0]), 3, shifts[1]));
        return results;
    }

    private static Map<String, Tensor> slice(GoldenCase golden, Map<String, Tensor> tensors) {
        int[] start = golden.config().integers("start");
        int[] step = golden.config().integers("step");
        Tensor y = tensors.get("in.x");
        for (int axis = 0; axis < start.length; axis++) {
            y = Shuffles.every(y, axis, start[axis], step[axis]);
        }
        return Map.of("y", y);
    }

    private static Map<String, Tensor> l2Normalize(GoldenCase golden, Map<String, Tensor> tensors) {
        Tensor x = tensors.get("in.x");
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("max_eps", Reductions.l2Normalize(x, 1, 1e-12));
        results.put("plus_eps", Reductions.unitNormalize(x, 1, 1e-10));
        return results;
    }

    private static Map<String, Tensor> losses(GoldenCase golden, Map<String, Tensor> tensors) {
        Tensor x = tensors.get("in.x");
        Tensor y = tensors.get("in.y");
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("mse", Losses.meanSquaredError(x, y));
        results.put("l1", Losses.meanAbsoluteError(x, y));
        results.put("smooth_l1", Losses.smoothL1(x, y, 1));
        results.put("charbonnier", Losses.charbonnier(x, y, 1e-3));
        results.put("cosine", Losses.cosineDistance(x, y, 1));
        return results;
    }
}
