package org.impasto.kernels;

import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;

/** Registers the CPU backend under the name {@code cpu}. */
public final class CpuBackendProvider implements Backends.Provider {
    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Backend open(BackendOptions options) {
        return new CpuBackend(options);
    }
}
