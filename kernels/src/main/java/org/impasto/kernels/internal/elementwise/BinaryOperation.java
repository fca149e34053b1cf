package org.impasto.kernels.internal.elementwise;

/** A function of two numbers. */
public enum BinaryOperation {
    /** {@code a + b}. */
    ADD,
    /** {@code a - b}. */
    SUBTRACT,
    /** {@code a * b}. */
    MULTIPLY,
    /** {@code a / b}. */
    DIVIDE,
    /** The smaller; not a number if either is not. */
    MINIMUM,
    /** The larger; not a number if either is not. */
    MAXIMUM,
    /** 1 where {@code a > b}, else 0. */
    GREATER
}
