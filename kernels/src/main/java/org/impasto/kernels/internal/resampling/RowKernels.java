package org.impasto.kernels.internal.resampling;

import org.impasto.core.BackendException;
import org.impasto.kernels.internal.provider.VectorSupport;

/** Inner loops over the numbers of a row. */
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

    /** Each number twice. */
    abstract void twice(float[] input, int from, int count, float[] output, int to);

    /** {@code line[i] = 3/4 of near + 1/4 of far}. */
    abstract void mix(float[] input, int near, int far, float[] line, int count);

    /** Between each two neighbours of {@code count + 1} numbers, two: nearer to the left one and to the right one. */
    abstract void between(float[] line, int count, float[] output, int to);

    /** Adds the input to the line. */
    abstract void add(float[] input, int from, float[] line, int count);

    /** Sums of each two neighbouring blocks of sixteen numbers. */
    abstract void sumPairsOfBlocks(float[] line, int blocks, float[] output, int to);
}
