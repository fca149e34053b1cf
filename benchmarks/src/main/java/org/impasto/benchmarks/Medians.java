package org.impasto.benchmarks;

import java.util.List;

/** The middle of measured values. */
final class Medians {
    private Medians() {}

    /** The median; the mean of the two middle values where their number is even; NaN of none. */
    static double of(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
