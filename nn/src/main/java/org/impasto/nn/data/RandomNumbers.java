package org.impasto.nn.data;

import org.impasto.core.CounterRandom;

/**
 * A short sequence of random numbers that depends on a seed, a purpose and a number alone: the same anywhere and at any
 * time. See {@link CounterRandom}. For one thread.
 */
public final class RandomNumbers {
    private static final int DRAWN_AT_ONCE = 8;

    private final long seed;
    private final long stream;
    private final double[] drawn = new double[DRAWN_AT_ONCE];
    private long position;

    private RandomNumbers(long seed, long stream) {
        this.seed = seed;
        this.stream = stream;
    }

    /**
     * The sequence of a number, for instance of a picture's place among all that are drawn.
     *
     * @param purpose sequences for different purposes have nothing in common
     */
    public static RandomNumbers of(long seed, String purpose, long number) {
        long hash = 0xcbf29ce484222325L; // FNV-1a
        for (int i = 0; i < purpose.length(); i++) {
            hash = (hash ^ purpose.charAt(i)) * 0x100000001b3L;
        }
        return new RandomNumbers(seed, scrambled(hash + scrambled(number)));
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014), a bijection. */
    private static long scrambled(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** The next number, uniform in (0, 1). */
    public double uniform() {
        int place = (int) (position % DRAWN_AT_ONCE);
        if (place == 0) {
            CounterRandom.uniform(seed, stream, position, drawn);
        }
        position++;
        return drawn[place];
    }

    /** The next number, uniform between two others. */
    public double uniform(double low, double high) {
        return low + (high - low) * uniform();
    }

    /** The next number, uniform among 0 to {@code bound - 1}; the bound is above 0. */
    public int below(int bound) {
        return Math.min(bound - 1, (int) (uniform() * bound));
    }
}
