package org.impasto.core;

/**
 * State of a network that is not trained but kept with its weights: running statistics, a permutation. It is never part of
 * a gradient. Safe for use by several threads.
 */
public final class Buffer {
    private final Parameter cell;

    /**
     * A buffer with a first value.
     *
     * @param path full name, rooms separated by dots, as in a weight file
     */
    public Buffer(String path, Tensor value) {
        cell = Parameter.untrained(path, value);
    }

    /** The cell that holds the value: frozen for good. */
    public Parameter cell() {
        return cell;
    }

    /** Shape and type, which never change. */
    public Spec spec() {
        return cell.spec();
    }

    /** The current value, for the caller's scope. */
    public Tensor value() {
        return cell.value();
    }

    /** The current value where x lives: a constant. */
    public Tensor on(Tensor x) {
        return cell.on(x);
    }

    /**
     * Puts another value of the same shape and type in place. In a computation that a checkpoint repeats nothing happens:
     * it has been done.
     */
    public void update(Tensor value) {
        if (!Run.isReplaying()) {
            cell.set(value);
        }
    }
}
