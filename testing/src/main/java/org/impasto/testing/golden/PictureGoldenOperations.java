package org.impasto.testing.golden;

import java.util.Locale;
import java.util.Map;
import org.impasto.core.Filtering.Border;
import org.impasto.core.Pooling.Window;
import org.impasto.core.Tensor;

/** How the ops on windows of pictures are computed. */
final class PictureGoldenOperations {
    private PictureGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register(
                        "box_filter", GoldenOperation.of((golden, x) -> Map.of("y", boxFilter(golden.config(), x))))
                .register("adaptive_avg_pool2d", GoldenOperation.of((golden, x) -> {
                    int[] size = golden.config().integers("out");
                    return Map.of("y", of(x, "in.x").adaptiveAvgPool2d(size[0], size[1]));
                }))
                .register(
                        "adaptive_max_pool2d",
                        CoreGoldenOperations.moving(name -> name.equals("out.y"), (golden, x) -> {
                            int[] size = golden.config().integers("out");
                            return Map.of(
                                    "y",
                                    of(x, "in.x")
                                            .adaptiveMaxPool2d(size[0], size[1])
                                            .values());
                        }))
                .register(
                        "max_unpool2d",
                        CoreGoldenOperations.moving(name -> true, (golden, x) -> Map.of("y", maxUnpool(golden, x))));
    }

    /** The values z where the largest cells of x stand. */
    private static Tensor maxUnpool(GoldenCase golden, Map<String, Tensor> tensors) {
        GoldenConfig config = golden.config();
        Tensor x = of(tensors, "in.x");
        Window window =
                new Window(config.integer("kernel"), config.integer("stride"), 0, 1, config.flag("ceil_mode", false));
        Tensor indices = x.maxPool2dWithIndices(window).indices();
        return of(tensors, "in.z")
                .maxUnpool2d(indices, x.shape().size(2), x.shape().size(3));
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
