package org.impasto.flow;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.Parameters;
import org.impasto.nn.WeightNames;
import org.jspecify.annotations.Nullable;

/**
 * The flow of Kingma and Dhariwal, "Glow: generative flow with invertible 1x1 convolutions", 2018: levels of
 * {@link GlowBlock}s. Pictures (N, C, H, W), whose sides are multiples of 2 to the power of the number of levels,
 * become latents and come back exactly: the state is float64 throughout, so encode a picture to float64 latents and
 * keep them so.
 *
 * <p>Names and conventions are those of glow-pytorch, whose files {@link #names} opens. Its pictures lie in
 * [-0.5, 0.5]: see {@link UniformDequantization#centred}. As there, the 1x1 convolutions of the last level have the
 * form of {@link LuConvolution1x1} whatever the options say.
 */
public final class Glow {
    /**
     * The size of a network.
     *
     * @param channels of the pictures
     * @param steps at each level
     * @param levels how often a picture is squeezed
     * @param width channels inside the couplings' networks
     * @param affine whether couplings scale, or add only
     * @param lu whether 1x1 convolutions have the form of {@link LuConvolution1x1}
     */
    public record Options(int channels, int steps, int levels, int width, boolean affine, boolean lu) {
        /** Sizes are at least 1, and there are at most 16 levels. */
        public Options {
            if (channels < 1 || steps < 1 || levels < 1 || levels > 16 || width < 1) {
                throw new ShapeException("glow: " + channels + " channels, " + steps + " steps, " + levels
                        + " levels and width " + width + ", expected at least 1 of each and at most 16 levels");
            }
        }

        /** Affine couplings and matrices in factors. */
        public static Options of(int channels, int steps, int levels, int width) {
            return new Options(channels, steps, levels, width, true, true);
        }
    }

    private final Options options;
    private final List<GlowBlock> blocks = new ArrayList<>();

    /** A network with weights {@code blocks.0.*} and so on. */
    public Glow(Parameters p, Options options) {
        this.options = options;
        int channels = options.channels();
        for (int level = 0; level < options.levels(); level++) {
            boolean last = level == options.levels() - 1;
            blocks.add(new GlowBlock(p.in("blocks." + level), channels, options, last));
            channels *= 2;
        }
    }

    /** How glow-pytorch names the weights: as here, with constant masks, which are passed over. */
    public static WeightNames names() {
        return WeightNames.asInFile()
                .ignoring(name -> name.endsWith(".l_mask") || name.endsWith(".u_mask") || name.endsWith(".l_eye"));
    }

    /** The size of the network. */
    public Options options() {
        return options;
    }

    /** The levels from the first, that of the largest maps, to the last. */
    public List<GlowBlock> blocks() {
        return List.copyOf(blocks);
    }

    /**
     * Lets a training step keep up to about that many bytes of what the layers compute, so that less is computed again: see
     * {@link InvertibleSequence#keepOnTapes}. 0, as at first, keeps nothing, and memory does not grow with depth.
     */
    public void keepOnTapes(long bytes) {
        blocks.forEach(block -> block.keepOnTapes(bytes));
    }

    // ---- pictures to latents

    /** Latents and likelihood of pictures. */
    public Encoding encode(Tensor pictures) {
        return encode(pictures, false);
    }

    /** The encoding of a first batch, on which every {@link ActNorm} sets its weights: once, before training. */
    public Encoding initialize(Tensor pictures) {
        return encode(pictures, true);
    }

    private Encoding encode(Tensor pictures, boolean initialize) {
        checkPictures(pictures.shape());
        try (Scope scope = Scope.open()) {
            List<Tensor> latents = new ArrayList<>();
            Tensor state = LogDeterminants.state(pictures);
            Tensor logDet = LogDeterminants.none(state);
            Tensor logDensity = LogDeterminants.none(state);
            for (GlowBlock block : blocks) {
                GlowBlock.Level level = initialize ? block.initialize(state) : block.forward(state);
                latents.add(scope.keep(level.latent()));
                logDet = logDet.add(level.logDet());
                logDensity = logDensity.add(level.logDensity());
                if (level.passed() != null) {
                    state = scope.only(level.passed(), logDet, logDensity);
                }
            }
            return new Encoding(latents, scope.keep(logDet), scope.keep(logDensity));
        }
    }

    private void checkPictures(Shape shape) {
        long factor = 1L << options.levels();
        if (shape.rank() != 4
                || shape.size(1) != options.channels()
                || shape.size(2) % factor != 0
                || shape.size(3) % factor != 0) {
            throw new ShapeException("glow: pictures have shape " + shape + ", expected N, " + options.channels()
                    + ", H, W with sides that are multiples of " + factor + " for " + options.levels() + " levels");
        }
    }

