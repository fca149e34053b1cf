package org.impasto.kernels.internal.pooling;

import org.impasto.core.BackendException;
import org.impasto.kernels.internal.provider.VectorSupport;

/** Inner loops over the blocks of a row: block i of the input lies at {@code from + i * step}, of the output at 16 i. */
abstract class RowKernels {
    private static final RowKernels CHOSEN = choose();

    static RowKernels chosen() {
        return CHOSEN;
    }

    private static RowKernels choose() {
        String name = VectorSupport.isVector() ? "VectorRowKernels" : "PlainRowKernels";
        try {
            return (RowKernels) Class.forName(RowKernels.class.getPackageName() + "." + name)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException broken) {
            throw new BackendException(name + " of impasto-kernels cannot be loaded; is the jar whole?", broken);
        }
    }

    /** Keeps the larger of output and input, NaN where either is. */
    abstract void max(float[] input, int from, int step, int count, float[] output, int to);

    /** Adds the input to the output. */
    abstract void add(float[] input, int from, int step, int count, float[] output, int to);

    /** The larger of each two neighbours of two rows of a plane, 2 count numbers each; NaN where one is. */
    abstract void maxOfFour(float[] input, int upper, int lower, int count, float[] output, int to);

    /** Divides block i by {@code divisors[i]}. */
    abstract void divide(float[] output, int to, int count, float[] divisors);

    /** Adds the input, blocks side by side, to blocks of the output that lie {@code step} apart. */
    abstract void spread(float[] input, int from, int count, float[] output, int to, int step);

    /**
     * The gradient of the maxima of 2x2 windows of two rows of blocks: it goes to the first largest cell of each window, or
     * to the first that is not a number; the others become zero. Rows of the output lie where those of the input do.
     */
    abstract void gradientOfFour(
            float[] input, int upper, int lower, float[] gradient, int from, int count, float[] output);
}
