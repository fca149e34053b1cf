package org.impasto.nn.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.impasto.core.CancelledException;
import org.impasto.core.Run;

/**
 * Batches that threads make ahead: when a step's batch is asked for, those of the next steps begin. What is asked for is
 * what the source would give; a step out of the order costs time only. An error in a thread is thrown where its step is
 * asked for, and not before.
 *
 * <p>At most {@code ahead} batches wait, and each thread works at one. {@link #at} is for one thread; while it waits it looks whether the thread's
 * run was cancelled.
 */
public final class Prefetch<B> implements Batches<B>, AutoCloseable {
    private static final int LOOK_MILLIS = 50;

    private final Batches<B> source;
    private final int ahead;
    private final ExecutorService threads;
    private final List<Thread> members = new CopyOnWriteArrayList<>();
    private final Map<Long, Future<B>> begun = new HashMap<>();

    /** Batches of a source, two steps ahead by one thread. */
    public Prefetch(Batches<B> source) {
        this(source, 2, 1);
    }

    /**
     * Batches of a source.
     *
     * @param ahead how many steps beyond the one asked for may be begun
     * @param threads how many work at it
     */
    public Prefetch(Batches<B> source, int ahead, int threads) {
        if (ahead < 1 || threads < 1) {
            throw new IllegalArgumentException(
                    ahead + " steps ahead by " + threads + " threads, expected 1 or more of both");
        }
        this.source = source;
        this.ahead = ahead;
        this.threads = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "impasto-data-" + (members.size() + 1));
            thread.setDaemon(true);
            members.add(thread);
            return thread;
        });
    }

    @Override
    public B at(long step) {
        if (threads.isShutdown()) {
            throw new IllegalStateException("step " + step + " was asked for after the prefetch was closed");
        }
        begun.entrySet().removeIf(entry -> {
            boolean other = entry.getKey() < step || entry.getKey() > step + ahead;
            if (other) {
                entry.getValue().cancel(false);
            }
            return other;
        });
        for (long next = step; next <= step + ahead; next++) {
            long number = next;
            begun.computeIfAbsent(number, key -> threads.submit(() -> source.at(number)));
        }
        return result(Objects.requireNonNull(begun.remove(step)));
    }

    private static <B> B result(Future<B> wanted) {
        while (true) {
            try {
                return wanted.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                Run.current().throwIfCancelled();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancelledException("interrupted while waiting for a batch");
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** Drops what was begun and ends the threads. Closing twice does nothing. */
    @Override
    public void close() {
        // No interrupts: a file whose reading is interrupted would count as broken. What was begun ends soon.
        begun.values().forEach(batch -> batch.cancel(false));
        begun.clear();
        threads.shutdown();
        try {
            for (Thread thread : members) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
