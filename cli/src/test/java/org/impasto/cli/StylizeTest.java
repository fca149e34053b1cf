package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.impasto.core.image.Image;
import org.impasto.core.image.WriteOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StylizeTest {
    @TempDir
    Path folder;

    private Path content;
    private Path style;

    @BeforeEach
    void writePictures() {
        content = folder.resolve("content.png");
        style = folder.resolve("style.png");
        Pictures.noise(61, 43, 1).write(content);
        Pictures.noise(37, 50, 2).write(style);
    }

    @Test
    void colorMovesTheContentTowardsTheStyleAndKeepsItsSize() throws IOException {
        // A dark red content and a light blue style: no statistics of the map's own are needed to see it.
        Pictures.plainWithNoise(61, 43, 0.3f, 0.1f, 0.1f, 3).write(content);
        Pictures.plainWithNoise(37, 50, 0.6f, 0.7f, 0.9f, 4).write(style);
        Path out = folder.resolve("new/folder/result.png");
        CommandLineRun run = CommandLineRun.of("stylize", "--content", content, "--style", style, "--out", out);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(out.toString());
        Image result = Image.read(out);
        assertThat(result.width()).isEqualTo(61);
        assertThat(result.height()).isEqualTo(43);
        assertThat(Pictures.mean(result, 0)).isBetween(0.55, 0.65);
        assertThat(Pictures.mean(result, 1)).isBetween(0.65, 0.75);
        assertThat(Pictures.mean(result, 2)).isBetween(0.85, 0.95);
        assertThat(files(out.getParent())).containsExactly("result.png");
    }

    @ParameterizedTest
    @CsvSource({"8, false", "16, false", "8, true", "16, true"})
    void strengthZeroGivesTheContentBack(int bits, boolean alpha) {
        Image picture = Pictures.noise(61, 43, 5);
        if (alpha) {
            picture =
                    Image.of(61, 43, picture.pixels(), Pictures.noise(61, 43, 6).plane(0));
        }
        picture.write(content, WriteOptions.standard().withPngBits(bits));
        Path out = folder.resolve("result.png");
        CommandLineRun run =
                CommandLineRun.of("stylize", "--content", content, "--style", style, "--strength", "0", "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Image.read(out)).isEqualTo(Image.read(content));
    }

    @Test
    void alphaStays() {
        float[] alpha = Pictures.noise(61, 43, 6).plane(0);
        Image.of(61, 43, Pictures.noise(61, 43, 5).pixels(), alpha).write(content);
        Path out = folder.resolve("result.png");
        CommandLineRun run = CommandLineRun.of("stylize", "--content", content, "--style", style, "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Image.read(out).alpha()).isEqualTo(Image.read(content).alpha());
    }

    @Test
    void coloursThatNobodySeesChangeNothing() {
        float[] alpha = new float[61 * 43];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = i % 61 < 20 ? 0 : i % 61 < 25 ? 0.5f : 1;
        }
        List<Image> results = new ArrayList<>();
        for (float hidden : new float[] {0, 1}) {
            float[] pixels = Pictures.noise(61, 43, 5).pixels();
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = alpha[i % alpha.length] == 0 ? hidden : pixels[i];
            }
            Image.of(61, 43, pixels, alpha).write(content);
            Path out = folder.resolve("result.png");
            CommandLineRun run = CommandLineRun.of("stylize", "--content", content, "--style", style, "--out", out);
            assertThat(run.code()).as(run.err()).isZero();
            results.add(Image.read(out));
            assertThat(results.get(results.size() - 1).value(0, 3, 3)).isEqualTo(hidden);
        }
        for (int y = 0; y < 43; y++) {
            for (int x = 20; x < 61; x++) {
                assertThat(results.get(0).value(1, x, y))
                        .isEqualTo(results.get(1).value(1, x, y));
            }
        }
    }

    @Test
    void aTransparentMaskIsABlackOne() {
        Path mask = folder.resolve("mask.png");
        float[] white = new float[3 * 61 * 43];
        Arrays.fill(white, 1);
        Image.of(61, 43, white, new float[61 * 43]).write(mask);
        Path out = folder.resolve("result.png");
        CommandLineRun run =
                CommandLineRun.of("stylize", "--content", content, "--style", style, "--mask", mask, "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Image.read(out).pixels()).isEqualTo(Image.read(content).pixels());
    }

    @Test
    void sizeAndComparison() throws IOException {
        Path out = folder.resolve("out/result.JPG");
        CommandLineRun run = CommandLineRun.of(
                "stylize", "--content", content, "--style", style, "--size", "122", "--out", out, "--compare");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Image.read(out).width()).isEqualTo(122);
        assertThat(Image.read(out).height()).isEqualTo(86);
        assertThat(files(out.getParent())).containsExactly("result-compare.png", "result.JPG");
        Image comparison = Image.read(folder.resolve("out/result-compare.png"));
        assertThat(comparison.height()).isEqualTo(86);
        assertThat(comparison.width()).isGreaterThan(2 * 122 + 60);
    }

    @Test
    void anOlderResultIsReplaced() throws IOException {
        Path out = folder.resolve("result.png");
        Files.writeString(out, "older");
        CommandLineRun run = CommandLineRun.of("stylize", "--content", content, "--style", style, "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Image.read(out).width()).isEqualTo(61);
    }

    @ParameterizedTest
    @CsvSource({
        "adain, wct/vgg_normalised_conv3_1.pth, wct/feature_invertor_conv3_1.pth, 61, 43",
        "wct, wct/feature_invertor_conv2_1.pth, wct/vgg_normalised_conv2_1.pth, 62, 45",
        "WCT, thin/trained/3SE.pth, thin/trained/3SD.pth, 63, 47",
        "adain, thin/trained/4SD.pth, thin/trained/4SE.pth, 65, 50"
    })
    void featuresOnOddSizes(String method, Path first, Path second, int width, int height) {
        Path firstFile = CommandLineRun.shared("weights").resolve(first);
        Path secondFile = CommandLineRun.shared("weights").resolve(second);
        assumeTrue(Files.exists(firstFile) && Files.exists(secondFile), "published weights are absent");
        float[] alpha = Pictures.noise(width, height, 8).plane(0);
        Image.of(width, height, Pictures.smooth(width, height).pixels(), alpha).write(content);
        Image given = Image.read(content);
        for (String strength : new String[] {"0", "0.01", "0.5", "1"}) {
            Path out = folder.resolve("result.png");
            CommandLineRun run = CommandLineRun.of(
                    "stylize",
                    "--content",
                    content,
                    "--style",
                    style,
                    "--method",
                    method,
                    "--weights",
                    firstFile,
                    secondFile,
                    "--strength",
                    strength,
                    "--out",
                    out);
            assertThat(run.err()).isEmpty();
            assertThat(run.code()).isZero();
            Image result = Image.read(out);
            assertThat(result.width()).isEqualTo(width);
            assertThat(result.height()).isEqualTo(height);
            assertThat(result.alpha()).isEqualTo(given.alpha());
            if (strength.equals("0")) {
                assertThat(result).isEqualTo(given);
            } else if (strength.equals("0.01")) {
                // A decoder of its own encoder's features: far from exact, but the same picture in the same place.
                assertThat(Pictures.distance(result, given)).isBetween(1e-4, 0.1);
            } else {
                assertThat(Pictures.distance(result, given)).isGreaterThan(0.02);
            }
        }
    }

    private static java.util.List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
