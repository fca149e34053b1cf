package org.impasto.cli;

/** The command line itself is wrong, whatever the files hold: exit code 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
