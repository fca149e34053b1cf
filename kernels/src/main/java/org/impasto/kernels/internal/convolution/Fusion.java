package org.impasto.kernels.internal.convolution;

import org.impasto.core.ShapeException;

/**
 * What a convolution does to its sums before it stores them: the bias is always added, then {@code y < 0} is multiplied
 * by {@code negativeSlope} (1 leaves everything, 0 is relu), then 2x2 windows are pooled.
 */
public record Fusion(float negativeSlope, Pool pool) {
    /** Checks the slope; before a pooling it must not turn the order around. */
    public Fusion {
        if (Float.isNaN(negativeSlope) || Float.isInfinite(negativeSlope) || negativeSlope < 0 && pool != Pool.NONE) {
            throw new ShapeException("slope for negative values is " + negativeSlope
                    + ", expected a finite number, and 0 or more before a pooling");
        }
    }

    /** Max pooling of 2x2 windows with stride 2. */
    public enum Pool {
        /** No pooling. */
        NONE,
        /** A last odd row or column is dropped. */
        FLOOR,
        /** A last odd row or column is pooled alone. */
        CEIL;

        /** Size of an axis after the pooling. */
        public int size(int n) {
            return switch (this) {
                case NONE -> n;
                case FLOOR -> n / 2;
                case CEIL -> (n + 1) / 2;
            };
        }
    }

    /** Bias only. */
    public static final Fusion NONE = new Fusion(1f, Pool.NONE);

    /** Relu after the bias. */
    public static final Fusion RELU = new Fusion(0f, Pool.NONE);

    /** This with a pooling behind it. */
    public Fusion withPool(Pool after) {
        return new Fusion(negativeSlope, after);
    }
}
