package org.impasto.core;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The values of one tensor inside one backend, counted: scopes, parameters and tapes that hold it each have one count,
 * and when the last is given back the backend gets its memory back. A storage never changes its values.
 */
public abstract class Storage {
    private static final AtomicLong LIVE = new AtomicLong();

    private final Spec spec;
    private final AtomicInteger holders = new AtomicInteger(1);
    private volatile boolean ownedByCollector;

    /** A storage with one holder. */
    protected Storage(Spec spec) {
        this.spec = spec;
        LIVE.incrementAndGet();
    }

    /** Shape and element type. */
    public final Spec spec() {
        return spec;
    }

    /**
     * Gives the memory back. Called once, by any thread, when nobody holds the storage any more; not called if a tensor
     * outside every scope still refers to it, whose memory the garbage collector takes back.
     */
    protected abstract void free();

    /** Number of storages that scopes, parameters and tapes of this process hold. */
    public static long live() {
        return LIVE.get();
    }

    final Storage retain() {
        int before;
        do {
            before = holders.get();
            if (before == 0 && !ownedByCollector) {
                throw new BackendException("a tensor of " + spec + " was used after its memory was given back");
            }
        } while (!holders.compareAndSet(before, before + 1));
        if (before == 0) {
            LIVE.incrementAndGet();
        }
        return this;
    }

    final void release() {
        int left = holders.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("a tensor of " + spec + " was given back twice");
        }
        if (left == 0) {
            LIVE.decrementAndGet();
            if (!ownedByCollector) {
                free();
            }
        }
    }

    /** Gives one count back, but leaves the memory to the garbage collector, because a tensor still refers to it. */
    final void leaveToCollector() {
        if (!ownedByCollector) {
            ownedByCollector = true;
            leftToCollector();
        }
        release();
    }

    /** Called once when the garbage collector becomes the owner: what this storage holds a count of, it leaves too. */
    void leftToCollector() {}
}
