package org.impasto.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Glow and its dequantisation do as a whole. */
class GlowTest {
    private static final Glow.Options OPTIONS = Glow.Options.of(3, 3, 2, 6);

    private final Backend backend = Backends.standard();

    private Model<Glow> random() {
        return RandomFlows.model(backend, 4, 0.5, p -> new Glow(p, OPTIONS));
    }

    @Test
    void aFreshGlowIsARotationWithStandardPriors() {
        try (Scope scope = Scope.open();
                Model<Glow> model =
                        Model.fresh(backend, 4, p -> new Glow(p, new Glow.Options(3, 3, 2, 6, false, true)))) {
            Tensor x = RandomFlows.uniform(backend, 1, 2, 3, 8, 8);
            Encoding encoding = model.net().encode(x);
            assertThat(encoding.logDet().abs().max().item()).isLessThan(1e-4); // w_s is rounded to float32
            double squares = 0;
            for (Tensor latent : encoding.latents()) {
                squares += latent.square().sum().item();
            }
            // Its factors are rounded to float32, which a rotation keeps the length up to.
            assertThat(squares).isCloseTo(x.square().sum().item(), within(1e-4 * squares));
            double density =
                    -0.5 * squares - 0.5 * Math.log(2 * Math.PI) * x.shape().elements();
            assertThat(encoding.logDensity().sum().item()).isCloseTo(density, within(1e-9 * Math.abs(density)));
        }
    }

    @Test
    void initialisationGivesEveryNormMeanZeroAndDeviationOne() {
        try (Scope scope = Scope.open();
                Model<ActNorm> model = RandomFlows.model(backend, 4, 1, p -> new ActNorm(p, 5))) {
            Tensor x = RandomFlows.uniform(backend, 1, 3, 5, 4, 6).affine(3, 7);
            assertThat(model.net().isInitialized()).isFalse();
            Tensor y = model.net().initialize(x).y();
            assertThat(model.net().isInitialized()).isTrue();
            int count = 3 * 4 * 6;
            assertThat(y.mean(0, 2, 3).abs().max().item()).isLessThan(1e-5);
            double[] squares = y.square().sum(0, 2, 3).toDoubles();
            for (double sum : squares) {
                assertThat(sum / (count - 1)).isCloseTo(1, within(1e-5));
            }
        }
    }

    @Test
    void samplesDependOnSeedAndTemperature() {
        try (Model<Glow> model = random()) {
            Shape shape = Shape.of(2, 3, 8, 8);
            double[] cold = sample(model.net(), shape, 1, 0);
            assertThat(sample(model.net(), shape, 2, 0)).containsExactly(cold);
            double[] warm = sample(model.net(), shape, 1, 0.7);
            assertThat(warm).isNotEqualTo(cold).isNotEqualTo(sample(model.net(), shape, 2, 0.7));
            assertThat(sample(model.net(), shape, 1, 0.7)).containsExactly(warm);
        }
    }

    private double[] sample(Glow net, Shape shape, long seed, double temperature) {
        try (Scope scope = Scope.open(Run.inference(seed))) {
            return net.sample(Tensor.of(backend, Shape.of(1), 0f), shape, temperature)
                    .toDoubles();
        }
    }

    @Test
    void interpolationBeginsAndEndsAtThePictures() {
        try (Scope scope = Scope.open();
                Model<Glow> model = random()) {
            Tensor a = RandomFlows.levels(backend, new Random(1), 1, 3, 8, 8);
            Tensor b = RandomFlows.levels(backend, new Random(2), 1, 3, 8, 8).affine(-1, 1);
            List<Tensor> between = model.net().interpolate(a, b, 0, 0.5, 1);
            assertThat(Certificate.of(a, x -> between.get(0)).largestError()).isLessThan(1e-9);
            assertThat(Certificate.of(b, x -> between.get(2)).largestError()).isLessThan(1e-9);
            assertThat(Certificate.of(a, x -> between.get(1)).levelsSurvive()).isFalse();
        }
    }

    @Test
    void aSavedGlowIsTheSame(@TempDir Path folder) {
        Path file = folder.resolve("glow.safetensors");
        try (Scope scope = Scope.open();
                Model<Glow> model = random()) {
            model.save(file);
            Tensor x = RandomFlows.uniform(backend, 1, 1, 3, 8, 8);
            try (Model<Glow> loaded = Model.load(backend, file, Glow.names(), p -> new Glow(p, OPTIONS))) {
                assertThat(loaded.net().encode(x).latents().get(1).toDoubles())
                        .containsExactly(model.net().encode(x).latents().get(1).toDoubles());
            }
        }
    }

