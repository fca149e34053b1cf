package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Convolution;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.ElementType;
import org.impasto.core.Elementwise;
import org.impasto.core.Elementwise.UnaryFunction;
import org.impasto.core.Padding;
import org.impasto.core.PaddingMode;
import org.impasto.core.Pooling;
import org.impasto.core.Pooling.Window;
import org.impasto.core.Resampling;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Operations on feature maps as convolutions leave them, in blocks of channels. A second convolution reads every lane of
 * a result, so a lane above the last channel that is no longer zero shows where it is infinite or not a number.
 */
class BlockedMapTest {
    private static final int[] CHANNELS = {5, 16, 17, 33};

    @TestFactory
    Stream<DynamicTest> operationsReadBlocksAndKeepSpareLanesZero() {
        return CpuVariant.all().stream().flatMap(variant -> {
            Backend backend = variant.open(BackendOptions.cpu().withThreads(2));
            return functions().entrySet().stream()
                    .map(entry -> DynamicTest.dynamicTest(variant + ": " + entry.getKey(), () -> {
                        for (int channels : CHANNELS) {
                            check(backend, channels, entry.getValue());
                        }
                    }));
        });
    }

    private static Map<String, UnaryOperator<Tensor>> functions() {
        Map<String, UnaryOperator<Tensor>> functions = new LinkedHashMap<>();
        for (UnaryFunction function : UnaryFunction.values()) {
            functions.put(function.name(), x -> Tensor.apply(new Elementwise.Unary(function), x));
        }
        functions.put("clamp", x -> x.clamp(0.5, 0.75));
        functions.put("affine", x -> x.affine(2, Double.POSITIVE_INFINITY).reciprocal());
        functions.put("power", x -> x.power(-1));
        functions.put("divide", x -> x.div(x));
        functions.put("divide by channels", x -> x.div(x.mean(2, 3)));
        functions.put("argmax of channels", x -> x.argMax(1).to(ElementType.FLOAT32));
        functions.put(
                "argmax of channels all negative", x -> x.negate().argMax(1).to(ElementType.FLOAT32));
        functions.put("argmin of channels", x -> x.argMin(1).to(ElementType.FLOAT32));
        functions.put("argmax of rows", x -> x.argMax(2).to(ElementType.FLOAT32));
        functions.put("select channels", x -> x.indexSelect(1, 4, 0, 4, 2, 1));
        functions.put("rows and columns behind each other", x -> {
            Tensor rows = Tensor.concat(2, List.of(x, x.pad(new Edges(0, 0, -2, 1), PaddingMode.ZERO)));
            return Tensor.concat(
                    3, List.of(rows, rows.pad(new Edges(1, -3, 0, 0), PaddingMode.ZERO), rows.affine(-1, 0)));
        });
        functions.put("smallest", x -> x.min(1));
        functions.put("smallest negative", x -> x.negate().min(2, 3));
        functions.put("largest negative", x -> x.negate().max(1));
        functions.put("running sum", x -> x.cumulativeSum(1));
        functions.put("sum over pixels", x -> x.sum(2, 3));
        functions.put("sum over batch and pixels", x -> x.sum(0, 2, 3));
        functions.put("sum of all", x -> x.add(x.sum(1, 2, 3)).add(x.sum(0, 1, 2, 3)));
        gradients(functions);
        return functions;
    }

