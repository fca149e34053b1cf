package org.impasto.core;

import org.jspecify.annotations.Nullable;

/**
 * A named cell that holds a tensor across calls: a weight of a network. It holds a count of its own, whatever scope is
 * open, and gives each reader another, so a swap or a close under a running call frees nothing that is in use. Safe for
 * use by several threads.
 */
public final class Parameter implements AutoCloseable {
    private final String path;
    private final Backend backend;
    private final Spec spec;
    private final boolean state;
    private volatile boolean trainable;
    private @Nullable Storage storage;

    /**
     * A cell with a first value.
     *
     * @param path full name, rooms separated by dots, as in a weight file
     */
    public Parameter(String path, Tensor value) {
        this(path, value, false);
    }

    private Parameter(String path, Tensor value, boolean state) {
        this.path = path;
        this.state = state;
        this.trainable = !state;
        Tensor plain = value.plain();
        this.backend = plain.backend();
        this.spec = plain.spec();
        this.storage = plain.storage().retain();
    }

    /** The cell of a {@link Buffer}: frozen for good. */
    static Parameter untrained(String path, Tensor value) {
        return new Parameter(path, value, true);
    }

    /** Full name, rooms separated by dots. */
    public String path() {
        return path;
    }

    /** Shape and type, which never change. */
    public Spec spec() {
        return spec;
    }

    /** The backend that the value lives on. */
    public Backend backend() {
        return backend;
    }

    /** Whether gradients with respect to it are computed. */
    public boolean isTrainable() {
        return trainable;
    }

    /** Freezes the parameter, or thaws it; a buffer stays frozen. */
    public void setTrainable(boolean trainable) {
        this.trainable = trainable && !state;
    }

    /** The current value, for the caller's scope. */
    public Tensor value() {
        return Tensor.owning(backend, takeStorage());
    }

    /** The current value where x lives: on a tape a leaf, or a constant if this is frozen; elsewhere the plain value. */
    public Tensor on(Tensor x) {
        return on(x.backend());
    }

    Tensor on(Backend target) {
        if (target instanceof Tape tape) {
            return tape.leaf(this);
        }
        if (target != backend) {
            throw new BackendException("parameter " + path + " lives on " + backend.describe()
                    + ", the tensor it is applied to on " + target.describe() + "; create both from one backend");
        }
        return value();
    }

    /** Puts another value of the same shape, type and backend in place; calls that read the old one go on with it. */
    public void set(Tensor value) {
        Tensor plain = value.plain();
        if (!plain.spec().equals(spec)) {
            throw new ShapeException("parameter " + path + ": new value is " + plain.spec() + ", expected " + spec);
        }
        if (plain.backend() != backend) {
            throw new BackendException("parameter " + path + " lives on " + backend.describe() + ", its new value on "
                    + plain.backend().describe());
        }
        exchange(plain.storage().retain());
    }

    /** Gives the value back. Reading the parameter afterwards is an error. */
    @Override
    public void close() {
        exchange(null);
    }

    private void exchange(@Nullable Storage next) {
        Storage old;
        synchronized (this) {
            if (storage == null && next != null) {
                next.release();
                throw closed();
            }
            old = storage;
            storage = next;
        }
        if (old != null) {
            old.release();
        }
    }

    private synchronized Storage takeStorage() {
        if (storage == null) {
            throw closed();
        }
        return storage.retain();
    }

    private BackendException closed() {
        return new BackendException("parameter " + path + " was used after its model was closed");
    }

    @Override
    public String toString() {
        return "Parameter " + path + " " + spec;
    }
}
