package org.impasto.core.image;

/**
 * The filter of a resize. It is stretched by the factor of a reduction, so every source pixel counts (antialiasing, as
 * Pillow and torchvision do it).
 */
public enum Resampling {
    /** The mean of the covered pixels; support 0.5. */
    BOX(0.5),
    /** Linear weights, "bilinear"; support 1. Never leaves the range of the values. */
    TRIANGLE(1),
    /** Windowed sinc with three lobes; support 3. Sharpest; overshoot beyond [0, 1] is cut. */
    LANCZOS(3);

    private final double support;

    Resampling(double support) {
        this.support = support;
    }

    double support() {
        return support;
    }

    double weight(double distance) {
        double t = Math.abs(distance);
        return switch (this) {
            case BOX -> distance > -0.5 && distance <= 0.5 ? 1 : 0;
            case TRIANGLE -> Math.max(0, 1 - t);
            case LANCZOS -> t < 3 ? sinc(t) * sinc(t / 3) : 0;
        };
    }

    private static double sinc(double t) {
        return t == 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
    }
}
