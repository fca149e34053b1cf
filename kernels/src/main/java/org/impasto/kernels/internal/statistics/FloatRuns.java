package org.impasto.kernels.internal.statistics;

/** Inner loops of reductions and statistics over runs of float32 numbers. */
public interface FloatRuns {
    /** Loops on the Vector API, or plain ones. */
    static FloatRuns of(boolean vector) {
        return vector ? new VectorFloatRuns() : new PlainFloatRuns();
    }

    /** Numbers summed in float32 before the sum moves to float64. */
    int CHUNK = 4096;

    /** Pixels of a block of 16 channels that are summed in float32. */
    int PIXELS = 256;

    /** Sum of a run of any length. */
    double sum(int length, float[] x, int offset);

    /** Sums of distances from a centre and of their squares, over at most {@link #CHUNK} numbers. */
    void distances(int length, float[] x, int offset, float centre, double[] sumAndSquares);

    /** The same, while the numbers are copied to the same place of y. */
    void copiedDistances(int length, float[] x, float[] y, int offset, float centre, double[] sumAndSquares);

    /** Largest number; not a number if there is one that is not. */
    float maximum(int length, float[] x, int offset);

    /** Smallest number; not a number if there is one that is not. */
    float minimum(int length, float[] x, int offset);

    /** Sums of 16 interleaved channels over at most {@link #PIXELS} pixels. */
    void sumOfBlock(int pixels, float[] x, int offset, float[] sums);

    /** Sums of distances of 16 interleaved channels from their centres, and of their squares. */
    void distancesOfBlock(int pixels, float[] x, int offset, float[] centres, float[] sums, float[] squares);

    /** {@code y = (x - centre) * scale + shift}, rounded three times. */
    void affine(int length, float[] x, int offset, float centre, float scale, float shift, float[] y, int yOffset);

    /** {@code y = (x - centre) * scale + shift} of 16 interleaved channels. */
    void affineOfBlock(
            int pixels, float[] x, int offset, float[] centre, float[] scale, float[] shift, float[] y, int yOffset);
}
