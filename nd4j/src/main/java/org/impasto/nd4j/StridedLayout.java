package org.impasto.nd4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where the elements of an array lie in its buffer, counted in elements, with as few axes as say it: axes of size 1 are
 * gone, and an axis that continues its neighbour is joined with it. None of the sizes is 0.
 */
final class StridedLayout {
    private record Axis(long size, long stride) {}

    private final List<Axis> axes;

    private StridedLayout(List<Axis> axes) {
        this.axes = axes;
    }

    static StridedLayout of(long[] sizes, long[] strides) {
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] == 1) {
                continue;
            }
            Axis outer = axes.isEmpty() ? null : axes.get(axes.size() - 1);
            if (outer != null && outer.stride == strides[i] * sizes[i]) {
                axes.set(axes.size() - 1, new Axis(outer.size * sizes[i], strides[i]));
            } else {
                axes.add(new Axis(sizes[i], strides[i]));
            }
        }
        return new StridedLayout(List.copyOf(axes));
    }

    /** Whether the elements lie one after the other in row-major order. */
    boolean isContiguous() {
        return axes.isEmpty() || (axes.size() == 1 && axes.get(0).stride == 1);
    }

    /**
     * Whether two elements may share a cell, as in a broadcast view. Every view that slicing and permuting make is seen
     * to be free of it; of hand-made strides some rare interleaved ones are not.
     */
    boolean mayOverlap() {
        List<Axis> inward = new ArrayList<>(axes);
        inward.sort(Comparator.comparingLong(axis -> Math.abs(axis.stride)));
        long reach = 0;
        for (Axis axis : inward) {
            if (Math.abs(axis.stride) <= reach) {
                return true;
            }
            reach += (axis.size - 1) * Math.abs(axis.stride);
        }
        return false;
    }

    /**
     * Part of a layout whose cells lie within a window of the buffer.
     *
     * @param firstCell lowest cell of the window
     * @param cells number of cells in the window
     * @param origin cell of the first element, counted from the start of the window
     * @param value index of the first element among the values of the whole, which follow one another in this piece
     */
    record Piece(long firstCell, int cells, int origin, int value, int[] sizes, int[] strides) {
        // Floats in a cache line: larger tiles lose lines again where strides are powers of two.
        private static final int TILE = 16;

        /** Copies every element. */
        void copy(RowCopy rows) {
            int last = sizes.length - 1;
            if (last < 0) {
                rows.copy(origin, 1, value, 1, 1);
                return;
            }
            int[] valueSteps = new int[sizes.length];
            valueSteps[last] = 1;
            for (int axis = last; axis > 0; axis--) {
                valueSteps[axis - 1] = valueSteps[axis] * sizes[axis];
            }
            int nearest = last;
            for (int axis = last - 1; axis >= 0; axis--) {
                if (strides[axis] != 0 && Math.abs(strides[axis]) < Math.abs(strides[nearest])) {
                    nearest = axis;
                }
            }
            walk(0, nearest, origin, value, valueSteps, rows);
        }

        private void walk(int axis, int nearest, int cell, int value, int[] valueSteps, RowCopy rows) {
            int last = sizes.length - 1;
            if (axis == nearest && axis != last) {
                walk(axis + 1, nearest, cell, value, valueSteps, rows);
            } else if (axis < last) {
                for (int i = 0; i < sizes[axis]; i++) {
                    int row = cell + i * strides[axis];
                    walk(axis + 1, nearest, row, value + i * valueSteps[axis], valueSteps, rows);
                }
            } else if (nearest == last) {
                rows.copy(cell, strides[last], value, 1, sizes[last]);
            } else {
                transpose(nearest, cell, value, valueSteps[nearest], rows);
            }
        }

        /** In tiles, so that cells fetched into the cache with a neighbour are used before they leave it. */
        private void transpose(int nearest, int cell, int value, int valueStep, RowCopy rows) {
            int last = sizes.length - 1;
            for (int i = 0; i < sizes[nearest]; i += TILE) {
                int height = Math.min(TILE, sizes[nearest] - i);
                for (int j = 0; j < sizes[last]; j += TILE) {
                    int width = Math.min(TILE, sizes[last] - j);
                    int tileCell = cell + i * strides[nearest] + j * strides[last];
                    int tileValue = value + i * valueStep + j;
                    if (width >= height) {
                        for (int k = 0; k < height; k++) {
                            rows.copy(
                                    tileCell + k * strides[nearest],
                                    strides[last],
                                    tileValue + k * valueStep,
                                    1,
                                    width);
                        }
                    } else {
                        for (int k = 0; k < width; k++) {
                            rows.copy(tileCell + k * strides[last], strides[nearest], tileValue + k, valueStep, height);
                        }
                    }
                }
            }
        }
    }

    /**
     * Parts this layout into pieces.
     *
     * @param most number of cells that a window may hold
     */
    void pieces(long most, Consumer<Piece> visitor) {
        long[] sizes = axes.stream().mapToLong(Axis::size).toArray();
        long[] strides = axes.stream().mapToLong(Axis::stride).toArray();
        pieces(sizes, strides, 0, 0, most, visitor);
    }

    private static void pieces(
            long[] sizes, long[] strides, long cell, long value, long most, Consumer<Piece> visitor) {
        if (sizes.length > 0 && sizes[0] == 1) {
            long[] innerSizes = Arrays.copyOfRange(sizes, 1, sizes.length);
            long[] innerStrides = Arrays.copyOfRange(strides, 1, strides.length);
            pieces(innerSizes, innerStrides, cell, value, most, visitor);
            return;
        }
        long lowest = cell;
        long highest = cell;
        for (int axis = 0; axis < sizes.length; axis++) {
            long reach = (sizes[axis] - 1) * strides[axis];
            lowest += Math.min(reach, 0);
            highest += Math.max(reach, 0);
        }
        if (highest - lowest < most) {
            visitor.accept(new Piece(
                    lowest,
                    (int) (highest - lowest + 1),
                    (int) (cell - lowest),
                    (int) value,
                    ints(sizes),
                    ints(strides)));
            return;
        }
        long half = sizes[0] / 2;
        long inner = 1;
        for (int axis = 1; axis < sizes.length; axis++) {
            inner *= sizes[axis];
        }
        long[] first = sizes.clone();
        first[0] = half;
        pieces(first, strides, cell, value, most, visitor);
        long[] second = sizes.clone();
        second[0] -= half;
        pieces(second, strides, cell + half * strides[0], value + half * inner, most, visitor);
    }

    private static int[] ints(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }

    /** As in {@code sizes [2, 3], strides [1, 2]}. */
    @Override
    public String toString() {
        return "sizes " + axes.stream().map(Axis::size).toList() + ", strides "
                + axes.stream().map(Axis::stride).toList();
    }
}
