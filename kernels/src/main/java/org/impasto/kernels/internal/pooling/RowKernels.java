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
}
