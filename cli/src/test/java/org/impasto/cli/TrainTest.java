package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.impasto.core.Backends;
import org.impasto.core.PaddingMode;
import org.impasto.core.image.Image;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;
import org.impasto.nn.vgg.VggVariant.Convolution;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainTest {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    @TempDir
    Path folder;

    private Path contents;
    private Path style;
    private Path vgg;
    private Path out;

    @BeforeEach
    void write() throws IOException {
        contents = Files.createDirectory(folder.resolve("contents"));
        for (int i = 0; i < 3; i++) {
            Pictures.noise(40 + i, 36, i).write(contents.resolve(i + ".png"));
        }
        style = folder.resolve("style.png");
        Pictures.smooth(40, 30).write(style);
        vgg = vgg("vgg.safetensors", 3);
        out = folder.resolve("out");
    }

    /** A narrow normalised VGG with random weights, down to the first convolution of a block. */
    private Path vgg(String name, int blocks) {
        List<List<Convolution>> all = List.of(
                List.of(new Convolution("2", 6), new Convolution("5", 6)),
                List.of(new Convolution("9", 8), new Convolution("12", 8)),
                List.of(new Convolution("16", 12)));
        VggVariant narrow = new VggVariant(
                "narrow",
                all.subList(0, blocks),
                "0",
                PaddingMode.REFLECT,
                true,
                false,
                "",
                blocks < 3 ? List.of() : List.of("19"));
        Path file = folder.resolve(name);
        try (Model<Vgg> model = Model.fresh(Backends.standard(), 5, p -> new Vgg(p, narrow))) {
            model.save(file);
        }
        return file;
    }

    private CommandLineRun fastStyle(Object... more) {
        return train("fast-style", List.of("--style", style), more);
    }

    private CommandLineRun inverse(Object... more) {
        return train("inverse", List.of(), more);
    }

    private CommandLineRun train(String what, List<Object> some, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("train", what));
        arguments.addAll(some);
        List<Object> given = Arrays.asList(more);
        Object[][] others = {
            {"--content-dir", contents},
            {"--weights", vgg},
            {"--out", out},
            {"--size", 32},
            {"--batch", 1},
            {"--steps", 3}
        };
        for (Object[] option : others) {
            if (!given.contains(option[0])) {
                arguments.addAll(Arrays.asList(option));
            }
        }
        arguments.addAll(given);
        return CommandLineRun.of(arguments.toArray());
    }

    private void checkFolder(CommandLineRun run, String... columns) throws IOException {
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("step 3: ").endsWith("wrote " + out + System.lineSeparator());
        List<String> lines = Files.readAllLines(out.resolve("metrics.csv"));
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0).split(","))
                .startsWith("step", "loss", "learning_rate")
                .contains(columns);
        assertThat(lines.get(3)).startsWith("3,").doesNotContain("NaN");
        Image.read(out.resolve("loss.png"));
        assertThat(out.resolve("samples").toFile().listFiles())
                .isNotEmpty()
                .allSatisfy(file -> Image.read(file.toPath()));
        assertThat(out.resolve("checkpoints").toFile().listFiles()).isNotEmpty();
    }

    @Test
    void aLineOfPixelsIsNamedAndLeftOut() {
        Image.of(1, 5000, new float[15000], null).write(contents.resolve("line.png"));
        CommandLineRun run = inverse("--steps", 8);
        assertThat(run.code()).isZero();
        assertThat(run.err().lines()).hasSize(1).allMatch(line -> line.contains("line.png: is 1x5000 pixels"));
        Path alone = folder.resolve("alone");
        assertThat(alone.toFile().mkdir()).isTrue();
        Image.of(5000, 1, new float[15000], null).write(alone.resolve("line.png"));
        out = folder.resolve("nothing");
        CommandLineRun nothing = inverse("--content-dir", alone);
        assertThat(nothing.code()).isEqualTo(1);
        assertThat(nothing.err()).contains("none of its 1 pictures can be used", "5000x1");
    }

    @Test
    void samplesAreOfPicturesThatAreLargeEnough() throws IOException {
        // Both stand where samples are looked for; the narrow one behind the small one takes no part.
        Pictures.noise(7, 5, 1).write(contents.resolve("00.png"));
        Image.of(1, 5000, new float[15000], null).write(contents.resolve("000.png"));
        CommandLineRun run = fastStyle();
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("of 3 samples");

        out = folder.resolve("nothing");
        CommandLineRun named = inverse("--samples", contents);
        check(FAILED, named, "--samples", "00.png: is 7x5 pixels", "expected 16");
        Path small = Files.createDirectory(folder.resolve("small"));
        Pictures.noise(7, 5, 1).write(small.resolve("a.png"));
        check(FAILED, inverse("--samples", small), "--samples", "a.png: is 7x5 pixels");
        check(FAILED, inverse("--content-dir", small), "--content-dir", "none of its 1 pictures is large enough");
    }

    @Test
    void aFastStyleNetworkIsTrainedAndUsed() throws IOException {
        Files.writeString(contents.resolve("broken.png"), "no picture");
        CommandLineRun run = fastStyle("--steps", 8);
        assertThat(run.code()).isZero();
        assertThat(run.err().lines()).hasSize(1).allMatch(line -> line.contains("broken.png"));
        Files.delete(contents.resolve("broken.png"));

        Path first = out;
        out = folder.resolve("again");
        run = fastStyle("--checkpoint-every", 2, "--sample-every", 2);
        checkFolder(run, "content", "style", "total_variation", "style_ratio");
        assertThat(run.out()).contains("step 2: style_ratio of 3 samples");

        // What is there is not overwritten, but gone on with.
        byte[] weights = Files.readAllBytes(out.resolve("weights.safetensors"));
        CommandLineRun refused = fastStyle();
        assertThat(refused.code()).isEqualTo(FAILED);
        assertThat(refused.err().lines()).hasSize(1).allMatch(line -> line.contains(out.toString()));
        assertThat(fastStyle("--resume").code()).isZero();
        assertThat(Files.readAllBytes(out.resolve("weights.safetensors"))).isEqualTo(weights);

        Path result = folder.resolve("result.png");
        CommandLineRun styled = CommandLineRun.of(
                "stylize",
                "--content",
                contents.resolve("0.png"),
                "--method",
                "johnson",
                "--weights",
                first.resolve("weights.safetensors"),
                out.resolve("weights.safetensors"),
                "--out",
                result);
        assertThat(styled.err()).isEmpty();
        assertThat(Image.read(result).width()).isEqualTo(40);
    }

    @Test
    void anInverseNetworkIsTrainedAndUsed() throws IOException {
        CommandLineRun run = inverse("--samples", contents);
        checkFolder(run, "pixels", "features", "psnr");
        assertThat(run.out()).contains("PSNR of 3 samples");
        for (String method : List.of("swap", "adain", "wct")) {
            Path result = folder.resolve(method + ".png");
            CommandLineRun styled = CommandLineRun.of(
                    "stylize",
                    "--content",
                    contents.resolve("0.png"),
                    "--style",
                    style,
                    "--method",
                    method,
                    "--weights",
                    out.resolve("weights.safetensors"),
                    vgg,
                    "--mix",
                    "1,0,0.5",
                    "--out",
                    result);
            assertThat(styled.err()).isEmpty();
            assertThat(Image.read(result).plane(1))
                    .isEqualTo(Image.read(contents.resolve("0.png")).plane(1));
        }
    }

    @Test
    void mistakes() throws IOException {
        check(WRONG_USAGE, CommandLineRun.of("train"), "fast-style, inverse or glow");
        check(WRONG_USAGE, CommandLineRun.of("train", "fast"), "'fast'");
        check(WRONG_USAGE, CommandLineRun.of("train", "inverse", "--out", out), "--content-dir", "--weights");
        check(WRONG_USAGE, fastStyle("--size", 30), "--size is 30", "multiple of 4");
        check(WRONG_USAGE, fastStyle("--size", "big"), "--size", "big");
        check(WRONG_USAGE, inverse("--steps", 0), "--steps is 0");
        check(WRONG_USAGE, inverse("--batch", 0), "--batch is 0");
        check(WRONG_USAGE, inverse("--checkpoint-every", -1), "--checkpoint-every is -1");
        check(WRONG_USAGE, inverse("--learning-rate", "NaN"), "--learning-rate is NaN");
        check(WRONG_USAGE, inverse("--feature-weight", -1), "--feature-weight is -1");
        check(WRONG_USAGE, fastStyle("--style-size", 0), "--style-size is 0");
        check(WRONG_USAGE, inverse("--out", style), "--out", "is a file");
        check(WRONG_USAGE, inverse("--out", contents), "--out", "--content-dir", "would count as pictures");
        Path within = contents.resolve("run");
        check(WRONG_USAGE, inverse("--out", within, "--recursive"), "--out", "would count as pictures");
        check(WRONG_USAGE, inverse("--out", style.resolveSibling("contents/../contents")), "would count as pictures");
        Path shown = Files.createDirectory(folder.resolve("shown"));
        check(WRONG_USAGE, inverse("--samples", shown, "--out", shown), "--samples", "would count as pictures");
        check(FAILED, inverse("--content-dir", folder.resolve("missing")), "--content-dir", "no such folder");
        check(FAILED, inverse("--content-dir", style), "--content-dir", "is a file");
        check(FAILED, inverse("--weights", folder.resolve("missing")), "--weights", "no such file");
        check(FAILED, inverse("--weights", style), style.toString());
        check(FAILED, inverse("--weights", vgg("short.safetensors", 2)), "short.safetensors", "relu3_1", "2 blocks");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        check(FAILED, inverse("--content-dir", empty), empty.toString(), "no pictures");
        check(FAILED, fastStyle("--style-size", 1), "style.png: has 1x1 pixels");
        Files.writeString(empty.resolve("a.png"), "no picture");
        check(FAILED, inverse("--content-dir", empty), empty.toString(), "can be used");
        assertThat(out).doesNotExist();
    }

    private static void check(int code, CommandLineRun run, String... parts) {
        assertThat(run.err()).startsWith("impasto: ").contains(parts);
        assertThat(run.err().lines()).as("lines of the message").hasSize(1);
        assertThat(run.err()).doesNotContain("Exception", "an error in impasto itself", "\tat ");
        assertThat(run.code()).isEqualTo(code);
    }
}
