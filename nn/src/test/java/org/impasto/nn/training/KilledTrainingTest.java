package org.impasto.nn.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed again and again, and goes on each time, ends with the bits of one that was left alone. */
class KilledTrainingTest {
    private static final int KILLS = 4;

    @TempDir
    Path folder;

    @Test
    void killsLeaveNoTrace() throws Exception {
        Path killed = folder.resolve("killed");
        Random random = new Random(20);
        for (int kill = 0; kill < KILLS; kill++) {
            int quarter = TinyTraining.STEPS / (KILLS + 1);
            killAt(killed, kill * quarter + 1 + random.nextInt(quarter), random.nextInt(30));
        }
        Path alone = folder.resolve("alone");
        TinyTraining.train(alone, trainer -> {});
        TinyTraining.train(killed, trainer -> {});
        String last = "checkpoints/step-%09d.safetensors".formatted(TinyTraining.STEPS);
        for (String file : new String[] {"weights.safetensors", "metrics.csv", last}) {
            assertThat(killed.resolve(file)).as(file).hasSameBinaryContentAs(alone.resolve(file));
        }
        assertThat(Files.readAllLines(killed.resolve("metrics.csv"))).hasSize(1 + TinyTraining.STEPS);
    }

    private static void killAt(Path folder, int step, int delayMillis) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledTraining.class.getName(),
                        folder.toString(),
                        Integer.toString(step))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            StringBuilder said = new StringBuilder();
            String line = output.readLine();
            while (line != null && !(line.startsWith("step ") && Integer.parseInt(line.substring(5)) >= step)) {
                said.append(line).append('\n');
                line = output.readLine();
            }
            assertThat(line).as("what the process said: %s", said).startsWith("step ");
            Thread.sleep(delayMillis); // somewhere within the steps that follow
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("killed, not ended").isNotZero();
    }
}
