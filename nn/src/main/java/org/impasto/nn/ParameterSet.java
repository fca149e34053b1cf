package org.impasto.nn;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightWriter;
import org.jspecify.annotations.Nullable;

/** The parameters of a network by path, in the order in which it asked for them. */
public final class ParameterSet implements AutoCloseable {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    void checkNew(String path) {
        if (parameters.containsKey(path)) {
            throw new WeightException("parameter '" + path + "' was asked for twice: give each layer a room of its own"
                    + " with in(name)");
        }
    }

    void add(Parameter parameter) {
        parameters.put(parameter.path(), parameter);
    }

    /** All parameters. */
    public Collection<Parameter> all() {
        return Collections.unmodifiableCollection(parameters.values());
    }

    /** The parameter with that path, or null. */
    public @Nullable Parameter get(String path) {
        return parameters.get(path);
    }

    /**
     * Freezes (false) or thaws (true) all parameters whose path begins with a prefix.
     *
     * @throws IllegalArgumentException if there is none, unless the prefix is empty
     */
    public void setTrainable(String prefix, boolean trainable) {
        List<Parameter> meant = parameters.values().stream()
                .filter(parameter -> parameter.path().startsWith(prefix))
                .toList();
        if (meant.isEmpty() && !prefix.isEmpty()) {
            throw new IllegalArgumentException("no parameter's path begins with '" + prefix + "'; the first of "
                    + parameters.size() + " is "
                    + parameters.keySet().stream()
                            .findFirst()
                            .map(path -> "'" + path + "'")
                            .orElse("none"));
        }
        meant.forEach(parameter -> parameter.setTrainable(trainable));
    }

    /** Writes all parameters to a safetensors file, as float32; the old file stays if that fails. */
    public void save(Path path) {
        WeightWriter writer = WeightWriter.to(path);
        for (Parameter parameter : parameters.values()) {
            writer.floats(parameter.path(), parameter.spec(), () -> {
                try (Scope scope = Scope.open()) {
                    return FloatBuffer.wrap(parameter.value().toFloats());
                }
            });
        }
        writer.write();
    }

    /** Gives all values back. */
    @Override
    public void close() {
        parameters.values().forEach(Parameter::close);
    }
}
