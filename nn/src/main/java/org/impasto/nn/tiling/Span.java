package org.impasto.nn.tiling;

import org.impasto.core.ShapeException;
import org.jspecify.annotations.Nullable;

/** The cells {@code start <= i < end} of an axis; at least one. */
public record Span(int start, int end) {
    /** Checks that there is a cell. */
    public Span {
        if (start < 0 || end <= start) {
            throw new ShapeException("a span from " + start + " to " + end + ", expected 0 <= start < end");
        }
    }

    /** Number of cells. */
    public int length() {
        return end - start;
    }

    /** The span of the same cells where each has become that many. */
    Span enlarged(int factor) {
        return new Span(Math.multiplyExact(start, factor), Math.multiplyExact(end, factor));
    }

    /** The cells of both; null if there are none. */
    public @Nullable Span common(Span other) {
        int first = Math.max(start, other.start);
        int last = Math.min(end, other.end);
        return first < last ? new Span(first, last) : null;
    }

    /** The shortest span with the cells of both. */
    Span union(Span other) {
        return new Span(Math.min(start, other.start), Math.max(end, other.end));
    }
}
