package org.impasto.core;

/** Shapes, types or options that do not fit an operation. */
public final class ShapeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error with a message that says what was expected, what was found, and where. */
    public ShapeException(String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public ShapeException(String message, Throwable cause) {
        super(message, cause);
    }
}
