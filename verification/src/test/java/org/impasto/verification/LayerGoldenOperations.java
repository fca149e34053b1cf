package org.impasto.verification;

import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.BatchNormalization;
import org.impasto.nn.functional.MultiHead;
import org.impasto.testing.golden.GoldenCase;
import org.impasto.testing.golden.GoldenOperation;
import org.impasto.testing.golden.GoldenRunner;

/** How the golden files of layers that are put together in module nn are computed. */
final class LayerGoldenOperations {
    private LayerGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register("batch_norm", GoldenOperation.of(LayerGoldenOperations::batchNorm))
                .register(
                        "multi_head_attention",
                        GoldenOperation.of((golden, x) -> Map.of("y", multiHeadAttention(golden, x))));
    }

    private static Map<String, Tensor> batchNorm(GoldenCase golden, Map<String, Tensor> x) {
        Tensor features = x.get("in.x");
        Tensor mean = x.get("in.running_mean");
        Tensor variance = x.get("in.running_var");
        double epsilon = golden.config().number("eps");
        Map<String, Tensor> results = new LinkedHashMap<>();
        if (!golden.config().flag("train")) {
            results.put(
                    "y",
                    BatchNormalization.apply(features, mean, variance, x.get("w.weight"), x.get("w.bias"), epsilon));
            return results;
        }
        double momentum = golden.config().number("momentum");
        BatchNormalization.Moments moments = BatchNormalization.Moments.of(features);
        results.put(
                "y",
                BatchNormalization.apply(
                        features, moments.mean(), moments.variance(), x.get("w.weight"), x.get("w.bias"), epsilon));
        results.put("running_mean", BatchNormalization.moved(mean, moments.mean(), momentum));
        results.put("running_var", BatchNormalization.moved(variance, moments.unbiased(features), momentum));
        return results;
    }

    private static Tensor multiHeadAttention(GoldenCase golden, Map<String, Tensor> x) {
        int heads = golden.config().integer("heads");
        Tensor context = x.get("in.context");
        Tensor gathered = head(x, x.get("in.x"), 0, heads)
                .attention(head(x, context, 1, heads), head(x, context, 2, heads), null, false);
        return MultiHead.join(gathered)
                .matmul(x.get("w.out_proj_weight"), false, true)
                .add(x.get("w.out_proj_bias"));
    }

    private static Tensor head(Map<String, Tensor> x, Tensor tokens, int part, int heads) {
        long width = tokens.shape().size(2);
        Tensor weight = x.get("w.in_proj_weight").slice(0, part * width, width);
        Tensor bias = x.get("w.in_proj_bias").slice(0, part * width, width);
        return MultiHead.split(tokens.matmul(weight, false, true).add(bias), heads);
    }
}
