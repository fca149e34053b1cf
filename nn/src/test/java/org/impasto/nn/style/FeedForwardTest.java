package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Parameter;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightWriter;
import org.impasto.nn.Model;
import org.impasto.nn.style.FeedForward.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The form of PyTorch's example, against its layers one by one; that of TensorFlow has golden files. */
class FeedForwardTest {
    private final Backend backend = Backends.standard();

    @TempDir
    private Path folder;

    private Tensor picture(int height, int width) {
        Random random = new Random(1);
        float[] values = new float[3 * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = 255 * random.nextFloat();
        }
        return Tensor.of(backend, Shape.of(1, 3, height, width), values);
    }

    private static Tensor convolved(Function<String, Tensor> weights, String name, Tensor x, int stride) {
        Tensor weight = weights.apply(name + ".conv2d.weight");
        int reach = weight.shape().intSize(2) / 2;
        return x.pad(Edges.all(reach), PaddingMode.REFLECT)
                .conv2d(
                        weight,
                        weights.apply(name + ".conv2d.bias"),
                        Geometry.plain().strided(stride, stride));
    }

    private static Tensor normed(Function<String, Tensor> weights, String name, Tensor x) {
        return x.instanceNorm(weights.apply(name + ".weight"), weights.apply(name + ".bias"), 1e-5);
    }

    private static Tensor doubled(Tensor x) {
        return x.resize(2 * x.shape().size(2), 2 * x.shape().size(3), Filter.NEAREST);
    }

    @Test
    void resizedConvolutionsWithReflectedEdges() {
        try (Model<FeedForward> model = Model.fresh(backend, 5, p -> new FeedForward(p, Form.RESIZED));
                Scope scope = Scope.open()) {
            Map<String, Tensor> named = new LinkedHashMap<>();
            for (Parameter parameter : model.weights().all()) {
                // Biases and norms other than 0 and 1, so that one left out is seen.
                Tensor value = parameter.value();
                parameter.set(value.shape().rank() == 1 ? value.affine(1, 0.1 * (named.size() % 7)) : value);
                named.put(parameter.path(), parameter.value());
            }
            Function<String, Tensor> w = named::get;
            Tensor x = picture(21, 26);
            Tensor y = normed(w, "in1", convolved(w, "conv1", x, 1)).relu();
            y = normed(w, "in2", convolved(w, "conv2", y, 2)).relu();
            y = normed(w, "in3", convolved(w, "conv3", y, 2)).relu();
            for (int block = 1; block <= 5; block++) {
                String room = "res" + block;
                Tensor z = normed(w, room + ".in1", convolved(w, room + ".conv1", y, 1))
                        .relu();
                y = y.add(normed(w, room + ".in2", convolved(w, room + ".conv2", z, 1)));
            }
            y = normed(w, "in4", convolved(w, "deconv1", doubled(y), 1)).relu();
            y = normed(w, "in5", convolved(w, "deconv2", doubled(y), 1)).relu();
            y = convolved(w, "deconv3", y, 1);
            Tensor found = model.net().forward(x);
            assertThat(found.shape()).isEqualTo(Shape.of(1, 3, 24, 28));
            assertSame(found, y);
            Tensor stylized = model.net().stylized(x.affine(1 / 255.0, 0));
            assertSame(stylized.affine(255, 0), y.slice(2, 0, 21).slice(3, 0, 26));
        }
    }

    /** Both ways compute the same products in another order, and no value is larger than a picture's by far. */
    private static void assertSame(Tensor found, Tensor expected) {
        float[] a = found.toFloats();
        float[] b = expected.toFloats();
        double largest = 0;
        for (float value : b) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < a.length; i++) {
            assertThat((double) a[i]).as("value %d", i).isCloseTo(b[i], within(2e-5 * largest));
        }
    }

    @Test
    void aFileWithUnusedAveragesOpens() {
        Path file = folder.resolve("old.safetensors");
        try (Model<FeedForward> model = Model.fresh(backend, 5, p -> new FeedForward(p, Form.RESIZED));
                Scope scope = Scope.open()) {
            WeightWriter writer = WeightWriter.to(file);
            model.weights().all().forEach(parameter -> {
                Tensor value = parameter.value();
                writer.floats(parameter.path(), value.shape(), value.toFloats());
            });
            writer.floats("in1.running_mean", Shape.of(2), new float[] {1, 2});
            writer.floats("res3.in2.running_var", Shape.of(2), new float[] {1, 2});
            writer.write();
            Tensor picture = picture(9, 12).affine(1 / 255.0, 0);
            try (Model<FeedForward> opened = FeedForward.load(backend, file)) {
                assertThat(opened.net().stylized(picture).toFloats())
                        .isEqualTo(model.net().stylized(picture).toFloats());
            }
        }
    }
}
