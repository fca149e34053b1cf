package org.impasto.kernels.internal.widths;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/** Loads the kernels and their checks once more, so that their vectors have another width than in the tests' own copy. */
public final class WidthLoader extends ClassLoader {
    private static final String KERNELS = "org.impasto.kernels.";
    private static final String BITS = "impasto.vector.bits";

    private WidthLoader() {
        super(WidthLoader.class.getClassLoader());
    }

    /** Widths that this machine's vectors can have. */
    public static List<Integer> widths() {
        List<Integer> widths = new ArrayList<>();
        for (int bits = 128; bits <= Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize()); bits *= 2) {
            widths.add(bits);
        }
        return widths;
    }

    /** Calls a public static method without arguments of a fresh copy of a class, with vectors of that width. */
    public static void run(int bits, Class<?> checks, String method) throws Exception {
        String before = System.getProperty(BITS);
        System.setProperty(BITS, Integer.toString(bits));
        try {
            Class<?> copy = new WidthLoader().loadClass(checks.getName());
            copy.getMethod(method).invoke(null);
        } catch (InvocationTargetException failure) {
            if (failure.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) failure.getCause();
        } finally {
            if (before == null) {
                System.clearProperty(BITS);
            } else {
                System.setProperty(BITS, before);
            }
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(KERNELS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = file.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException failure) {
            throw new ClassNotFoundException(name, failure);
        }
    }
}
