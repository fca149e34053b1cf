package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.impasto.core.Shape;
import org.impasto.core.image.Image;
import org.impasto.core.weights.WeightFile;
import org.impasto.core.weights.WeightWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

class CommandsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "stylize ",
                "optimize ",
                "features ",
                "gram ",
                "compare ",
                "train ",
                "train fast-style ",
                "train inverse ",
                "train glow ",
                "demo ",
                "weights ",
                "weights add ",
                "weights half ",
                "info "
            })
    void helpFitsATerminalOf80Columns(String command) {
        CommandLineRun run = CommandLineRun.of((Object[]) (command + "--help").split(" "));
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("Usage: impasto", "--verbose");
        assertThat(run.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    /** Longer lines would be broken in the middle of a list or an example. */
    @ParameterizedTest
    @ValueSource(
            classes = {
                Main.class,
                StylizeCommand.class,
                OptimizeCommand.class,
                FeaturesCommand.class,
                GramCommand.class,
                CompareCommand.class,
                TrainCommand.class,
                TrainFastStyleCommand.class,
                TrainInverseCommand.class,
                TrainGlowCommand.class,
                DemoCommand.class,
                WeightsCommand.class,
                InfoCommand.class
            })
    void footersHaveLinesOf80Columns(Class<?> command) {
        assertThat(command.getAnnotation(Command.class).footer())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void infoTellsWhatComputes() {
        CommandLineRun run = CommandLineRun.of("info");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(System.getProperty("java.version"), "Processor", "GiB", "provider", "threads");
    }

    @Test
    void demoWritesFourPictures() throws IOException {
        Path out = folder.resolve("demo");
        CommandLineRun run = CommandLineRun.of("demo", "--out", out);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("content.png", "style.png", "stylized.png", "side-by-side.png");
        }
        assertThat(run.out().lines()).hasSize(4).allMatch(line -> line.contains(out.toString()));
        Image content = Image.read(out.resolve("content.png"));
        Image stylized = Image.read(out.resolve("stylized.png"));
        Image style = Image.read(out.resolve("style.png"));
        // The result has the style's colours: each channel's mean is nearer to the style's than to the content's.
        for (int c = 0; c < 3; c++) {
            double wanted = Pictures.mean(style, c);
            assertThat(Math.abs(Pictures.mean(stylized, c) - wanted))
                    .isLessThanOrEqualTo(Math.abs(Pictures.mean(content, c) - wanted) + 0.02);
        }
        assertThat(Pictures.distance(content, stylized)).isGreaterThan(0.1);
    }

    @Test
    void featuresAndGram() {
        Path net = CommandLineRun.shared("weights/wct/vgg_normalised_conv3_1.pth");
        assumeTrue(Files.exists(net), "published weights are absent");
        Path image = folder.resolve("image.png");
        Pictures.noise(45, 31, 1).write(image);
        Path out = folder.resolve("f.safetensors");
        CommandLineRun run = CommandLineRun.of(
                "features", "--net", net, "--layers", "relu3_1,pool1", "--image", image, "--out", out);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        float[] map;
        try (WeightFile file = WeightFile.open(out)) {
            assertThat(file.names()).containsExactlyInAnyOrder("pool1", "relu3_1");
            assertThat(file.spec("pool1").shape()).isEqualTo(Shape.of(1, 64, 16, 23));
            assertThat(file.spec("relu3_1").shape()).isEqualTo(Shape.of(1, 256, 8, 12));
            assertThat(file.metadata())
                    .containsEntry("net", "normalised vgg19")
                    .containsEntry("net.file", "vgg_normalised_conv3_1.pth")
                    .containsEntry("image", "image.png")
                    .containsEntry("image.width", "45")
                    .containsEntry("image.height", "31");
            map = file.readFloats("pool1");
        }
        Path gram = folder.resolve("g.safetensors");
        // The file ends behind relu3_1, inside block 3: what stands behind relu3_1 is not pool3.
        run = CommandLineRun.of(
                "gram", "--net", net, "--layers", "pool1", "--style-map", "--image", image, "--out", gram);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("--style-map needs a net down to pool3", "'pool3'", "conv3_1", "19, 22, 25")
                .doesNotContain("--layers");
        assertThat(gram).doesNotExist();
        run = CommandLineRun.of("gram", "--net", net, "--layers", "pool1", "--image", image, "--out", gram);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        try (WeightFile file = WeightFile.open(gram)) {
            assertThat(file.names()).containsExactly("pool1");
            float[] matrix = file.readFloats("pool1");
            int cells = 16 * 23;
            double expected = 0;
            double size = 0;
            for (int i = 0; i < cells; i++) {
                double product = (double) map[3 * cells + i] * map[5 * cells + i];
                expected += product / cells;
                size += Math.abs(product) / cells;
            }
            // Rounding of a sum of that many products, each and their sum in float32.
            assertThat((double) matrix[3 * 64 + 5])
                    .isCloseTo(expected, org.assertj.core.data.Offset.offset(size * cells * 0x1p-24));
        }
        Path onWhite = folder.resolve("on-white.safetensors");
        float[] alpha = new float[45 * 31];
        Arrays.fill(alpha, 45 * 10, alpha.length, 1);
        Image transparent = Image.of(45, 31, Pictures.noise(45, 31, 1).pixels(), alpha);
        transparent.write(image);
        CommandLineRun.of("gram", "--net", net, "--layers", "pool1", "--image", image, "--out", gram);
        transparent.withAlphaFlattened(1, 1, 1).write(image);
        CommandLineRun.of("gram", "--net", net, "--layers", "pool1", "--image", image, "--out", onWhite);
        assertThat(gram).hasSameBinaryContentAs(onWhite);
        // Five columns are three behind pool1 and two behind pool2, and a border that reflects needs two.
        leastSide(net, "relu1_1", 2);
        leastSide(net, "relu3_1", 5);
    }

    @Test
    void styleMapOfThreeWholeBlocks() {
        Path net = folder.resolve("vgg.safetensors");
        int[] channels = {3, 4, 4, 8, 8, 16, 16, 16, 16};
        int[] names = {0, 2, 5, 7, 10, 12, 14, 16};
        WeightWriter writer = WeightWriter.to(net);
        for (int i = 0; i < names.length; i++) {
            float[] weight = new float[channels[i + 1] * channels[i] * 9];
            for (int k = 0; k < weight.length; k++) {
                weight[k] = (float) Math.sin(k);
            }
            writer.floats("features." + names[i] + ".weight", Shape.of(channels[i + 1], channels[i], 3, 3), weight);
            writer.floats("features." + names[i] + ".bias", Shape.of(channels[i + 1]), new float[channels[i + 1]]);
        }
        writer.write();
        Path image = folder.resolve("image.png");
        Pictures.noise(45, 31, 1).write(image);
        Path gram = folder.resolve("g.safetensors");
        CommandLineRun run = CommandLineRun.of(
                "gram", "--net", net, "--layers", "pool3", "--style-map", "--image", image, "--out", gram);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        try (WeightFile file = WeightFile.open(gram)) {
            assertThat(file.names()).containsExactlyInAnyOrder("pool3", "style_map");
            assertThat(file.spec("pool3").shape()).isEqualTo(Shape.of(1, 16, 16));
            assertThat(file.spec("style_map").shape()).isEqualTo(Shape.of(1, 4, 4));
        }
        leastSide(net, "relu1_2", 1);
        leastSide(net, "pool3", 8);
    }

    /** A picture of fewer columns is an error that says so, and one of as many is none. */
    private void leastSide(Path net, String layer, int least) {
        for (String command : List.of("features", "gram")) {
            Path image = folder.resolve("narrow.png");
            Path out = folder.resolve("narrow.safetensors");
            Pictures.noise(least, 30, 1).write(image);
            Object[] arguments = {command, "--net", net, "--layers", layer, "--image", image, "--out", out};
            CommandLineRun enough = CommandLineRun.of(arguments);
            assertThat(enough.err()).isEmpty();
            assertThat(enough.code()).isZero();
            if (least > 1) {
                Pictures.noise(least - 1, 30, 1).write(image);
                CommandLineRun less = CommandLineRun.of(arguments);
                assertThat(less.err())
                        .contains(image + ": has " + (least - 1) + "x30 pixels", least + "x" + least, layer)
                        .hasLineCount(1);
                assertThat(less.code()).isEqualTo(1);
            }
        }
    }
}
