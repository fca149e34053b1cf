package org.impasto.kernels;

import java.util.List;
import org.impasto.core.Operation;
import org.impasto.core.Spec;

/** Computes one kind of operation. */
@FunctionalInterface
interface Kernel<O extends Operation> {
    /**
     * Computes the results; an operand's own array may be returned under another shape.
     *
     * @param outputs what the operation's shape rule said
     */
    List<CpuArray> compute(O operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call);

    /** A kernel with one operand and one result. */
    interface Unary<O extends Operation> {
        /** Computes the result. */
        CpuArray compute(O operation, CpuArray input, Spec output, KernelCall call);
    }
}
