package org.impasto.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** One line of the table: a piece of work that every side does on the same numbers. */
enum Row {
    VGG19_F3_512("vgg19-f3-512", new Features(1, 512, 512, Features.pools(3)), 2.5),
    VGG19_F3_256X4("vgg19-f3-256x4", new Features(4, 256, 256, Features.pools(3)), 2.2),
    VGG19_F3_1021X763("vgg19-f3-1021x763", new Features(1, 763, 1021, Features.pools(3)), 2.2),
    VGG19_512("vgg19-512", new Features(1, 512, 512, Features.pools(5)), 2.2),
    ADAIN_512("adain-512", new Adain(512), 2.0),
    MATMUL_2048("matmul-2048", new MatMul(2048), 0.9),
    GRAM_256X16384("gram-256x16384", new Gram(256, 128, 128), 1.3),
    GRAM_64X262144("gram-64x262144", new Gram(64, 512, 512), 1.0),
    SMALL_64("small-64", new Features(1, 64, 64, List.of("relu3_1")), 1.0),
    CONV_64_256("conv-64-256", new ConvolutionLayer(64, 64, 256, 3), 2.5),
    CONV_128_128("conv-128-128", new ConvolutionLayer(128, 128, 128, 3), 2.5),
    CONV_256_64("conv-256-64", new ConvolutionLayer(256, 256, 64, 3), 2.5),
    CONV_512_32("conv-512-32", new ConvolutionLayer(512, 512, 32, 3), 2.5),
    CONV_STRIDE2("conv-stride2", new ConvolutionLayer(64, 128, 128, 3, 2, 1, false), 1.0),
    CONV_1X1("conv-1x1", new ConvolutionLayer(256, 256, 64, 1), 1.0),
    CONV_5X5("conv-5x5", new ConvolutionLayer(64, 64, 128, 5), 1.0),
    CONV_9X9_FIRST("conv-9x9-first", new ConvolutionLayer(3, 32, 256, 9), 1.0),
    CONV_9X9_LAST("conv-9x9-last", new ConvolutionLayer(32, 3, 256, 9), 1.0),
    CONV_DEPTHWISE("conv-depthwise", new ConvolutionLayer(64, 64, 128, 3, 1, 64, false), 1.0),
    CONV_TRANSPOSED("conv-transposed", new ConvolutionLayer(64, 32, 128, 3, 2, 1, true), 1.0),
    CONV_FIRST("conv-first", new ConvolutionLayer(3, 64, 256, 3), 1.0),
    ADAIN_MAP("adain-map", new Streamed(StreamedOperation.ADAIN_MAP, 1, 256, 128, 128), 0.7),
    INSTANCE_NORM("instance-norm", new Streamed(StreamedOperation.INSTANCE_NORM, 1, 64, 256, 256), 0.7),
    MAX_POOL("max-pool", new Streamed(StreamedOperation.MAX_POOL, 1, 64, 256, 256), 0.7),
    NEAREST("nearest", new Streamed(StreamedOperation.NEAREST, 1, 64, 256, 256), 0.7),
    BILINEAR("bilinear", new Streamed(StreamedOperation.BILINEAR, 1, 64, 256, 256), 0.7),
    SOFTMAX("softmax", new Streamed(StreamedOperation.SOFTMAX, 16, 1024, 1024), 0.7),
    LAYER_NORM("layer-norm", new Streamed(StreamedOperation.LAYER_NORM, 16, 1024, 1024), 0.7),
    WEIGHT_GRADIENT_64_128("conv-weight-gradient-64-128", new ConvolutionGradient(true, 64, 128, 4), 2.2),
    WEIGHT_GRADIENT_128_64("conv-weight-gradient-128-64", new ConvolutionGradient(true, 128, 64, 4), 2.2),
    WEIGHT_GRADIENT_256_32("conv-weight-gradient-256-32", new ConvolutionGradient(true, 256, 32, 4), 2.2),
    DATA_GRADIENT_64_128("conv-data-gradient-64-128", new ConvolutionGradient(false, 64, 128, 4), 2.2),
    DATA_GRADIENT_128_64("conv-data-gradient-128-64", new ConvolutionGradient(false, 128, 64, 4), 2.2),
    DATA_GRADIENT_256_32("conv-data-gradient-256-32", new ConvolutionGradient(false, 256, 32, 4), 2.2),
    TRAIN_STEP("train-step", new TrainStep(4, 128), 2.0),
    GLOW_256("glow-256", new GlowPass(1, 256, 8, 2, 128, false), 2.0),
    GLOW_TRAIN_64("glow-train-64", new GlowPass(8, 64, 8, 2, 128, true), 1.8),
    COLD("cold", new Cold(512, Features.pools(3)), 1 / 1.5);

