package org.impasto.cli;

import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.jspecify.annotations.Nullable;

/** The backend of commands that run networks: a command is short, so inner loops are compiled while files are read. */
final class CommandBackend {
    private static @Nullable Backend opened;

    private CommandBackend() {}

    /** Opened on first use, and not by a static initialiser, which hides the reason why it fails. */
    static synchronized Backend get() {
        Backend backend = opened;
        if (backend == null) {
            backend = Backends.open(BackendOptions.cpu().withWarmUp());
            opened = backend;
        }
        return backend;
    }
}
