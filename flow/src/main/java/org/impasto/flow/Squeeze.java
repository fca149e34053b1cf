package org.impasto.flow;

import org.impasto.core.Tensor;
import org.impasto.nn.functional.Shuffles;

/**
 * Squares of 2 x 2 pixels become channels: (N, C, H, W) to (N, 4 C, H / 2, W / 2), channel 4 c + 2 dy + dx. Elements
 * move, nothing else.
 */
public final class Squeeze implements Invertible {
    private static final int FACTOR = 2;

    /** The layer; it has no weights. */
    public Squeeze() {}

    @Override
    public Result forward(Tensor x) {
        Tensor state = LogDeterminants.state(x);
        return new Result(Shuffles.pixelUnshuffle(state, FACTOR), LogDeterminants.none(state));
    }

    @Override
    public Tensor inverse(Tensor y) {
        return Shuffles.pixelShuffle(LogDeterminants.state(y), FACTOR);
    }
}
