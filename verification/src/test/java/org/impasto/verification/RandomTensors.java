package org.impasto.verification;

import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/** Tensors of numbers that depend on a seed. */
final class RandomTensors {
    private RandomTensors() {}

    /** Normally distributed numbers. */
    static Tensor normal(Backend backend, long seed, long... sizes) {
        Random random = new Random(seed);
        float[] values = new float[Math.toIntExact(Shape.of(sizes).elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(backend, Shape.of(sizes), values);
    }

    /** A picture N x 3 x H x W in [0, 1]. */
    static Tensor picture(Backend backend, long seed, int count, int height, int width) {
        Random random = new Random(seed);
        float[] values = new float[count * 3 * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return Tensor.of(backend, Shape.of(count, 3, height, width), values);
    }
}
