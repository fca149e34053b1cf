package org.impasto.testing.golden;

import java.util.Locale;
import java.util.Map;
import org.impasto.core.Filtering.Border;
import org.impasto.core.Tensor;

/** How the ops on windows of pictures are computed. */
final class PictureGoldenOperations {
    private PictureGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register(
                "box_filter", GoldenOperation.of((golden, x) -> Map.of("y", boxFilter(golden.config(), x))));
    }

    private static Tensor boxFilter(GoldenConfig config, Map<String, Tensor> tensors) {
        String border = config.text("border");
        return of(tensors, "in.x")
                .boxMean(
                        config.integer("radius"),
                        border.equals("truncate") ? Border.TRUNCATED : Border.valueOf(border.toUpperCase(Locale.ROOT)));
    }

    private static Tensor of(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("a golden case has no tensor " + name + ", found " + tensors.keySet());
        }
        return tensor;
    }
}
