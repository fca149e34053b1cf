package org.impasto.verification;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.impasto.core.Backend;
import org.impasto.core.Tensor;
import org.impasto.core.image.ColorMatrix;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Model;
import org.impasto.nn.functional.Colors;
import org.impasto.nn.functional.Similarity;
import org.impasto.nn.functional.TotalVariation;
import org.impasto.nn.metrics.FrechetDistance;
import org.impasto.nn.metrics.KernelDistance;
import org.impasto.nn.metrics.Lpips;
import org.impasto.nn.metrics.StyleSimilarity;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;
import org.impasto.testing.golden.GoldenCase;
import org.impasto.testing.golden.GoldenError;
import org.impasto.testing.golden.GoldenOperation;
import org.impasto.testing.golden.GoldenRunner;

/** How the golden files of colour spaces, similarity and metrics are computed. */
final class MetricGoldenOperations {
    private MetricGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register(
                        "color_matrix",
                        GoldenOperation.of((golden, x) -> Map.of("y", Colors.mapped(x.get("in.x"), matrix(golden)))))
                .register("rgb_to_lab", GoldenOperation.of((golden, x) -> Map.of("y", Colors.rgbToLab(x.get("in.x")))))
                .register("lab_to_rgb", GoldenOperation.of((golden, x) -> Map.of("y", Colors.labToRgb(x.get("in.x")))))
                .register("ssim", GoldenOperation.of(MetricGoldenOperations::ssim))
                .register(
                        "psnr",
                        GoldenOperation.of((golden, x) -> Map.of(
                                "psnr",
                                Similarity.psnr(
                                        x.get("in.x"),
                                        x.get("in.y"),
                                        golden.config().number("range")))))
                .register("total_variation", GoldenOperation.of(MetricGoldenOperations::totalVariation))
                .register("stysim", new StyleSimilarityGolden())
                .register("lpips_heads", MetricGoldenOperations::lpips)
                .register("fid", new FrechetGolden())
                .register("kid", GoldenOperation.of(MetricGoldenOperations::kernel));
    }

    /** The conversion that the file means, recognised by its matrix. */
    private static ColorMatrix matrix(GoldenCase golden) {
        double[] entries = golden.config().matrix("matrix");
        return List.of(
                        ColorMatrix.RGB_TO_YCBCR,
                        ColorMatrix.YCBCR_TO_RGB,
                        ColorMatrix.RGB_TO_YUV,
                        ColorMatrix.YUV_TO_RGB)
                .stream()
                .filter(known -> IntStream.range(0, 9).allMatch(i -> Math.abs(known.toArray()[i] - entries[i]) < 1e-12))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(golden + ": no known matrix " + Arrays.toString(entries)));
    }

    private static Map<String, Tensor> ssim(GoldenCase golden, Map<String, Tensor> x) {
        Similarity.SsimOptions options = new Similarity.SsimOptions(
                golden.config().integer("window"),
                golden.config().number("sigma"),
                golden.config().number("K1"),
                golden.config().number("K2"),
                golden.config().number("range"));
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("mean", Similarity.ssim(x.get("in.x"), x.get("in.y"), options));
        results.put("map", Similarity.ssimMap(x.get("in.x"), x.get("in.y"), options));
        return results;
    }

    private static Map<String, Tensor> totalVariation(GoldenCase golden, Map<String, Tensor> x) {
        Tensor picture = x.get("in.x");
        return Map.of(
                "abs_sum", TotalVariation.absoluteSum(picture),
                "sq_sum", TotalVariation.squaredSum(picture),
                "abs_mean", TotalVariation.absoluteMean(picture),
                "sq_mean", TotalVariation.squaredMean(picture),
                "iso", TotalVariation.isotropic(picture));
    }

    private static final class StyleSimilarityGolden implements GoldenOperation {
        @Override
        public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
            Map<String, Tensor> results = new LinkedHashMap<>();
            try (WeightFile file = WeightFile.open(StyleGoldenOperations.weightPath(golden, 0))) {
                VggVariant variant = VggVariant.below(file, "w.");
                try (Model<Vgg> vgg = Vgg.load(backend, file, variant, p -> new Vgg(p, variant))) {
                    for (StyleSimilarity.Tap tap : StyleSimilarity.Tap.values()) {
                        StyleSimilarity.Distance distance = new StyleSimilarity(vgg.net(), tap)
                                .distance(golden.tensor(backend, "in.x"), golden.tensor(backend, "in.y"));
                        String name = tap.name().toLowerCase(Locale.ROOT);
                        results.put("out.layers_" + name, distance.layers());
                        results.put("out.sum_" + name, distance.sum());
                    }
                }
            }
            return results;
        }

        /**
         * The peer's error in one number is a matter of luck, so what fast convolution may add is not counted from it but
         * from the peer's relative error in the features, four times, as a product of four features is added up.
         */
        @Override
        public GoldenError judge(GoldenCase golden, String name, double[] found, double peerFactor) {
            GoldenError plain = GoldenError.of(golden, name, found, Math.min(4, peerFactor));
            double largest = Arrays.stream(golden.values(name)).max().orElse(0);
            try (GoldenCase features = GoldenCase.open(StyleGoldenOperations.weightPath(golden, 0))) {
                double added = Math.max(0, peerFactor / 4 - 1) * features.peerRelativeL2("out.pool4");
                return new GoldenError(name, plain.error(), plain.allowed() + 4 * added * largest, plain.peer());
            }
        }
    }

    private static Map<String, Tensor> lpips(GoldenCase golden, Backend backend) {
        try (Model<Lpips> lpips = Lpips.load(backend, StyleGoldenOperations.weightPath(golden, 0))) {
            return GoldenOperation.of((same, x) -> {
                        Lpips.Distance distance = lpips.net().distance(levels(x, "in.a"), levels(x, "in.b"));
                        Map<String, Tensor> results = new LinkedHashMap<>();
                        results.put("distance", distance.distance());
                        results.put("levels", distance.levels());
                        return results;
                    })
                    .run(golden, backend);
        }
    }

    private static List<Tensor> levels(Map<String, Tensor> x, String prefix) {
        return IntStream.range(0, 5).mapToObj(level -> x.get(prefix + level)).toList();
    }

    private static final class FrechetGolden implements GoldenOperation {
        @Override
        public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
            FrechetDistance.Statistics left = FrechetDistance.Statistics.of(golden.tensor(backend, "in.x"));
            FrechetDistance.Statistics right = FrechetDistance.Statistics.of(golden.tensor(backend, "in.y"));
            FrechetDistance.Distance distance = FrechetDistance.between(left, right);
            return Map.of(
                    "out.fid", distance.value(),
                    "out.mean_term", distance.meanTerm(),
                    "out.trace_sqrt", distance.rootTrace(),
                    "out.cov_x", left.covariance(),
                    "out.cov_y", right.covariance());
        }

        /**
         * Singular covariances have eigenvalues that are 0 but for rounding, and the stored result adds up the roots of
         * those that are positive; ours leaves them out.
         */
        @Override
        public GoldenError judge(GoldenCase golden, String name, double[] found, double peerFactor) {
            GoldenError plain = GoldenError.of(golden, name, found, peerFactor);
            double size = golden.spec("in.x").shape().size(1);
            double zeros = size
                    - Math.min(
                            golden.spec("in.x").shape().size(0),
                            golden.spec("in.y").shape().size(0))
                    + 1;
            if (zeros <= 0 || !(name.equals("out.fid") || name.equals("out.trace_sqrt"))) {
                return plain;
            }
            double largest = trace(golden.values("out.cov_x")) * trace(golden.values("out.cov_y"));
            double added = zeros * Math.sqrt(Math.ulp(1.0) * largest);
            return new GoldenError(name, plain.error(), plain.allowed() + added, plain.peer());
        }

        private static double trace(double[] matrix) {
            int n = (int) Math.round(Math.sqrt(matrix.length));
            return IntStream.range(0, n).mapToDouble(i -> matrix[i * (n + 1)]).sum();
        }
    }

    private static Map<String, Tensor> kernel(GoldenCase golden, Map<String, Tensor> x) {
        KernelDistance.Subsets subsets = KernelDistance.subsets(
                x.get("in.x"), x.get("in.y"), rows(x.get("in.index_x")), rows(x.get("in.index_y")));
        return Map.of(
                "full", KernelDistance.full(x.get("in.x"), x.get("in.y")),
                "subsets", subsets.values(),
                "mean", subsets.mean(),
                "std", subsets.deviation());
    }

    private static long[][] rows(Tensor index) {
        int size = index.shape().intSize(1);
        long[] all = index.toLongs();
        return IntStream.range(0, index.shape().intSize(0))
                .mapToObj(i -> Arrays.copyOfRange(all, i * size, (i + 1) * size))
                .toArray(long[][]::new);
    }
}
