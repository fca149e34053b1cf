package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.image.Image;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.style.FeatureTransfer;
import org.impasto.nn.style.FeatureTransfer.Method;
import org.impasto.nn.style.FeedForwardTransfer;
import org.impasto.nn.style.StyleCode;
import org.impasto.nn.style.StyleMix;
import org.impasto.nn.style.StyleTransfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The style methods with published weights: sizes, mixes, masks, levels, and pictures that were published. */
class StyleTransferTest {
    private final Backend backend = Backends.open(BackendOptions.cpu().withThreads(2));
    private long live;

    @BeforeEach
    void openScope() {
        live = Storage.live();
    }

    @AfterEach
    void nothingIsHeld() {
        assertThat(Storage.live()).isEqualTo(live);
    }

    @ParameterizedTest
    @CsvSource({
        "ADAIN, wct, 3, 33, 47",
        "ADAIN, wct, 3, 1, 1",
        "WCT, wct, 321, 45, 30",
        "WCT, wct, 3, 1, 70",
        "WCT, thin, 54321, 50, 35",
        "ADAIN, thin, 51, 3, 18",
        "SWAP, wct, 3, 29, 34",
        "SWAP, wct, 3, 2, 1",
    })
    void anySizeComesBackAsItIs(Method method, String family, String levels, int height, int width) {
        try (Scope scope = Scope.open();
                StyleTransfer transfer = load(method, family, levels)) {
            Tensor content = RandomTensors.picture(backend, 1, 1, height, width);
            Tensor style = RandomTensors.picture(backend, 2, 1, width, height);
            float[] found = transfer.stylize(content, style, 1).toFloats();
            assertThat(found).hasSize(3 * height * width);
            for (float value : found) {
                assertThat(value).isBetween(0f, 1f);
            }
            assertThat(transfer.stylize(content, style, 0).toFloats()).isEqualTo(content.toFloats());
        }
    }

    @ParameterizedTest
    @CsvSource({"ADAIN, 32", "WCT, 21", "SWAP, 2"})
    void sharesCountRelativeToEachOther(Method method, String levels) {
        try (Scope scope = Scope.open();
                StyleTransfer transfer = load(method, "wct", levels);
                StyleCode first = transfer.prepare(RandomTensors.picture(backend, 3, 1, 40, 32));
                StyleCode second = transfer.prepare(RandomTensors.picture(backend, 4, 1, 28, 44))) {
            Tensor content = RandomTensors.picture(backend, 5, 1, 41, 38);
            Tensor ones = content.constant(Shape.of(1, 1, 41, 38), 1);
            Tensor zeros = content.constant(Shape.of(1, 1, 41, 38), 0);
            Tensor alone = transfer.stylize(content, StyleMix.of(first));
            Tensor half = transfer.stylize(content, StyleMix.of(first).and(second, 1));
            // A part twice, a part without weight, weights ten times as large, and masks of nothing but 1 or 0.
            same(alone, transfer.stylize(content, StyleMix.of(first).and(first, 3)));
            same(alone, transfer.stylize(content, StyleMix.of(first).and(second, 0)));
            same(alone, transfer.stylize(content, StyleMix.of(first, ones)));
            same(alone, transfer.stylize(content, StyleMix.of(first, ones).and(second, zeros)));
            same(half, transfer.stylize(content, StyleMix.of(first, ones).and(second, ones)));
            List<StyleMix.Part> large =
                    List.of(new StyleMix.Part(first, 10, null), new StyleMix.Part(second, 10, null));
            same(half, transfer.stylize(content, new StyleMix(large, 1)));
            assertThat(distance(alone, half)).isGreaterThan(1e-3);
        }
    }

    @Test
    void eachRegionGetsItsStyle() {
        try (Scope scope = Scope.open();
                StyleTransfer transfer = load(Method.ADAIN, "wct", "3");
                StyleCode dark = transfer.prepare(gray(0.1f, 64));
                StyleCode light = transfer.prepare(gray(0.9f, 64))) {
            Tensor content = RandomTensors.picture(backend, 6, 1, 64, 96);
            float[] left = new float[64 * 96];
            for (int i = 0; i < left.length; i++) {
                left[i] = i % 96 < 48 ? 1 : 0;
            }
            Tensor mask = Tensor.of(backend, Shape.of(1, 1, 64, 96), left);
            Tensor found = transfer.stylize(content, StyleMix.of(dark, mask).and(light, mask.affine(-1, 1)));
            assertThat(found.slice(3, 0, 32).mean().item()).isLessThan(0.3);
            assertThat(found.slice(3, 64, 32).mean().item()).isGreaterThan(0.7);
            // Outside of a lone mask there is the content, to the bit; what half a mask covers is half and half.
            Tensor alone = transfer.stylize(content, StyleMix.of(dark, mask));
            assertThat(alone.slice(3, 48, 48).toFloats())
                    .isEqualTo(content.slice(3, 48, 48).toFloats());
            assertThat(alone.slice(3, 0, 32).mean().item()).isLessThan(0.3);
            Tensor faint = transfer.stylize(content, StyleMix.of(dark, mask.affine(0, 0.5)));
            Tensor whole = transfer.stylize(content, StyleMix.of(dark));
            same(whole.affine(0.5, 0).add(content.affine(0.5, 0)), faint);
        }
    }

