package org.impasto.flow;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.Parameters;
import org.jspecify.annotations.Nullable;

/**
 * One level of Glow: {@link Squeeze}, some {@link GlowStep}s, then half of the channels are passed on and the other
 * half is a latent with a learned prior given the first; at the last level everything is latent. Weights {@code
 * flows.0.*} and so on and {@code prior.*}, as a block of glow-pytorch.
 */
public final class GlowBlock {
    private final InvertibleSequence steps;
    private final GaussianPrior prior;
    private final int channels;
    private final boolean last;

    /**
     * A level.
     *
     * @param in channels before the squeeze
     * @param last whether everything is latent
     */
    public GlowBlock(Parameters p, int in, Glow.Options options, boolean last) {
        this.channels = 4 * in;
        this.last = last;
        List<Invertible> layers = new ArrayList<>(List.of(new Squeeze()));
        for (int step = 0; step < options.steps(); step++) {
            layers.add(new GlowStep(
                    p.in("flows." + step), channels, options.width(), options.affine(), last || options.lu()));
        }
        this.steps = new InvertibleSequence(layers);
        this.prior = last
                ? new GaussianPrior(p.in("prior"), channels, channels)
                : new GaussianPrior(p.in("prior"), channels / 2, channels / 2);
    }

    /**
     * What a level gives.
     *
     * @param passed what goes to the next level, (N, 2 C, H / 2, W / 2); null at the last
     * @param latent (N, 2 C, H / 2, W / 2), at the last level (N, 4 C, H / 2, W / 2)
     * @param logDet (N)
     * @param logDensity of the latent under its prior, (N)
     */
    public record Level(@Nullable Tensor passed, Tensor latent, Tensor logDet, Tensor logDensity) {}

    /** See {@link InvertibleSequence#keepOnTapes}. */
    public void keepOnTapes(long bytes) {
        steps.keepOnTapes(bytes);
    }

    /** From a picture or what the level before passed on, (N, C, H, W) with even H and W. */
    public Level forward(Tensor x) {
        return split(x, false);
    }

    /** The forward pass of a first batch, which sets the weights that depend on data. */
    public Level initialize(Tensor x) {
        return split(x, true);
    }

    private Level split(Tensor x, boolean initialize) {
        try (Scope scope = Scope.open()) {
            Invertible.Result result = initialize ? steps.initialize(x) : steps.forward(x);
            Tensor logDet = scope.keep(result.logDet());
            Tensor y = result.y();
            if (last) {
                Tensor logDensity = scope.keep(moments(null, y).logDensity(y));
                return new Level(null, scope.keep(y), logDet, logDensity);
            }
            Tensor passed = scope.keep(y.slice(1, 0, channels / 2));
            Tensor latent = scope.keep(y.slice(1, channels / 2, channels / 2));
            Tensor logDensity = scope.keep(moments(passed, latent).logDensity(latent));
            return new Level(passed, latent, logDet, logDensity);
        }
    }

    private GaussianPrior.Moments moments(@Nullable Tensor passed, Tensor latent) {
        if (last) {
            return prior.moments(
                    latent.detach().affine(0, 0)); // zeros where the latent lives, so that weights are tracked
        }
        if (passed == null) {
            throw new ShapeException("block: what the level passed on is missing; only the last passes nothing on");
        }
        return prior.moments(passed);
    }

    /** The x whose forward pass gives this; {@code passed} is null at the last level. */
    public Tensor inverse(@Nullable Tensor passed, Tensor latent) {
        return Scope.keeping(() -> steps.inverse(
                passed == null
                        ? latent
                        : Tensor.concat(1, List.of(LogDeterminants.state(passed), LogDeterminants.state(latent)))));
    }

    /** The latent that standard normal numbers of its shape stand for; {@code passed} is null at the last level. */
    public Tensor latent(@Nullable Tensor passed, Tensor noise) {
        return Scope.keeping(() -> moments(passed, noise).latent(noise));
    }
}
