package org.impasto.flow;

import java.util.List;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;

/**
 * What a flow makes of pictures.
 *
 * @param latents float64, of all levels from the first to the last
 * @param logDet logarithms of the absolute determinants, (N)
 * @param logDensity logarithms of the densities of the latents under their priors, (N)
 */
public record Encoding(List<Tensor> latents, Tensor logDet, Tensor logDensity) {
    /** Bits for each number of a picture, (N): {@code -(logDet + logDensity) / (log(2) C H W)}. */
    public Tensor bitsPerDimension() {
        long dimensions = 0;
        for (Tensor latent : latents) {
            dimensions += GaussianPrior.dimensions(latent);
        }
        double scale = -1 / (Math.log(2) * dimensions);
        return Scope.keeping(() -> logDet.add(logDensity).affine(scale, 0));
    }

    /**
     * Bits for each number of a picture that went through something else before this flow.
     *
     * @param before logarithms of the determinants of that, (N): those of a {@link Dequantization}
     */
    public Tensor bitsPerDimension(Tensor before) {
        return new Encoding(latents, logDet.add(before), logDensity).bitsPerDimension();
    }
}
