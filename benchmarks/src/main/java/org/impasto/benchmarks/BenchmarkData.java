package org.impasto.benchmarks;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.impasto.benchmarks.FloatTensors.FloatTensor;

/**
 * The files that all sides read, made from fixed seeds when they are missing: weights (He-scaled normal values from
 * {@link Random}, since speed does not depend on them), inputs, ONNX models and a picture.
 */
final class BenchmarkData {
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    private final Path folder;

    BenchmarkData(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    /** VGG-19's convolutions under torchvision's names. */
    Path vgg19() {
        return folder.resolve("vgg19.safetensors");
    }

    /** The normalised VGG-19 to relu3_1 under the names of the published files: 0, 2, 5, 9, 12, 16. */
    Path encoder() {
        return folder.resolve("encoder.safetensors");
    }

    /** The decoder from relu3_1 under the names of the published files: 1, 5, 8, 12, 15. */
    Path decoder() {
        return folder.resolve("decoder.safetensors");
    }

    /** The inputs of a row, by the names that its work gives them: "x"; "content" and "style"; "a" and "b". */
    Path inputs(Row row) {
        return folder.resolve(row.label() + ".inputs.safetensors");
    }

    /** What a side computed for a row. */
    Path outputs(Row row, String side) {
        return folder.resolve("outputs").resolve(row.label() + "." + side.replace('/', '_') + ".safetensors");
    }

    Path onnxModel(Row row) {
        return folder.resolve(row.label() + ".onnx");
    }

    /** The picture of the cold row, 8-bit RGB. */
    Path picture() {
        return folder.resolve("picture.png");
    }

    /** Makes what the row needs and is missing. */
    void prepare(Row row) {
        try {
            Files.createDirectories(folder);
            if (row.work() instanceof Row.Features
                    || row.work() instanceof Row.Cold
                    || row.work() instanceof TrainStep) {
                makeTensors(vgg19(), BenchmarkData::vgg19Weights);
            }
            if (row.work() instanceof Row.Adain) {
                makeTensors(encoder(), BenchmarkData::encoderWeights);
            }
            if (row.work() instanceof Row.Adain || row.work() instanceof TrainStep) {
                makeTensors(decoder(), BenchmarkData::decoderWeights);
            }
            makeTensors(inputs(row), () -> inputsOf(row.work()));
            if (row.work() instanceof Row.Cold cold && !Files.exists(picture())) {
                ImageIO.write(picture(cold.size()), "png", picture().toFile());
            }
            if (!row.isTraining() && !Files.exists(onnxModel(row))) {
                Files.write(onnxModel(row), OnnxGraphs.graph(row, this));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make the data of " + row.label() + " in " + folder, e);
        }
    }

    private static void makeTensors(Path file, Supplier<Map<String, FloatTensor>> tensors) {
        if (!Files.exists(file)) {
            FloatTensors.write(file, tensors.get());
        }
    }

    private static Map<String, FloatTensor> vgg19Weights() {
        Random random = new Random(19);
        Map<String, FloatTensor> weights = new LinkedHashMap<>();
        for (Vgg19Layout.Convolution convolution : Vgg19Layout.convolutions()) {
            weights.put(convolution.weight(), heScaled(random, convolution.out(), convolution.in(), 3));
            weights.put(convolution.bias(), normal(random, 0.01f, convolution.out()));
        }
        return weights;
    }

    private static Map<String, FloatTensor> encoderWeights() {
        Random random = new Random(31);
        Map<String, FloatTensor> weights = new LinkedHashMap<>();
        put(weights, random, 0, 3, 3, 1);
        put(weights, random, 2, 3, 64, 3);
        put(weights, random, 5, 64, 64, 3);
        put(weights, random, 9, 64, 128, 3);
        put(weights, random, 12, 128, 128, 3);
        put(weights, random, 16, 128, 256, 3);
        return weights;
    }

    private static Map<String, FloatTensor> decoderWeights() {
        Random random = new Random(32);
        Map<String, FloatTensor> weights = new LinkedHashMap<>();
        put(weights, random, 1, 256, 128, 3);
        put(weights, random, 5, 128, 128, 3);
        put(weights, random, 8, 128, 64, 3);
        put(weights, random, 12, 64, 64, 3);
        put(weights, random, 15, 64, 3, 3);
        return weights;
    }

    private static void put(Map<String, FloatTensor> weights, Random random, int index, int in, int out, int kernel) {
        weights.put(index + ".weight", heScaled(random, out, in, kernel));
        weights.put(index + ".bias", normal(random, 0.01f, out));
    }

    private static Map<String, FloatTensor> inputsOf(Row.Work work) {
        Random random = new Random(7);
        Map<String, FloatTensor> inputs = new LinkedHashMap<>();
        if (work instanceof Row.Features features) {
            inputs.put("x", normalised(random, features.batch(), features.height(), features.width()));
        } else if (work instanceof Row.Adain adain) {
            inputs.put("content", uniform(random, 1, 3, adain.size(), adain.size()));
            inputs.put("style", uniform(random, 1, 3, adain.size(), adain.size()));
        } else if (work instanceof Row.MatMul product) {
            inputs.put("a", normal(random, 1, product.size(), product.size()));
            inputs.put("b", normal(random, 1, product.size(), product.size()));
        } else if (work instanceof Row.Gram gram) {
            inputs.put("x", normal(random, 1, 1, gram.channels(), gram.height(), gram.width()));
        } else if (work instanceof ConvolutionLayer layer) {
            inputs.putAll(layer.inputs(random));
        } else if (work instanceof ConvolutionGradient gradient) {
            inputs.putAll(gradient.inputs(random));
        } else if (work instanceof GlowPass pass) {
            inputs.putAll(pass.inputs(random));
        } else if (work instanceof TrainStep step) {
            inputs.putAll(step.inputs(random));
        } else if (work instanceof Row.Streamed streamed) {
            inputs.putAll(streamed.operation().inputs(random, streamed.shape()));
        }
        return inputs;
    }

    private static FloatTensor normalised(Random random, int batch, int height, int width) {
        FloatTensor pixels = uniform(random, batch, 3, height, width);
        normalise(pixels.values(), batch, height * width);
        return pixels;
    }

    /** Subtracts the mean of each channel of the training pictures and divides by the deviation, in place. */
    static void normalise(float[] pixels, int batch, int plane) {
        for (int i = 0; i < 3 * batch; i++) {
            for (int p = i * plane; p < (i + 1) * plane; p++) {
                pixels[p] = (pixels[p] - MEAN[i % 3]) / DEVIATION[i % 3];
            }
        }
    }

    private static FloatTensor heScaled(Random random, int out, int in, int kernel) {
        return normal(random, (float) Math.sqrt(2.0 / (in * kernel * kernel)), out, in, kernel, kernel);
    }

    static FloatTensor normal(Random random, float deviation, long... shape) {
        float[] values = new float[count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = deviation * (float) random.nextGaussian();
        }
        return new FloatTensor(shape, values);
    }

    private static FloatTensor uniform(Random random, long... shape) {
        float[] values = new float[count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return new FloatTensor(shape, values);
    }

    private static int count(long... shape) {
        long count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, size);
        }
        return Math.toIntExact(count);
    }

    private static BufferedImage picture(int size) {
        BufferedImage picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int red = 128 + (int) (100 * Math.sin(x * 0.031 + y * 0.011));
                int green = 128 + (int) (100 * Math.sin(x * 0.007 - y * 0.043));
                int blue = 128 + (int) (100 * Math.sin(x * y * 0.0003));
                picture.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        return picture;
    }
}
