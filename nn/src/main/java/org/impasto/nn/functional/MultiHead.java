package org.impasto.nn.functional;

import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/** Tokens parted into the heads of an attention, and joined again. Heads are neighbouring parts of a token. */
public final class MultiHead {
    private MultiHead() {}

    /** (N, L, heads * D) to (N, heads, L, D). */
    public static Tensor split(Tensor tokens, int heads) {
        if (tokens.shape().rank() != 3 || heads < 1 || tokens.shape().size(2) % heads != 0) {
            throw new ShapeException("multi-head attention: tokens have shape " + tokens.shape()
                    + ", expected (N, L, E) with E a multiple of " + heads + " heads");
        }
        long batch = tokens.shape().size(0);
        long count = tokens.shape().size(1);
        long width = tokens.shape().size(2) / heads;
        return tokens.reshape(batch, count, heads, width).permute(0, 2, 1, 3);
    }

    /** (N, heads, L, D) to (N, L, heads * D). */
    public static Tensor join(Tensor heads) {
        if (heads.shape().rank() != 4) {
            throw new ShapeException(
                    "multi-head attention: heads have shape " + heads.shape() + ", expected (N, heads, L, D)");
        }
        long batch = heads.shape().size(0);
        long count = heads.shape().size(2);
        long width = heads.shape().size(1) * heads.shape().size(3);
        return heads.permute(0, 2, 1, 3).reshape(batch, count, width);
    }
}
