package org.impasto.testing.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.impasto.core.Tensor;

/** How softmax, the normalisations of core and attention are computed. */
final class NormalizationGoldenOperations {
    private NormalizationGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register(
                        "softmax",
                        GoldenOperation.of((golden, x) -> Map.of(
                                "y", of(x, "in.x").softmax(golden.config().integer("axis")))))
                .register(
                        "log_softmax",
                        GoldenOperation.of((golden, x) -> Map.of(
                                "y", of(x, "in.x").logSoftmax(golden.config().integer("axis")))))
                .register("layer_norm", GoldenOperation.of((golden, x) -> Map.of("y", layerNorm(golden.config(), x))))
                .register("group_norm", GoldenOperation.of((golden, x) -> Map.of("y", groupNorm(golden.config(), x))))
                .register(
                        "instance_norm",
                        GoldenOperation.of((golden, x) -> Map.of("y", instanceNorm(golden.config(), x))))
                .register(
                        "conditional_instance_norm",
                        GoldenOperation.of((golden, x) -> Map.of("y", conditional(golden, x))))
                .register("sdpa", GoldenOperation.of((golden, x) -> Map.of("y", attention(golden.config(), x))));
    }

    private static Tensor of(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("a golden case has no tensor " + name + ", found " + tensors.keySet());
        }
        return tensor;
    }

    private static Tensor layerNorm(GoldenConfig config, Map<String, Tensor> tensors) {
        Tensor x = of(tensors, "in.x");
        double epsilon = config.number("eps");
        int[] axes = config.integers("axes");
        return tensors.containsKey("w.weight")
                ? x.layerNorm(of(tensors, "w.weight"), of(tensors, "w.bias"), epsilon, axes)
                : x.layerNorm(epsilon, axes);
    }

    private static Tensor groupNorm(GoldenConfig config, Map<String, Tensor> tensors) {
        return of(tensors, "in.x")
                .groupNorm(
                        config.integer("groups"), of(tensors, "w.weight"), of(tensors, "w.bias"), config.number("eps"));
    }

    private static Tensor instanceNorm(GoldenConfig config, Map<String, Tensor> tensors) {
        Tensor x = of(tensors, "in.x");
        double epsilon = config.number("eps");
        return tensors.containsKey("w.weight")
                ? x.instanceNorm(of(tensors, "w.weight"), of(tensors, "w.bias"), epsilon)
                : x.instanceNorm(epsilon);
    }

    /** Each image has its row of the scales and shifts. */
    private static Tensor conditional(GoldenCase golden, Map<String, Tensor> tensors) {
        List<Tensor> scales = new ArrayList<>();
        List<Tensor> shifts = new ArrayList<>();
        for (double row : golden.values("in.styles")) {
            scales.add(of(tensors, "w.gamma").slice(0, (long) row, 1));
            shifts.add(of(tensors, "w.beta").slice(0, (long) row, 1));
        }
        return of(tensors, "in.x")
                .instanceNorm(
                        Tensor.concat(0, scales),
                        Tensor.concat(0, shifts),
                        golden.config().number("eps"));
    }

    private static Tensor attention(GoldenConfig config, Map<String, Tensor> tensors) {
        Tensor q = of(tensors, "in.q");
        Tensor mask = tensors.get("in.mask");
        if (mask != null && config.text("mask").equals("boolean")) {
            mask = q.maskOf(mask);
        }
        return q.attention(of(tensors, "in.k"), of(tensors, "in.v"), mask, config.flag("causal", false));
    }
}
