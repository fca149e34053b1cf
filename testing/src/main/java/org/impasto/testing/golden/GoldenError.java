package org.impasto.testing.golden;

import org.impasto.core.ElementType;

/**
 * How far a tensor is from the stored one.
 *
 * @param tensor its name
 * @param error the largest absolute error, or for gradients with a stored norm the relative L2 error
 * @param allowed what the error may be
 * @param peer the error of another float32 implementation, measured the same way; 0 if it made none or none is stored
 */
public record GoldenError(String tensor, double error, double allowed, double peer) {
    /** The stored values are rounded to float32 themselves: half a unit in the last place, doubled. */
    private static final double STORED_ROUNDING = 1.2e-7;

    private static final double FLOAT64_RELATIVE = 1e-10;
    private static final double FLOAT64_RELATIVE_GRADIENT = 1e-8;

    /**
     * By the rules of the golden files: {@code peerFactor} times the peer's error and 1.2e-7 of the largest element;
     * gradients by their relative L2 norm where it is stored, because they jump where a ReLU or a maximum switches;
     * float64 files relative to the largest element; integers equal.
     */
    public static GoldenError of(GoldenCase golden, String name, double[] found, double peerFactor) {
        double[] expected = golden.values(name);
        ElementType type = golden.spec(name).type();
        if (!type.isFloating()) {
            return new GoldenError(name, largestDifference(expected, found), 0, golden.peerError(name));
        }
        if (type == ElementType.FLOAT64) {
            double relative = name.startsWith("grad.") ? FLOAT64_RELATIVE_GRADIENT : FLOAT64_RELATIVE;
            return new GoldenError(name, largestDifference(expected, found), relative * largest(expected), 0);
        }
        double peerNorm = golden.peerRelativeL2(name);
        if (name.startsWith("grad.") && peerNorm >= 0) {
            return byNorm(golden, name, found, peerNorm, peerFactor);
        }
        double peer = golden.peerError(name);
        double allowed = peerFactor * peer + STORED_ROUNDING * largest(expected);
        return new GoldenError(name, largestDifference(expected, found), allowed, peer);
    }

    /** By the relative L2 norm of the error, for what lies behind gradients: it may be {@code peerFactor} times the peer's. */
    public static GoldenError byNorm(
            GoldenCase golden, String name, double[] found, double peerNorm, double peerFactor) {
        double error = relativeNorm(golden.values(name), found);
        return new GoldenError(name, error, peerFactor * peerNorm + STORED_ROUNDING, peerNorm);
    }

    /** Equal values: for operations that only move data. Both are float32 values, so nothing is allowed. */
    public static GoldenError exact(GoldenCase golden, String name, double[] found) {
        return new GoldenError(name, largestDifference(golden.values(name), found), 0, 0);
    }

    /** The largest absolute difference; NaN where only one is NaN counts as infinite. */
    public static double largestDifference(double[] expected, double[] found) {
        if (expected.length != found.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Double.compare(expected[i], found[i]) == 0 ? 0 : Math.abs(expected[i] - found[i]);
            largest = Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
        }
        return largest;
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double relativeNorm(double[] expected, double[] found) {
        if (expected.length != found.length) {
            return Double.POSITIVE_INFINITY;
        }
        double error = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            error += (expected[i] - found[i]) * (expected[i] - found[i]);
            norm += expected[i] * expected[i];
        }
        double relative = error == 0 ? 0 : Math.sqrt(error / norm);
        return Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative;
    }

    /** Whether the error is allowed. */
    public boolean isWithin() {
        return error <= allowed;
    }

    /** Our error as a multiple of the peer's; 0 where the peer made none. */
    public double ratio() {
        return peer > 0 ? error / peer : 0;
    }

    @Override
    public String toString() {
        return tensor + ": error " + error + ", allowed " + allowed + ", peer " + peer;
    }
}
