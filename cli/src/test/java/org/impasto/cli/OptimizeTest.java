package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.image.Image;
import org.impasto.core.image.WriteOptions;
import org.impasto.core.weights.WeightWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizeTest {
    private static final Pattern LOSS = Pattern.compile("loss ([0-9.e+-]+): content");

    @TempDir
    Path folder;

    private Path content;
    private Path style;
    private Path net;
    private Path out;

    @BeforeEach
    void writeFiles() {
        content = folder.resolve("content.png");
        style = folder.resolve("style.png");
        out = folder.resolve("new/result.png");
        Pictures.smooth(60, 41).write(content);
        Pictures.noise(37, 50, 2).write(style);
        net = folder.resolve("vgg.safetensors");
        WeightWriter writer = WeightWriter.to(net);
        Random random = new Random(5);
        int[] layers = {0, 2, 5, 7, 10};
        int[] channels = {3, 8, 8, 12, 12, 16};
        for (int i = 0; i < layers.length; i++) {
            float[] weights = new float[channels[i + 1] * channels[i] * 9];
            for (int k = 0; k < weights.length; k++) {
                weights[k] = (float) (random.nextGaussian() * Math.sqrt(2.0 / (9 * channels[i])));
            }
            writer.floats("features." + layers[i] + ".weight", Shape.of(channels[i + 1], channels[i], 3, 3), weights);
            writer.floats("features." + layers[i] + ".bias", Shape.of(channels[i + 1]), new float[channels[i + 1]]);
        }
        writer.write();
    }

    private CommandLineRun optimize(Object... more) {
        Object[] all = Stream.concat(
                        Stream.of("optimize", "--content", content, "--style", style, "--weights", net, "--out", out),
                        Stream.of(more))
                .toArray();
        return CommandLineRun.of(all);
    }

    private static double loss(CommandLineRun run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        Matcher loss = LOSS.matcher(run.out());
        assertThat(loss.find()).as(run.out()).isTrue();
        return Double.parseDouble(loss.group(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lbfgs", "adam"})
    void moreStepsMakeTheLossSmaller(String optimizer) throws IOException {
        long before = Storage.live();
        double one = loss(optimize("--optimizer", optimizer, "--steps", 1));
        Image early = Image.read(out);
        double twenty = loss(optimize("--optimizer", optimizer, "--steps", 20, "--compare"));
        assertThat(twenty).isLessThan(0.8 * one);
        Image late = Image.read(out);
        assertThat(late.width()).isEqualTo(60);
        assertThat(late.height()).isEqualTo(41);
        assertThat(Pictures.distance(early, late)).isPositive();
        try (Stream<Path> files = Files.list(out.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("result.png", "result-compare.png");
        }
        assertThat(Storage.live()).isEqualTo(before);
    }

    @Test
    void theSameCommandGivesTheSamePictureAndOptionsAnother() {
        optimize("--steps", 3, "--scales", 2, "--size", 150, "--init", "noise");
        Image first = Image.read(out);
        assertThat(first.width()).isEqualTo(150);
        optimize("--steps", 3, "--scales", 2, "--size", 150, "--init", "noise");
        assertThat(Image.read(out)).isEqualTo(first);
        for (String[] other : new String[][] {
            {"--seed", "1"},
            {"--scales", "1"},
            {"--layers", "relu1_1"},
            {"--content-layers", "relu1_1"},
            {"--style-weight", "2000"},
            {"--content-weight", "0"},
            {"--tv-weight", "100"}
        }) {
            optimize(Stream.concat(
                            Stream.of("--steps", 3, "--size", 150, "--init", "noise"), Stream.of((Object[]) other))
                    .toArray());
            assertThat(Image.read(out)).as(other[0]).isNotEqualTo(first);
        }
    }

    @Test
    void coloursThatNobodySeesChangeNothing() {
        float[] alpha = new float[60 * 41];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = i % 60 < 20 ? 0 : 1;
        }
        Image[] results = new Image[2];
        for (int hidden = 0; hidden < 2; hidden++) {
            Image.of(60, 41, hidden(Pictures.smooth(60, 41), alpha, hidden), alpha)
                    .write(content, WriteOptions.standard().withPngBits(16));
            Image.of(60, 41, hidden(Pictures.noise(60, 41, 2), alpha, hidden), alpha)
                    .write(style);
            assertThat(optimize("--steps", 3).code()).isZero();
            results[hidden] = Image.read(out);
            assertThat(results[hidden].alpha()).isEqualTo(alpha);
            assertThat(results[hidden].value(0, 3, 3)).isEqualTo(hidden);
        }
        assertThat(results[0].cropped(20, 0, 40, 41)).isEqualTo(results[1].cropped(20, 0, 40, 41));
        float level = 255 * results[0].value(0, 40, 20);
        assertThat(level).as("a level between those of 8 bits").isNotEqualTo(Math.round(level));
    }

    private static float[] hidden(Image picture, float[] alpha, float color) {
        float[] pixels = picture.pixels();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = alpha[i % alpha.length] == 0 ? color : pixels[i];
        }
        return pixels;
    }

    @Test
    void mistakesAreToldInALine() {
        wrong(2, "--steps is 0", "--steps", 0);
        wrong(2, "lbfgs or adam", "--optimizer", "sgd");
        wrong(2, "content or style or noise", "--init", "black");
        wrong(2, "--style-weight is -1.0", "--style-weight", -1);
        wrong(2, "--layers: " + net, "--layers", "relu9_1");
        wrong(2, "has no layer 'relu9_1'", "--content-layers", "relu9_1");
        wrong(2, "--rate is for --optimizer adam", "--rate", "0.1");
        wrong(2, "--rate is 0.0", "--optimizer", "adam", "--rate", 0);
        wrong(2, "are all 0", "--content-weight", 0, "--style-weight", 0, "--tv-weight", 0);
        Path line = folder.resolve("line.png");
        Pictures.noise(1, 30, 3).write(line);
        style = line;
        wrong(1, "line.png: has 1x30 pixels to compute with, expected 4x4 at least for layer relu3_1");
        style = content;
        content = line;
        wrong(1, "line.png: has 1x30 pixels");
        Path missing = folder.resolve("missing.png");
        content = missing;
        wrong(1, "missing.png: no such file");
        CommandLineRun none = CommandLineRun.of("optimize", "--content", style, "--style", style, "--out", out);
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("--weights is missing");
        assertThat(out).doesNotExist();
    }

    /** Kernels are chosen once a process, so this needs one of its own. */
    @Test
    void kernelsThatCannotWorkAreToldInALine() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Dimpasto.provider=banana",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "optimize",
                        "--content=" + content,
                        "--style=" + style,
                        "--weights=" + net,
                        "--out=" + out)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(said.lines())
                .containsExactly("impasto: property impasto.provider is 'banana', expected vector or plain");
    }

    private void wrong(int code, String message, Object... options) {
        CommandLineRun run = optimize(options);
        assertThat(run.err()).contains(message).hasLineCount(1);
        assertThat(run.code()).isEqualTo(code);
    }
}
