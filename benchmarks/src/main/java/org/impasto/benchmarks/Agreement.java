package org.impasto.benchmarks;

import java.util.Arrays;
import java.util.Map;
import org.impasto.benchmarks.FloatTensors.FloatTensor;

/** Whether two sides computed the same numbers. */
final class Agreement {
    /** A relative error that float32 networks of this depth stay far below, and no wrong network reaches. */
    static final double LIMIT = 1e-4;

    private Agreement() {}

    /** The largest relative L2 difference of the outputs; infinite if their names, shapes or values do not compare. */
    static double relativeError(Map<String, FloatTensor> outputs, Map<String, FloatTensor> reference) {
        double worst = outputs.keySet().equals(reference.keySet()) ? 0 : Double.POSITIVE_INFINITY;
        for (Map.Entry<String, FloatTensor> entry : reference.entrySet()) {
            FloatTensor other = outputs.get(entry.getKey());
            worst = Math.max(worst, other == null ? Double.POSITIVE_INFINITY : relativeError(other, entry.getValue()));
        }
        return worst;
    }

    private static double relativeError(FloatTensor output, FloatTensor reference) {
        if (!Arrays.equals(output.shape(), reference.shape())) {
            return Double.POSITIVE_INFINITY;
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < reference.values().length; i++) {
            double r = reference.values()[i];
            double d = output.values()[i] - r;
            difference += d * d;
            norm += r * r;
        }
        double error = Math.sqrt(difference / norm);
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }
}
