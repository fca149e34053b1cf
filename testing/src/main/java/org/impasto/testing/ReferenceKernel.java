package org.impasto.testing;

import java.util.List;
import org.impasto.core.Operation;

/** Computes one kind of operation as plainly as can be, in doubles. */
@FunctionalInterface
interface ReferenceKernel<O extends Operation> {
    /** Fills the outputs, which are zeros before. */
    void compute(O operation, List<Values> inputs, List<Values> outputs);
}
