package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.impasto.core.Shape;
import org.impasto.core.image.Image;
import org.impasto.core.weights.WeightWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user does wrong ends in one line that says what, an exit code, and no file. */
class MistakesTest {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    @TempDir
    Path folder;

    private Path content;
    private Path style;
    private Path out;
    private List<Path> before;

    @BeforeEach
    void writePictures() throws IOException {
        content = folder.resolve("content.png");
        style = folder.resolve("style.png");
        out = folder.resolve("out/result.png");
        Pictures.noise(40, 30, 1).write(content);
        Pictures.noise(30, 40, 2).write(style);
        before = List.of(content, style);
    }

    @AfterEach
    void nothingWasWritten() {
        assertThat(out.getParent()).doesNotExist();
        for (Path input : before) {
            Image.read(input);
        }
    }

    private static void check(int code, CommandLineRun run, String... parts) {
        assertThat(run.err())
                .startsWith("impasto: ")
                .endsWith(System.lineSeparator())
                .contains(parts);
        assertThat(run.err().lines()).as("lines of the message").hasSize(1);
        assertThat(run.err()).doesNotContain("Exception", "an error in impasto itself", "\tat ");
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(code);
    }

    private CommandLineRun stylize(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("stylize", "--content", content, "--style", style));
        arguments.addAll(Arrays.asList(more));
        if (!arguments.contains("--out")) {
            arguments.addAll(List.of("--out", out));
        }
        return CommandLineRun.of(arguments.toArray());
    }

    @Test
    void commandsAndOptions() {
        check(WRONG_USAGE, CommandLineRun.of("stylise"), "'stylise'", "stylize", "impasto --help");
        check(WRONG_USAGE, CommandLineRun.of("frob"), "unknown command 'frob'", "stylize, optimize", "impasto --help");
        check(WRONG_USAGE, CommandLineRun.of("weights", "frob"), "unknown command 'frob'", "add, half, list, verify");
        check(WRONG_USAGE, CommandLineRun.of("weights", "list", "frob"), "Unmatched argument", "'frob'");
        check(WRONG_USAGE, CommandLineRun.of("--frob"), "Unknown option: '--frob'");
        check(WRONG_USAGE, CommandLineRun.of("stylize"), "--content", "--out", "impasto stylize --help");
        check(WRONG_USAGE, stylize("--methd", "wct"), "--methd", "--method");
        check(WRONG_USAGE, stylize("--method", "oil"), "'oil'", "color, adain, wct");
        check(WRONG_USAGE, stylize("--compare=perhaps"), "--compare");
        check(FAILED, stylize("stray"), "--style stray", "no such file");
        CommandLineRun none = CommandLineRun.of();
        assertThat(none.code()).isEqualTo(WRONG_USAGE);
        assertThat(none.err()).contains("Usage: impasto", "stylize", "demo");
    }

    @Test
    void numbers() {
        check(WRONG_USAGE, stylize("--strength", "1.5"), "--strength", "1.5", "0 to 1");
        check(WRONG_USAGE, stylize("--strength", "-0.1"), "--strength", "-0.1");
        check(WRONG_USAGE, stylize("--strength", "NaN"), "--strength", "NaN");
        check(WRONG_USAGE, stylize("--strength", "half"), "--strength", "half");
        check(WRONG_USAGE, stylize("--size", "0"), "--size", "0");
        check(WRONG_USAGE, stylize("--size", "2147483647"), "--size", "2147483647");
        check(WRONG_USAGE, stylize("--size", "10cm"), "--size", "10cm");
    }

    @Test
    void inputs() throws IOException {
        Path missing = folder.resolve("missing.png");
        Path broken = folder.resolve("broken.png");
        Path text = folder.resolve("text.png");
        Path empty = folder.resolve("empty.jpg");
        byte[] whole = Files.readAllBytes(content);
        Files.write(broken, Arrays.copyOf(whole, whole.length / 2));
        Files.writeString(text, "no picture");
        Files.createFile(empty);
        for (String option : List.of("--content", "--style")) {
            String other = option.equals("--content") ? "--style" : "--content";
            for (Path bad : List.of(missing, broken, text, empty)) {
                check(FAILED, CommandLineRun.of("stylize", option, bad, other, content, "--out", out), bad.toString());
            }
        }
        check(
                WRONG_USAGE,
                CommandLineRun.of("stylize", "--content", "", "--style", style, "--out", out),
                "--content is empty");
        check(WRONG_USAGE, CommandLineRun.of("demo", "--out", ""), "--out is empty");
        check(
                WRONG_USAGE,
                CommandLineRun.of("stylize", "--content", content, "--style", "", "--out", out),
                "--style is empty");
        check(WRONG_USAGE, stylize("--out", ""), "--out is empty");
        check(
                FAILED,
                CommandLineRun.of("stylize", "--content", folder + "/[", "--style", style, "--out", out),
                "--content " + folder + "/[: is no file",
                "[ and {");
        check(
                FAILED,
                CommandLineRun.of("stylize", "--style", folder, "--content", content, "--out", out),
                "is a folder");
        check(
                WRONG_USAGE,
                CommandLineRun.of("stylize", "--content", folder, "--style", content, "--out", out),
                out.toString(),
                "expected a folder");
    }

    @Test
    void outputs() throws IOException {
        check(WRONG_USAGE, stylize("--out", folder.resolve("result.gif")), "result.gif", ".png", ".jpeg");
        check(WRONG_USAGE, stylize("--out", folder.resolve("result")), "result", ".png");
        check(WRONG_USAGE, stylize("--out", folder.resolve(".png")), ".png");
        check(WRONG_USAGE, stylize("--out", ""), "--out");
        check(WRONG_USAGE, stylize("--out", content), content.toString(), "overwrite");
        Path link = folder.resolve("link.png");
        Files.createSymbolicLink(link, style);
        check(WRONG_USAGE, stylize("--out", link), "link.png", style.toString());
        Path asCompared = folder.resolve("r-compare.png");
        Files.copy(content, asCompared);
        check(
                WRONG_USAGE,
                CommandLineRun.of(
                        "stylize",
                        "--content",
                        asCompared,
                        "--style",
                        style,
                        "--compare",
                        "--out",
                        folder.resolve("r.png")),
                "r-compare.png",
                "overwrite");
        Path directory = Files.createDirectory(folder.resolve("folder.png"));
        check(WRONG_USAGE, stylize("--out", directory), "folder.png", "folder");
        check(FAILED, stylize("--out", content.resolve("below/result.png")), "content.png");
        check(WRONG_USAGE, CommandLineRun.of("demo", "--out", content), "content.png");
        check(FAILED, CommandLineRun.of("demo", "--out", content.resolve("below")), "content.png");
    }

    @Test
    void aPlaceThatCannotBeWrittenTo() {
        // The kernel's own file system refuses, whoever asks.
        Path proc = Path.of("/proc/self");
        assumeTrue(Files.isDirectory(proc), "no /proc here");
        check(FAILED, stylize("--out", proc.resolve("impasto/result.png")), "/proc/");
    }

    @Test
    void alphaDoesNotFitIntoJpeg() {
        Image opaque = Image.read(content);
        Image.of(40, 30, opaque.pixels(), opaque.plane(0)).write(content);
        check(WRONG_USAGE, stylize("--out", folder.resolve("result.jpg")), "content.png", ".png", "JPEG");
    }

    @Test
    void weights() throws IOException {
        Path missing = folder.resolve("missing.pth");
        Path other = folder.resolve("other.safetensors");
        Path text = folder.resolve("text.pth");
        WeightWriter.to(other).floats("layer", Shape.of(2), new float[] {1, 2}).write();
        Files.writeString(text, "no weights");
        check(
                WRONG_USAGE,
                stylize("--method", "wct"),
                "wct",
                "an encoder and its decoder",
                "none was given",
                "conv3_1.pth");
        check(WRONG_USAGE, stylize("--method", "adain", "--weights", other), "an encoder and its decoder", "1 given");
        check(WRONG_USAGE, stylize("--weights", other, other), "color needs none");
        check(FAILED, stylize("--method", "adain", "--weights", missing, other), missing.toString());
        check(FAILED, stylize("--method", "adain", "--weights", folder, other), folder.toString());
        check(FAILED, stylize("--method", "adain", "--weights", other, other), other.toString(), "encoder");
        check(FAILED, stylize("--method", "adain", "--weights", content, other), content.toString());
        check(FAILED, stylize("--method", "adain", "--weights", other, text), text.toString());
    }

    @Test
    void publishedWeightsThatDoNotFit() {
        Path encoder3 = CommandLineRun.shared("weights/wct/vgg_normalised_conv3_1.pth");
        Path encoder2 = CommandLineRun.shared("weights/wct/vgg_normalised_conv2_1.pth");
        Path decoder3 = CommandLineRun.shared("weights/wct/feature_invertor_conv3_1.pth");
        Path decoder2 = CommandLineRun.shared("weights/wct/feature_invertor_conv2_1.pth");
        Path thin = CommandLineRun.shared("weights/thin/trained/3SD.pth");
        assumeTrue(Files.exists(encoder3) && Files.exists(thin), "published weights are absent");
        check(FAILED, stylize("--method", "wct", "--weights", encoder3, encoder2), "all are encoders");
        check(FAILED, stylize("--method", "wct", "--weights", decoder3, decoder2), "none is an encoder");
        check(FAILED, stylize("--method", "wct", "--weights", encoder2, decoder3), "belong together");
        check(FAILED, stylize("--method", "wct", "--weights", thin, encoder3), "belong together");
        check(
                FAILED,
                CommandLineRun.of(
                        "features",
                        "--net",
                        decoder3,
                        "--layers",
                        "relu1_1",
                        "--image",
                        content,
                        "--out",
                        folder.resolve("out/f.safetensors")),
                decoder3.toString(),
                "VGG");
        check(
                WRONG_USAGE,
                CommandLineRun.of(
                        "features",
                        "--net",
                        encoder3,
                        "--layers",
                        "relu1_1,conv3_1",
                        "--image",
                        content,
                        "--out",
                        folder.resolve("out/f.safetensors")),
                "'conv3_1'",
                "relu1_1,relu1_2,pool1,relu2_1");
        check(
                WRONG_USAGE,
                CommandLineRun.of(
                        "gram", "--net", encoder3, "--image", content, "--out", folder.resolve("out/f.safetensors")),
                "--layers",
                "--style-map");
        check(
                WRONG_USAGE,
                CommandLineRun.of(
                        "gram",
                        "--net",
                        encoder3,
                        "--layers",
                        "relu1_1",
                        "--image",
                        content,
                        "--out",
                        folder.resolve("out/f.pth")),
                "f.pth",
                ".safetensors");
    }

    @Test
    void verboseShowsWhere() {
        CommandLineRun run = stylize("--verbose", "--strength", "7");
        assertThat(run.code()).isEqualTo(WRONG_USAGE);
        assertThat(run.err()).contains("\tat org.impasto.cli", "impasto: --strength");
    }

    @Test
    void aLinkThatLeadsNowhereYetIsFollowed() throws IOException {
        Path link = folder.resolve("link.png");
        Path target = folder.resolve("target.png");
        Files.createSymbolicLink(link, Path.of("target.png"));
        StagedFiles files = new StagedFiles(folder);
        files.write(link, Image.read(content)::write);
        files.publish();
        assertThat(link).isSymbolicLink();
        assertThat(target).isRegularFile().hasSameBinaryContentAs(link);
        Files.delete(target);
        Files.createSymbolicLink(target, link);
        files.write(link, Image.read(content)::write);
        assertThatThrownBy(files::publish).isInstanceOf(FailureException.class).hasMessageContaining(link.toString());
        files.discard();
    }

    @Test
    void interruptedWritingLeavesNothing() throws IOException {
        StagedFiles files = new StagedFiles(folder);
        files.write(folder.resolve("a.png"), Image.read(content)::write);
        assertThat(folder.resolve("a.png")).doesNotExist();
        files.discard();
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactlyInAnyOrder(content, style);
        }
    }
}
