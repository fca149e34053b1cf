package org.impasto.kernels.internal.resampling;

import org.impasto.core.BackendException;
import org.impasto.kernels.internal.provider.VectorSupport;

/** Inner loops over the numbers of a row. */
abstract class RowKernels {
    /** A number at either end, and what the last vector of a line reads beyond. */
    static final int LINE_MARGIN = 2 + 16;

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

    /** {@code line[to + i] = 3/4 of near + 1/4 of far}. */
    abstract void mix(float[] input, int near, int far, int count, float[] line, int to);

    /**
     * Each number of a line between its neighbours, twice: results 2i and 2i + 1 are 3/4 of {@code line[1 + i]} and 1/4 of
     * {@code line[i]} or {@code line[2 + i]}.
     *
     * @param line {@link #LINE_MARGIN} longer than {@code count}; all but the first {@code count + 2} numbers are unused
     */
    abstract void spread(float[] line, int count, float[] output, int to);

    /** Adds the input to the line. */
    abstract void add(float[] input, int from, float[] line, int count);

    /** Sums of each two neighbouring blocks of sixteen numbers. */
    abstract void sumPairsOfBlocks(float[] line, int blocks, float[] output, int to);
}
