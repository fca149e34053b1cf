package org.impasto.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.impasto.benchmarks.FloatTensors.FloatTensor;
import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.impasto.core.Pooling;
import org.impasto.core.Resampling;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightFile;
import org.impasto.nd4j.NdArrays;
import org.impasto.nn.Model;
import org.impasto.nn.style.AdaIn;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggDecoder;
import org.impasto.nn.vgg.VggVariant;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Our own side: INDArrays in, results into INDArrays that stand ready; streamed operations on our own tensors. */
final class ImpastoRows implements Side {
    private final Backend backend;

    ImpastoRows(int threads) {
        this.backend = Backends.open(BackendOptions.cpu().withThreads(threads));
    }

    @Override
    public String describe() {
        return "impasto, " + backend.describe();
    }

    @Override
    public Workload prepare(Row row, BenchmarkData data) {
        Map<String, FloatTensor> inputs = FloatTensors.read(data.inputs(row));
        if (row.work() instanceof Row.Features features) {
            return features(features, inputs.get("x"), data);
        }
        if (row.work() instanceof Row.Adain) {
            return adain(inputs.get("content"), inputs.get("style"), data);
        }
        if (row.work() instanceof Row.MatMul) {
            return pass(List.of("y"), x -> Map.of("y", x.get(0).matmul(x.get(1))), inputs.get("a"), inputs.get("b"));
        }
        if (row.work() instanceof Row.Gram gram) {
            return pass(
                    List.of("y"),
                    x -> Map.of("y", x.get(0).gram().reshape(gram.channels(), gram.channels())),
                    inputs.get("x"));
        }
        if (row.work() instanceof Row.Streamed streamed) {
            return new Streaming(backend, streamed.operation(), inputs);
        }
        if (row.work() instanceof ConvolutionLayer layer) {
            return layer.workload(backend, inputs);
        }
        if (row.work() instanceof ConvolutionGradient gradient) {
            return gradient.workload(backend, inputs);
        }
        if (row.work() instanceof GlowPass pass) {
            return pass.workload(backend, inputs);
        }
        if (row.work() instanceof TrainStep step) {
            return step.workload(backend, inputs, data);
        }
        throw new IllegalArgumentException(row.label() + " is run by ImpastoCold");
    }

    /** Weights from {@link BenchmarkData#vgg19()}; the picture is normalised already. */
    private Workload features(Row.Features features, FloatTensor picture, BenchmarkData data) {
        Model<Vgg> vgg = vgg(data, backend);
        return pass(features.outputs(), x -> vgg.net().features(x.get(0), features.outputs()), picture);
    }

    static Model<Vgg> vgg(BenchmarkData data, Backend backend) {
        try (WeightFile file = WeightFile.open(data.vgg19())) {
            VggVariant variant = VggVariant.of(file).withoutNormalisation();
            return Vgg.load(backend, file, variant, p -> new Vgg(p, variant));
        }
    }

    /** Both pictures through the encoder, AdaIN and the decoder. */
    private Workload adain(FloatTensor content, FloatTensor style, BenchmarkData data) {
        Model<Vgg> encoder = Vgg.load(backend, data.encoder());
        Model<VggDecoder> decoder = VggDecoder.load(backend, data.decoder());
        return pass(
                List.of("y"),
                x -> {
                    Tensor features = AdaIn.apply(
                            encoder.net().feature(x.get(0), "relu3_1"),
                            encoder.net().feature(x.get(1), "relu3_1"),
                            1);
                    return Map.of("y", decoder.net().forward(features));
                },
                content,
                style);
    }

    /** An operation from tensors to a tensor, which is given back as the next pass begins. */
    private static final class Streaming implements Workload {
        private final Scope kept = Scope.open();
        private final StreamedOperation operation;
        private final Map<String, Tensor> inputs = new LinkedHashMap<>();
        private @Nullable Tensor last;

        Streaming(Backend backend, StreamedOperation operation, Map<String, FloatTensor> inputs) {
            this.operation = operation;
            inputs.forEach((name, values) ->
                    this.inputs.put(name, Tensor.of(backend, Shape.of(values.shape()), values.values())));
        }

        @Override
        public void run() {
            kept.only(inputs.get("x"), inputs.values().toArray(new Tensor[0]));
            last = compute(inputs.get("x"));
        }

        private Tensor compute(Tensor x) {
            return switch (operation) {
                case ADAIN_MAP -> x.channelAffine(inputs.get("scale"), inputs.get("shift"));
                case INSTANCE_NORM ->
                    x.instanceNorm(inputs.get("weight"), inputs.get("bias"), StreamedOperation.EPSILON);
                case MAX_POOL -> x.maxPool2d(Pooling.Window.of(2));
                case NEAREST -> twice(x, Resampling.Filter.NEAREST);
                case BILINEAR -> twice(x, Resampling.Filter.BILINEAR);
                case SOFTMAX -> x.softmax(-1);
                case LAYER_NORM -> x.layerNorm(inputs.get("weight"), inputs.get("bias"), StreamedOperation.EPSILON, -1);
            };
        }

        private static Tensor twice(Tensor x, Resampling.Filter filter) {
            return x.resize(2 * x.shape().size(2), 2 * x.shape().size(3), filter);
        }

        @Override
        public Map<String, FloatTensor> outputs() {
            Tensor y = Objects.requireNonNull(last, "run() comes first");
            return Map.of("y", FloatTensor.of(y.toFloats(), y.shape().toArray()));
        }
    }

    private interface Work {
        Map<String, Tensor> compute(List<Tensor> inputs);
    }

    private Workload pass(List<String> names, Work work, FloatTensor... inputs) {
        List<INDArray> arrays = java.util.Arrays.stream(inputs)
                .map(input -> Nd4j.createFromArray(input.values()).reshape(input.shape()))
                .toList();
        Map<String, INDArray> results = new LinkedHashMap<>();
        return new Workload() {
            @Override
            public void run() {
                try (Scope scope = Scope.open()) {
                    List<Tensor> tensors = arrays.stream()
                            .map(array -> NdArrays.tensor(backend, array))
                            .toList();
                    Map<String, Tensor> computed = work.compute(tensors);
                    for (String name : names) {
                        Tensor result = computed.get(name);
                        INDArray target = results.computeIfAbsent(
                                name,
                                absent -> Nd4j.create(
                                        DataType.FLOAT, result.shape().toArray()));
                        NdArrays.into(result, target);
                    }
                }
            }

            @Override
            public Map<String, FloatTensor> outputs() {
                Map<String, FloatTensor> outputs = new LinkedHashMap<>();
                results.forEach((name, array) ->
                        outputs.put(name, FloatTensor.of(array.dup().data().asFloat(), array.shape())));
                return outputs;
            }
        };
    }
}
