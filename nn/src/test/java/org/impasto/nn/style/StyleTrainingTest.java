package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.PaddingMode;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSet;
import org.impasto.nn.vgg.InverseNetwork;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;
import org.impasto.nn.vgg.VggVariant.Convolution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Losses of style, and networks that learn to lower them. */
class StyleTrainingTest {
    private static final int DEEPEST = 12;

    @TempDir
    Path folder;

    private final Backend backend = Backends.standard();
    private final long live = Storage.live();
    private Model<Vgg> vgg;

    @BeforeEach
    void makeLossNetwork() {
        VggVariant narrow = new VggVariant(
                "narrow",
                List.of(
                        List.of(new Convolution("2", 6), new Convolution("5", 6)),
                        List.of(new Convolution("9", 8), new Convolution("12", 8)),
                        List.of(new Convolution("16", DEEPEST))),
                "0",
                PaddingMode.REFLECT,
                true,
                false,
                "",
                List.of("19", "22", "25"));
        vgg = Model.fresh(backend, 5, p -> new Vgg(p, narrow));
        vgg.weights().setTrainable("", false);
    }

    @AfterEach
    void nothingIsHeld() {
        vgg.close();
        assertThat(Storage.live()).isEqualTo(live);
    }

    private Tensor pictures(int count, int height, int width, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count * 3 * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return Tensor.of(backend, Shape.of(count, 3, height, width), values);
    }

    @Test
    void distanceIsThatOfGramMatricesInRelationToTheStyles() {
        try (Scope scope = Scope.open();
                StyleDistance distance = new StyleDistance(vgg.net(), pictures(1, 20, 24, 1))) {
            Tensor pictures = pictures(2, 16, 12, 2);
            double expected = 0;
            for (String layer : StyleDistance.LAYERS) {
                float[] style =
                        vgg.net().feature(pictures(1, 20, 24, 1), layer).gram().toFloats();
                float[] grams = vgg.net().feature(pictures, layer).gram().toFloats();
                double squares = 0;
                double differences = 0;
                for (int i = 0; i < grams.length; i++) {
                    double reference = style[i % style.length];
                    squares += reference * reference / grams.length;
                    differences += (grams[i] - reference) * (grams[i] - reference) / grams.length;
                }
                expected += differences / squares;
            }
            double found = distance.of(pictures).item();
            // Float sums of at most 96 products, squared: some 1e-6 of the whole.
            assertThat(found).isCloseTo(expected, within(1e-5 * expected));
            assertThat(distance.ofFeatures(vgg.net().features(pictures, StyleDistance.LAYERS))
                            .item())
                    .isCloseTo(expected, within(1e-5 * expected));
            assertThat(distance.of(pictures(1, 20, 24, 1)).item()).isZero();
        }
    }

