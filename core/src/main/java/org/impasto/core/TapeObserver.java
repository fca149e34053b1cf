package org.impasto.core;

import java.util.List;

/**
 * Sees what a tape records and what its walk back finds: for diagnosis. The tensors that it gets are on the backend inside
 * the tape and end with the call. It sees the inside of a checkpoint, whose intermediate results are then kept; a custom function
 * it sees as one operation.
 */
public interface TapeObserver {
    /** A parameter was read, frozen or not: what is computed next is likely to use it. */
    void read(Parameter parameter);

    /**
     * Something was computed, or made of values that the function gave.
     *
     * @param node its number on the tape, -1 if no gradient flows through it
     * @param operation its name
     */
    void computed(int node, String operation, List<Tensor> results);

    /**
     * The walk back passed an operation, in reverse order of their numbers.
     *
     * @param node its number on the tape
     * @param operation its name
     * @param gradients with respect to those of its operands that have one
     */
    void differentiated(int node, String operation, List<Tensor> gradients);
}
