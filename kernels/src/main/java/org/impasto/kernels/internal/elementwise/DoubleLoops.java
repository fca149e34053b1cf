package org.impasto.kernels.internal.elementwise;

/** Elementwise loops over runs of float64 numbers; results may be written over an operand. */
final class DoubleLoops {
    private DoubleLoops() {}

    static void unary(
            UnaryOperation operation,
            double p,
            double q,
            int length,
            double[] x,
            int xOffset,
            double[] y,
            int yOffset) {
        switch (operation) {
            case NEGATE -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = -v;
                }
            }
            case ABSOLUTE -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = Math.abs(v);
                }
            }
            case RELU -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = Math.max(v, 0);
                }
            }
            case LEAKY_RELU -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = v < 0 ? v * p : v;
                }
            }
            case ELU -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = v < 0 ? p * StrictMath.expm1(v) : v;
                }
            }
            case SQUARE -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = v * v;
                }
            }
            case SQUARE_ROOT -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = Math.sqrt(v);
                }
            }
            case RECIPROCAL_SQUARE_ROOT -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = 1 / Math.sqrt(v);
                }
            }
            case RECIPROCAL -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = 1 / v;
                }
            }
            case CLAMP -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = Math.min(Math.max(v, p), q);
                }
            }
            case AFFINE -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = p * v + q;
                }
            }
            case EXPONENTIAL -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = StrictMath.exp(v);
                }
            }
            case LOGARITHM -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = StrictMath.log(v);
                }
            }
            case LOGARITHM_OF_ONE_PLUS -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = StrictMath.log1p(v);
                }
            }
            case SOFTPLUS -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = Math.max(v, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(v)));
                }
            }
            case ERROR_FUNCTION -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = ErrorFunction.erf(v);
                }
            }
            case GELU -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = ErrorFunction.gelu(v);
                }
            }
            case HYPERBOLIC_TANGENT -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = StrictMath.tanh(v);
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = sigmoid(v);
                }
            }
            case SILU -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = v * sigmoid(v);
                }
            }
            case POWER -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = StrictMath.pow(v, p);
                }
            }
            case SINE -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = StrictMath.sin(v);
                }
            }
            case COSINE -> {
                for (int i = 0; i < length; i++) {
                    double v = x[xOffset + i];
                    y[yOffset + i] = StrictMath.cos(v);
                }
            }
            default -> throw new IllegalArgumentException("unknown operation " + operation);
        }
    }

    static void binary(
            BinaryOperation operation,
            int length,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] y,
            int yOffset) {
        switch (operation) {
            case ADD -> {
                for (int i = 0; i < length; i++) {
                    y[yOffset + i] = a[aOffset + i] + b[bOffset + i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < length; i++) {
                    y[yOffset + i] = a[aOffset + i] - b[bOffset + i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < length; i++) {
                    y[yOffset + i] = a[aOffset + i] * b[bOffset + i];
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < length; i++) {
                    y[yOffset + i] = a[aOffset + i] / b[bOffset + i];
                }
            }
            case MINIMUM -> {
                for (int i = 0; i < length; i++) {
                    y[yOffset + i] = Math.min(a[aOffset + i], b[bOffset + i]);
                }
            }
            case MAXIMUM -> {
                for (int i = 0; i < length; i++) {
                    y[yOffset + i] = Math.max(a[aOffset + i], b[bOffset + i]);
                }
            }
            case GREATER -> {
                for (int i = 0; i < length; i++) {
                    y[yOffset + i] = a[aOffset + i] > b[bOffset + i] ? 1 : 0;
                }
            }
            default -> throw new IllegalArgumentException("unknown operation " + operation);
        }
    }

    private static double sigmoid(double v) {
        double e = StrictMath.exp(-Math.abs(v));
        return (v < 0 ? e : 1) / (1 + e);
    }
}
