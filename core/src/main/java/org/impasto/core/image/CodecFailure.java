package org.impasto.core.image;

/** What stands behind an exception that a codec threw. */
final class CodecFailure {
    private CodecFailure() {}

    /** Codecs wrap the lack of memory into an exception about the file, which is not at fault. */
    static void rethrowMemoryError(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError error) {
                throw error;
            }
        }
    }
}
