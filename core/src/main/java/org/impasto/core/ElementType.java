package org.impasto.core;

/**
 * The type of the elements of a tensor.
 *
 * <p>The CPU computes {@link #FLOAT32}, {@link #FLOAT64} (linear algebra, elementwise, reductions, matrix products) and
 * {@link #INT64} (indices). The other types are for storage in weight files; they are converted when read.
 */
public enum ElementType {
    FLOAT64(8, true),
    FLOAT32(4, true),
    FLOAT16(2, true),
    BFLOAT16(2, true),
    INT64(8, false),
    INT32(4, false),
    INT16(2, false),
    INT8(1, false),
    UINT64(8, false),
    UINT32(4, false),
    UINT16(2, false),
    UINT8(1, false),
    BOOL(1, false);

    private final int bytes;
    private final boolean floating;

    ElementType(int bytes, boolean floating) {
        this.bytes = bytes;
        this.floating = floating;
    }

    /** Bytes that one element takes. */
    public int bytes() {
        return bytes;
    }

    /** Whether elements are floating-point numbers. */
    public boolean isFloating() {
        return floating;
    }

    /** Whether backends compute in this type; the others exist in files only. */
    public boolean isComputable() {
        return this == FLOAT32 || this == FLOAT64 || this == INT64;
    }
}
