package org.impasto.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.flow.RandomFlows.Kind;
import org.impasto.nn.Model;
import org.junit.jupiter.api.Test;

/** Pictures come back: every level of every 8-bit picture, through flows of random make. */
class ExactnessTest {
    private static final int TRIALS = 40;

    /** Where the rounding of a network's input goes the other way, a few units of float32 come through all layers. */
    private static final double LARGEST_ERROR = 1e-5;

    private static final List<Kind> KINDS = List.of(Kind.values());

    private final Backend backend = Backends.standard();

    @Test
    void levelsSurviveRandomChainsOfEveryKind() {
        for (long seed = 100; seed < 100 + TRIALS; seed++) {
            Random random = new Random(seed);
            int depth = 1 + random.nextInt(24);
            List<Kind> kinds = new ArrayList<>();
            for (int i = 0; i < depth; i++) {
                kinds.add(KINDS.get(random.nextInt(KINDS.size())));
            }
            int batch = 1 + 2 * random.nextInt(3);
            int channels = 2 + random.nextInt(7);
            int height = 4 + random.nextInt(14);
            int width = 4 + random.nextInt(14);
            int hidden = 1 + random.nextInt(20);
            String what = "seed " + seed + ": " + batch + "x" + channels + "x" + height + "x" + width + ", hidden "
                    + hidden + ", " + kinds;
            try (Scope scope = Scope.open();
                    Model<InvertibleSequence> model = RandomFlows.model(
                            backend, seed, 0.4, p -> RandomFlows.chain(p, kinds, channels, height, width, hidden))) {
                Tensor picture = RandomFlows.levels(backend, random, batch, channels, height, width);
                Certificate certificate = model.net().verify(picture);
                System.out.println(what + ": " + certificate);
                assertThat(certificate.levelsSurvive())
                        .as(what + ": " + certificate)
                        .isTrue();
                assertThat(certificate.largestError()).as(what).isLessThan(LARGEST_ERROR);
            }
        }
    }

    @Test
    void levelsSurviveRandomGlows() {
        for (long seed = 200; seed < 200 + TRIALS / 2; seed++) {
            Random random = new Random(seed);
            int levels = 1 + random.nextInt(3);
            Glow.Options options = new Glow.Options(
                    1 + random.nextInt(4),
                    1 + random.nextInt(12),
                    levels,
                    1 + random.nextInt(24),
                    random.nextBoolean(),
                    random.nextBoolean());
            int batch = 1 + 2 * random.nextInt(2);
            long height = (1L << levels) * (1 + random.nextInt(4));
            long width = (1L << levels) * (1 + random.nextInt(4));
            String what = "seed " + seed + ": " + options + ", " + batch + " pictures of " + height + "x" + width;
            try (Scope scope = Scope.open();
                    Model<Glow> model = RandomFlows.model(backend, seed, 0.3, p -> new Glow(p, options))) {
                Tensor picture = RandomFlows.levels(backend, random, batch, options.channels(), height, width);
                Certificate certificate = model.net().verify(picture);
                System.out.println(what + ": " + certificate);
                assertThat(certificate.levelsSurvive())
                        .as(what + ": " + certificate)
                        .isTrue();
                assertThat(certificate.largestError()).as(what).isLessThan(LARGEST_ERROR);
            }
        }
    }

    @Test
    void whatIsNotFiniteDoesNotSurvive() {
        try (Scope scope = Scope.open()) {
            Tensor white = Tensor.of(backend, Shape.of(1, 1, 1, 2), 1, 1);
            for (float lost : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                Certificate certificate = Certificate.of(white, x -> Tensor.of(backend, x.shape(), 1, lost));
                assertThat(certificate.largestError()).isNaN();
                assertThat(certificate.changedLevels()).isEqualTo(1);
            }
        }
    }

    @Test
    void latentsRoundedToFloat32AreNotExact() {
        // What the float64 state is for: the same flow loses digits if its latents are rounded on the way.
        try (Scope scope = Scope.open();
                Model<Glow> model =
                        RandomFlows.model(backend, 3, 0.5, p -> new Glow(p, Glow.Options.of(3, 6, 1, 16)))) {
            Tensor picture = RandomFlows.levels(backend, new Random(3), 1, 3, 8, 8);
            double exact = model.net().verify(picture).largestError();
            double rounded = Certificate.of(
                            picture,
                            x -> model.net()
                                    .decode(model.net().encode(x).latents().stream()
                                            .map(z -> z.to(ElementType.FLOAT32))
                                            .toList()))
                    .largestError();
            assertThat(exact).isLessThan(rounded / 1000);
        }
    }
}
