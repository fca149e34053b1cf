package org.impasto.kernels.internal.matrix;

/** Sizes that packing and inner loops of matrix products share. */
final class PackedLayout {
    /** Terms of a sum that are packed side by side for each row: the constant bound of the innermost loop. */
    static final int STEP = 16;

    private PackedLayout() {}

    /** Steps that hold so many terms. */
    static int steps(int depth) {
        return (depth + STEP - 1) / STEP;
    }
}
