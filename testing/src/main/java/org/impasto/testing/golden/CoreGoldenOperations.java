package org.impasto.testing.golden;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.impasto.core.Backend;
import org.impasto.core.Edges;
import org.impasto.core.Padding;
import org.impasto.core.PaddingMode;
import org.impasto.core.Pooling;
import org.impasto.core.Resampling;
import org.impasto.core.Shape;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;

/** How the ops that module core has operations for are computed. */
public final class CoreGoldenOperations {
    private CoreGoldenOperations() {}

    /** A runner that knows them. */
    public static GoldenRunner runner() {
        GoldenRunner runner = new GoldenRunner();
        ElementGoldenOperations.register(runner);
        FactorizationGoldenOperations.register(runner);
        NormalizationGoldenOperations.register(runner);
        PictureGoldenOperations.register(runner);
        return runner.register(
                        "conv2d",
                        GoldenOperation.of((golden, x) -> y(ConvolutionGolden.convolution(golden.config(), x))))
                .register(
                        "conv_transpose2d",
                        GoldenOperation.of((golden, x) -> y(ConvolutionGolden.transposed(golden.config(), x))))
                .register("max_pool2d", moving(name -> name.equals("out.y"), CoreGoldenOperations::maxPool))
                .register("avg_pool2d", GoldenOperation.of((golden, x) -> y(avgPool(golden.config(), x))))
                .register("matmul", GoldenOperation.of((golden, x) -> y(matrixProduct(golden.config(), x))))
                .register("channel_mean_std", GoldenOperation.of(CoreGoldenOperations::meanAndDeviation))
                .register("covariance", GoldenOperation.of((golden, x) -> y(covariance(golden.config(), x))))
                .register("eigh", new EigenGolden())
                .register("pad", moving(name -> name.equals("out.y"), (golden, x) -> y(pad(golden.config(), x))))
                .register(
                        "relu",
                        moving(name -> true, (golden, x) -> y(of(x, "in.x").relu())))
                .register("upsample", new Upsample())
                .register(
                        "gram",
                        GoldenOperation.of((golden, x) -> y(of(x, "in.f").gram())));
    }

    private static Map<String, Tensor> y(Tensor y) {
        return Map.of("y", y);
    }

