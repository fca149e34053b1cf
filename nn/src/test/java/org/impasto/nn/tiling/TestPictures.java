package org.impasto.nn.tiling;

import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/** Random pictures and comparisons. */
final class TestPictures {
    private TestPictures() {}

    static Tensor random(Backend backend, long seed, long... sizes) {
        Random random = new Random(seed);
        float[] values = new float[Math.toIntExact(Shape.of(sizes).elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return Tensor.of(backend, Shape.of(sizes), values);
    }

    /** The largest difference, as a part of the largest magnitude of the expected values. */
    static double difference(Tensor found, Tensor expected) {
        double[] a = found.toDoubles();
        double[] b = expected.toDoubles();
        double largest = 0;
        double magnitude = 0;
        for (int i = 0; i < b.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
            magnitude = Math.max(magnitude, Math.abs(b[i]));
        }
        return largest / magnitude;
    }
}
