package org.impasto.benchmarks;

/** What the machine's memory can do at best: the rates of plain copies. */
final class CopyRates {
    static final int PIECE = 1 << 14;

    private CopyRates() {}

    /**
     * Gigabytes a second, read and written bytes counted once each: each thread copies its part of the array; medians.
     */
    static double gigabytes(int threads, long bytes, double seconds) {
        return gigabytes(threads, bytes, seconds, Integer.MAX_VALUE);
    }

    /**
     * The same by many short copies. One that is long may be made to bypass the caches (JDK 25 does so from 2.5 MB on),
     * which loops in Java cannot.
     */
    static double gigabytesInPieces(int threads, long bytes, double seconds) {
        return gigabytes(threads, bytes, seconds, PIECE);
    }

    private static double gigabytes(int threads, long bytes, double seconds, int piece) {
        int part = Math.toIntExact(bytes / 4 / threads);
        return Passes.together(threads, () -> {
            float[] from = new float[part];
            float[] to = new float[part];
            return Passes.perSecond(seconds, () -> copy(from, to, piece)) * 8.0 * part / 1e9;
        });
    }

    /** Copies an array by calls for so many numbers. */
    static void copy(float[] from, float[] to, int piece) {
        for (int done = 0; done < from.length; ) {
            int length = Math.min(piece, from.length - done);
            System.arraycopy(from, done, to, done, length);
            done += length;
        }
    }
}
