package org.impasto.core;

/** A call that was stopped because its run was cancelled. */
public final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error with a message that says what was expected, what was found, and where. */
    public CancelledException(String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public CancelledException(String message, Throwable cause) {
        super(message, cause);
    }
}
