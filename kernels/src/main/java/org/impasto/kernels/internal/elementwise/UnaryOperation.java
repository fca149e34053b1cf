package org.impasto.kernels.internal.elementwise;

/** A function of one number; {@code p} and {@code q} are its parameters. What is not a number stays so. */
public enum UnaryOperation {
    /** {@code -x}. */
    NEGATE,
    /** {@code |x|}. */
    ABSOLUTE,
    /** {@code max(x, 0)}. */
    RELU,
    /** {@code x}, or {@code p * x} below zero. */
    LEAKY_RELU,
    /** {@code x}, or {@code p * (exp(x) - 1)} below zero. */
    ELU,
    /** {@code x * x}. */
    SQUARE,
    /** Square root. */
    SQUARE_ROOT,
    /** {@code 1 / sqrt(x)}. */
    RECIPROCAL_SQUARE_ROOT,
    /** {@code 1 / x}. */
    RECIPROCAL,
    /** {@code min(max(x, p), q)}. */
    CLAMP,
    /** {@code p * x + q}, rounded twice. */
    AFFINE,
    /** e to the power x. */
    EXPONENTIAL,
    /** Natural logarithm. */
    LOGARITHM,
    /** {@code log(1 + x)}, exact also where x is small. */
    LOGARITHM_OF_ONE_PLUS,
    /** {@code log(1 + exp(x))}. */
    SOFTPLUS,
    /** The error function. */
    ERROR_FUNCTION,
    /** {@code x / 2 * (1 + erf(x / sqrt(2)))}, exact also where that is small. */
    GELU,
    /** Hyperbolic tangent. */
    HYPERBOLIC_TANGENT,
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID,
    /** {@code x * sigmoid(x)}. */
    SILU,
    /** x to the power p, computed in float64. */
    POWER,
    /** Sine, computed in float64. */
    SINE,
    /** Cosine, computed in float64. */
    COSINE
}
