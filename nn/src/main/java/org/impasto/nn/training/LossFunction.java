package org.impasto.nn.training;

import org.impasto.core.Backend;

/**
 * The loss of a batch. It runs once a step, in a scope of that step, and reads the parameters it is to train; once more
 * before a checkpoint, where nothing is recorded, and to find where a training diverged.
 *
 * @param <B> one step's data
 */
@FunctionalInterface
public interface LossFunction<B> {
    /**
     * Computes the loss.
     *
     * @param batch the step's data, on the host
     * @param backend where to make the batch's tensors: what is computed from them is recorded for the gradients
     */
    Loss of(B batch, Backend backend);
}
