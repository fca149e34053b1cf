package org.impasto.flow;

import org.impasto.core.ElementType;
import org.impasto.core.Tensor;

/**
 * What the network inside a coupling reads: the state rounded to float32.
 *
 * <p>Both directions have to round alike, though the state that comes back differs by some float64 roundings. Numbers half
 * way between two of float32 would go either way, and they are frequent: a picture's numbers are float32, and so are the
 * answers of networks, so sums of the two often lie exactly there. A factor that is near 1 but no short binary fraction
 * moves them away; it is less than half a unit of float32, so a number of float32 stays as it is.
 */
final class NetworkInput {
    /** 1 + (sqrt(5) - 1) 2^-26. */
    static final double FACTOR = 1 + (Math.sqrt(5) - 1) * 0x1p-26;

    private NetworkInput() {}

    static Tensor of(Tensor state) {
        return state.affine(FACTOR, 0).to(ElementType.FLOAT32);
    }
}
