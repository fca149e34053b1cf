package org.impasto.testing.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.impasto.core.Backend;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/** Small tensors for the rules, and comparisons wide enough for float32. */
final class Samples {
    /** A few hundred roundings of float32: the rules compute little, and a broken one is wrong by far more. */
    private static final double TOLERANCE = 1e-4;

    private Samples() {}

    static Tensor vector(Backend backend, double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(backend, Shape.of(values.length), floats);
    }

    static Tensor random(Backend backend, long seed, long... sizes) {
        Shape shape = Shape.of(sizes);
        Random random = new Random(seed);
        float[] values = new float[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(backend, shape, values);
    }

    static void assertValues(Tensor tensor, double... expected) {
        assertClose(tensor.toDoubles(), expected);
    }

    static void assertClose(double[] found, double... expected) {
        assertThat(found).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            double allowed = TOLERANCE * (1 + Math.abs(expected[i]));
            assertThat(found[i]).as("element " + i).isCloseTo(expected[i], Offset.offset(allowed));
        }
    }
}
