package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.impasto.core.Backends;
import org.impasto.flow.Glow;
import org.impasto.nn.Model;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainGlowTest {
    @TempDir
    Path folder;

    private Path digits;
    private Path out;

    @BeforeEach
    void write() throws IOException {
        digits = idx("digits.gz", 2051, 40, 8, 8, 40 * 64);
        out = folder.resolve("out");
    }

    private Path idx(String name, int magic, int count, int height, int width, int bytes) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream raw = Files.newOutputStream(file);
                DataOutputStream data = new DataOutputStream(name.endsWith("gz") ? new GZIPOutputStream(raw) : raw)) {
            for (int number : new int[] {magic, count, height, width}) {
                data.writeInt(number);
            }
            byte[] levels = new byte[bytes];
            new Random(1).nextBytes(levels);
            data.write(levels);
        }
        return file;
    }

    private CommandLineRun train(Path from, Object... more) {
        Map<Object, Object> options = new LinkedHashMap<>();
        options.put("--digits", from);
        options.put("--out", out);
        options.put("--steps", 4);
        options.put("--batch", 3);
        options.put("--flows", 1);
        options.put("--width", 4);
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        List<Object> arguments = new ArrayList<>(List.of("train", "glow"));
        options.forEach((name, value) -> arguments.add(name + "=" + value));
        return CommandLineRun.of(arguments.toArray());
    }

    @Test
    void aRunLeavesWeightsCurveSamplesAndALikelihood() throws IOException {
        CommandLineRun run = train(digits, "--test", idx("test", 2051, 5, 8, 8, 5 * 64));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "5 test pictures",
                        "bits per dimension",
                        "a normal distribution",
                        "0 of 320 8-bit levels changed");
        assertThat(out.resolve("loss.png")).exists();
        assertThat(out.resolve("samples")).isNotEmptyDirectory();
        try (Model<Glow> model = Model.load(
                Backends.standard(),
                out.resolve("weights.safetensors"),
                Glow.names(),
                p -> new Glow(p, Glow.Options.of(1, 1, 2, 4)))) {
            assertThat(model.weights().all()).isNotEmpty();
        }
    }

    @Test
    void aRunGoesOn() {
        assertThat(train(digits).code()).isZero();
        assertThat(train(digits).code()).isEqualTo(1); // there are checkpoints
        CommandLineRun resumed = train(digits, "--resume", true, "--steps", 6);
        assertThat(resumed.code()).as(resumed.err()).isZero();
    }

    @Test
    void brokenFilesAndOptions() throws IOException {
        refused(1, train(idx("labels", 2049, 40, 8, 8, 64)), "begins with 2049");
        refused(1, train(idx("short.gz", 2051, 40, 8, 8, 100)), "ends before its last picture");
        refused(1, train(idx("huge", 2051, 2_000_000_000, 1024, 1024, 100)), "declares");
        refused(1, train(idx("odd", 2051, 3, 7, 8, 168)), "multiples of 4");
        refused(1, train(digits, "--test", idx("other", 2051, 3, 4, 8, 96)), "expected 8x8");
        refused(2, train(digits, "--width", 0), "--width");
        refused(2, train(digits, "--learning-rate", 2), "--learning-rate");
        assertThat(out.resolve("weights.safetensors")).doesNotExist();
    }

    private static void refused(int code, CommandLineRun run, String words) {
        assertThat(run.code()).as(run.err()).isEqualTo(code);
        assertThat(run.err()).contains(words);
    }
}
