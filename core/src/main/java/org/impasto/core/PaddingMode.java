package org.impasto.core;

/** Where the cells beyond the edge of a picture take their values from. */
public enum PaddingMode {
    /** Zero (a constant, in an explicit padding). */
    ZERO,
    /** Mirrored without the edge itself: index -1 is 1. The padding must be smaller than the picture. */
    REFLECT,
    /** The edge repeated: index -1 is 0, -2 is 0. */
    REPLICATE,
    /** From the other side: index -1 is the last. */
    CIRCULAR,
    /** Mirrored with the edge itself: index -1 is 0, -2 is 1. */
    SYMMETRIC;

    /**
     * The index inside an axis that a cell takes its value from.
     *
     * @param index any index; inside the axis it is returned as it is
     * @param size size of the axis, at least 1
     * @return an index from 0 to size - 1, or -1 for a cell of zero
     */
    public int source(int index, int size) {
        if (index >= 0 && index < size) {
            return index;
        }
        switch (this) {
            case ZERO:
                return -1;
            case REPLICATE:
                return index < 0 ? 0 : size - 1;
            case CIRCULAR:
                return Math.floorMod(index, size);
            case SYMMETRIC: {
                int folded = Math.floorMod(index, 2 * size);
                return folded < size ? folded : 2 * size - 1 - folded;
            }
            default: {
                if (size == 1) {
                    return 0;
                }
                int period = 2 * (size - 1);
                int folded = Math.floorMod(index, period);
                return folded < size ? folded : period - folded;
            }
        }
    }

    /**
     * The sources of a padded axis: of the indices {@code -before} and up, {@code count} of them; -1 also for indices
     * beyond {@code size - 1 + after}.
     */
    public int[] sources(int size, int before, int after, int count) {
        int[] sources = new int[count];
        for (int i = 0; i < count; i++) {
            sources[i] = i < before + size + after ? source(i - before, size) : -1;
        }
        return sources;
    }
}
