package org.impasto.core;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How a backend is built.
 *
 * @param name which one: {@code cpu}
 * @param threads largest number of threads for one operation; 0 for one a processor
 * @param executor lends threads beside the caller's; null for threads of the backend's own
 * @param exactConvolution whether convolutions avoid the faster algorithm, whose rounding error is about twice that of the
 *     plain sum
 * @param preparedWeightBytes budget for weights kept in the form that the fast convolution reads; beyond it the slower
 *     one is used
 * @param warmUp whether inner loops are compiled in the background from the start, which costs a second of one core once
 *     and shortens the first convolution by more; worth it for short-lived programs
 */
public record BackendOptions(
        String name,
        int threads,
        @Nullable Executor executor,
        boolean exactConvolution,
        long preparedWeightBytes,
        boolean warmUp) {
    private static final long DEFAULT_PREPARED_WEIGHT_BYTES = 256L << 20;

    /** The CPU backend with one thread a processor. */
    public static BackendOptions cpu() {
        return new BackendOptions("cpu", 0, null, false, DEFAULT_PREPARED_WEIGHT_BYTES, false);
    }

    /** These options with a number of threads. */
    public BackendOptions withThreads(int count) {
        return new BackendOptions(name, count, executor, exactConvolution, preparedWeightBytes, warmUp);
    }

    /** These options with an executor that lends threads. */
    public BackendOptions withExecutor(Executor lender) {
        return new BackendOptions(name, threads, lender, exactConvolution, preparedWeightBytes, warmUp);
    }

    /**
     * These options with convolutions that sum plainly. Without it those of 3x3 and more, stride 1, and of 3x3 to 4x4,
     * stride 2, also transposed ones, may go by Winograd's transforms, which round about twice as much and spread what is
     * not finite: an infinite or NaN input makes NaN of the tiles of 4x4 results (8x8 of transposed ones) that it has a
     * part in, where plain sums give NaN or infinity only to results that it reaches.
     */
    public BackendOptions withExactConvolution() {
        return new BackendOptions(name, threads, executor, true, preparedWeightBytes, warmUp);
    }

    /** These options with another budget for prepared weights, in bytes. */
    public BackendOptions withPreparedWeightBytes(long bytes) {
        return new BackendOptions(name, threads, executor, exactConvolution, bytes, warmUp);
    }

    /** These options with inner loops compiled in the background from the start. */
    public BackendOptions withWarmUp() {
        return new BackendOptions(name, threads, executor, exactConvolution, preparedWeightBytes, true);
    }
}
