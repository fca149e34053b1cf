package org.impasto.flow;

import org.impasto.core.BackendException;
import org.impasto.core.ElementType;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.Parameters;

/**
 * The distribution of a latent given what is passed on: independent normal numbers whose mean and logarithm of the
 * deviation are the channel halves of a {@link ZeroConv2d}, with weights {@code prior.*} of glow-pytorch.
 */
final class GaussianPrior {
    private final ZeroConv2d network;

    /** A prior of a latent of {@code channels} channels, given {@code in} channels. */
    GaussianPrior(Parameters p, int in, int channels) {
        network = new ZeroConv2d(p, in, 2 * channels);
    }

    /** Mean and logarithm of the deviation, float64. */
    record Moments(Tensor mean, Tensor logDeviation) {
        /** Logarithm of the density of each sample, (N) in float64. */
        Tensor logDensity(Tensor z) {
            return Scope.keeping(() -> {
                Tensor distance = z.sub(mean).mul(logDeviation.negate().exp());
                Tensor sum = LogDeterminants.perSample(
                        distance.square().affine(-0.5, 0).sub(logDeviation));
                Tensor density = sum.affine(1, -0.5 * Math.log(2 * Math.PI) * dimensions(z));
                checkFinite(density);
                return density;
            });
        }

        private static void checkFinite(Tensor density) {
            if (!Run.isReplaying() && !Double.isFinite(density.plain().sum().item())) {
                throw new BackendException("prior: the likelihood of a latent is not finite: the learned deviation"
                        + " overflows; take a smaller learning rate or weights of an earlier step");
            }
        }

        /** The latent of standard normal numbers. */
        Tensor latent(Tensor noise) {
            return Scope.keeping(
                    () -> LogDeterminants.state(noise).mul(logDeviation.exp()).add(mean));
        }
    }

    /** Numbers of each sample. */
    static long dimensions(Tensor x) {
        return x.shape().size(0) == 0 ? 0 : x.shape().elements() / x.shape().size(0);
    }

    /** Mean and deviation given a feature map; for the caller's scope. */
    Moments moments(Tensor given) {
        try (Scope scope = Scope.open()) {
            Tensor both = network.forward(given.to(ElementType.FLOAT32)).to(ElementType.FLOAT64);
            long channels = both.shape().size(1) / 2;
            return new Moments(scope.keep(both.slice(1, 0, channels)), scope.keep(both.slice(1, channels, channels)));
        }
    }
}
