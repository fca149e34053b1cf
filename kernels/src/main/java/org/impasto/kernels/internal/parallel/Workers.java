package org.impasto.kernels.internal.parallel;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.impasto.core.Run;
import org.jspecify.annotations.Nullable;

/**
 * Runs the pieces of one operation on the caller and on threads of an executor.
 *
 * <p>The caller works too, and at the end waits only for threads that have begun a piece, never for tasks that are still
 * queued: so an executor whose threads are all callers themselves cannot deadlock. Which thread computes a piece is
 * chance, so the result of a piece may depend on its number alone.
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
        Call call = new Call(pieces, run, piece);
        int others = Math.min(count, pieces) - 1;
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

        private final int pieces;
        private final Run run;
        private final Piece piece;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger workerNumbers = new AtomicInteger(1);
        private final AtomicInteger active = new AtomicInteger(); // threads at work beside the caller, plus CLOSED
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private volatile @Nullable Thread waiting;

        Call(int pieces, Run run, Piece piece) {
            this.pieces = pieces;
            this.run = run;
            this.piece = piece;
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
                for (int index = next.getAndIncrement(); index < pieces; index = next.getAndIncrement()) {
                    run.throwIfCancelled();
                    piece.compute(index, worker);
                }
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
                next.set(pieces);
            }
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
