package org.impasto.flow;

import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Makes continuous numbers of the levels of a picture, so that a density is a likelihood: the noise that is added
 * fills the room between one level and the next.
 */
public interface Dequantization {
    /**
     * Levels with noise.
     *
     * @param levels whole numbers from 0 up, (N, C, H, W), any type
     * @param noise numbers in [0, 1) of the same shape
     */
    Invertible.Result forward(Tensor levels, Tensor noise);

    /** Levels with noise of the current run. */
    default Invertible.Result forward(Tensor levels) {
        try (Scope scope = Scope.open()) {
            Invertible.Result result = forward(levels, uniform(LogDeterminants.state(levels)));
            return new Invertible.Result(scope.keep(result.y()), scope.keep(result.logDet()));
        }
    }

    /** The levels that such numbers came from, whole numbers in float64. */
    Tensor inverse(Tensor y);

    /**
     * The levels of a picture in [0, 1].
     *
     * @param bins how many levels there are: 256, or a smaller power of 2 for the upper bits of each byte
     */
    static Tensor levels(Tensor picture, int bins) {
        if (bins < 2 || bins > 256 || Integer.bitCount(bins) != 1) {
            throw new ShapeException("dequantisation: " + bins
                    + " levels of a byte, expected 256 or a smaller power of 2" + " from 2 up");
        }
        return Scope.keeping(() -> {
            Tensor bytes =
                    LogDeterminants.state(picture).clamp(0, 1).affine(255, 0.5).to(ElementType.INT64);
            return bytes.to(ElementType.FLOAT64)
                    .affine(bins / 256.0, 0)
                    .to(ElementType.INT64)
                    .to(ElementType.FLOAT64);
        });
    }

    /**
     * Uniform noise in [0, 1) from the current run, of the shape and type of x: normal noise through its distribution
     * function.
     */
    static Tensor uniform(Tensor x) {
        return Scope.keeping(() -> LogDeterminants.state(x)
                .noise(x.shape())
                .affine(Math.sqrt(0.5), 0)
                .erf()
                .affine(0.5, 0.5)
                .clamp(0, Math.nextDown(1.0))
                .to(x.type()));
    }
}
