package org.impasto.testing;

import org.impasto.core.ElementType;

/**
 * How far a result may be from the reference: {@code factor} roundings, each 2^-23 (float32) or 2^-52 (float64) of the
 * element itself or of the largest element of the tensor.
 *
 * @param factor number of roundings; 0 asks for equal bits
 * @param ofElement whether a rounding is measured against the element itself, not the largest one
 */
public record Tolerance(double factor, boolean ofElement) {
    /** Equal, bit by bit. */
    public static Tolerance exact() {
        return new Tolerance(0, true);
    }

    /** A number of roundings of each element. */
    public static Tolerance ofElement(double roundings) {
        return new Tolerance(roundings, true);
    }

    /** A number of roundings of the largest element. */
    public static Tolerance ofTensor(double roundings) {
        return new Tolerance(roundings, false);
    }

    /** For sums of that many products: errors of a sum add up like a random walk, so the root of the length, doubled. */
    public static Tolerance ofSum(long terms) {
        return ofTensor(4 + 2 * Math.sqrt((double) terms));
    }

    /** The largest difference allowed. */
    double allowed(ElementType type, double element, double largest) {
        double rounding = type == ElementType.FLOAT32 ? 0x1p-23 : 0x1p-52;
        double denormal =
                type == ElementType.FLOAT32 ? Float.MIN_VALUE : Double.MIN_VALUE; // below, rounding is absolute
        return factor * Math.max(rounding * Math.abs(ofElement ? element : largest), denormal);
    }
}
