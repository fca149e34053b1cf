package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.weights.WeightFile;
import org.impasto.core.weights.WeightRegistry;
import org.impasto.core.weights.WeightWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void prepare() {
        System.setProperty(
                WeightRegistry.FOLDER_PROPERTY, folder.resolve("registry").toString());
        file = folder.resolve("net.safetensors");
        WeightWriter.to(file).floats("w", Shape.of(2), new float[] {1, 2}).write();
    }

    @AfterEach
    void forget() {
        System.clearProperty(WeightRegistry.FOLDER_PROPERTY);
    }

    @Test
    void addListVerify() throws IOException {
        assertThat(CommandLineRun.of("weights", "list").out()).contains("no weights in", "weights add NAME FILE");

        CommandLineRun added =
                CommandLineRun.of("weights", "add", "small", file, "--licence", "MIT,\nby hand", "--origin", "here");
        assertThat(added.err()).isEmpty();
        assertThat(added.code()).isZero();
        CommandLineRun listed = CommandLineRun.of("weights", "list");
        assertThat(listed.out())
                .isEqualTo(added.out())
                .startsWith("small  ")
                .contains("sha256 "
                        + WeightRegistry.standard().find("small").orElseThrow().sha256())
                .contains("licence MIT, by hand  from here");
        assertThat(listed.out().lines()).hasSize(1);

        assertThat(CommandLineRun.of("weights", "verify").out().strip()).isEqualTo("small intact");
        Files.write(
                WeightRegistry.standard().find("small").orElseThrow().file(),
                new byte[] {1},
                StandardOpenOption.APPEND);
        CommandLineRun verified = CommandLineRun.of("weights", "verify", "small");
        assertThat(verified.code()).isEqualTo(1);
        assertThat(verified.out().strip()).isEqualTo("small changed");
        assertThat(verified.err().lines()).hasSize(1).allMatch(line -> line.startsWith("impasto: 1 of the files"));
    }

    @Test
    void halfPrecision() {
        WeightWriter.to(file)
                .floats("w", Shape.of(3), new float[] {1, 0.1f, 1 + 0x3p-11f})
                .write();
        Path out = folder.resolve("new/half.safetensors");
        CommandLineRun run = CommandLineRun.of("weights", "half", file, out);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("wrote " + out + System.lineSeparator());
        try (WeightFile half = WeightFile.open(out)) {
            assertThat(half.spec("w").type()).isEqualTo(ElementType.FLOAT16);
            assertThat(half.readFloats("w")).containsExactly(1, 0x1.998p-4f, 1 + 0x1p-9f);
        }
        assertThat(CommandLineRun.of("weights", "half", file, file).code()).isEqualTo(2);
        assertThat(CommandLineRun.of("weights", "half", file, folder.resolve("x.pth"))
                        .code())
                .isEqualTo(2);
        WeightWriter.to(file).floats("w", Shape.of(1), new float[] {1e6f}).write();
        CommandLineRun large = CommandLineRun.of("weights", "half", file, out);
        assertThat(large.code()).isEqualTo(1);
        assertThat(large.err()).contains("'w'", "beyond the range");
    }

    @Test
    void mistakes() {
        assertThat(CommandLineRun.of("weights").code()).isEqualTo(2);
        CommandLineRun unknown = CommandLineRun.of("weights", "verify", "other");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).contains("no weights are called 'other'");
        CommandLineRun absent = CommandLineRun.of("weights", "add", "x", folder.resolve("absent.pth"));
        assertThat(absent.code()).isEqualTo(1);
        assertThat(absent.err()).contains("no such file");
        CommandLineRun badName = CommandLineRun.of("weights", "add", "Über", file);
        assertThat(badName.code()).isEqualTo(1);
        assertThat(badName.err()).contains("is no name for weights");
    }

    @Test
    void aNameStandsForItsFile() {
        assertThat(CommandLineRun.of("weights", "add", "vgg", file).code()).isZero();
        assertThat(WeightsCommand.file(Path.of("vgg")))
                .isEqualTo(WeightRegistry.standard().find("vgg").orElseThrow().file());
        assertThat(WeightsCommand.file(Path.of("other"))).isEqualTo(Path.of("other"));
        assertThat(WeightsCommand.file(file)).isEqualTo(file);
    }
}
