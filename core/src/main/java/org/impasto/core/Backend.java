package org.impasto.core;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where tensors live and operations are computed. A backend takes and gives {@link Storage}s; it knows no tensor handle,
 * no scope and no thread.
 *
 * <p>Values cross this border row-major (the last axis runs fastest), from the position of a buffer on: a
 * {@link java.nio.FloatBuffer} or {@link java.nio.DoubleBuffer} for floating types (converted where they differ), a
 * {@link java.nio.LongBuffer} for {@link ElementType#INT64}.
 */
public interface Backend {
    /** A storage with the given values. */
    Storage create(Spec spec, Buffer values);

    /**
     * A float32 storage with the values of an array that nobody changes any more. A backend that computes on arrays of the
     * heap reads it where it is, never writes to it, and leaves it to the garbage collector; others copy it.
     */
    default Storage share(Shape shape, float[] values) {
        return create(new Spec(shape, ElementType.FLOAT32), FloatBuffer.wrap(values));
    }

    /** The array that a storage reads because {@link #share} was given it; null of any other storage. */
    default float @Nullable [] shared(Storage storage) {
        return null;
    }

    /** Copies the values of a storage into a buffer. Errors of deferred operations appear here at the latest. */
    void read(Storage storage, Buffer into);

    /**
     * Computes an operation. Shapes and options were checked by the operation's own rule before.
     *
     * @param inputs storages of this backend; not given back by it
     * @param outputs what the shape rule said; one storage is returned for each
     * @param run looked at between pieces of work
     */
    List<Storage> run(Operation operation, List<Storage> inputs, List<Spec> outputs, Run run);

    /** What computes, and why it was chosen: one line for logs. */
    String describe();
}