    /** Gradients, whose operand is a map of 7x9 cells. */
    private static void gradients(Map<String, UnaryOperator<Tensor>> functions) {
        functions.put(
                "gradient of leaky relu",
                x -> Tensor.apply(new Elementwise.LeakyReluGradient(0.5), x.affine(1, -1), x));
        for (Window window : List.of(
                Window.of(2),
                new Window(2, 2, 0, 1, true),
                new Window(3, 2, 1, 1, true),
                new Window(3, 1, 1, 1, false))) {
            functions.put(
                    "gradient of the largest of " + window,
                    x -> Tensor.apply(new Pooling.MaxPool2dGradient(window), x, x.maxPool2d(window)));
            for (boolean counts : new boolean[] {true, false}) {
                functions.put("gradient of means of " + window + (counts ? ", padding counted" : ""), x -> {
                    Tensor means = x.avgPool2d(window, counts);
                    return Tensor.apply(new Pooling.AvgPool2dGradient(window, counts, x.shape()), means);
                });
            }
        }
        functions.put("gradient of nearest, twice", x -> {
            Resampling.Resize twice = new Resampling.Resize(14, 18, Resampling.Filter.NEAREST, false, false);
            return Tensor.apply(new Resampling.ResizeGradient(twice, x.shape()), Tensor.apply(twice, x));
        });
        functions.put("gradient of nearest", x -> {
            Resampling.Resize nearest = new Resampling.Resize(7, 9, Resampling.Filter.NEAREST, false, false);
            return Tensor.apply(new Resampling.ResizeGradient(nearest, like(x, 12, 4)), x);
        });
        for (PaddingMode mode : PaddingMode.values()) {
            for (Edges edges : List.of(new Edges(2, 1, 1, 2), new Edges(-1, 2, 2, -1), Edges.all(-1))) {
                Shape inside = Shape.of(7 - edges.top() - edges.bottom(), 9 - edges.left() - edges.right());
                functions.put(
                        "gradient of padding " + mode + " " + edges,
                        x -> Tensor.apply(
                                new Padding.PadGradient(edges, mode, like(x, inside.intSize(0), inside.intSize(1))),
                                x));
            }
            Geometry geometry = Geometry.plain().padded(Edges.all(1), mode);
            functions.put("data gradient of a convolution, " + mode, x -> {
                Tensor weight = weights(x, x.shape().intSize(1), 6, 3);
                return Tensor.apply(new Convolution.DataGradient(geometry, Shape.of(2, 6, 7, 9)), x, weight);
            });
            functions.put("weight gradient of a convolution, " + mode, x -> {
                Convolution.WeightGradient gradient = new Convolution.WeightGradient(
                        geometry, Shape.of(x.shape().size(1), x.shape().size(1), 3, 3));
                return Tensor.apply(gradient, x, x.affine(-1, 1));
            });
        }
    }

    private static Shape like(Tensor x, int height, int width) {
        return x.shape().with(2, height).with(3, width);
    }

    private static Tensor weights(Tensor x, int out, int in, int kernel) {
        Random random = new Random(out);
        float[] values = new float[out * in * kernel * kernel];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return Tensor.of(x.backend(), Shape.of(out, in, kernel, kernel), values);
    }

    private static void check(Backend backend, int channels, UnaryOperator<Tensor> function) {
        try (Scope scope = Scope.open()) {
            double[] expected = results(new ReferenceBackend(), channels, function);
            double[] found = results(backend, channels, function);
            double largest = 0;
            for (double value : expected) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(found).hasSameSizeAs(expected);
            for (int i = 0; i < found.length; i++) {
                // Two sums over the channels, each with its own roundings; those of gradients over 9 taps or 126 cells
                // too.
                double allowed = 0x1p-23 * (40 + 2 * channels) * largest;
                assertThat(Math.abs(found[i] - expected[i]))
                        .as("%d channels, element %d: %s, expected %s", channels, i, found[i], expected[i])
                        .isLessThanOrEqualTo(allowed);
            }
        }
    }

    /** A map that a convolution makes, with values from 0.5 to 2, through the function and another convolution. */
    private static double[] results(Backend backend, int channels, UnaryOperator<Tensor> function) {
        Random random = new Random(channels);
        float[] values = new float[2 * channels * 7 * 9];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.5f + 1.5f * random.nextFloat();
        }
        Tensor picture = Tensor.of(backend, Shape.of(2, channels, 7, 9), values);
        Tensor y = function.apply(picture.conv2d(identity(backend, channels), null, Geometry.plain()));
        int left = y.shape().intSize(1);
        float[] weights = new float[8 * left];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = random.nextFloat() - 0.5f;
        }
        return y.conv2d(Tensor.of(backend, Shape.of(8, left, 1, 1), weights), null, Geometry.plain())
                .toDoubles();
    }

    private static Tensor identity(Backend backend, int channels) {
        float[] ones = new float[channels * channels];
        for (int c = 0; c < channels; c++) {
            ones[c * channels + c] = 1;
        }
        return Tensor.of(backend, Shape.of(channels, channels, 1, 1), ones);
    }
}
