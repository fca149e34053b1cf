package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Where backends come from. */
public final class Backends {
    private static volatile @Nullable Backend standard;

    private Backends() {}

    /** Makes backends; registered as a service by the artifact that holds them. */
    public interface Provider {
        /** Short name, as in {@code cpu}. */
        String name();

        /** A new backend, unrelated to others. */
        Backend open(BackendOptions options);
    }

    /** The one shared CPU backend of this process. An error if it cannot be opened; the next call tries again. */
    public static Backend standard() {
        Backend shared = standard;
        return shared == null ? openStandard() : shared;
    }

    private static synchronized Backend openStandard() {
        Backend shared = standard;
        if (shared == null) {
            shared = open(BackendOptions.cpu());
            standard = shared;
        }
        return shared;
    }

    /** A new backend, unrelated to others. */
    public static Backend open(BackendOptions options) {
        List<String> found = new ArrayList<>();
        try {
            for (Provider provider : ServiceLoader.load(Provider.class, Backends.class.getClassLoader())) {
                if (provider.name().equals(options.name())) {
                    return provider.open(options);
                }
                found.add(provider.name());
            }
        } catch (ServiceConfigurationError broken) {
            throw new BackendException(
                    "a backend on the class path cannot be loaded (" + broken.getMessage()
                            + "): use artifacts of org.impasto of one version",
                    broken);
        }
        throw new BackendException("no backend named '" + options.name() + "' on the class path (found " + found
                + "): add the artifact org.impasto:impasto-"
                + (options.name().equals("cpu") ? "kernels" : options.name()));
    }
}
