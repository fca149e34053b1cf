package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Where backends come from. */
public final class Backends {
    private Backends() {}

    /** Makes backends; registered as a service by the artifact that holds them. */
    public interface Provider {
        /** Short name, as in {@code cpu}. */
        String name();

        /** A new backend, unrelated to others. */
        Backend open(BackendOptions options);
    }

    /** The one shared CPU backend of this process. */
    public static Backend standard() {
        return Standard.BACKEND;
    }

    /** A new backend, unrelated to others. */
    public static Backend open(BackendOptions options) {
        List<String> found = new ArrayList<>();
        for (Provider provider : ServiceLoader.load(Provider.class, Backends.class.getClassLoader())) {
            if (provider.name().equals(options.name())) {
                return provider.open(options);
            }
            found.add(provider.name());
        }
        throw new BackendException("no backend named '" + options.name() + "' on the class path (found " + found
                + "): add the artifact org.impasto:impasto-"
                + (options.name().equals("cpu") ? "kernels" : options.name()));
    }

    private static final class Standard {
        private static final Backend BACKEND = open(BackendOptions.cpu());
    }
}