    // ---- latents to pictures

    /** The pictures that have these latents, float64. */
    public Tensor decode(List<Tensor> latents) {
        return decode(latents, false, 1);
    }

    /** The pictures that standard normal numbers of the latents' shapes stand for, given the priors. */
    public Tensor decodeNoise(List<Tensor> noise) {
        return decode(noise, true, 1);
    }

    private Tensor decode(List<Tensor> given, boolean noise, double temperature) {
        checkLatents(given.stream().map(Tensor::shape).toList());
        try (Scope scope = Scope.open()) {
            int last = blocks.size() - 1;
            Tensor state = scope.only(level(last, null, given.get(last), noise, temperature));
            for (int level = last - 1; level >= 0; level--) {
                state = scope.only(level(level, state, given.get(level), noise, temperature));
            }
            return scope.keep(state);
        }
    }

    private void checkLatents(List<Shape> found) {
        int levels = blocks.size();
        if (found.size() != levels) {
            throw new ShapeException("glow: " + found.size() + " latents, expected " + levels + ", one for each level");
        }
        Shape last = found.get(levels - 1);
        if (last.rank() != 4) {
            throw new ShapeException("glow: the last latent has shape " + last + ", expected N, C, H, W");
        }
        List<Shape> expected = latentShapes(
                Shape.of(last.size(0), options.channels(), last.size(2) << levels, last.size(3) << levels));
        if (!found.equals(expected)) {
            throw new ShapeException("glow: latents have shapes " + found + ", expected " + expected
                    + " by the height and width of the last");
        }
    }

    private Tensor level(int level, @Nullable Tensor passed, Tensor given, boolean noise, double temperature) {
        GlowBlock block = blocks.get(level);
        return Scope.keeping(() -> block.inverse(
                passed,
                noise ? block.latent(passed, LogDeterminants.state(given).affine(temperature, 0)) : given));
    }

    /**
     * New pictures, from the current run's noise.
     *
     * @param like tells the backend
     * @param shape of the pictures
     * @param temperature by which the noise is multiplied: 1 for the distribution that was learned, less for its middle
     */
    public Tensor sample(Tensor like, Shape shape, double temperature) {
        checkPictures(shape);
        if (!(temperature >= 0)) {
            throw new ShapeException("glow: temperature is " + temperature + ", expected 0 or more");
        }
        try (Scope scope = Scope.open()) {
            Tensor state = LogDeterminants.state(like.constant(Shape.scalar(), 0));
            List<Tensor> noise = new ArrayList<>();
            for (Shape latent : latentShapes(shape)) {
                noise.add(state.noise(latent));
            }
            return scope.keep(decode(noise, true, temperature));
        }
    }

    /** Shapes of the latents of pictures. */
    public List<Shape> latentShapes(Shape pictures) {
        checkPictures(pictures);
        List<Shape> shapes = new ArrayList<>();
        long channels = options.channels();
        for (int level = 1; level <= options.levels(); level++) {
            channels *= level == options.levels() ? 4 : 2;
            shapes.add(Shape.of(pictures.size(0), channels, pictures.size(2) >> level, pictures.size(3) >> level));
        }
        return shapes;
    }

    // ---- uses

    /**
     * Pictures between two, on the straight line between their latents.
     *
     * @param first (N, C, H, W)
     * @param second of the same shape
     * @param positions 0 for the first, 1 for the second
     */
    public List<Tensor> interpolate(Tensor first, Tensor second, double... positions) {
        if (!first.shape().equals(second.shape())) {
            throw new ShapeException("glow: interpolation between pictures of " + first.shape() + " and "
                    + second.shape() + ", expected two of the same shape");
        }
        try (Scope scope = Scope.open()) {
            List<Tensor> from = encode(first).latents();
            List<Tensor> to = encode(second).latents();
            List<Tensor> pictures = new ArrayList<>();
            for (double position : positions) {
                List<Tensor> between = new ArrayList<>();
                for (int level = 0; level < from.size(); level++) {
                    between.add(from.get(level)
                            .affine(1 - position, 0)
                            .add(to.get(level).affine(position, 0)));
                }
                pictures.add(scope.keep(decode(between)));
            }
            return pictures;
        }
    }

    /** Sends a picture forth and back; see {@link Invertible#verify}. */
    public Certificate verify(Tensor picture) {
        return Certificate.of(picture, x -> decode(encode(x).latents()));
    }
}
