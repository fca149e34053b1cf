package org.impasto.cli;

import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;

/** The backend of commands that run networks: a command is short, so inner loops are compiled while files are read. */
final class CommandBackend {
    private CommandBackend() {}

    static Backend get() {
        return Holder.BACKEND;
    }

    private static final class Holder {
        private static final Backend BACKEND =
                Backends.open(BackendOptions.cpu().withWarmUp());
    }
}
