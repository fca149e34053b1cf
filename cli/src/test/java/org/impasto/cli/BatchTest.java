package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.impasto.core.image.Image;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchTest {
    @TempDir
    private Path folder;

    private Path in;
    private Path out;
    private Path style;

    @BeforeEach
    void writePictures() throws IOException {
        in = Files.createDirectory(folder.resolve("in"));
        out = folder.resolve("out");
        style = folder.resolve("style.png");
        Pictures.noise(37, 50, 2).write(style);
        Pictures.noise(20, 15, 3).write(in.resolve("a.png"));
        Pictures.noise(21, 16, 4).write(in.resolve("b.jpg"));
        Pictures.noise(22, 17, 5).write(in.resolve("c.png"));
        Files.writeString(in.resolve("notes.txt"), "no picture, and not named like one");
    }

    @Test
    void aFolder() throws IOException {
        CommandLineRun run = stylize(in);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("wrote 3 of 3 pictures to " + out);
        assertThat(files(out)).containsExactly("a.png", "b.jpg", "c.png");
        assertThat(Image.read(out.resolve("b.jpg")).width()).isEqualTo(21);
        // Each is what it would be alone.
        Path alone = folder.resolve("alone.png");
        assertThat(CommandLineRun.of("stylize", "--content", in.resolve("c.png"), "--style", style, "--out", alone)
                        .code())
                .isZero();
        assertThat(Files.readAllBytes(out.resolve("c.png"))).isEqualTo(Files.readAllBytes(alone));
    }

    @Test
    void aPattern() throws IOException {
        assertThat(stylize(in + "/*.png").code()).isZero();
        assertThat(files(out)).containsExactly("a.png", "c.png");
    }

    @Test
    void severalFiles() throws IOException {
        assertThat(stylize(in.resolve("c.png"), in.resolve("b.jpg")).code()).isZero();
        assertThat(files(out)).containsExactly("b.jpg", "c.png");
    }

    @Test
    void goesOnPastBrokenPictures() throws IOException {
        byte[] whole = Files.readAllBytes(in.resolve("a.png"));
        Files.write(in.resolve("aa.png"), Arrays.copyOf(whole, whole.length / 2));
        Files.createFile(in.resolve("empty.jpg"));
        CommandLineRun run = stylize(in);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("wrote 3 of 5 pictures");
        List<String> errors = run.err().lines().toList();
        assertThat(errors).hasSize(3);
        assertThat(errors.get(0)).startsWith("impasto: ").contains("aa.png");
        assertThat(errors.get(1)).startsWith("impasto: ").contains("empty.jpg");
        assertThat(errors.get(2)).startsWith("impasto: 2 of 5 pictures failed");
        assertThat(files(out)).containsExactly("a.png", "b.jpg", "c.png");
    }

    @Test
    void whatStopsItTellsHowFarItCame() throws Exception {
        Path many = Files.createDirectory(folder.resolve("many"));
        Path first = many.resolve("000.png");
        // So small that one is done long before a stop loses patience, so many that all of them never are.
        Pictures.smooth(100, 100).write(first);
        for (int i = 1; i < 4000; i++) {
            Files.copy(first, many.resolve("%03d.png".formatted(i)));
        }
        Path said = folder.resolve("said.txt");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "stylize",
                "--content=" + many,
                "--style=" + style,
                "--out=" + out);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        while (process.isAlive() && !Files.exists(out.resolve("000.png"))) {
            Thread.sleep(10);
        }
        process.destroy(); // as a stop by Ctrl-C
        process.waitFor();
        assertThat(said).content().contains(" of 4000 pictures to " + out).endsWith("impasto: stopped%n".formatted());
        assertThat(files(out)).isNotEmpty().allMatch(name -> name.matches("[0-9]{3,4}\\.png"));
    }

    @Test
    void comparisonsStandBesideTheResults() throws IOException {
        assertThat(stylize(in.resolve("a.png"), in.resolve("c.png"), "--compare")
                        .code())
                .isZero();
        assertThat(files(out)).containsExactly("a-compare.png", "a.png", "c-compare.png", "c.png");
    }

    @Test
    void mistakesAreFoundBeforeAnythingIsDone() throws IOException {
        check(2, stylizeInto(style, in), "style.png", "expected a folder");
        check(1, stylize(folder.resolve("absent/*.png")), "absent");
        check(1, stylize(in + "/*.tif"), "no pictures");
        check(1, stylize(Files.createDirectory(folder.resolve("none"))), "no pictures");
        check(1, stylize(in.resolve("a.png"), folder.resolve("missing.png")), "missing.png", "no such file");
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.copy(in.resolve("a.png"), other.resolve("a.png"));
        check(2, stylize(in.resolve("a.png"), other.resolve("a.png")), "a.png", "both");
        check(2, stylizeInto(in, in), "overwrite");
        assertThat(out).doesNotExist();
    }

    private static void check(int code, CommandLineRun run, String... parts) {
        assertThat(run.err()).contains(parts);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.code()).isEqualTo(code);
    }

    private CommandLineRun stylize(Object... contents) {
        return stylizeInto(out, contents);
    }

    private CommandLineRun stylizeInto(Path place, Object... contents) {
        Stream<Object> arguments = Stream.of(
                        Stream.<Object>of("stylize", "--content"),
                        Arrays.stream(contents),
                        Stream.<Object>of("--style", style, "--out", place))
                .flatMap(part -> part);
        return CommandLineRun.of(arguments.toArray());
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
