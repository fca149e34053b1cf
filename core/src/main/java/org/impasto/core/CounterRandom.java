package org.impasto.core;

/**
 * Counter-based random numbers: number i of a stream is a function of seed, stream and i alone, so any part of a stream
 * can be drawn by any thread or backend. Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011); normal numbers by the Box-Muller transform in {@link StrictMath}, which is the same on every JDK.
 */
public final class CounterRandom {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final double TWO_TO_MINUS_32 = 1.0 / (1L << 32);

    private CounterRandom() {}

    /** Normal numbers {@code first} to {@code first + values.length - 1} of a stream; {@code first} must be even. */
    public static void normal(long seed, long stream, long first, double[] values) {
        if ((first & 1) != 0) {
            throw new IllegalArgumentException("first number is " + first + ", expected an even one");
        }
        int[] block = new int[4];
        for (int i = 0; i < values.length; i += 2) {
            philox(seed, stream, (first + i) / 2, block);
            double radius = StrictMath.sqrt(-2 * StrictMath.log(openUnit(block[0], block[1])));
            double angle = 2 * StrictMath.PI * openUnit(block[2], block[3]);
            values[i] = radius * StrictMath.cos(angle);
            if (i + 1 < values.length) {
                values[i + 1] = radius * StrictMath.sin(angle);
            }
        }
    }

    /** Uniform numbers in (0, 1), {@code first} to {@code first + values.length - 1} of a stream. */
    public static void uniform(long seed, long stream, long first, double[] values) {
        int[] block = new int[4];
        for (int i = 0; i < values.length; i++) {
            philox(seed, stream, first + i, block);
            values[i] = openUnit(block[0], block[1]);
        }
    }

    private static double openUnit(int high, int low) {
        long bits = ((high & 0xFFFFFFFFL) << 20) | (low >>> 12);
        return (bits + 0.5) * TWO_TO_MINUS_32 / (1 << 20);
    }

    private static void philox(long seed, long stream, long counter, int[] block) {
        int c0 = (int) counter;
        int c1 = (int) (counter >>> 32);
        int c2 = (int) stream;
        int c3 = (int) (stream >>> 32);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < 10; round++) {
            long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
            long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
            int next0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            int next2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c1 = (int) product1;
            c3 = (int) product0;
            c0 = next0;
            c2 = next2;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        block[0] = c0;
        block[1] = c1;
        block[2] = c2;
        block[3] = c3;
    }
}
