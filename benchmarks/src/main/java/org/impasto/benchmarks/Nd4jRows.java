package org.impasto.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.impasto.benchmarks.FloatTensors.FloatTensor;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.transforms.custom.LayerNorm;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * ND4J's own operations, in its faster layout: NHWC from the input to the outputs, kernels as (height, width, in,
 * out). Intermediate arrays come from a workspace, so that no pass waits for memory.
 */
final class Nd4jRows implements Side {
    private static final WorkspaceConfiguration WORKSPACE = WorkspaceConfiguration.builder()
            .initialSize(2L << 30)
            .policyAllocation(AllocationPolicy.STRICT)
            .policyLearning(LearningPolicy.NONE)
            .policySpill(SpillPolicy.REALLOCATE)
            .build();

    @Override
    public String describe() {
        return "ND4J " + version() + " "
                + System.getProperty("org.bytedeco.javacpp.platform.extension", "") + ", "
                + NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads() + " threads, NHWC";
    }

    @Override
    public Workload prepare(Row row, BenchmarkData data) {
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        FloatTensors.read(data.inputs(row)).forEach((name, tensor) -> inputs.put(name, array(tensor)));
        if (row.work() instanceof Row.Features features) {
            Map<String, INDArray> weights = weights(FloatTensors.read(data.vgg19()));
            INDArray x = channelsLast(inputs.get("x"));
            return new Pass(true, () -> features(features, weights, x));
        }
        if (row.work() instanceof Row.Adain) {
            Map<String, INDArray> encoder = weights(FloatTensors.read(data.encoder()));
            Map<String, INDArray> decoder = weights(FloatTensors.read(data.decoder()));
            INDArray content = channelsLast(inputs.get("content"));
            INDArray style = channelsLast(inputs.get("style"));
            return new Pass(true, () -> adain(encoder, decoder, content, style));
        }
        if (row.work() instanceof Row.MatMul product) {
            INDArray a = inputs.get("a");
            INDArray b = inputs.get("b");
            INDArray y = Nd4j.create(DataType.FLOAT, new long[] {product.size(), product.size()}, 'f');
            return new Pass(false, () -> Map.of("y", a.mmuli(b, y)));
        }
        if (row.work() instanceof Row.Gram gram) {
            long positions = (long) gram.height() * gram.width();
            INDArray x = inputs.get("x").reshape(gram.channels(), positions);
            INDArray y = Nd4j.create(DataType.FLOAT, new long[] {gram.channels(), gram.channels()}, 'f');
            return new Pass(false, () -> Map.of("y", Nd4j.gemm(x, x, y, false, true, 1.0 / positions, 0)));
        }
        if (row.work() instanceof Row.Streamed streamed) {
            INDArray y = Nd4j.create(DataType.FLOAT, streamed.operation().result(streamed.shape()));
            return new Pass(false, () -> Map.of("y", streamed(streamed.operation(), inputs, y)));
        }
        if (row.work() instanceof ConvolutionLayer layer) {
            INDArray x = channelsLast(inputs.get("x"));
            INDArray weight = inputs.get("weight").permute(2, 3, 1, 0).dup('c');
            return new Pass(true, () -> Map.of("y", convolution(x, weight, inputs.get("bias"), layer.padding())));
        }
        throw new IllegalArgumentException("ND4J has no part in " + row.label());
    }

    private static INDArray streamed(StreamedOperation operation, Map<String, INDArray> inputs, INDArray y) {
        INDArray x = inputs.get("x");
        return switch (operation) {
            case ADAIN_MAP -> x.mul(inputs.get("scale"), y).addi(inputs.get("shift"));
            case INSTANCE_NORM -> instanceNorm(x, inputs.get("weight"), inputs.get("bias"), y);
            case MAX_POOL -> { // kernel, stride, padding, dilation, padding as given, unused, NCHW
                Nd4j.exec(DynamicCustomOp.builder("maxpool2d")
                        .addInputs(x)
                        .addIntegerArguments(2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 0)
                        .addOutputs(y)
                        .build());
                yield y;
            }
            case NEAREST -> { // factors, NCHW
                Nd4j.exec(DynamicCustomOp.builder("upsampling2d")
                        .addInputs(x)
                        .addIntegerArguments(2, 2, 1)
                        .addOutputs(y)
                        .build());
                yield y;
            }
            case BILINEAR -> doubled(x, y);
            case SOFTMAX -> Nd4j.exec(new SoftMax(x, y, x.rank() - 1))[0];
            case LAYER_NORM ->
                Nd4j.exec(new LayerNorm(x, inputs.get("weight"), inputs.get("bias"), y, true, x.rank() - 1))[0];
        };
    }

