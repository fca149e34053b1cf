package org.impasto.testing.golden;

import java.util.Map;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Tensor;

/** Convolutions and transposed convolutions, with PyTorch's padding and TensorFlow's. */
final class ConvolutionGolden {
    private ConvolutionGolden() {}

    static Tensor convolution(GoldenConfig config, Map<String, Tensor> tensors) {
        Tensor x = CoreGoldenOperations.of(tensors, "in.x");
        Tensor weight = CoreGoldenOperations.of(tensors, "w.weight");
        Geometry geometry = geometry(config);
        geometry = isSame(config)
                ? expecting(config, geometry.same(x.shape(), weight.shape()))
                : geometry.padded(
                        CoreGoldenOperations.edges(config), CoreGoldenOperations.mode(config.text("pad_mode", "zero")));
        return x.conv2d(weight, tensors.get("w.bias"), geometry);
    }

    static Tensor transposed(GoldenConfig config, Map<String, Tensor> tensors) {
        Tensor weight = CoreGoldenOperations.of(tensors, "w.weight");
        Geometry geometry = geometry(config);
        if (isSame(config)) {
            geometry = geometry.sameTransposed(weight.shape());
        } else {
            int[] padding = config.integers("padding");
            int[] outputPadding = config.integers("output_padding");
            geometry = geometry.padded(new Edges(padding[1], padding[1], padding[0], padding[0]), PaddingMode.ZERO)
                    .outputPadded(outputPadding[0], outputPadding[1]);
        }
        return CoreGoldenOperations.of(tensors, "in.x").convTranspose2d(weight, tensors.get("w.bias"), geometry);
    }

    /** Whether padding is TensorFlow's SAME. */
    static boolean isSame(GoldenConfig config) {
        return config.is(String.class, "padding") && config.text("padding").equals("SAME");
    }

    /** The padding SAME of a square window, which has to be the one that the file states. */
    static Edges sameEdges(GoldenConfig config, Tensor x) {
        Edges edges = Edges.same(x.shape(), config.integer("kernel"), config.integer("stride"));
        expecting(config, Geometry.plain().padded(edges, PaddingMode.ZERO));
        return edges;
    }

    private static Geometry expecting(GoldenConfig config, Geometry geometry) {
        Edges stated = CoreGoldenOperations.edges(config);
        if (!stated.equals(geometry.padding())) {
            throw new IllegalArgumentException(
                    "padding SAME is " + geometry.padding() + ", the golden case states " + stated);
        }
        return geometry;
    }

    private static Geometry geometry(GoldenConfig config) {
        int[] stride = config.integers("stride");
        int[] dilation = config.integers("dilation", 1, 1);
        return Geometry.plain()
                .strided(stride[0], stride[1])
                .dilated(dilation[0], dilation[1])
                .grouped(config.integer("groups", 1));
    }
}
