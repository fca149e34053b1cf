package org.impasto.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.impasto.benchmarks.FloatTensors.FloatTensor;
import org.impasto.core.Backend;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One convolution with bias of one square picture; zero padding of half the kernel. The transposed one multiplies the size
 * by the stride.
 */
record ConvolutionLayer(int in, int out, int size, int kernel, int stride, int groups, boolean transposed)
        implements Row.Work {
    /** Stride 1, one group. */
    ConvolutionLayer(int in, int out, int size, int kernel) {
        this(in, out, size, kernel, 1, 1, false);
    }

    @Override
    public String toString() {
        return "%dx%d %sconvolution, stride %d, %d to %d channels%s, at %dx%d"
                .formatted(
                        kernel,
                        kernel,
                        transposed ? "transposed " : "",
                        stride,
                        in,
                        out,
                        groups > 1 ? " in " + groups + " groups" : "",
                        size,
                        size);
    }

    int padding() {
        return kernel / 2;
    }

    int outputSize() {
        return transposed ? size * stride : (size + 2 * padding() - kernel) / stride + 1;
    }

    /** Each input pixel of a transposed convolution meets each tap once, as each output pixel of the others does. */
    double flops() {
        int met = transposed ? size : outputSize();
        return 2.0 * in / groups * out * kernel * kernel * met * met;
    }

    long largestMap() {
        return Math.max((long) in * size * size, (long) out * outputSize() * outputSize());
    }

    /** The picture "x", "weight" and "bias". */
    Map<String, FloatTensor> inputs(Random random) {
        float deviation = (float) Math.sqrt(2.0 * groups / (in * kernel * kernel));
        int first = transposed ? in : out;
        int second = (transposed ? out : in) / groups;
        Map<String, FloatTensor> inputs = new LinkedHashMap<>();
        inputs.put("x", BenchmarkData.normal(random, 1, 1, in, size, size));
        inputs.put("weight", BenchmarkData.normal(random, deviation, first, second, kernel, kernel));
        inputs.put("bias", BenchmarkData.normal(random, 0.01f, out));
        return inputs;
    }

    byte[] onnx(Map<String, FloatTensor> inputs) {
        OnnxModel model = new OnnxModel();
        String x = model.input("x", 1, in, size, size);
        String weight = model.constant("weight", inputs.get("weight"));
        String bias = model.constant("bias", inputs.get("bias"));
        String y = model.convolution(x, weight, bias, this);
        model.output(y, "y", 1, out, outputSize(), outputSize());
        return model.bytes("convolution");
    }

    /** What PyTorch's side is told: stride, padding, groups, and output padding of a transposed convolution. */
    String torchOptions() {
        return stride + "," + padding() + "," + groups + (transposed ? "," + (stride - 1) : "");
    }

    /** Our side: from a map in the layout that layers leave to one, as inside a network. */
    Side.Workload workload(Backend backend, Map<String, FloatTensor> inputs) {
        return new Ours(backend, this, inputs);
    }

    private static final class Ours implements Side.Workload {
        private final Scope kept = Scope.open();
        private final ConvolutionLayer layer;
        private final Tensor x;
        private final Tensor weight;
        private final Tensor bias;
        private final Geometry geometry;
        private @Nullable Tensor last;

        Ours(Backend backend, ConvolutionLayer layer, Map<String, FloatTensor> inputs) {
            this.layer = layer;
            Tensor picture = tensor(backend, inputs.get("x"));
            // a first layer reads a plain picture; other maps come from a convolution, here one that changes nothing
            boolean first = layer.in <= 4;
            Tensor ones = picture.constant(Shape.of(layer.in, 1, 1, 1), 1);
            this.x = first
                    ? picture
                    : picture.conv2d(ones, null, Geometry.plain().grouped(layer.in));
            this.weight = tensor(backend, inputs.get("weight"));
            this.bias = tensor(backend, inputs.get("bias"));
            Geometry padded = Geometry.plain()
                    .strided(layer.stride, layer.stride)
                    .grouped(layer.groups)
                    .padded(Edges.all(layer.padding()), PaddingMode.ZERO);
            int more = layer.stride - 1;
            this.geometry = layer.transposed ? padded.outputPadded(more, more) : padded;
        }

        private static Tensor tensor(Backend backend, FloatTensor values) {
            return Tensor.of(backend, Shape.of(values.shape()), values.values());
        }

        @Override
        public void run() {
            kept.only(x, weight, bias);
            last = layer.transposed ? x.convTranspose2d(weight, bias, geometry) : x.conv2d(weight, bias, geometry);
        }

        @Override
        public Map<String, FloatTensor> outputs() {
            Tensor y = Objects.requireNonNull(last, "run() comes first");
            return Map.of("y", FloatTensor.of(y.toFloats(), y.shape().toArray()));
        }
    }
}
