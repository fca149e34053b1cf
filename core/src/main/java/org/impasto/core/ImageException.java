package org.impasto.core;

/** A picture that cannot be read or written. */
public final class ImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error with a message that says what was expected, what was found, and where. */
    public ImageException(String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
