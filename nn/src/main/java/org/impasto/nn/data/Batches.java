package org.impasto.nn.data;

import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What each step of a training gets. The batch of a step depends on its number alone, not on which batches were asked for
 * before, so a training that resumes at step n needs nothing but n. Batches hold host data, no tensors, and may be made by
 * any thread.
 *
 * @param <B> one step's data
 */
@FunctionalInterface
public interface Batches<B> {
    /**
     * The data of a step.
     *
     * @param step from 0 on
     */
    B at(long step);

    /** These batches, each changed by a function that depends on nothing else. */
    default <C> Batches<C> map(Function<? super B, ? extends C> change) {
        return step -> change.apply(at(step));
    }

    /** These batches, each joined with that of the same step of others. */
    default <C, D> Batches<D> with(Batches<C> others, BiFunction<? super B, ? super C, ? extends D> join) {
        return step -> join.apply(at(step), others.at(step));
    }
}
