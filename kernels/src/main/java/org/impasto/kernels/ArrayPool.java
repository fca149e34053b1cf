package org.impasto.kernels;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.BackendException;
import org.impasto.core.ElementType;

/**
 * Arrays that were given back, kept for the next tensor of the same type and size: making a large array costs a pass
 * over memory, and a network asks for the same sizes at every call. Lengths that were not asked for longest go first
 * when the budget is exceeded. The garbage collector takes idle arrays, too, before the heap would be too small for others.
 */
final class ArrayPool {
    private static final boolean POISON = Boolean.getBoolean("impasto.poison");

    private final long budget;
    private final Map<Key, ArrayDeque<SoftReference<Object>>> idle = new LinkedHashMap<>(16, 0.75f, true);
    private long idleBytes;

    private record Key(ElementType type, int length) {
        long bytes() {
            return (long) length * type.bytes();
        }
    }

    ArrayPool(long budget) {
        this.budget = budget;
    }

    /** A float, double or long array of precisely that length; its contents are undefined. */
    Object take(ElementType type, long length) {
        if (length > Integer.MAX_VALUE - 8) {
            throw new BackendException(
                    "a tensor of " + length + " elements is too large for the CPU backend, which holds" + " at most "
                            + (Integer.MAX_VALUE - 8) + " in one: cut the work into tiles or batches");
        }
        Key key = new Key(type, (int) length);
        synchronized (this) {
            ArrayDeque<SoftReference<Object>> arrays = idle.get(key);
            while (arrays != null && !arrays.isEmpty()) {
                Object array = arrays.removeLast().get();
                idleBytes -= key.bytes();
                if (array != null) {
                    return array;
                }
            }
        }
        return allocate(key);
    }

    private static Object allocate(Key key) {
        return switch (key.type) {
            case FLOAT32 -> new float[key.length];
            case FLOAT64 -> new double[key.length];
            case INT64 -> new long[key.length];
            default ->
                throw new BackendException(
                        key.type + " is for files only; the CPU backend computes FLOAT32, FLOAT64 and INT64");
        };
    }

    /** Takes an array back. */
    void giveBack(ElementType type, Object array) {
        Key key = new Key(type, java.lang.reflect.Array.getLength(array));
        if (POISON) {
            poison(array);
        }
        synchronized (this) {
            if (key.bytes() > budget) {
                return;
            }
            idle.computeIfAbsent(key, length -> new ArrayDeque<>()).addLast(new SoftReference<>(array));
            idleBytes += key.bytes();
            Iterator<Map.Entry<Key, ArrayDeque<SoftReference<Object>>>> oldest =
                    idle.entrySet().iterator();
            while (idleBytes > budget && oldest.hasNext()) {
                Map.Entry<Key, ArrayDeque<SoftReference<Object>>> entry = oldest.next();
                while (idleBytes > budget && entry.getValue().pollLast() != null) {
                    idleBytes -= entry.getKey().bytes();
                }
                if (entry.getValue().isEmpty()) {
                    oldest.remove();
                }
            }
        }
    }

    /** Bytes of arrays that wait for their next use, unless the garbage collector took them meanwhile. */
    synchronized long idleBytes() {
        return idleBytes;
    }

    /** Number of idle arrays by length, for tests. */
    synchronized Map<Integer, Integer> idleCounts() {
        Map<Integer, Integer> counts = new HashMap<>();
        idle.forEach((key, arrays) -> counts.merge(key.length, arrays.size(), Integer::sum));
        return counts;
    }

    private static void poison(Object array) {
        if (array instanceof float[] floats) {
            Arrays.fill(floats, Float.NaN);
        } else if (array instanceof double[] doubles) {
            Arrays.fill(doubles, Double.NaN);
        } else {
            Arrays.fill((long[]) array, Long.MIN_VALUE);
        }
    }
}
