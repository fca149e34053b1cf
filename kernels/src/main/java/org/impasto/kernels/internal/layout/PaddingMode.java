package org.impasto.kernels.internal.layout;

import java.util.Arrays;

/** What stands beyond the border of a picture of n pixels. */
public enum PaddingMode {
    /** Zeros. */
    ZERO,
    /** Mirrored at the border pixel, which is not repeated: index -1 is 1, index n is n-2. */
    REFLECT,
    /** The border pixel again: index -1 is 0, index n is n-1. */
    REPLICATE,
    /** The picture again: index -1 is n-1, index n is 0. */
    CIRCULAR,
    /** Mirrored behind the border pixel, which is repeated: index -1 is 0, index n is n-1. */
    SYMMETRIC;

    /** Index of the pixel that stands at any index, which may lie outside 0 to n-1; -1 means zero. */
    public int source(int index, int n) {
        if (index >= 0 && index < n) {
            return index;
        }
        return switch (this) {
            case ZERO -> -1;
            case REPLICATE -> index < 0 ? 0 : n - 1;
            case CIRCULAR -> Math.floorMod(index, n);
            case SYMMETRIC -> mirrored(Math.floorMod(index, 2 * n), 2 * n - 1, n);
            case REFLECT -> n == 1 ? 0 : mirrored(Math.floorMod(index, 2 * (n - 1)), 2 * (n - 1), n);
        };
    }

    private static int mirrored(int index, int sum, int n) {
        return index < n ? index : sum - index;
    }

    /** The sources of indices from {@code -before} on, {@code count} of them; -1 beyond {@code n - 1 + after}. */
    public int[] sources(int n, int before, int after, int count) {
        int[] sources = new int[count];
        Arrays.fill(sources, -1); // past the padding: only outputs that are thrown away read there
        for (int i = 0; i < Math.min(count, before + n + after); i++) {
            sources[i] = source(i - before, n);
        }
        return sources;
    }
}
