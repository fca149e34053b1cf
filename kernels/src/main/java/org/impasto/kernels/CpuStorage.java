package org.impasto.kernels;

import java.util.concurrent.atomic.AtomicInteger;
import org.impasto.core.Storage;

/** A tensor's values in an array that several storages may read; the last one gives it back to the pool. */
final class CpuStorage extends Storage {
    private final CpuArray array;
    private final ArrayPool pool;
    private final AtomicInteger readers;

    /** The first storage of an array. */
    CpuStorage(CpuArray array, ArrayPool pool) {
        super(array.spec());
        this.array = array;
        this.pool = pool;
        this.readers = new AtomicInteger(1);
    }

    /** Another storage of an array that a storage has. */
    CpuStorage(CpuArray array, CpuStorage sharing) {
        super(array.spec());
        this.array = array;
        this.pool = sharing.pool;
        this.readers = sharing.readers;
        readers.incrementAndGet();
    }

    CpuArray array() {
        return array;
    }

    @Override
    protected void free() {
        array.prepared().close();
        if (readers.decrementAndGet() == 0) {
            pool.giveBack(spec().type(), array.values());
        }
    }
}
