package org.impasto.core;

/** A backend that is missing, cannot do what was asked, or does not fit the tensors given. */
public final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error with a message that says what was expected, what was found, and where. */
    public BackendException(String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
