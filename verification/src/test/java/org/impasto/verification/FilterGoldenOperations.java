package org.impasto.verification;

import java.util.Locale;
import java.util.Map;
import org.impasto.core.Filtering.Border;
import org.impasto.core.PaddingMode;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.Filters;
import org.impasto.testing.golden.GoldenConfig;
import org.impasto.testing.golden.GoldenOperation;
import org.impasto.testing.golden.GoldenRunner;

/** How the golden files of filters are computed. */
final class FilterGoldenOperations {
    private FilterGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register(
                        "gaussian_blur",
                        GoldenOperation.of((golden, x) -> Map.of("y", gaussianBlur(golden.config(), x))))
                .register(
                        "guided_filter",
                        GoldenOperation.of((golden, x) -> Map.of("y", guidedFilter(golden.config(), x))));
    }

    private static Tensor gaussianBlur(GoldenConfig config, Map<String, Tensor> tensors) {
        PaddingMode border = PaddingMode.valueOf(config.text("pad").toUpperCase(Locale.ROOT));
        return Filters.gaussianBlur(tensors.get("in.x"), config.number("sigma"), config.integer("radius"), border);
    }

    private static Tensor guidedFilter(GoldenConfig config, Map<String, Tensor> tensors) {
        Border border = Border.valueOf(config.text("border").toUpperCase(Locale.ROOT));
        return Filters.guidedFilter(
                tensors.get("in.guide"), tensors.get("in.p"), config.integer("radius"), config.number("eps"), border);
    }
}
