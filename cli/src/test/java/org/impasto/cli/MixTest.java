package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.impasto.core.image.Image;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several styles, masks, colours kept, channels apart; every method with published weights. */
class MixTest {
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    @TempDir
    private Path folder;

    private Path content;
    private Path first;
    private Path second;
    private Path out;

    @BeforeEach
    void writePictures() {
        content = folder.resolve("content.png");
        first = folder.resolve("first.png");
        second = folder.resolve("second.png");
        out = folder.resolve("out.png");
        Pictures.smooth(WIDTH, HEIGHT).write(content);
        Pictures.plainWithNoise(50, 40, 0.8f, 0.2f, 0.1f, 3).write(first);
        Pictures.plainWithNoise(40, 50, 0.1f, 0.3f, 0.9f, 4).write(second);
    }

    @Test
    void aStyleWithoutWeightDoesNotCount() {
        Image alone = result("--style", first);
        assertThat(result("--style", first, second, "--style-weights", "2,0")).isEqualTo(alone);
        Image mixed = result("--style", first, second, "--style-weights", "1,1");
        assertThat(result("--style", first, second, "--style-weights", "1e-50,1e-50"))
                .isEqualTo(mixed);
        Image other = result("--style", second);
        for (int c = 0; c < 3; c++) {
            double middle = (Pictures.mean(alone, c) + Pictures.mean(other, c)) / 2;
            assertThat(Pictures.mean(mixed, c)).isBetween(middle - 0.01, middle + 0.01);
        }
    }