    /** Of channels-last pictures only: the views are copied on the way in and out. */
    private static INDArray doubled(INDArray x, INDArray y) {
        INDArray result = Nd4j.create(DataType.FLOAT, x.size(0), y.size(2), y.size(3), x.size(1));
        Nd4j.exec(DynamicCustomOp.builder("resize_bilinear")
                .addInputs(channelsLast(x))
                .addIntegerArguments((int) y.size(2), (int) y.size(3))
                .addBooleanArguments(false, true) // corners not aligned, half-pixel centres
                .addOutputs(result)
                .build());
        return y.assign(result.permute(0, 3, 1, 2));
    }

    /** ND4J has no operation for it. */
    private static INDArray instanceNorm(INDArray x, INDArray weight, INDArray bias, INDArray y) {
        long channels = x.size(1);
        INDArray mean = x.mean(true, 2, 3);
        INDArray deviation =
                Transforms.sqrt(x.var(false, 2, 3).reshape(1, channels, 1, 1).addi(1e-5), false);
        INDArray scale = weight.reshape(1, channels, 1, 1).div(deviation);
        return x.sub(mean, y).muli(scale).addi(bias.reshape(1, channels, 1, 1));
    }

    private static Map<String, INDArray> features(Row.Features features, Map<String, INDArray> weights, INDArray in) {
        Map<String, INDArray> outputs = new LinkedHashMap<>();
        INDArray x = in;
        for (Vgg19Layout.Convolution layer : Vgg19Layout.convolutions(features.outputs())) {
            x = relu(convolution(x, weights.get(layer.weight()), weights.get(layer.bias()), 1));
            if (features.outputs().contains(layer.name())) {
                outputs.put(layer.name(), x);
            }
            if (layer.poolAfter()) {
                x = maxPool(x);
                if (features.outputs().contains(layer.pool())) {
                    outputs.put(layer.pool(), x);
                }
            }
        }
        return outputs;
    }

    private static Map<String, INDArray> adain(
            Map<String, INDArray> encoder, Map<String, INDArray> decoder, INDArray content, INDArray style) {
        INDArray c = encode(encoder, content);
        INDArray s = encode(encoder, style);
        INDArray scale = deviation(s).divi(deviation(c));
        INDArray x = c.sub(c.mean(true, 1, 2)).muli(scale).addi(s.mean(true, 1, 2));
        x = upsample(relu(reflected(decoder, 1, x)));
        x = relu(reflected(decoder, 5, x));
        x = upsample(relu(reflected(decoder, 8, x)));
        x = relu(reflected(decoder, 12, x));
        return Map.of("y", reflected(decoder, 15, x));
    }

    private static INDArray encode(Map<String, INDArray> weights, INDArray picture) {
        INDArray x = convolution(picture, weights.get("0.weight"), weights.get("0.bias"), 0);
        x = relu(reflected(weights, 2, x));
        x = maxPool(relu(reflected(weights, 5, x)));
        x = relu(reflected(weights, 9, x));
        x = maxPool(relu(reflected(weights, 12, x)));
        return relu(reflected(weights, 16, x));
    }

    private static INDArray deviation(INDArray x) {
        INDArray variance = x.var(true, 1, 2).reshape(1, 1, 1, x.size(3));
        return Transforms.sqrt(variance.addi(1e-5), false);
    }

    private static INDArray reflected(Map<String, INDArray> weights, int index, INDArray x) {
        return convolution(padReflect(x), weights.get(index + ".weight"), weights.get(index + ".bias"), 0);
    }

    /** By views: its own mirror_pad and pad take 60 to 200 times as long as the copy of the inner part. */
    private static INDArray padReflect(INDArray x) {
        long h = x.size(1);
        long w = x.size(2);
        INDArray y = Nd4j.createUninitialized(DataType.FLOAT, new long[] {x.size(0), h + 2, w + 2, x.size(3)}, 'c');
        rows(y, 1, h + 1, 1, w + 1).assign(x);
        rows(y, 0, 1, 1, w + 1).assign(rows(x, 1, 2, 0, w));
        rows(y, h + 1, h + 2, 1, w + 1).assign(rows(x, h - 2, h - 1, 0, w));
        rows(y, 0, h + 2, 0, 1).assign(rows(y, 0, h + 2, 2, 3));
        rows(y, 0, h + 2, w + 1, w + 2).assign(rows(y, 0, h + 2, w - 1, w));
        return y;
    }

