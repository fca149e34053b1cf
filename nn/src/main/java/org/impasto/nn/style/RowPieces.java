package org.impasto.nn.style;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import org.impasto.core.Run;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a picture into pieces of whole rows that threads work on. The cut depends on the height alone. The caller works,
 * too, and waits at the end for pieces that others have begun only, so an executor may be shared with callers.
 *
 * @param threads at most, the caller's among them
 * @param lender of the others
 */
record RowPieces(int threads, Executor lender) {
    private static final int ROWS = 128;

    /** Works on rows {@code from} to {@code to} (exclusive). */
    interface Work {
        void piece(int index, int from, int to);
    }

    /** As many threads as processors, lent by the common pool. */
    static RowPieces standard() {
        return new RowPieces(Runtime.getRuntime().availableProcessors(), ForkJoinPool.commonPool());
    }

    static int count(int height) {
        return (height + ROWS - 1) / ROWS;
    }

    /** Works on all pieces, unless the caller's run is cancelled before. */
    void forEach(int height, Work work) {
        Shared shared = new Shared(height, work, Run.current());
        for (int i = 1; i < Math.min(threads, count(height)); i++) {
            try {
                lender.execute(shared::help);
            } catch (RejectedExecutionException busy) {
                break; // the caller does it all
            }
        }
        shared.work();
        shared.await();
    }

    private static final class Shared {
        private final int height;
        private final Work work;
        private final Run run;
        private int next;
        private int helpers;
        private @Nullable Throwable failure;

        Shared(int height, Work work, Run run) {
            this.height = height;
            this.work = work;
            this.run = run;
        }

        /** What a lent thread does; nothing if it comes too late. */
        void help() {
            synchronized (this) {
                if (next >= count(height)) {
                    return;
                }
                helpers++;
            }
            work();
            synchronized (this) {
                helpers--;
                notifyAll();
            }
        }

        void work() {
            try {
                for (int index = take(); index >= 0; index = take()) {
                    run.throwIfCancelled();
                    work.piece(index, index * ROWS, Math.min(height, (index + 1) * ROWS));
                }
            } catch (RuntimeException | Error stopped) {
                fail(stopped);
            }
        }

        private synchronized int take() {
            return next < count(height) ? next++ : -1;
        }

        private synchronized void fail(Throwable stopped) {
            next = count(height);
            failure = failure == null ? stopped : failure;
        }

        synchronized void await() {
            boolean interrupted = false;
            while (helpers > 0) {
                try {
                    wait();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException stopped) {
                throw stopped;
            }
        }
    }
}
