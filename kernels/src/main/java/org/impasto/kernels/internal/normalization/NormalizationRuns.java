package org.impasto.kernels.internal.normalization;

/** Inner loops of normalisations over runs of float32 numbers; results may be written over an operand of equal offset. */
interface NormalizationRuns {
    /** Numbers summed in float32 before the sum moves to float64. */
    int CHUNK = 4096;

    /** Loops on the Vector API, or plain ones. */
    static NormalizationRuns of(boolean vector) {
        return vector ? new VectorNormalizationRuns() : new PlainNormalizationRuns();
    }

    /** Largest number of a run; what is not a number is passed over. */
    float largest(int length, float[] x, int offset);

    /**
     * {@code y = exp(x - centre)} of numbers up to the centre, at most {@link #CHUNK}. In passing it looks for the largest
     * of as many numbers that lie {@code ahead} of those of x: they come from memory while exponentials are computed.
     *
     * @param sumAndLargest receives the sum of y and what {@link #largest} gives for the numbers ahead
     */
    void exponentials(
            int length,
            float[] x,
            int xOffset,
            float centre,
            int ahead,
            float[] y,
            int yOffset,
            double[] sumAndLargest);

    /** {@code y = exp(x - centre)} with a centre for each place; y is added to the sums. */
    void exponentials(int length, float[] x, int xOffset, float[] centres, float[] y, int yOffset, float[] sums);

    /** Each of {@code most} becomes the larger of itself and x; not a number if one is not. */
    void maxima(int length, float[] x, int xOffset, float[] most);

    /** {@code y = (x - centre) * scale + shift} with numbers for each place. */
    void affine(
            int length,
            float[] x,
            int xOffset,
            float[] centres,
            float[] scales,
            float[] shifts,
            float[] y,
            int yOffset);

    /** {@code y = ((x - centre) * scale + shift) * weight + bias}, weight and bias by place. */
    void weighted(
            int length,
            float[] x,
            int xOffset,
            float centre,
            float scale,
            float shift,
            float[] weight,
            float[] bias,
            float[] y,
            int yOffset);

    /** Sum of {@code a * b} over at most {@link #CHUNK} numbers. */
    double product(int length, float[] a, int aOffset, float[] b, int bOffset);

    /**
     * Sums over at most {@link #CHUNK} numbers.
     *
     * @param sums receives the sum of g and that of {@code g * (x - centre)}
     */
    void sums(int length, float[] g, int gOffset, float[] x, int xOffset, float centre, double[] sums);

    /** The same of 16 interleaved channels over at most 256 pixels. */
    void sumsOfBlock(
            int pixels,
            float[] g,
            int gOffset,
            float[] x,
            int xOffset,
            float[] centres,
            float[] sums,
            float[] products);

    /** {@code y = g * a + (x - centre) * b + c}. */
    void combine(
            int length,
            float[] g,
            int gOffset,
            float a,
            float[] x,
            int xOffset,
            float centre,
            float b,
            float c,
            float[] y,
            int yOffset);

    /** The same of 16 interleaved channels. */
    void combineOfBlock(
            int pixels,
            float[] g,
            int gOffset,
            float[] a,
            float[] x,
            int xOffset,
            float[] centre,
            float[] b,
            float[] c,
            float[] y,
            int yOffset);

    /**
     * Adds {@code g * ((x - centre) * scale + shift)} and g to the gradients of weight and bias, and writes
     * {@code g * weight} to y.
     */
    void weightGradients(
            int length,
            float[] g,
            int gOffset,
            float[] x,
            int xOffset,
            float centre,
            float scale,
            float shift,
            float[] weight,
            float[] ofWeight,
            float[] ofBias,
            float[] y);

    /** {@code z = y * (g - s)}. */
    void softmaxGradient(int length, float[] y, int yOffset, float[] g, int gOffset, float s, float[] z, int zOffset);

    /** {@code z = g - z * s}. */
    void logSoftmaxGradient(int length, float[] g, int gOffset, float s, float[] z, int zOffset);
}
