package org.impasto.kernels.internal.provider;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Loads the kernels' classes anew and all others from the parent: so one process tries several providers and widths. */
public final class KernelLoader extends URLClassLoader {
    /** What is done with the classes. */
    public interface Work<T> {
        /** Works with the classes of the loader. */
        T apply(ClassLoader loader) throws Exception;
    }

    private KernelLoader() {
        super(classPath(), KernelLoader.class.getClassLoader());
    }

    /** Works with classes that see the properties given; null leaves a property out. What the work throws is thrown. */
    public static <T> T with(@Nullable String provider, @Nullable String bits, Work<T> work) throws Exception {
        String oldProvider = System.getProperty(VectorSupport.PROVIDER_PROPERTY);
        String oldBits = System.getProperty(VectorSupport.BITS_PROPERTY);
        set(VectorSupport.PROVIDER_PROPERTY, provider);
        set(VectorSupport.BITS_PROPERTY, bits);
        try (KernelLoader loader = new KernelLoader()) {
            return work.apply(loader);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() instanceof Exception cause ? cause : thrown;
        } finally {
            set(VectorSupport.PROVIDER_PROPERTY, oldProvider);
            set(VectorSupport.BITS_PROPERTY, oldBits);
        }
    }

    private static void set(String name, @Nullable String value) {
        if (value == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }

    private static URL[] classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> {
                    try {
                        return new File(entry).toURI().toURL();
                    } catch (MalformedURLException impossible) {
                        throw new IllegalStateException(impossible);
                    }
                })
                .toArray(URL[]::new);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith("org.impasto.kernels.")) {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
        return super.loadClass(name, resolve);
    }
}
