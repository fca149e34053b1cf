package org.impasto.core;

import org.impasto.core.TapeNode.Source;
import org.jspecify.annotations.Nullable;

/** A storage of a tape: one of the inner backend, and where it came from if a gradient is to flow there. */
final class TrackedStorage extends Storage {
    private final Tape tape;
    private final Storage inner;
    private final @Nullable Source source;

    /** Takes over one count of the inner storage. */
    TrackedStorage(Tape tape, Storage inner, @Nullable Source source) {
        super(inner.spec());
        this.tape = tape;
        this.inner = inner;
        this.source = source;
    }

    Tape tape() {
        return tape;
    }

    Storage inner() {
        return inner;
    }

    @Nullable
    Source source() {
        return source;
    }

    @Override
    protected void free() {
        inner.release();
    }

    @Override
    void leftToCollector() {
        inner.leaveToCollector();
    }
}