    @Test
    void severalLevelsAreThoseOfThePublishedMethod() {
        Path golden = SharedFiles.folder().resolve("golden/style/wct.levels321.safetensors");
        assumeTrue(Files.exists(golden), "golden files are absent");
        // In any order of the files.
        try (Scope scope = Scope.open();
                FeatureTransfer transfer = load(Method.WCT, "wct", "132");
                WeightFile file = WeightFile.open(golden)) {
            assertThat(transfer.layers()).containsExactly("relu3_1", "relu2_1", "relu1_1");
            Tensor found = transfer.stylize(tensor(file, "in.content"), tensor(file, "in.style"), 0.8);
            assertThat(distance(found, tensor(file, "out.image1").clamp(0, 1))).isLessThan(1e-5);
        }
    }

    @Test
    void codesOutliveScopesAndAreChecked() {
        try (StyleTransfer three = load(Method.ADAIN, "wct", "3");
                StyleTransfer two = load(Method.ADAIN, "wct", "2")) {
            StyleCode code;
            try (Scope scope = Scope.open()) {
                code = three.prepare(RandomTensors.picture(backend, 3, 1, 40, 32));
            }
            try (Scope scope = Scope.open()) {
                Tensor content = RandomTensors.picture(backend, 5, 1, 41, 38);
                three.stylize(content, StyleMix.of(code));
                assertThatThrownBy(() -> two.stylize(content, StyleMix.of(code)))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContainingAll("relu3_1", "relu2_1");
                Tensor mask = content.constant(Shape.of(1, 1, 40, 38), 1);
                assertThatThrownBy(() -> three.stylize(content, StyleMix.of(code, mask)))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContainingAll("1x1x40x38", "1x1x41x38");
                assertThatThrownBy(() -> three.prepare(content.slice(1, 0, 1))).hasMessageContaining("1 x 3 x H x W");
                code.close();
                assertThatThrownBy(() -> three.stylize(content, StyleMix.of(code)))
                        .isInstanceOf(BackendException.class)
                        .hasMessageContaining("closed");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"wave, 39", "udnie, 42"})
    void feedForwardMakesThePublishedPictures(String style, double decibels) {
        Path pictures = SharedFiles.folder().resolve("images/published/johnson");
        Path weights = SharedFiles.folder().resolve("weights/johnson/" + style + ".safetensors");
        assumeTrue(Files.exists(pictures) && Files.exists(weights), "published pictures are absent");
        FeedForwardTransfer transfer = new FeedForwardTransfer(backend);
        try (Scope scope = Scope.open();
                StyleCode code = transfer.prepare(weights)) {
            Tensor content = Image.read(pictures.resolve("chicago.jpg")).tensor(backend);
            float[] found = transfer.stylize(content, StyleMix.of(code)).toFloats();
            float[] published =
                    Image.read(pictures.resolve("chicago_" + style + ".jpg")).pixels();
            double squares = 0;
            for (int i = 0; i < found.length; i++) {
                // The published picture was cut to bytes before it was compressed.
                double difference = Math.floor(found[i] * 255) / 255 - published[i];
                squares += difference * difference;
            }
            double reached = -10 * Math.log10(squares / found.length);
            System.out.println("feed-forward network, " + style + ": " + reached + " dB");
            assertThat(reached).isGreaterThan(decibels);

            assertThatThrownBy(() -> transfer.prepare(content))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("weight file");
            // Sizes that are no multiples of 4, and shares of pictures.
            for (int size = 1; size < 9; size++) {
                Tensor small = content.slice(2, 0, size).slice(3, 0, 2 * size);
                Tensor half = transfer.stylize(small, StyleMix.of(code).withStrength(0.5));
                Tensor full = transfer.stylize(small, StyleMix.of(code));
                same(half, full.add(small).affine(0.5, 0));
            }
        }
    }

    private FeatureTransfer load(Method method, String family, String levels) {
        List<Path> files = new ArrayList<>();
        for (String level : levels.chars().mapToObj(Character::toString).toList()) {
            Path weights = SharedFiles.folder().resolve("weights");
            boolean thin = family.equals("thin");
            files.add(weights.resolve(
                    thin ? "thin/trained/" + level + "SD.pth" : "wct/feature_invertor_conv" + level + "_1.pth"));
            files.add(weights.resolve(
                    thin ? "thin/trained/" + level + "SE.pth" : "wct/vgg_normalised_conv" + level + "_1.pth"));
        }
        assumeTrue(files.stream().allMatch(Files::exists), "published weights are absent");
        return FeatureTransfer.load(backend, method, files);
    }

    private Tensor gray(float level, int size) {
        Tensor noise = RandomTensors.picture(backend, 9, 1, size, size);
        return noise.affine(0.05, level - 0.025);
    }

    private Tensor tensor(WeightFile file, String name) {
        return Tensor.of(backend, file.spec(name).shape(), file.readFloats(name));
    }

    private static void same(Tensor expected, Tensor found) {
        assertThat(distance(expected, found)).isCloseTo(0, within(2e-5));
    }

    private static double distance(Tensor a, Tensor b) {
        return a.sub(b).abs().max().item();
    }
}
