package org.impasto.nn.training;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A training stopped because its loss, a gradient or a weight was no finite number, its loss above the bound, or its
 * network refused to go on with an error, which is then the cause.
 */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long step;
    private final @Nullable String layer;
    private final transient @Nullable Path checkpoint;

    DivergedException(String message, long step, @Nullable String layer, @Nullable Path checkpoint) {
        super(message);
        this.step = step;
        this.layer = layer;
        this.checkpoint = checkpoint;
    }

    /** The step that failed, counted from 1. */
    public long step() {
        return step;
    }

    /** Path of the layer where it began; null if it began before the first layer, or nothing was infinite. */
    public @Nullable String layer() {
        return layer;
    }

    /** The last good checkpoint, or null if none was written. */
    public @Nullable Path checkpoint() {
        return checkpoint;
    }
}
