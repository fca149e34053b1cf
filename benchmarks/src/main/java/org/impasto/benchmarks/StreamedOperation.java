package org.impasto.benchmarks;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.impasto.benchmarks.FloatTensors.FloatTensor;

/**
 * Operations that wait for memory rather than for arithmetic: what counts is how near they come to a plain copy. Each
 * has an operand "x", some have small ones beside it, and gives "y".
 */
enum StreamedOperation {
    /** {@code y = x * scale + shift}, scale and shift a number for each channel of each image. */
    ADAIN_MAP,

    /** Each channel of each image at mean 0 and variance 1, then scaled and shifted by channel. */
    INSTANCE_NORM,

    /** The largest of each 2x2 cells. */
    MAX_POOL,

    /** Each cell 2x2 times. */
    NEAREST,

    /** At twice the height and width, half-pixel centres. */
    BILINEAR,

    /** Along the last axis. */
    SOFTMAX,

    /** The last axis at mean 0 and variance 1, then scaled and shifted by place. */
    LAYER_NORM;

    /** What the normalisations add to the variance. */
    static final double EPSILON = 1e-5;

    /** The name that the command lines of the sides use, such as "adain-map". */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The shape of "y". */
    long[] result(long[] shape) {
        return switch (this) {
            case MAX_POOL -> new long[] {shape[0], shape[1], shape[2] / 2, shape[3] / 2};
            case NEAREST, BILINEAR -> new long[] {shape[0], shape[1], 2 * shape[2], 2 * shape[3]};
            default -> shape;
        };
    }

    /** The operands, "x" first. */
    Map<String, FloatTensor> inputs(Random random, long[] shape) {
        Map<String, FloatTensor> inputs = new LinkedHashMap<>();
        inputs.put("x", BenchmarkData.normal(random, 1, shape));
        if (this == ADAIN_MAP) {
            inputs.put("scale", BenchmarkData.normal(random, 1, shape[0], shape[1], 1, 1));
            inputs.put("shift", BenchmarkData.normal(random, 1, shape[0], shape[1], 1, 1));
        } else if (this == INSTANCE_NORM || this == LAYER_NORM) {
            long size = this == INSTANCE_NORM ? shape[1] : shape[shape.length - 1];
            inputs.put("weight", BenchmarkData.normal(random, 1, size));
            inputs.put("bias", BenchmarkData.normal(random, 1, size));
        }
        return inputs;
    }

    /**
     * Bytes that have to cross between memory and processor: x read once, y written once. What a kernel reads again is
     * its own affair, even where that is unavoidable.
     */
    double bytes(long[] shape) {
        return 4.0 * (elements(shape) + elements(result(shape)));
    }

    private static double elements(long[] shape) {
        double elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        return elements;
    }
}
