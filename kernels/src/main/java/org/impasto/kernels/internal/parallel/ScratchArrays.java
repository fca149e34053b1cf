package org.impasto.kernels.internal.parallel;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Scratch arrays that kernels borrow for a call, kept for the next one, so that a steady load makes no garbage.
 *
 * <p>Arrays are kept by rounded size, a few of each; what is handed out holds whatever was in it before.
 */
public final class ScratchArrays {
    private static final int KEPT_PER_SIZE = 2 * Runtime.getRuntime().availableProcessors() + 2;
    private static final int SMALLEST_BITS = 10;
    private static final int STEPS = 4; // sizes per doubling: at most a fifth is wasted
    private static final int CLASSES = (31 - SMALLEST_BITS) * STEPS + 1;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static final ConcurrentLinkedDeque<float[]>[] KEPT = new ConcurrentLinkedDeque[CLASSES];

    private static final AtomicIntegerArray COUNTS = new AtomicIntegerArray(CLASSES);
    private static volatile boolean poisoned;

    static {
        Arrays.setAll(KEPT, i -> new ConcurrentLinkedDeque<>());
    }

    private ScratchArrays() {}

    /** Fills every array that is handed out with NaN from now on, or not: tests find what reads before it writes. */
    public static void poison(boolean on) {
        poisoned = on;
    }

    /** An array of at least that many floats, with any content. */
    public static float[] take(int size) {
        int sizeClass = classOf(size);
        float[] array = KEPT[sizeClass].pollFirst();
        if (array == null) {
            array = new float[sizeOf(sizeClass)];
        } else {
            COUNTS.decrementAndGet(sizeClass);
        }
        if (poisoned) {
            Arrays.fill(array, Float.NaN);
        }
        return array;
    }

    /** Gives an array back that {@link #take} handed out; nobody may use it any more. */
    public static void give(float[] array) {
        int sizeClass = classOf(array.length);
        if (COUNTS.incrementAndGet(sizeClass) <= KEPT_PER_SIZE) {
            KEPT[sizeClass].addFirst(array);
        } else {
            COUNTS.decrementAndGet(sizeClass);
        }
    }

    /** Floats in the arrays that wait for their next use. */
    public static long kept() {
        long kept = 0;
        for (int sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
            kept += (long) COUNTS.get(sizeClass) * sizeOf(sizeClass);
        }
        return kept;
    }

    private static int classOf(int size) {
        int sizeClass = 0;
        if (size > 1 << SMALLEST_BITS) {
            int bits = 31 - Integer.numberOfLeadingZeros(size - 1);
            sizeClass = (bits - SMALLEST_BITS) * STEPS + ((size - 1) >>> (bits - 2)) - (STEPS - 1);
        }
        return sizeClass;
    }

    private static int sizeOf(int sizeClass) {
        int bits = SMALLEST_BITS + sizeClass / STEPS;
        long size = (1L << bits) + ((long) (sizeClass % STEPS) << (bits - 2));
        return (int) Math.min(Integer.MAX_VALUE - 8, size);
    }
}
