package org.impasto.nn;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.impasto.core.Backend;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;

/** Where the values of parameters come from. */
public interface ParameterSource {
    /** First values of a parameter, float32 and of that shape. */
    Tensor value(Backend backend, String path, Shape shape, Init init);

    /** Called when a network has asked for all its parameters; an error if values are left over. */
    default void finish() {}

    /** New values from a seed. */
    static ParameterSource fresh(long seed) {
        return (backend, path, shape, init) -> init.values(backend, shape, seed, path);
    }

    /** The values of a file, which stays open until the network is built. */
    static ParameterSource file(WeightFile file) {
        return file(file, WeightNames.asInFile());
    }

    /** The values of a file whose names differ from the network's. */
    static ParameterSource file(WeightFile file, WeightNames names) {
        return new ParameterSource() {
            private final Set<String> asked = new HashSet<>();

            @Override
            public Tensor value(Backend backend, String path, Shape shape, Init init) {
                String name = names.inFile(path);
                if (!file.has(name)) {
                    throw new WeightException(file.path() + ": has no tensor '" + name + "', expected with shape "
                            + shape + "; the file holds " + sample(file.names()));
                }
                int[] axes = names.axesInFile(path);
                Shape stored = axes == null ? shape : stored(shape, axes);
                Shape found = file.spec(name).shape();
                if (!found.equals(stored)) {
                    throw new WeightException(
                            file.path() + ": tensor '" + name + "' has shape " + found + ", expected " + stored);
                }
                asked.add(name);
                Tensor value = Tensor.of(backend, stored, file.readFloats(name));
                return axes == null ? value : value.permute(axes);
            }

            @Override
            public void finish() {
                List<String> left = new ArrayList<>();
                for (String name : file.names()) {
                    if (!asked.contains(name) && !names.isIgnored(name)) {
                        left.add(name);
                    }
                }
                if (!left.isEmpty()) {
                    throw new WeightException(file.path() + ": holds tensors that the network has no place for: "
                            + sample(left) + "; is it the file of another network?");
                }
            }
        };
    }

    /** Several sources, each for the parameters of one room, whose name it does not see. */
    static ParameterSource byRoom(Map<String, ParameterSource> sources) {
        return new ParameterSource() {
            @Override
            public Tensor value(Backend backend, String path, Shape shape, Init init) {
                int end = path.indexOf('.');
                ParameterSource source = end < 0 ? null : sources.get(path.substring(0, end));
                if (source == null) {
                    throw new WeightException("no source holds '" + path + "', there are some for " + sources.keySet());
                }
                return source.value(backend, path.substring(end + 1), shape, init);
            }

            @Override
            public void finish() {
                sources.values().forEach(ParameterSource::finish);
            }
        };
    }

    private static Shape stored(Shape shape, int[] axes) {
        long[] sizes = new long[axes.length];
        for (int axis = 0; axis < axes.length; axis++) {
            sizes[axes[axis]] = shape.size(axis);
        }
        return Shape.of(sizes);
    }

    private static String sample(List<String> names) {
        int shown = Math.min(6, names.size());
        String more = names.size() > shown ? " and " + (names.size() - shown) + " more" : "";
        return names.subList(0, shown) + more;
    }
}
