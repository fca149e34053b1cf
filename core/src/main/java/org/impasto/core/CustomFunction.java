package org.impasto.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of tensors with a backward pass of its own, which may for instance compute again what it did not keep.
 *
 * <p>Both passes work on tensors of the backend inside the tape. A function may read parameters; a tracked tensor that
 * it captures without having it as an input is refused. It must not draw noise.
 */
public interface CustomFunction {
    /** The results. */
    List<Tensor> forward(List<Tensor> inputs);

    /** What {@link #backward} reads of the inputs and results. */
    Operation.Saves saves();

    /** Gradients with respect to the inputs, in their order; null where none flows. */
    List<@Nullable Tensor> backward(Backward backward);

    /** Whether the backward pass runs the same work in the same order, so that noise can be drawn again. */
    default boolean replays() {
        return false;
    }
}
