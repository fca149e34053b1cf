package org.impasto.flow;

import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Uniform noise (Theis and others, A note on the evaluation of generative models, 2015): {@code y = (level + u) / bins
 * - centre}. Noise above {@code 1 - 2^-32} counts as that.
 *
 * <p>The inverse finds the level though y is off by less than {@code 2^-33 / bins}: by rounding, or by a flow it went through.
 */
public final class UniformDequantization implements Dequantization {
    static final double LARGEST_NOISE = 1 - 0x1p-32;
    private static final double ROOM = 0x1p-33; // to the level below, and as much to the one above
    private static final int MOST_BINS = 1 << 16; // for which float64 has that room; more bits than files have

    private final int bins;
    private final double centre;

    private UniformDequantization(int bins, double centre) {
        if (bins < 2 || bins > MOST_BINS) {
            throw new ShapeException("dequantisation: " + bins + " levels, expected 2 to " + MOST_BINS);
        }
        this.bins = bins;
        this.centre = centre;
    }

    /** To numbers in [0, 1), from 2 to 65536 levels. */
    public static UniformDequantization unit(int bins) {
        return new UniformDequantization(bins, 0);
    }

    /** To numbers in [-0.5, 0.5), as Glow takes them, from 2 to 65536 levels. */
    public static UniformDequantization centred(int bins) {
        return new UniformDequantization(bins, 0.5);
    }

    @Override
    public Invertible.Result forward(Tensor levels, Tensor noise) {
        if (!noise.shape().equals(levels.shape())) {
            throw new ShapeException(
                    "dequantisation: noise has shape " + noise.shape() + ", expected " + levels.shape());
        }
        try (Scope scope = Scope.open()) {
            Tensor sum = LogDeterminants.state(levels)
                    .add(LogDeterminants.state(noise).clamp(0, LARGEST_NOISE));
            double logDet = -Math.log(bins) * GaussianPrior.dimensions(levels);
            return new Invertible.Result(
                    scope.keep(sum.affine(1.0 / bins, -centre)), scope.keep(LogDeterminants.same(sum, logDet)));
        }
    }

    @Override
    public Tensor inverse(Tensor y) {
        return Scope.keeping(() -> LogDeterminants.state(y)
                .affine(bins, bins * centre + ROOM)
                .clamp(0, bins - 1)
                .to(ElementType.INT64)
                .to(ElementType.FLOAT64));
    }
}
