package org.impasto.nn;

import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Generation;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;

/** How a parameter begins. Random values depend on the seed and on the parameter's path, not on any order. */
@FunctionalInterface
public interface Init {
    /** First values of a float32 parameter. */
    Tensor values(Backend backend, Shape shape, long seed, String path);

    /** All zero. */
    static Init zeros() {
        return constant(0);
    }

    /** All the same. */
    static Init constant(double value) {
        return (backend, shape, seed, path) -> Tensor.full(backend, new Spec(shape, ElementType.FLOAT32), value);
    }

    /** Normal numbers of mean 0. */
    static Init normal(double standardDeviation) {
        return (backend, shape, seed, path) -> Tensor.generate(
                        backend, new Generation.Noise(new Spec(shape, ElementType.FLOAT32), seed, stream(path)))
                .affine(standardDeviation, 0);
    }

    /**
     * Normal numbers of variance {@code 2 / fan-in}, for layers followed by a relu (He et al., "Delving deep into
     * rectifiers", 2015). The fan-in is the product of all axes but the first.
     */
    static Init kaiming() {
        return (backend, shape, seed, path) -> {
            long fanIn = Math.max(1, shape.elements() / Math.max(1, shape.size(0)));
            return normal(Math.sqrt(2.0 / fanIn)).values(backend, shape, seed, path);
        };
    }

    private static long stream(String path) {
        long hash = 0xcbf29ce484222325L; // FNV-1a
        for (int i = 0; i < path.length(); i++) {
            hash = (hash ^ path.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
