package org.impasto.kernels.internal.elementwise;

import java.util.Arrays;

/**
 * How two operands are read to fill a contiguous result, with NumPy's broadcasting. Axes that are neighbours for both
 * operands are merged, so that most cases have one or two left.
 */
final class Broadcast {
    private final int[] sizes; // outer axes, then the innermost
    private final int[] aSteps;
    private final int[] bSteps;
    private final int count;

    private Broadcast(int[] sizes, int[] aSteps, int[] bSteps, int count) {
        this.sizes = sizes;
        this.aSteps = aSteps;
        this.bSteps = bSteps;
        this.count = count;
    }

    static Broadcast of(int[] result, int[] a, int[] b) {
        int[] allA = steps(result, a);
        int[] allB = steps(result, b);
        int[] sizes = new int[result.length + 1];
        int[] aSteps = new int[result.length + 1];
        int[] bSteps = new int[result.length + 1];
        int used = 0; // from the innermost axis outwards, turned round in the end
        int count = 1;
        for (int axis = result.length - 1; axis >= 0; axis--) {
            count = Math.multiplyExact(count, result[axis]);
            if (result[axis] == 1) {
                continue;
            }
            int last = used - 1;
            if (used > 0 && allA[axis] == aSteps[last] * sizes[last] && allB[axis] == bSteps[last] * sizes[last]) {
                sizes[last] *= result[axis];
            } else {
                sizes[used] = result[axis];
                aSteps[used] = allA[axis];
                bSteps[used] = allB[axis];
                used++;
            }
        }
        if (used == 0) {
            sizes[used++] = 1;
        }
        return new Broadcast(turned(sizes, used), turned(aSteps, used), turned(bSteps, used), count);
    }

    private static int[] turned(int[] values, int used) {
        int[] turned = new int[used];
        Arrays.setAll(turned, i -> values[used - 1 - i]);
        return turned;
    }

    private static int[] steps(int[] result, int[] operand) {
        int[] steps = new int[result.length];
        int step = 1;
        int missing = result.length - operand.length;
        if (missing < 0) {
            throw mismatch(result, operand);
        }
        for (int axis = result.length - 1; axis >= missing; axis--) {
            int size = operand[axis - missing];
            if (size != result[axis] && size != 1) {
                throw mismatch(result, operand);
            }
            steps[axis] = size == 1 ? 0 : step;
            step *= size;
        }
        return steps;
    }

    private static IllegalArgumentException mismatch(int[] result, int[] operand) {
        return new IllegalArgumentException("an operand of shape " + Arrays.toString(operand)
                + " cannot be broadcast to " + Arrays.toString(result));
    }

    /** Numbers of the result. */
    int count() {
        return count;
    }

    /** Numbers of the innermost axis; along it each operand moves by 1 or stands still. */
    int inner() {
        return sizes[sizes.length - 1];
    }

    boolean movesA() {
        return aSteps[aSteps.length - 1] != 0;
    }

    boolean movesB() {
        return bSteps[bSteps.length - 1] != 0;
    }

    /** Where row {@code row} of the first operand begins. */
    int startA(int row) {
        return start(row, aSteps);
    }

    /** Where row {@code row} of the second operand begins. */
    int startB(int row) {
        return start(row, bSteps);
    }

    private int start(int row, int[] steps) {
        int left = row;
        int start = 0;
        for (int axis = sizes.length - 2; axis >= 0 && left > 0; axis--) {
            start += left % sizes[axis] * steps[axis];
            left /= sizes[axis];
        }
        return start;
    }
}
