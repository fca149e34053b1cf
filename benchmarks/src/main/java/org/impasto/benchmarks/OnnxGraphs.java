package org.impasto.benchmarks;

import java.util.List;
import java.util.Map;
import org.impasto.benchmarks.FloatTensors.FloatTensor;

/** The rows as ONNX models, with the weights inside. */
final class OnnxGraphs {
    private OnnxGraphs() {}

    static byte[] graph(Row row, BenchmarkData data) {
        Row.Work work = row.work();
        if (work instanceof Row.Features features) {
            return features(features, FloatTensors.read(data.vgg19()));
        }
        if (work instanceof Row.Cold cold) {
            Row.Features features = new Row.Features(1, cold.size(), cold.size(), cold.outputs());
            return features(features, FloatTensors.read(data.vgg19()));
        }
        if (work instanceof Row.Adain adain) {
            return adain(adain, FloatTensors.read(data.encoder()), FloatTensors.read(data.decoder()));
        }
        if (work instanceof Row.MatMul product) {
            return matMul(product);
        }
        if (work instanceof ConvolutionLayer layer) {
            return layer.onnx(FloatTensors.read(data.inputs(row)));
        }
        if (work instanceof Row.Streamed streamed) {
            return streamed(streamed.operation(), streamed.shape());
        }
        return gram((Row.Gram) work);
    }

    private static byte[] features(Row.Features features, Map<String, FloatTensor> weights) {
        OnnxModel model = new OnnxModel();
        int h = features.height();
        int w = features.width();
        String x = model.input("x", features.batch(), 3, h, w);
        for (Vgg19Layout.Convolution layer : Vgg19Layout.convolutions(features.outputs())) {
            String weight = model.constant(layer.weight(), weights.get(layer.weight()));
            String bias = model.constant(layer.bias(), weights.get(layer.bias()));
            x = model.relu(model.convolution(x, weight, bias, 3, 1));
            if (features.outputs().contains(layer.name())) {
                model.output(x, layer.name(), features.batch(), layer.out(), h, w);
            }
            if (layer.poolAfter()) {
                x = model.maxPool(x);
                h /= 2;
                w /= 2;
                if (features.outputs().contains(layer.pool())) {
                    model.output(x, layer.pool(), features.batch(), layer.out(), h, w);
                }
            }
        }
        return model.bytes("vgg19");
    }

    private static byte[] adain(Row.Adain adain, Map<String, FloatTensor> encoder, Map<String, FloatTensor> decoder) {
        int size = adain.size();
        OnnxModel model = new OnnxModel();
        String content = encoder(model, encoder, model.input("content", 1, 3, size, size));
        String style = encoder(model, encoder, model.input("style", 1, 3, size, size));

        float positions = (size / 4f) * (size / 4f);
        String contentMean = model.spatialMean(content);
        String centred = model.node("Sub", List.of(content, contentMean));
        String contentDeviation = deviation(model, centred, positions);
        String styleMean = model.spatialMean(style);
        String styleDeviation = deviation(model, model.node("Sub", List.of(style, styleMean)), positions);
        String scale = model.node("Div", List.of(styleDeviation, contentDeviation));
        String scaled = model.node("Mul", List.of(centred, scale));
        String x = model.node("Add", List.of(scaled, styleMean));

        x = model.upsampleNearest(model.relu(reflected(model, "decoder.", decoder, 1, x)));
        x = model.relu(reflected(model, "decoder.", decoder, 5, x));
        x = model.upsampleNearest(model.relu(reflected(model, "decoder.", decoder, 8, x)));
        x = model.relu(reflected(model, "decoder.", decoder, 12, x));
        x = reflected(model, "decoder.", decoder, 15, x);
        model.output(x, "y", 1, 3, size, size);
        return model.bytes("adain");
    }

