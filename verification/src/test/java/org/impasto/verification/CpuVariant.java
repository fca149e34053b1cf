package org.impasto.verification;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.kernels.CpuBackend;
import org.impasto.kernels.internal.provider.VectorSupport;

/**
 * The CPU backend with one provider and vector width. The width is a constant of the classes that compute, so each
 * variant loads them anew in a class loader of its own.
 */
final class CpuVariant {
    private final String name;
    private final Class<?> backend;

    private CpuVariant(String name, Class<?> backend) {
        this.name = name;
        this.backend = backend;
    }

    /** The plain provider, and the vector provider at every width of this machine if it was chosen. */
    static List<CpuVariant> all() {
        List<CpuVariant> variants = new ArrayList<>();
        variants.add(load("plain", 0));
        if (VectorSupport.isVector()) {
            for (int bits = 128; bits <= VectorSupport.bits(); bits *= 2) {
                variants.add(load("vector", bits));
            }
        }
        return variants;
    }

    private static CpuVariant load(String provider, int bits) {
        String oldProvider = System.getProperty(VectorSupport.PROVIDER_PROPERTY);
        String oldBits = System.getProperty(VectorSupport.BITS_PROPERTY);
        try {
            System.setProperty(VectorSupport.PROVIDER_PROPERTY, provider);
            if (bits > 0) {
                System.setProperty(VectorSupport.BITS_PROPERTY, Integer.toString(bits));
            }
            ClassLoader loader = new KernelClassLoader();
            Class<?> support = Class.forName(VectorSupport.class.getName(), true, loader);
            support.getMethod("chosen").invoke(null);
            Class<?> backend = Class.forName(CpuBackend.class.getName(), true, loader);
            CpuVariant variant = new CpuVariant(bits == 0 ? provider : provider + " " + bits, backend);
            variant.open(BackendOptions.cpu()); // every class that reads the properties is initialised now
            return variant;
        } catch (ReflectiveOperationException broken) {
            throw new IllegalStateException(broken);
        } finally {
            restore(VectorSupport.PROVIDER_PROPERTY, oldProvider);
            restore(VectorSupport.BITS_PROPERTY, oldBits);
        }
    }

    private static void restore(String property, String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }

    /** A new backend of this variant. */
    Backend open(BackendOptions options) {
        try {
            return (Backend) backend.getConstructor(BackendOptions.class).newInstance(options);
        } catch (ReflectiveOperationException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** The records that the variant has a kernel for. */
    @SuppressWarnings("unchecked")
    Set<Class<?>> operations() {
        try {
            return (Set<Class<?>>) backend.getMethod("operations").invoke(null);
        } catch (ReflectiveOperationException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** Loads the kernels itself and everything else from its parent. */
    private static final class KernelClassLoader extends URLClassLoader {
        private static final String KERNELS = "org.impasto.kernels.";

        KernelClassLoader() {
            super(new URL[] {
                CpuBackend.class.getProtectionDomain().getCodeSource().getLocation()
            });
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(KERNELS)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                try (InputStream bytes =
                        CpuVariant.class.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (bytes == null) {
                        throw new ClassNotFoundException(name);
                    }
                    byte[] code = bytes.readAllBytes();
                    return defineClass(name, code, 0, code.length);
                } catch (IOException unreadable) {
                    throw new ClassNotFoundException(name, unreadable);
                }
            }
        }
    }
}
