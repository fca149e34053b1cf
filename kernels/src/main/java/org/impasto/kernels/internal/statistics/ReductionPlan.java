package org.impasto.kernels.internal.statistics;

import java.util.Arrays;

/**
 * The axes of a reduction, merged to runs of kept and of reduced ones. Kept and reduced places are numbered in row-major
 * order; {@link #keptStart} and {@link #reducedStart} say where they lie.
 */
final class ReductionPlan {
    private final int[] keptSizes;
    private final int[] keptSteps;
    private final int[] reducedSizes;
    private final int[] reducedSteps;

    /** Length of the innermost run: contiguous numbers that are all reduced, or all kept. */
    final int inner;

    /** Whether the innermost run is reduced. */
    final boolean innerReduced;

    /** Results, without those of an innermost kept run. */
    final int kept;

    /** Terms of a result, without those of an innermost reduced run. */
    final int reduced;

    private ReductionPlan(
            int[] keptSizes, int[] keptSteps, int[] reducedSizes, int[] reducedSteps, int inner, boolean innerReduced) {
        this.keptSizes = keptSizes;
        this.keptSteps = keptSteps;
        this.reducedSizes = reducedSizes;
        this.reducedSteps = reducedSteps;
        this.inner = inner;
        this.innerReduced = innerReduced;
        kept = product(keptSizes);
        reduced = product(reducedSizes);
    }

    /**
     * Plans a reduction.
     *
     * @param shape sizes of the axes
     * @param reduces whether each axis is reduced
     */
    static ReductionPlan of(int[] shape, boolean[] reduces) {
        int rank = shape.length;
        int[][] sizes = new int[2][rank];
        int[][] steps = new int[2][rank];
        int[] used = new int[2];
        int inner = 1;
        boolean innerReduced = true;
        boolean inInner = true;
        int previous = -1;
        int step = 1;
        boolean found = false;
        for (int axis = rank - 1; axis >= 0; axis--) {
            int size = shape[axis];
            if (size == 1) {
                continue;
            }
            int kind = reduces[axis] ? 1 : 0;
            if (!found) {
                found = true;
                innerReduced = reduces[axis];
                previous = kind;
            }
            if (inInner && kind == previous) {
                inner = Math.multiplyExact(inner, size);
            } else {
                inInner = false;
                if (kind == previous) {
                    sizes[kind][used[kind] - 1] *= size;
                } else {
                    sizes[kind][used[kind]] = size;
                    steps[kind][used[kind]] = step;
                    used[kind]++;
                }
                previous = kind;
            }
            step = Math.multiplyExact(step, size);
        }
        return new ReductionPlan(
                turned(sizes[0], used[0]),
                turned(steps[0], used[0]),
                turned(sizes[1], used[1]),
                turned(steps[1], used[1]),
                inner,
                innerReduced);
    }

    /** Where the numbers of a result begin. */
    int keptStart(int index) {
        return start(index, keptSizes, keptSteps);
    }

    /** How far from there a term lies. */
    int reducedStart(int index) {
        return start(index, reducedSizes, reducedSteps);
    }

    private static int start(int index, int[] sizes, int[] steps) {
        int left = index;
        int start = 0;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            start += left % sizes[axis] * steps[axis];
            left /= sizes[axis];
        }
        return start;
    }

    private static int[] turned(int[] values, int used) {
        int[] turned = new int[used];
        Arrays.setAll(turned, i -> values[used - 1 - i]);
        return turned;
    }

    private static int product(int[] sizes) {
        int product = 1;
        for (int size : sizes) {
            product = Math.multiplyExact(product, size);
        }
        return product;
    }
}
