package org.impasto.kernels.internal.matrix;

import java.util.Arrays;

/**
 * Copies parts of float matrices into the order in which the inner loops read them: rows as {@code [group][step][row]
 * [STEP]}, columns as {@code [panel][depth][width]}, both filled up with zeros.
 */
final class FloatPacking {
    private static final int STEP = PackedLayout.STEP;

    private FloatPacking() {}

    /** Packs one group of at most {@code group} rows. */
    static void rows(
            int group,
            int rows,
            int depth,
            float[] a,
            int aOffset,
            int rowStride,
            int depthStride,
            float[] packed,
            int offset) {
        int size = PackedLayout.steps(depth) * STEP * group;
        if (rows < group || depth % STEP != 0) {
            Arrays.fill(packed, offset, offset + size, 0);
        }
        if (depthStride == 1) {
            for (int row = 0; row < rows; row++) {
                int from = aOffset + row * rowStride;
                for (int k = 0; k < depth; k += STEP) {
                    System.arraycopy(a, from + k, packed, offset + k * group + row * STEP, Math.min(STEP, depth - k));
                }
            }
        } else {
            for (int k = 0; k < depth; k++) {
                int from = aOffset + k * depthStride;
                int to = offset + k / STEP * STEP * group + k % STEP;
                for (int row = 0; row < rows; row++) {
                    packed[to + row * STEP] = a[from + row * rowStride];
                }
            }
        }
    }

    /** Packs one panel of at most {@code width} columns. */
    static void columns(
            int width,
            int columns,
            int depth,
            float[] b,
            int bOffset,
            int depthStride,
            int columnStride,
            float[] packed,
            int offset) {
        if (columns < width) {
            Arrays.fill(packed, offset, offset + depth * width, 0);
        }
        if (columnStride == 1) {
            for (int k = 0; k < depth; k++) {
                System.arraycopy(b, bOffset + k * depthStride, packed, offset + k * width, columns);
            }
        } else {
            for (int first = 0; first < depth; first += STEP) { // a line of the source at a time
                int count = Math.min(STEP, depth - first);
                for (int column = 0; column < columns; column++) {
                    int from = bOffset + column * columnStride + first * depthStride;
                    int to = offset + first * width + column;
                    for (int k = 0; k < count; k++) {
                        packed[to + k * width] = b[from + k * depthStride];
                    }
                }
            }
        }
    }
}
