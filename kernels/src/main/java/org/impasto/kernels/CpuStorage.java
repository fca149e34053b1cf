package org.impasto.kernels;

import java.util.concurrent.atomic.AtomicInteger;
import org.impasto.core.Storage;
import org.jspecify.annotations.Nullable;

/** A tensor's values in an array that several storages may read; the last one gives it back to the pool. */
final class CpuStorage extends Storage {
    private final CpuArray array;
    private final @Nullable ArrayPool pool;
    private final AtomicInteger readers;

    /** The first storage of an array, which goes to a pool in the end. */
    CpuStorage(CpuArray array, ArrayPool pool) {
        this(array, pool, new AtomicInteger(1));
    }

    private CpuStorage(CpuArray array, @Nullable ArrayPool pool, AtomicInteger readers) {
        super(array.spec());
        this.array = array;
        this.pool = pool;
        this.readers = readers;
    }

    /** The first storage of an array that others may go on reading, so that it goes to no pool. */
    static CpuStorage shared(CpuArray array) {
        return new CpuStorage(array, null, new AtomicInteger(1));
    }

    /** Another storage of an array that a storage has. */
    CpuStorage(CpuArray array, CpuStorage sharing) {
        this(array, sharing.pool, sharing.readers);
        readers.incrementAndGet();
    }

    CpuArray array() {
        return array;
    }

    /** Whether others may go on reading the array. */
    boolean isShared() {
        return pool == null;
    }

    @Override
    protected void free() {
        array.prepared().close();
        if (readers.decrementAndGet() == 0 && pool != null) {
            pool.giveBack(spec().type(), array.values());
        }
    }
}