    /** What is computed. Shapes are NCHW. */
    sealed interface Work
            permits Features,
                    Adain,
                    MatMul,
                    Gram,
                    ConvolutionLayer,
                    ConvolutionGradient,
                    TrainStep,
                    GlowPass,
                    Streamed,
                    Cold {}

    /**
     * VGG-19 on a picture that is normalised already; the outputs are maps after a ReLU ("relu3_1") or a pool
     * ("pool3").
     */
    record Features(int batch, int height, int width, List<String> outputs) implements Work {
        static List<String> pools(int blocks) {
            return List.of("pool1", "pool2", "pool3", "pool4", "pool5").subList(0, blocks);
        }
    }

    /** Content and style picture through the encoder to relu3_1, AdaIN, the decoder; both pictures are square. */
    record Adain(int size) implements Work {}

    /** The product of two square float32 matrices. */
    record MatMul(int size) implements Work {}

    /** The Gram matrix of a map, divided by the number of its positions. */
    record Gram(int channels, int height, int width) implements Work {}

    /** An operation that is measured against a copy of the same amount of memory; tensors in, tensors out. */
    record Streamed(StreamedOperation operation, long... shape) implements Work {
        @Override
        public String toString() {
            return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining("x"));
        }
    }

    /** From the start of a process to the features of a PNG picture, weights on disk. */
    record Cold(int size, List<String> outputs) implements Work {}

    private final String label;
    private final Work work;
    private final double goal;

    Row(String label, Work work, double goal) {
        this.label = label;
        this.work = work;
        this.goal = goal;
    }

    String label() {
        return label;
    }

    Work work() {
        return work;
    }

    /**
     * The least ratio, time of the fastest peer over our time, that we aim for; for streamed operations the least
     * fraction of the copy bandwidth.
     */
    double goal() {
        return goal;
    }

    /** Floating-point operations, convolutions counted as direct ones; 0 where the count says nothing. */
    double flops() {
        if (work instanceof Features features) {
            return Vgg19Layout.flops(features.batch(), features.height(), features.width(), features.outputs());
        }
        if (work instanceof MatMul product) {
            return 2.0 * product.size() * product.size() * product.size();
        }
        if (work instanceof Gram gram) {
            return 2.0 * gram.channels() * gram.channels() * gram.height() * gram.width();
        }
        if (work instanceof ConvolutionGradient gradient) {
            return gradient.flops();
        }
        return work instanceof ConvolutionLayer layer ? layer.flops() : 0;
    }

    /** Whether PyTorch alone is asked for it: the others have no gradients of their own, and no flows. */
    boolean isTraining() {
        return work instanceof ConvolutionGradient || work instanceof TrainStep || work instanceof GlowPass;
    }

    /** Bytes that a streamed operation has to move; 0 for other work. */
    double bytesMoved() {
        return work instanceof Streamed streamed ? streamed.operation().bytes(streamed.shape()) : 0;
    }

    /**
     * Bytes of the arrays that the work streams through: its widest map, or its matrices. A copy of as many reads them
     * from one array and writes them to another.
     */
    long workingSetBytes() {
        if (work instanceof Features features) {
            return 4L * 64 * features.batch() * features.height() * features.width();
        }
        if (work instanceof Adain adain) {
            return 4L * 64 * adain.size() * adain.size();
        }
        if (work instanceof MatMul product) {
            return 4L * 3 * product.size() * product.size();
        }
        if (work instanceof Gram gram) {
            return 4L * gram.channels() * gram.height() * gram.width();
        }
        if (work instanceof ConvolutionLayer layer) {
            return 4L * layer.largestMap();
        }
        if (work instanceof ConvolutionGradient gradient) {
            return 4L * gradient.largestMap();
        }
        if (work instanceof GlowPass pass) {
            return 4L * pass.width() * pass.batch() * pass.size() * pass.size() / 4;
        }
        if (work instanceof TrainStep step) {
            return 4L * 64 * step.batch() * step.size() * step.size();
        }
        if (work instanceof Streamed) {
            return (long) (bytesMoved() / 2);
        }
        Cold cold = (Cold) work;
        return 4L * 64 * cold.size() * cold.size();
    }

    static Row named(String label) {
        for (Row row : values()) {
            if (row.label.equals(label)) {
                return row;
            }
        }
        throw new IllegalArgumentException("No row is called '" + label + "'; the rows are "
                + Arrays.stream(values()).map(Row::label).collect(Collectors.joining(", ")));
    }
}
