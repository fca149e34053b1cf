package org.impasto.kernels.internal.provider;

/** The form of the inner loops. */
public enum Provider {
    /** Loops written with {@code jdk.incubator.vector}. */
    VECTOR,
    /** Loops in plain Java that the compiler may vectorise. */
    PLAIN
}