    @Test
    void fastStyleLossIsTheWeightedSumOfItsTerms() {
        try (Scope scope = Scope.open();
                FastStyleLoss loss =
                        new FastStyleLoss(vgg.net(), pictures(1, 20, 24, 1), new FastStyleLoss.Weights(2, 3, 5))) {
            Tensor content = pictures(2, 16, 12, 2);
            Tensor stylized = pictures(2, 16, 12, 3);
            FastStyleLoss.Terms terms = loss.of(content, stylized);
            double sum = 2 * terms.content().item()
                    + 3 * terms.style().item()
                    + 5 * terms.totalVariation().item();
            assertThat(terms.total().item()).isCloseTo(sum, within(1e-6 * sum));
            assertThat(terms.style().item())
                    .isCloseTo(loss.distance().of(stylized).item(), within(1e-6));
            float[] wanted = vgg.net().feature(content, "relu3_1").toFloats();
            float[] found = vgg.net().feature(stylized, "relu3_1").toFloats();
            double differences = 0;
            double squares = 0;
            for (int i = 0; i < wanted.length; i++) {
                differences += (found[i] - wanted[i]) * (double) (found[i] - wanted[i]);
                squares += wanted[i] * (double) wanted[i];
            }
            assertThat(terms.content().item()).isCloseTo(differences / squares, within(1e-5));
            assertThat(loss.of(content, content).content().item()).isZero();
            assertThat(loss.of(content, content).ratio().item()).isCloseTo(1, within(1e-6));
            assertThat(terms.ratio().item())
                    .isCloseTo(
                            terms.style().item() / loss.distance().of(content).item(), within(1e-6));
            assertThatThrownBy(() -> loss.of(content, pictures(2, 16, 16, 3)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("multiples of 4");
        }
        assertThatThrownBy(() -> new FastStyleLoss.Weights(-1, 1, 1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new InverseLoss.Weights(1, Double.NaN, 1)).hasMessageContaining("NaN");
    }

    @ParameterizedTest
    @EnumSource
    void aFastStyleNetworkLearnsAndIsUsedByItsFile(FeedForward.Form form) {
        Path file = folder.resolve(form + ".safetensors");
        try (Scope scope = Scope.open();
                Model<FeedForward> model = Model.fresh(backend, 1, p -> new FeedForward(p, form));
                // A dark style, from which the first pictures are far.
                FastStyleLoss loss = new FastStyleLoss(
                        vgg.net(), pictures(1, 20, 24, 1).affine(0.2, 0), FastStyleLoss.Weights.standard())) {
            Tensor content = pictures(2, 32, 32, 2);
            double[] course = new double[8];
            for (int step = 0; step < course.length; step++) {
                try (Scope inner = Scope.open(Run.training(1))) {
                    Tape.Gradients gradients = Tape.gradients(
                            x -> loss.of(content, model.net().stylized(x.detach()))
                                    .total(),
                            content);
                    course[step] = gradients.value().item();
                    descend(model.weights(), gradients.parameters(), 2e-3);
                }
            }
            assertThat(course[course.length - 1])
                    .as("the course %s", java.util.Arrays.toString(course))
                    .isLessThan(0.8 * course[0]);
            model.save(file);
            Tensor picture = content.slice(0, 0, 1).slice(2, 0, 27);
            Tensor expected = model.net().stylized(picture).clamp(0, 1);
            try (FeedForwardTransfer transfer = new FeedForwardTransfer(backend);
                    StyleCode code = transfer.prepare(file)) {
                assertThat(transfer.stylize(picture, StyleMix.of(code)).toFloats())
                        .isEqualTo(expected.toFloats());
            }
        }
    }

    @Test
    void anInverseNetworkLearns() {
        try (Scope scope = Scope.open();
                Model<InverseNetwork> model = Model.fresh(
                        backend, 1, p -> new InverseNetwork(p, DEEPEST, List.of(16, 16, 16, 8, 8, 8, 8, 8)))) {
            InverseLoss loss = new InverseLoss(vgg.net(), new InverseLoss.Weights(1, 0.1, 0.01));
            Tensor pictures = pictures(2, 16, 16, 2).affine(0.2, 0); // dark, where new weights give grey
            Tensor features = loss.encoded(pictures);
            double[] course = new double[20];
            for (int step = 0; step < course.length; step++) {
                try (Scope inner = Scope.open(Run.training(1))) {
                    Tape.Gradients gradients = Tape.gradients(
                            x -> {
                                InverseLoss.Terms terms =
                                        loss.of(pictures, features, model.net().forward(x.detach()));
                                double sum = terms.pixels().item()
                                        + 0.1 * terms.features().item()
                                        + 0.01 * terms.totalVariation().item();
                                assertThat(terms.total().item()).isCloseTo(sum, within(1e-6 * sum));
                                return terms.total();
                            },
                            features);
                    course[step] = gradients.value().item();
                    descend(model.weights(), gradients.parameters(), 2e-3);
                }
            }
            assertThat(course[course.length - 1])
                    .as("the course %s", java.util.Arrays.toString(course))
                    .isLessThan(0.8 * course[0]);
        }
    }

    /** A step by the gradients' signs; the loss network has none. */
    private static void descend(ParameterSet weights, Map<Parameter, Tensor> gradients, double rate) {
        assertThat(gradients.keySet()).containsExactlyInAnyOrderElementsOf(weights.all());
        gradients.forEach((parameter, gradient) ->
                parameter.set(parameter.value().sub(gradient.sign().affine(rate, 0))));
    }
}
