package org.impasto.kernels;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a backend that was given none: daemons that end after a while without work, so nothing is to close.
 *
 * <p>A thread without work looks for some for a moment before it sleeps: waking one takes as long as a small operation,
 * and a network asks for the next one at once.
 */
final class WorkerThreads implements Executor {
    private static final int IDLE_SECONDS = 20;
    private static final long WATCHFUL_NANOSECONDS = 200_000;

    private final ThreadPoolExecutor executor;

    WorkerThreads(int threads) {
        AtomicInteger number = new AtomicInteger();
        executor = new ThreadPoolExecutor(
                Math.max(1, threads),
                Math.max(1, threads),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new WatchedQueue(),
                work -> {
                    Thread thread = new Thread(work, "impasto-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable work) {
        executor.execute(work);
    }

    /** Polls for a moment before it waits. */
    private static final class WatchedQueue extends LinkedBlockingQueue<Runnable> {
        private static final long serialVersionUID = 1;

        @Override
        public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
            long begin = System.nanoTime();
            do {
                Runnable work = poll();
                if (work != null) {
                    return work;
                }
                Thread.onSpinWait();
            } while (System.nanoTime() - begin < WATCHFUL_NANOSECONDS);
            return super.poll(timeout, unit);
        }
    }
}
