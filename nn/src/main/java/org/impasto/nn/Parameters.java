package org.impasto.nn;

import org.impasto.core.Backend;
import org.impasto.core.Buffer;
import org.impasto.core.Parameter;
import org.impasto.core.Shape;

/**
 * Where the constructor of a layer gets its parameters: by name and shape, in a room of its own. The same constructor
 * initialises, loads or continues; only what stands behind this differs.
 */
public final class Parameters {
    private final ParameterSource source;
    private final ParameterSet collected;
    private final Backend backend;
    private final String room;

    Parameters(ParameterSource source, ParameterSet collected, Backend backend, String room) {
        this.source = source;
        this.collected = collected;
        this.backend = backend;
        this.room = room;
    }

    /**
     * A parameter of this room; an error if its path is asked for twice, or if a file lacks it or has it in another
     * shape.
     */
    public Parameter get(String name, Shape shape, Init init) {
        String path = room + name;
        collected.checkNew(path);
        Parameter parameter = new Parameter(path, source.value(backend, path, shape, init));
        collected.add(parameter);
        return parameter;
    }

    /** State of this room that is not trained, but loaded and saved like a parameter. */
    public Buffer buffer(String name, Shape shape, Init init) {
        String path = room + name;
        collected.checkNew(path);
        Buffer buffer = new Buffer(path, source.value(backend, path, shape, init));
        collected.add(buffer.cell());
        return buffer;
    }

    /** The room of that name below this one; parts of a name are separated by dots. */
    public Parameters in(String name) {
        return new Parameters(source, collected, backend, room + name + ".");
    }

    /** The backend that the parameters live on. */
    public Backend backend() {
        return backend;
    }
}
