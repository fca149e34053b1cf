package org.impasto.core;

/** A weight file that cannot be opened, or whose tensors do not fit a network. */
public final class WeightException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error with a message that says what was expected, what was found, and where. */
    public WeightException(String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public WeightException(String message, Throwable cause) {
        super(message, cause);
    }
}
