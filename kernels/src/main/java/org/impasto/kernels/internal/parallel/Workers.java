package org.impasto.kernels.internal.parallel;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.impasto.core.Run;
import org.jspecify.annotations.Nullable;

/**
 * Runs the pieces of one operation on the caller and on threads of an executor.
 *
 * <p>The caller works too, and at the end waits only for threads that have begun a piece, never for tasks that are still
 * queued: so an executor whose threads are all callers themselves cannot deadlock. Each thread begins with a range of
 * neighbouring pieces of its own, so that what one operation leaves in a core's caches is where the next one looks for
 * it, and then helps the others. So which thread computes a piece is chance, and the result of a piece may depend on its
 * number alone.
 */
public final class Workers {
    /** One piece of an operation. */
    @FunctionalInterface
    public interface Piece {
        /**
         * Computes a piece.
         *
         * @param index number of the piece
         * @param worker number of the thread within this call, below {@link Workers#count()}: for private scratch arrays
         */
        void compute(int index, int worker);
    }

    private static final int SPINS_BEFORE_PARKING = 20_000;

    private final Executor executor;
    private final int count;

    /** Workers that use at most {@code count - 1} threads of the executor beside the caller. */
    public Workers(Executor executor, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("number of threads is " + count + ", expected 1 or more");
        }
        this.executor = executor;
        this.count = count;
    }

    /** Largest number of threads that work on one call, the caller among them. */
    public int count() {
        return count;
    }

    /**
     * Into how many pieces of at most so many units work is cut so that all threads get as many: one if that is enough,
     * else a multiple of {@link #count()} where there are as many units. For work whose results do not depend on where it
     * is cut.
     */
    public int evenPieces(int units, int most) {
        int pieces = Math.toIntExact(((long) units + most - 1) / most);
        return pieces <= 1 ? pieces : (int) Math.min(units, ((long) pieces + count - 1) / count * count);
    }

    /**
     * Computes all pieces; returns when they are done. The first failure of a piece, or the cancellation of the run, is
     * thrown once no thread works on a piece any more.
     */
    public void run(int pieces, Run run, Piece piece) {
        run.throwIfCancelled();
        if (pieces <= 1 || count == 1) {
            for (int index = 0; index < pieces; index++) {
                run.throwIfCancelled();
                piece.compute(index, 0);
            }
            return;
        }
        int others = Math.min(count, pieces) - 1;
        Call call = new Call(pieces, others + 1, run, piece);
        for (int other = 0; other < others; other++) {
            try {
                executor.execute(call);
            } catch (RuntimeException | Error refused) { // closed, or no thread to be had
                break; // the caller does what is left, and waits for those that began
            }
        }
        call.work(0);
        call.awaitThoseThatBegan();
        Throwable failure = call.failure.get();
        if (failure != null) {
            Workers.<RuntimeException>rethrow(failure);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void rethrow(Throwable failure) throws E {
        throw (E) failure;
    }

    private static final class Call implements Runnable {
        private static final int CLOSED = 1 << 30;

        private static final int LINE =
                16; // longs from a range to the next: no two in a line of a cache, nor in a pair

        private final int threads;
        private final Run run;
        private final Piece piece;
        private final AtomicLongArray ranges; // pieces that no thread has begun: the first, above it the end
        private final AtomicInteger workerNumbers = new AtomicInteger(1);
        private final AtomicInteger active = new AtomicInteger(); // threads at work beside the caller, plus CLOSED
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private volatile @Nullable Thread waiting;

        Call(int pieces, int threads, Run run, Piece piece) {
            this.threads = threads;
            this.run = run;
            this.piece = piece;
            ranges = new AtomicLongArray(threads * LINE);
            for (int i = 0; i < threads; i++) {
                long first = (long) pieces * i / threads;
                ranges.setPlain(i * LINE, first | (long) pieces * (i + 1) / threads << 32);
            }
        }

        @Override
        public void run() {
            int before;
            do {
                before = active.get();
                if (before >= CLOSED) {
                    return; // began too late: the caller has left
                }
            } while (!active.compareAndSet(before, before + 1));
            try {
                work(workerNumbers.getAndIncrement());
            } finally {
                if (active.decrementAndGet() == CLOSED) {
                    LockSupport.unpark(waiting);
                }
            }
        }

        void work(int worker) {
            try {
                for (int index = next(worker); index >= 0; index = next(worker)) {
                    run.throwIfCancelled();
                    piece.compute(index, worker);
                }
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
                for (int i = 0; i < threads; i++) {
                    ranges.set(i * LINE, 0);
                }
            }
        }

        /** The first piece left of the thread's own range, else the last one left of another; -1 if all have begun. */
        private int next(int worker) {
            for (int i = 0; i < threads; i++) {
                int at = (worker + i) % threads * LINE;
                for (long range = ranges.get(at); (int) range < range >>> 32; range = ranges.get(at)) {
                    if (ranges.compareAndSet(at, range, i == 0 ? range + 1 : range - (1L << 32))) {
                        return i == 0 ? (int) range : (int) (range >>> 32) - 1;
                    }
                }
            }
            return -1;
        }

        void awaitThoseThatBegan() {
            waiting = Thread.currentThread();
            active.addAndGet(CLOSED);
            for (int spin = 0; active.get() != CLOSED; spin++) {
                if (spin < SPINS_BEFORE_PARKING) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(this, 1_000_000);
                }
            }
        }
    }
}