    @Test
    void gradientsReachEveryWeight() {
        try (Scope scope = Scope.open(Run.training(1));
                Model<Glow> model = random()) {
            Tensor x = RandomFlows.uniform(backend, 1, 2, 3, 8, 8);
            Tape.Gradients gradients =
                    Tape.gradients(t -> model.net().encode(t).bitsPerDimension().mean(), x);
            model.weights().all().stream()
                    .filter(parameter -> parameter.isTrainable())
                    .forEach(parameter -> {
                        assertThat(gradients.parameters()).as(parameter.path()).containsKey(parameter);
                        assertThat(gradients
                                        .parameters()
                                        .get(parameter)
                                        .abs()
                                        .max()
                                        .item())
                                .as(parameter.path())
                                .isPositive()
                                .isFinite();
                    });
        }
    }

    @Test
    void levelsComeBackFromDequantisation() {
        try (Scope scope = Scope.open(Run.inference(3));
                Model<ImageFlow> model =
                        RandomFlows.model(backend, 5, 1, p -> ImageFlow.checkerboards(p, 16, 16, true))) {
            Tensor picture = RandomFlows.levels(backend, new Random(4), 3, 1, 16, 16);
            for (int bins : new int[] {256, 32, 2}) {
                Tensor levels = Dequantization.levels(picture, bins);
                assertThat(levels.max().item()).isEqualTo(bins - 1);
                assertThat(levels.min().item()).isZero();
                for (UniformDequantization uniform :
                        List.of(UniformDequantization.unit(bins), UniformDequantization.centred(bins))) {
                    Invertible.Result result = uniform.forward(levels);
                    assertThat(uniform.inverse(result.y()).toDoubles()).containsExactly(levels.toDoubles());
                    assertThat(result.logDet().toDoubles()).containsOnly(-256 * Math.log(bins));
                }
            }
            Tensor levels = Dequantization.levels(picture, 256);
            Encoding encoding = model.net().encode(levels);
            assertThat(model.net().decode(encoding.latents().get(0)).toDoubles())
                    .containsExactly(levels.toDoubles());
            assertThat(encoding.bitsPerDimension().toDoubles()).doesNotContain(Double.NaN);
        }
    }

    /** Noise at both ends of its range, in numbers of levels that double precision cannot divide by. */
    @Test
    void noLevelBecomesItsNeighbour() {
        try (Scope scope = Scope.open()) {
            for (int bins : new int[] {2, 49, 100, 256, 1000, 65536}) {
                double[] all = IntStream.range(0, bins).asDoubleStream().toArray();
                Tensor levels = Tensor.ofDoubles(backend, Shape.of(1, 1, 1, bins), all);
                for (double noise : new double[] {0, 0.5, Math.nextDown(1f), Math.nextDown(1.0)}) {
                    Tensor u = levels.constant(levels.shape(), noise);
                    for (UniformDequantization uniform :
                            List.of(UniformDequantization.unit(bins), UniformDequantization.centred(bins))) {
                        Tensor y = uniform.forward(levels, u).y();
                        for (double error : new double[] {-0x1p-34 / bins, 0, 0x1p-34 / bins}) {
                            assertThat(uniform.inverse(y.affine(1, error)).toDoubles())
                                    .as("%d levels, noise %s, off by %s", bins, noise, error)
                                    .isEqualTo(all);
                        }
                    }
                }
            }
        }
    }

    @Test
    void aBatchMayBeEmpty() {
        try (Scope scope = Scope.open(Run.inference(3));
                Model<Glow> model = RandomFlows.model(backend, 2, 0.3, p -> new Glow(p, Glow.Options.of(3, 2, 2, 4)))) {
            Tensor none = Tensor.of(backend, Shape.of(0, 3, 8, 8));
            Encoding encoding = model.net().encode(none);
            assertThat(encoding.logDet().shape()).isEqualTo(Shape.of(0));
            assertThat(model.net().decode(encoding.latents()).shape()).isEqualTo(none.shape());
            assertThat(model.net().sample(none, none.shape(), 1).shape()).isEqualTo(none.shape());
        }
        try (Scope scope = Scope.open(Run.inference(3));
                Model<ImageFlow> model =
                        RandomFlows.model(backend, 2, 1, p -> ImageFlow.checkerboards(p, 4, 4, true))) {
            Tensor none = Tensor.of(backend, Shape.of(0, 1, 4, 4));
            assertThat(model.net().bitsPerDimension(none, 2).shape()).isEqualTo(Shape.of(0));
        }
    }

    @Test
    void uniformNoiseIsUniform() {
        try (Scope scope = Scope.open(Run.inference(9))) {
            Tensor noise = Dequantization.uniform(RandomFlows.uniform(backend, 1, 100_000));
            double[] values = noise.toDoubles();
            int[] tenths = new int[10];
            for (double value : values) {
                assertThat(value).isBetween(0.0, Math.nextDown(1.0));
                tenths[(int) (value * 10)]++;
            }
            for (int count : tenths) {
                assertThat(count).isCloseTo(10_000, within(5 * 95)); // five standard deviations
            }
        }
    }
}