    private static String encoder(OnnxModel model, Map<String, FloatTensor> weights, String picture) {
        String weight = model.constant("encoder.0.weight", weights.get("0.weight"));
        String bias = model.constant("encoder.0.bias", weights.get("0.bias"));
        String x = model.convolution(picture, weight, bias, 1, 0);
        x = model.relu(reflected(model, "encoder.", weights, 2, x));
        x = model.maxPool(model.relu(reflected(model, "encoder.", weights, 5, x)));
        x = model.relu(reflected(model, "encoder.", weights, 9, x));
        x = model.maxPool(model.relu(reflected(model, "encoder.", weights, 12, x)));
        return model.relu(reflected(model, "encoder.", weights, 16, x));
    }

    private static String reflected(
            OnnxModel model, String prefix, Map<String, FloatTensor> weights, int index, String x) {
        String weight = model.constant(prefix + index + ".weight", weights.get(index + ".weight"));
        String bias = model.constant(prefix + index + ".bias", weights.get(index + ".bias"));
        return model.convolution(model.padReflect(x), weight, bias, 3, 0);
    }

    /** The square root of the unbiased variance plus 1e-5, as in the published code. */
    private static String deviation(OnnxModel model, String centred, float positions) {
        String biased = model.spatialMean(model.node("Mul", List.of(centred, centred)));
        String unbiased = model.node("Mul", List.of(biased, model.constant("bessel", positions / (positions - 1))));
        return model.node("Sqrt", List.of(model.node("Add", List.of(unbiased, model.constant("epsilon", 1e-5f)))));
    }

    private static byte[] streamed(StreamedOperation operation, long[] shape) {
        OnnxModel model = new OnnxModel();
        String x = model.input("x", shape);
        String y = switch (operation) {
            case ADAIN_MAP -> {
                String scale = model.input("scale", shape[0], shape[1], 1, 1);
                String shift = model.input("shift", shape[0], shape[1], 1, 1);
                yield model.node("Add", List.of(model.node("Mul", List.of(x, scale)), shift));
            }
            case INSTANCE_NORM ->
                model.node(
                        "InstanceNormalization",
                        List.of(x, model.input("weight", shape[1]), model.input("bias", shape[1])),
                        OnnxModel.Attribute.real("epsilon", (float) StreamedOperation.EPSILON));
            case MAX_POOL -> model.maxPool(x);
            case NEAREST -> model.upsampleNearest(x);
            case BILINEAR -> model.upsampleBilinear(x);
            case SOFTMAX -> model.node("Softmax", List.of(x), OnnxModel.Attribute.integer("axis", -1));
            case LAYER_NORM -> {
                long width = shape[shape.length - 1];
                yield model.node(
                        "LayerNormalization",
                        List.of(x, model.input("weight", width), model.input("bias", width)),
                        OnnxModel.Attribute.integer("axis", -1),
                        OnnxModel.Attribute.real("epsilon", (float) StreamedOperation.EPSILON));
            }
        };
        model.output(y, "y", operation.result(shape));
        return model.bytes(operation.label());
    }

    private static byte[] matMul(Row.MatMul product) {
        int n = product.size();
        OnnxModel model = new OnnxModel();
        String y = model.node("MatMul", List.of(model.input("a", n, n), model.input("b", n, n)));
        model.output(y, "y", n, n);
        return model.bytes("matmul");
    }

    private static byte[] gram(Row.Gram gram) {
        long positions = (long) gram.height() * gram.width();
        OnnxModel model = new OnnxModel();
        String x = model.input("x", 1, gram.channels(), gram.height(), gram.width());
        String rows = model.node("Reshape", List.of(x, model.constant("shape", (long) gram.channels(), positions)));
        String y = model.node(
                "Gemm",
                List.of(rows, rows),
                OnnxModel.Attribute.real("alpha", 1f / positions),
                OnnxModel.Attribute.integer("transB", 1));
        model.output(y, "y", gram.channels(), gram.channels());
        return model.bytes("gram");
    }
}