    private static INDArray rows(INDArray x, long top, long bottom, long left, long right) {
        return x.get(
                NDArrayIndex.all(),
                NDArrayIndex.interval(top, bottom),
                NDArrayIndex.interval(left, right),
                NDArrayIndex.all());
    }

    private static INDArray convolution(INDArray x, INDArray weight, INDArray bias, int zeroPadding) {
        long kernel = weight.size(0);
        long trimmed = kernel - 1 - 2L * zeroPadding;
        INDArray y = Nd4j.createUninitialized(
                DataType.FLOAT, new long[] {x.size(0), x.size(1) - trimmed, x.size(2) - trimmed, weight.size(3)}, 'c');
        // kernel, stride, padding, dilation, padding as given, NHWC, weights (height, width, in, out)
        Nd4j.exec(DynamicCustomOp.builder("conv2d")
                .addInputs(x, weight, bias)
                .addIntegerArguments((int) kernel, (int) kernel, 1, 1, zeroPadding, zeroPadding, 1, 1, 0, 1, 0)
                .addOutputs(y)
                .build());
        return y;
    }

    private static INDArray relu(INDArray x) {
        return Transforms.relu(x, false);
    }

    private static INDArray maxPool(INDArray x) {
        INDArray y = Nd4j.createUninitialized(
                DataType.FLOAT, new long[] {x.size(0), x.size(1) / 2, x.size(2) / 2, x.size(3)}, 'c');
        // kernel, stride, padding, dilation, padding as given, unused, NHWC
        Nd4j.exec(DynamicCustomOp.builder("maxpool2d")
                .addInputs(x)
                .addIntegerArguments(2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 1)
                .addOutputs(y)
                .build());
        return y;
    }

    /** Of one picture, by views: its own upsampling2d takes several times as long. */
    private static INDArray upsample(INDArray x) {
        long h = x.size(1);
        long w = x.size(2);
        long c = x.size(3);
        INDArray y = Nd4j.createUninitialized(DataType.FLOAT, new long[] {h, 2, w, 2, c}, 'c');
        INDArray picture = x.reshape(h, w, c);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
                y.get(
                                NDArrayIndex.all(),
                                NDArrayIndex.point(i),
                                NDArrayIndex.all(),
                                NDArrayIndex.point(j),
                                NDArrayIndex.all())
                        .assign(picture);
            }
        }
        return y.reshape(1, 2 * h, 2 * w, c);
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream stream = Nd4j.class.getResourceAsStream("/META-INF/maven/org.nd4j/nd4j-api/pom.properties")) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read ND4J's version", e);
        }
        return properties.getProperty("version", "of unknown version");
    }

    private static INDArray array(FloatTensor tensor) {
        return Nd4j.create(tensor.values(), tensor.shape(), 'c');
    }

    private static INDArray channelsLast(INDArray x) {
        return x.permute(0, 2, 3, 1).dup('c');
    }

    private static Map<String, INDArray> weights(Map<String, FloatTensor> tensors) {
        Map<String, INDArray> weights = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            INDArray array = array(tensor);
            weights.put(name, array.rank() == 4 ? array.permute(2, 3, 1, 0).dup('c') : array);
        });
        return weights;
    }

    private static final class Pass implements Workload {
        private final boolean pictures;
        private final Supplier<Map<String, INDArray>> work;
        private final Map<String, FloatTensor> outputs = new LinkedHashMap<>();

        Pass(boolean pictures, Supplier<Map<String, INDArray>> work) {
            this.pictures = pictures;
            this.work = work;
        }

        @Override
        public void run() {
            if (pictures) {
                try (MemoryWorkspace workspace =
                        Nd4j.getWorkspaceManager().getAndActivateWorkspace(WORKSPACE, "pass")) {
                    work.get();
                }
            } else {
                work.get();
            }
        }

        @Override
        public Map<String, FloatTensor> outputs() {
            work.get().forEach((name, array) -> {
                INDArray planes = pictures ? array.permute(0, 3, 1, 2) : array;
                outputs.put(
                        name,
                        new FloatTensor(planes.shape(), planes.dup('c').data().asFloat()));
            });
            return outputs;
        }
    }
}
