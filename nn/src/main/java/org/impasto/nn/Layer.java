package org.impasto.nn;

import org.impasto.core.Tensor;

/** A function of one tensor that may have weights. */
@FunctionalInterface
public interface Layer {
    /** The layer's result. */
    Tensor forward(Tensor x);
}