    static Tensor of(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("a golden case has no tensor " + name + ", found " + tensors.keySet());
        }
        return tensor;
    }

    /** Tensors that only move data are to be equal. */
    static GoldenOperation moving(Predicate<String> exact, GoldenOperation.Forward forward) {
        GoldenOperation operation = GoldenOperation.of(forward);
        return new GoldenOperation() {
            @Override
            public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
                return operation.run(golden, backend);
            }

            @Override
            public GoldenError judge(GoldenCase golden, String name, double[] found, double peerFactor) {
                return exact.test(name)
                        ? GoldenError.exact(golden, name, found)
                        : GoldenError.of(golden, name, found, peerFactor);
            }
        };
    }

    static Edges edges(GoldenConfig config) {
        int[] edges = config.integers("pad_left_right_top_bottom", 0, 0, 0, 0);
        return new Edges(edges[0], edges[1], edges[2], edges[3]);
    }

    static PaddingMode mode(String mode) {
        return mode.equals("constant") ? PaddingMode.ZERO : PaddingMode.valueOf(mode.toUpperCase(Locale.ROOT));
    }

    private static Pooling.Window window(GoldenConfig config) {
        int padding = config.is(String.class, "padding") ? 0 : config.integer("padding", 0);
        return new Pooling.Window(
                config.integer("kernel"),
                config.integer("stride"),
                padding,
                config.integer("dilation", 1),
                config.flag("ceil_mode", false));
    }

    private static Map<String, Tensor> maxPool(GoldenCase golden, Map<String, Tensor> tensors) {
        GoldenConfig config = golden.config();
        Tensor x = of(tensors, "in.x");
        if (ConvolutionGolden.isSame(config)) {
            Edges edges = ConvolutionGolden.sameEdges(config, x);
            return y(Tensor.apply(new Padding.Pad(edges, PaddingMode.ZERO, Double.NEGATIVE_INFINITY), x)
                    .maxPool2d(window(config)));
        }
        Tensor.Pooled pooled = x.maxPool2dWithIndices(window(config));
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("y", pooled.values());
        results.put("indices", pooled.indices());
        return results;
    }

    private static Tensor avgPool(GoldenConfig config, Map<String, Tensor> tensors) {
        Tensor x = of(tensors, "in.x");
        if (!ConvolutionGolden.isSame(config)) {
            return x.avgPool2d(window(config), config.flag("count_include_pad"));
        }
        // Padding that differs from edge to edge and does not count: divided by the part of a window that is inside.
        Edges edges = ConvolutionGolden.sameEdges(config, x);
        Tensor inside = x.constant(x.shape(), 1).pad(edges, PaddingMode.ZERO);
        return x.pad(edges, PaddingMode.ZERO)
                .avgPool2d(window(config), true)
                .div(inside.avgPool2d(window(config), true));
    }

    private static Tensor matrixProduct(GoldenConfig config, Map<String, Tensor> tensors) {
        return of(tensors, "in.a").matmul(of(tensors, "in.b"), config.flag("transpose_a"), config.flag("transpose_b"));
    }

    private static Map<String, Tensor> meanAndDeviation(GoldenCase golden, Map<String, Tensor> tensors) {
        Tensor x = of(tensors, "in.x");
        Tensor.Moments moments = x.channelMoments(golden.config().flag("unbiased"));
        Shape shape = Shape.of(x.shape().size(0), x.shape().size(1));
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("mean", moments.mean().reshape(shape));
        results.put(
                "std",
                moments.variance()
                        .affine(1, golden.config().number("eps"))
                        .sqrt()
                        .reshape(shape));
        return results;
    }

    private static Tensor covariance(GoldenConfig config, Map<String, Tensor> tensors) {
        Tensor x = of(tensors, "in.x");
        long channels = x.shape().size(0);
        return x.reshape(1, channels, 1, x.shape().size(1))
                .covariance(config.flag("unbiased"))
                .reshape(channels, channels);
    }

    private static Tensor pad(GoldenConfig config, Map<String, Tensor> tensors) {
        Padding.Pad pad = new Padding.Pad(edges(config), mode(config.text("mode")), config.number("value", 0));
        return Tensor.apply(pad, of(tensors, "in.x"));
    }

    /** Resizing; to the nearest cell it only moves data. */
    private static final class Upsample implements GoldenOperation {
        @Override
        public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
            GoldenConfig config = golden.config();
            int[] size = config.integers("out");
            Resampling.Resize resize = new Resampling.Resize(
                    size[0],
                    size[1],
                    Resampling.Filter.valueOf(config.text("mode").toUpperCase(Locale.ROOT)),
                    config.flag("align_corners", false),
                    config.flag("antialias", false));
            return GoldenOperation.of((file, tensors) -> y(Tensor.apply(resize, of(tensors, "in.x"))))
                    .run(golden, backend);
        }

        @Override
        public GoldenError judge(GoldenCase golden, String name, double[] found, double peerFactor) {
            boolean moves = golden.config().text("mode").equals("nearest") && name.equals("out.y");
            return moves ? GoldenError.exact(golden, name, found) : GoldenError.of(golden, name, found, peerFactor);
        }
    }

    /** Eigenvectors are free in sign, and where values repeat free in more: they are judged by A V = V diag(l). */
    private static final class EigenGolden implements GoldenOperation {
        private static final double RELATIVE = 1e-10;

        @Override
        public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
            Tensor matrix = golden.tensor(backend, "in.a");
            Tensor.Eigen eigen = matrix.symmetricEigen();
            Map<String, Tensor> found = new LinkedHashMap<>();
            found.put("out.values", eigen.values());
            found.put("out.vectors", eigen.vectors());
            if (golden.has("grad.a")) {
                Tensor cotangent = golden.tensor(backend, "in.cotangent");
                Tensor gradient = Tape.gradients(
                                (Tensor a) -> a.symmetricEigen()
                                        .values()
                                        .mul(cotangent)
                                        .sum(),
                                matrix)
                        .inputs()
                        .get(0);
                found.put("grad.a", gradient);
            }
            return found;
        }

        @Override
        public GoldenError judge(GoldenCase golden, String name, double[] found, double peerFactor) {
            if (!name.equals("out.vectors")) {
                return GoldenError.of(golden, name, found, peerFactor);
            }
            double[] matrix = golden.values("in.a");
            double[] values = golden.values("out.values");
            int n = values.length;
            double error = 0;
            double scale =
                    Math.max(1, Arrays.stream(values).map(Math::abs).max().orElse(0));
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    double residual = -found[i * n + j] * values[j];
                    double overlap = i == j ? -1 : 0;
                    for (int k = 0; k < n; k++) {
                        residual += matrix[i * n + k] * found[k * n + j];
                        overlap += found[k * n + i] * found[k * n + j];
                    }
                    error = Math.max(error, Math.max(Math.abs(residual) / scale, Math.abs(overlap)));
                }
            }
            return new GoldenError(name, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error, RELATIVE, 0);
        }
    }
}
