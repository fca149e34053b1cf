package org.impasto.kernels.internal.elementwise;

/** Plain form of the elementwise loops. */
final class PlainFloatLoops implements FloatLoops {
    @Override
    public void gate(
            float slope, int length, float[] signs, int signsOffset, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i++) {
            float value = x[xOffset + i];
            y[yOffset + i] = signs[signsOffset + i] <= 0 ? slope == 0 ? 0 : slope * value : value;
        }
    }

    @Override
    public void sigmoid(int length, float[] x, float[] powers, float[] y) {
        sigmoid(0, length, x, powers, y);
    }

    void sigmoid(int from, int length, float[] x, float[] powers, float[] y) {
        for (int i = from; i < length; i++) {
            powers[i] = FloatFunctions.exp(-Math.abs(x[i]));
            y[i] = FloatFunctions.sigmoid(x[i]);
        }
    }

    @Override
    public void unary(
            UnaryOperation operation, float p, float q, int length, float[] x, int xOffset, float[] y, int yOffset) {
        switch (operation) {
            case NEGATE -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = -v;
                }
            }
            case ABSOLUTE -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = Math.abs(v);
                }
            }
            case RELU -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = Math.max(v, 0f);
                }
            }
            case LEAKY_RELU -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = v < 0 ? v * p : v;
                }
            }
            case ELU -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = FloatFunctions.elu(v, p);
                }
            }
            case SQUARE -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = v * v;
                }
            }
            case SQUARE_ROOT -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = (float) Math.sqrt(v);
                }
            }
            case RECIPROCAL_SQUARE_ROOT -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = 1f / (float) Math.sqrt(v);
                }
            }
            case RECIPROCAL -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = 1f / v;
                }
            }
            case CLAMP -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = Math.min(Math.max(v, p), q);
                }
            }
            case AFFINE -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = p * v + q;
                }
            }
            case EXPONENTIAL -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = FloatFunctions.exp(v);
                }
            }
            case LOGARITHM -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = FloatFunctions.log(v);
                }
            }
            case LOGARITHM_OF_ONE_PLUS -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = FloatFunctions.logOfOnePlus(v);
                }
            }
            case SOFTPLUS -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = FloatFunctions.softplus(v);
                }
            }
            case ERROR_FUNCTION -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = FloatFunctions.erf(v);
                }
            }
            case GELU -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = FloatFunctions.gelu(v);
                }
            }
            case HYPERBOLIC_TANGENT -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = FloatFunctions.tanh(v);
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = FloatFunctions.sigmoid(v);
                }
            }
            case SILU -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = v * FloatFunctions.sigmoid(v);
                }
            }
            case POWER -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = (float) StrictMath.pow(v, p);
                }
            }
            case SINE -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = (float) StrictMath.sin(v);
                }
            }
            case COSINE -> {
                for (int i = 0; i < length; i++) {
                    float v = x[xOffset + i];
                    y[yOffset + i] = (float) StrictMath.cos(v);
                }
            }
            default -> throw new IllegalArgumentException("unknown operation " + operation);
        }
    }

    @Override
    public void binary(
            BinaryOperation operation,
            int length,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] y,
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
                    y[yOffset + i] = a[aOffset + i] > b[bOffset + i] ? 1f : 0f;
                }
            }
            default -> throw new IllegalArgumentException("unknown operation " + operation);
        }
    }
}
