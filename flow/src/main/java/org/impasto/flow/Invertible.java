package org.impasto.flow;

import org.impasto.core.ElementType;
import org.impasto.core.Tensor;

/**
 * A layer that can be run backwards. Feature maps are N, C, H, W; results are {@link ElementType#FLOAT64}, whatever
 * floating type comes in, and so is the state between the layers of a chain: the error of a round trip is then that of
 * float64 roundings. A network inside a layer reads and gives float32.
 *
 * <p>Weights that make a layer singular are an error when the layer is built, and again when it is used after they
 * changed.
 */
public interface Invertible {
    /** The result of a layer, and how it changes volumes. */
    Result forward(Tensor x);

    /** The x whose forward result is y. */
    Tensor inverse(Tensor y);

    /**
     * The forward pass of a first batch, on which layers that are initialised from data set their weights
     * ({@link ActNorm}). Done once, before training; outside of tapes.
     */
    default Result initialize(Tensor x) {
        return forward(x);
    }

    /**
     * Sends a picture forth and back.
     *
     * @param picture N, C, H, W in [0, 1]
     */
    default Certificate verify(Tensor picture) {
        return Certificate.of(picture, x -> inverse(forward(x).y()));
    }

    /**
     * What a layer gives.
     *
     * @param y in float64
     * @param logDet logarithm of the absolute determinant of the Jacobian, for each sample: (N), float64
     */
    record Result(Tensor y, Tensor logDet) {}
}
