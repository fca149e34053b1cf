package org.impasto.kernels.internal.elementwise;

/** Elementwise loops over runs of float32 numbers; results may be written over an operand. */
interface FloatLoops {
    /** {@code y[i] = operation(x[i])}. */
    void unary(UnaryOperation operation, float p, float q, int length, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code y[i] = operation(a[i], b[i])}. */
    void binary(
            BinaryOperation operation,
            int length,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] y,
            int yOffset);

    /** {@code y[i] = sigmoid(x[i])}, and the {@code powers[i] = exp(-|x[i]|)} that it is made of. */
    void sigmoid(int length, float[] x, float[] powers, float[] y);

    /** {@code y[i] = signs[i] <= 0 ? slope * x[i] : x[i]}; slope 0 gives 0, whatever x is. */
    void gate(float slope, int length, float[] signs, int signsOffset, float[] x, int xOffset, float[] y, int yOffset);
}