    @Test
    void aMaskLimitsAStyle() {
        Path mask = halves();
        Image whole = result("--style", first);
        Image masked = result("--style", first, "--mask", mask);
        Image given = Image.read(content);
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < HEIGHT; y++) {
                assertThat(masked.value(c, 5, y)).isEqualTo(whole.value(c, 5, y));
                assertThat(masked.value(c, WIDTH - 5, y)).isEqualTo(given.value(c, WIDTH - 5, y));
            }
        }
    }

    @Test
    void channelsHaveStrengthsOfTheirOwn() {
        Image whole = result("--style", first);
        Image red = result("--style", first, "--mix", "1,0,0.5");
        Image given = Image.read(content);
        assertThat(red.plane(0)).isEqualTo(whole.plane(0));
        assertThat(red.plane(1)).isEqualTo(given.plane(1));
        for (int p = 0; p < WIDTH * HEIGHT; p++) {
            float middle = (whole.plane(2)[p] + given.plane(2)[p]) / 2;
            assertThat(red.plane(2)[p]).isBetween(middle - 0.5f / 255 - 1e-6f, middle + 0.5f / 255 + 1e-6f);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "adain, wct/vgg_normalised_conv3_1.pth wct/feature_invertor_conv3_1.pth",
        "wct, thin/trained/2SE.pth thin/trained/2SD.pth thin/trained/1SD.pth thin/trained/1SE.pth",
        "swap, wct/vgg_normalised_conv3_1.pth wct/feature_invertor_conv3_1.pth",
        "microast, microast/content_encoder_iter_160000.pth.tar microast/style_encoder_iter_160000.pth.tar"
                + " microast/modulator_iter_160000.pth.tar microast/decoder_iter_160000.pth.tar",
        "pcakd, pcakd/mobilenet_sencoder.safetensors pcakd/mobilenet_sdecoder.safetensors",
        "pcakd, pcakd/vgg_sencoder.safetensors pcakd/vgg_sdecoder.safetensors"
    })
    void everyMethodTakesEveryOption(String method, String weights) {
        List<Object> options = new ArrayList<>(List.of("--method", method, "--weights"));
        for (String file : weights.split(" ", -1)) {
            Path path = CommandLineRun.shared("weights").resolve(file);
            assumeTrue(Files.exists(path), "published weights are absent");
            options.add(path);
        }
        Image plain = result(with(options, "--style", first));
        Image given = Image.read(content);
        assertThat(Pictures.distance(plain, given)).isGreaterThan(0.02);
        Image half = result(with(options, "--style", first, "--strength", "0.5"));
        assertThat(Pictures.distance(half, plain)).isGreaterThan(0.01);
        assertThat(Pictures.distance(half, given)).isGreaterThan(0.01);
        Image mixed = result(with(options, "--style", first, second, "--style-weights", "1,2"));
        Image masked =
                result(with(options, "--style", first, second, "--style-weights", "1,2", "--mask", halves(), halves()));
        assertThat(Pictures.distance(mixed, plain)).isGreaterThan(0.005);
        assertThat(Pictures.distance(masked, mixed)).isGreaterThan(0.005);
        Image kept = result(with(options, "--style", first, "--keep-colors"));
        for (int p = 0; p < WIDTH * HEIGHT; p++) {
            // Red and blue apart from each other by as much as in the content, or less where there was no room.
            float was = given.plane(0)[p] - given.plane(2)[p];
            float is = kept.plane(0)[p] - kept.plane(2)[p];
            assertThat(Math.abs(is)).isLessThanOrEqualTo(Math.abs(was) + 1.01f / 255);
        }
    }

    @Test
    void feedForwardNetworksAreStylesThemselves() {
        Path wave = CommandLineRun.shared("weights/johnson/wave.safetensors");
        Path udnie = CommandLineRun.shared("weights/johnson/udnie.safetensors");
        assumeTrue(Files.exists(wave), "published weights are absent");
        Image one = result("--method", "johnson", "--weights", wave);
        Image mixed = result("--method", "johnson", "--weights", wave, udnie, "--style-weights", "1,0.5");
        assertThat(Pictures.distance(one, mixed)).isGreaterThan(0.01);
        CommandLineRun styled = CommandLineRun.of(
                "stylize",
                "--content",
                content,
                "--style",
                first,
                "--method",
                "johnson",
                "--weights",
                wave,
                "--out",
                out);
        assertThat(styled.code()).isEqualTo(2);
        assertThat(styled.err()).contains("--style", "leave --style out");
    }

    @Test
    void mistakes() {
        check("--style is missing");
        check("--mask", "--style", first, second, "--mask", halves());
        check("--style-weights", "--style", first, "--style-weights", "1,2");
        check("--style-weights", "--style", first, "--style-weights", "-1");
        check("--style-weights", "--style", first, "--style-weights", "0");
        check("--mix", "--style", first, "--mix", "1,1");
        check("--mix", "--style", first, "--mix", "1,1,2");
        check("--tile", "--style", first, "--method", "wct", "--weights", first, first, "--tile", "5");
        check("--keep-colors", "--style", first, "--keep-colors");
        check("microast", "--style", first, "--method", "microast", "--weights", first);
    }

    private void check(String part, Object... options) {
        CommandLineRun run = CommandLineRun.of(with(List.of("stylize", "--content", content, "--out", out), options));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(part);
        assertThat(out).doesNotExist();
    }

    /** White on the left, black on the right, of half the content's size. */
    private Path halves() {
        int width = WIDTH / 2;
        int height = HEIGHT / 2;
        float[] pixels = new float[3 * width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i % width < width / 2 ? 1 : 0;
        }
        Path mask = folder.resolve("mask.png");
        Image.of(width, height, pixels).write(mask);
        return mask;
    }

    private static Object[] with(List<Object> options, Object... more) {
        List<Object> all = new ArrayList<>(options);
        all.addAll(Arrays.asList(more));
        return all.toArray();
    }

    private Image result(Object... options) {
        CommandLineRun run = CommandLineRun.of(with(List.of("stylize", "--content", content, "--out", out), options));
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        Image result = Image.read(out);
        assertThat(result.width()).isEqualTo(WIDTH);
        assertThat(result.height()).isEqualTo(HEIGHT);
        return result;
    }
}
