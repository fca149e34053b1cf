package org.impasto.verification;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.WeightNames;
import org.impasto.nn.style.AdaIn;
import org.impasto.nn.style.FeedForward;
import org.impasto.nn.style.StyleSwap;
import org.impasto.nn.style.Wct;
import org.impasto.nn.vgg.StyleMap;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggDecoder;
import org.impasto.nn.vgg.VggVariant;
import org.impasto.testing.golden.GoldenCase;
import org.impasto.testing.golden.GoldenOperation;
import org.impasto.testing.golden.GoldenRunner;

/** How the golden files of style transfer are computed. */
final class StyleGoldenOperations {
    private StyleGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register("vgg", new SwitchingGradients(withVgg(feature -> feature)))
                .register("vgg_gram", new SwitchingGradients(withVgg(Tensor::gram)))
                .register("vgg_style_map", new SwitchingGradients(StyleGoldenOperations::vggStyleMap))
                .register("vgg_levels", StyleGoldenOperations::vggLevels)
                .register("vgg_autoencode", StyleGoldenOperations::vggAutoencode)
                .register(
                        "style_map",
                        GoldenOperation.of((golden, x) ->
                                Map.of("map", StyleMap.of(List.of(x.get("in.f1"), x.get("in.f2"), x.get("in.f3"))))))
                .register("adain", GoldenOperation.of((golden, x) -> Map.of("y", adaIn(golden, x))))
                .register("wct", StyleGoldenOperations::wct)
                .register("wct_image", StyleGoldenOperations::wctImage)
                .register("wct_levels", StyleGoldenOperations::wctLevels)
                .register("style_swap", StyleGoldenOperations::swap)
                .register("johnson", StyleGoldenOperations::johnson)
                .register("swap_image", StyleGoldenOperations::swapImage)
                .register("channel_mix", GoldenOperation.of((golden, x) -> Map.of("y", channelMix(x))));
    }

    // ---- networks

    /** The taps that the file's results are named by, each through a function. */
    private static GoldenOperation withVgg(Function<Tensor, Tensor> function) {
        return (golden, backend) -> {
            try (Model<Vgg> vgg = encoder(golden, backend, 0)) {
                return GoldenOperation.of((same, x) -> {
                            List<String> taps = stripped(golden.names("out."));
                            Map<String, Tensor> features = vgg.net().features(x.get("in.image"), taps);
                            Map<String, Tensor> results = new LinkedHashMap<>();
                            taps.stream()
                                    .sorted((a, b) -> Boolean.compare(isSeeded(golden, b), isSeeded(golden, a)))
                                    .forEach(tap -> results.put(tap, function.apply(features.get(tap))));
                            return results;
                        })
                        .run(golden, backend);
            }
        };
    }

    /** Whether a lone cotangent has the shape of this result, so that it belongs to it. */
    private static boolean isSeeded(GoldenCase golden, String result) {
        return golden.has("in.cotangent")
                && golden.spec("in.cotangent")
                        .shape()
                        .equals(golden.spec("out." + result).shape());
    }

    private static Map<String, Tensor> vggStyleMap(GoldenCase golden, Backend backend) {
        try (Model<Vgg> vgg = encoder(golden, backend, 0)) {
            return GoldenOperation.of((same, x) -> {
                        Map<String, Tensor> maps = vgg.net().features(x.get("in.image"), "pool1", "pool2", "pool3");
                        return Map.of("map", StyleMap.of(List.copyOf(maps.values())));
                    })
                    .run(golden, backend);
        }
    }

    private static Map<String, Tensor> vggLevels(GoldenCase golden, Backend backend) {
        Map<String, Tensor> results = new LinkedHashMap<>();
        for (int level = 1; level <= 5; level++) {
            try (Model<Vgg> vgg = encoder(golden, backend, level - 1)) {
                Tensor image = golden.tensor(backend, "in.image");
                results.put("out.e" + level, vgg.net().feature(image, "relu" + level + "_1"));
            }
        }
        return results;
    }

    private static Map<String, Tensor> vggAutoencode(GoldenCase golden, Backend backend) {
        Map<String, Tensor> results = new LinkedHashMap<>();
        for (int level = 1; level <= 5; level++) {
            try (Model<Vgg> vgg = encoder(golden, backend, 2 * level - 2);
                    Model<VggDecoder> decoder = decoder(golden, backend, 2 * level - 1)) {
                Tensor features = vgg.net().feature(golden.tensor(backend, "in.image"), "relu" + level + "_1");
                results.put("out.d" + level, decoder.net().forward(features));
            }
        }
        return results;
    }

    // ---- transforms

    private static Tensor adaIn(GoldenCase golden, Map<String, Tensor> x) {
        Tensor content = x.get("in.c");
        double strength = golden.config().number("alpha", 1);
        if (golden.has("in.mask")) {
            return golden.config().text("mask").equals("blend")
                    ? AdaIn.blended(content, x.get("in.s1"), x.get("in.s2"), x.get("in.mask"))
                    : AdaIn.byRegion(content, x.get("in.s1"), x.get("in.s2"), x.get("in.mask"));
        }
        if (golden.has("in.s1")) {
            double[] weights = golden.config().numbers("weights");
            return AdaIn.apply(
                    content,
                    List.of(
                            new AdaIn.Weighted(x.get("in.s1"), weights[0]),
                            new AdaIn.Weighted(x.get("in.s2"), weights[1])),
                    strength);
        }
        return AdaIn.apply(content, x.get("in.s"), strength);
    }

    private static Map<String, Tensor> wct(GoldenCase golden, Backend backend) {
        Tensor content = golden.tensor(backend, "in.c");
        Wct.Style style = Wct.Style.of(golden.tensor(backend, "in.s"));
        Wct.Result result = Wct.transform(content, style, alpha(golden), isRegularised(golden));
        return Map.of(
                "out.y", result.features(),
                "out.content_eigenvalues", result.contentEigenvalues(),
                "out.style_eigenvalues", style.eigenvalues());
    }

    private static Map<String, Tensor> wctImage(GoldenCase golden, Backend backend) {
        try (Model<Vgg> vgg = encoder(golden, backend, 0);
                Model<VggDecoder> decoder = decoder(golden, backend, 1)) {
            Tensor content = vgg.net().feature(golden.tensor(backend, "in.content"), "relu3_1");
            Tensor style = vgg.net().feature(golden.tensor(backend, "in.style"), "relu3_1");
            Tensor features = Wct.transform(content, Wct.Style.of(style), alpha(golden), isRegularised(golden))
                    .features();
            return Map.of("out.wct", features, "out.image", decoder.net().forward(features));
        }
    }

    private static Map<String, Tensor> wctLevels(GoldenCase golden, Backend backend) {
        Map<String, Tensor> results = new LinkedHashMap<>();
        int levels = golden.names("out.").size();
        boolean thin = golden.config().texts("weights").get(0).startsWith("thin");
        Tensor picture = golden.tensor(backend, "in.content");
        for (int level = levels; level >= 1; level--) {
            int first = thin ? 2 * level - 2 : level - 1;
            int second = thin ? 2 * level - 1 : levels + level - 1;
            String tap = "relu" + level + "_1";
            try (Model<Vgg> vgg = encoder(golden, backend, first);
                    Model<VggDecoder> decoder = decoder(golden, backend, second)) {
                Tensor style = vgg.net().feature(golden.tensor(backend, "in.style"), tap);
                Tensor content = vgg.net().feature(picture, tap);
                picture = decoder.net()
                        .forward(Wct.transform(content, Wct.Style.of(style), alpha(golden), isRegularised(golden))
                                .features());
                results.put("out.image" + level, picture);
            }
        }
        return results;
    }

    private static Map<String, Tensor> swap(GoldenCase golden, Backend backend) {
        StyleSwap.Result result = StyleSwap.swap(golden.tensor(backend, "in.c"), golden.tensor(backend, "in.s"));
        return Map.of("out.y", result.features(), "out.index", result.index(), "out.ncc", result.correlation());
    }

    private static Map<String, Tensor> swapImage(GoldenCase golden, Backend backend) {
        try (Model<Vgg> vgg = encoder(golden, backend, 0);
                Model<VggDecoder> decoder = decoder(golden, backend, 1)) {
            Map<String, Tensor> results = new LinkedHashMap<>();
            Tensor content = vgg.net().feature(golden.tensor(backend, "in.content"), "relu3_1");
            for (int i = 1; i <= 2; i++) {
                Tensor style = vgg.net().feature(golden.tensor(backend, "in.style" + i), "relu3_1");
                StyleSwap.Result result = StyleSwap.swap(content, style);
                results.put("out.index" + i, result.index());
                results.put("out.swapped" + i, result.features());
                results.put("out.R" + i, decoder.net().forward(result.features()));
            }
            results.put(
                    "out.R3",
                    StyleSwap.interpolated(
                            results.get("out.R1"),
                            results.get("out.R2"),
                            golden.config().numbers("abc")));
            results.keySet().retainAll(golden.names("out."));
            return results;
        }
    }

    private static Map<String, Tensor> johnson(GoldenCase golden, Backend backend) {
        try (Model<FeedForward> model = Model.load(
                backend,
                weightPath(golden, 0),
                FeedForward.tensorFlowNames(),
                p -> new FeedForward(p, FeedForward.Form.TRANSPOSED))) {
            Map<String, Tensor> results = new LinkedHashMap<>();
            model.net()
                    .features(golden.tensor(backend, "in.image"), stripped(golden.names("out.")))
                    .forEach((name, tensor) -> results.put("out." + name, tensor));
            return results;
        }
    }

    private static Tensor channelMix(Map<String, Tensor> x) {
        double[] weights = x.get("in.abc").toDoubles();
        return StyleSwap.interpolated(x.get("in.R1"), x.get("in.R2"), weights);
    }

    private static double alpha(GoldenCase golden) {
        return golden.config().number("alpha", 1);
    }

    private static boolean isRegularised(GoldenCase golden) {
        return golden.config().flag("content_cov_plus_identity", false);
    }

    // ---- weights

    private static Model<Vgg> encoder(GoldenCase golden, Backend backend, int index) {
        String prefix = golden.names("w.e.").isEmpty() ? "w." : "w.e.";
        boolean own = !golden.names("w.").isEmpty();
        try (WeightFile file = own ? WeightFile.open(golden.path()) : weights(golden, index)) {
            String below = own || file.has("w.features.0.weight") ? prefix : "";
            if (golden.config().text("arch", "").equals("vgg16")) {
                return vgg16(golden, backend, file, below);
            }
            VggVariant variant = VggVariant.below(file, below);
            VggVariant found = variant == null ? VggVariant.of(file) : variant;
            return Vgg.load(backend, file, found, p -> new Vgg(p, found));
        }
    }

    /** A VGG-16 whose weights are some of a VGG-19's, by the file's own map of names. */
    private static Model<Vgg> vgg16(GoldenCase golden, Backend backend, WeightFile file, String prefix) {
        int[] convolutions = {2, 2, 3, 3, 3};
        VggVariant variant =
                VggVariant.torchvision(convolutions, golden.config().integers("widths"));
        WeightNames names = WeightNames.of(path -> {
                    int end = path.lastIndexOf('.');
                    return prefix
                            + golden.config().object("weight_map").text(path.substring(0, end))
                            + path.substring(end);
                })
                .ignoring(name -> true);
        return Model.build(backend, ParameterSource.file(file, names), p -> new Vgg(p, variant));
    }

    private static Model<VggDecoder> decoder(GoldenCase golden, Backend backend, int index) {
        if (!golden.names("w.d.").isEmpty()) {
            try (WeightFile file = WeightFile.open(golden.path())) {
                return VggDecoder.load(backend, file, "w.d.");
            }
        }
        return VggDecoder.load(backend, weightPath(golden, index));
    }

    private static WeightFile weights(GoldenCase golden, int index) {
        return WeightFile.open(weightPath(golden, index));
    }

    /** A published file below {@code weights} beside the golden folder, or another golden file of the same folder. */
    static Path weightPath(GoldenCase golden, int index) {
        String name = golden.config().texts("weights").get(index);
        List<Path> candidates = new ArrayList<>();
        Path folder = golden.path().toAbsolutePath().getParent();
        candidates.add(folder.resolve(name + ".safetensors"));
        for (Path up = folder; up != null; up = up.getParent()) {
            candidates.add(up.resolve("weights").resolve(name));
        }
        candidates.add(SharedFiles.folder().resolve("weights").resolve(name));
        candidates.add(SharedFiles.folder().resolve("golden/style").resolve(name + ".safetensors"));
        return candidates.stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException(golden + " needs weights '" + name + "', looked at " + candidates));
    }

    private static List<String> stripped(List<String> names) {
        return names.stream().map(name -> name.substring("out.".length())).toList();
    }
}
