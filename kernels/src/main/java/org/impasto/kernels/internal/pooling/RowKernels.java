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

    /**
     * The largest of each 2x2 numbers of a plane; NaN where one is.
     *
     * @param from where the first upper row begins; it and the others are {@code 2 * count} numbers long at least
     * @param down how far behind an upper row its lower one lies
     * @param step from one upper row to the next
     * @param rows of results
     * @param count results in a row
     * @param toStep from one row of results to the next
     */
    abstract void maxOfFour(
            float[] input, int from, int down, int step, int rows, int count, float[] output, int to, int toStep);

    /** The largest of two numbers and the two beside them. */
    static float maxOfFour(float[] input, int upper, int lower) {
        return Math.max(Math.max(input[upper], input[upper + 1]), Math.max(input[lower], input[lower + 1]));
    }

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
