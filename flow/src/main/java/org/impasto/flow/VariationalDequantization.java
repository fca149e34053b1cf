package org.impasto.flow;

import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;

/**
 * Noise from a flow that sees the picture (Ho and others, Flow++, 2019): uniform noise goes through {@link Logit},
 * mask couplings with the picture as their context, and back through the inverse of the logit; what comes out is added
 * to the levels of 8-bit pictures. The numbers are {@code (level + u) / 256}.
 */
public final class VariationalDequantization implements Dequantization {
    private static final int BINS = 256;

    private final Logit logit;
    private final List<MaskCoupling> couplings;
    private final UniformDequantization uniform = UniformDequantization.unit(BINS);

    /**
     * A dequantisation with its flow.
     *
     * @param couplings whose networks take the channels of the noise and then those of the picture, in [-1, 1]
     */
    public VariationalDequantization(double alpha, List<MaskCoupling> couplings) {
        this.logit = new Logit(alpha);
        this.couplings = List.copyOf(couplings);
    }

    /** The noise that is added to a picture's levels, in [0, 1), for uniform noise. */
    public Invertible.Result noise(Tensor levels, Tensor noise) {
        try (Scope scope = Scope.open()) {
            Tensor picture = levels.to(ElementType.FLOAT32).affine(2.0 / (BINS - 1), -1);
            Invertible.Result result = logit.forward(noise);
            Tensor logDet = result.logDet();
            for (MaskCoupling coupling : couplings) {
                result = coupling.forward(result.y(), picture);
                logDet = logDet.add(result.logDet());
            }
            Invertible.Result back = logit.inverseWithLogDet(result.y());
            // The ends of the sigmoid lie alpha / 2 outside of [0, 1]; there a level would become its neighbour.
            return new Invertible.Result(
                    scope.keep(back.y().clamp(0, UniformDequantization.LARGEST_NOISE)),
                    scope.keep(logDet.add(back.logDet())));
        }
    }

    @Override
    public Invertible.Result forward(Tensor levels, Tensor noise) {
        try (Scope scope = Scope.open()) {
            Invertible.Result shaped = noise(levels, noise);
            Invertible.Result added = uniform.forward(levels, shaped.y());
            return new Invertible.Result(
                    scope.keep(added.y()), scope.keep(shaped.logDet().add(added.logDet())));
        }
    }

    @Override
    public Tensor inverse(Tensor y) {
        return uniform.inverse(y);
    }
}
