package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.impasto.core.BackendException;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.impasto.kernels.CpuBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that asks for a provider that cannot work hears so at every attempt, in the same words. */
class RefusedProviderTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -Dimpasto.provider=banana   | property impasto.provider is 'banana', expected vector or plain
            -Dimpasto.vector.bits=300   | property impasto.vector.bits is '300', expected 128, 256 or 512
            """)
    void everyAttemptSaysWhy(String option, String reason) throws Exception {
        List<String> lines = attempts("--add-modules", "jdk.incubator.vector", option);
        assertThat(lines.stream().filter(line -> line.startsWith("attempt")))
                .hasSize(8)
                .allMatch(line -> line.endsWith(BackendException.class.getName() + ": " + reason));
        assertThat(lines.stream().filter(line -> line.contains("INFO") && line.contains(reason)))
                .as("log lines")
                .hasSize(1);
    }

    @Test
    void vectorsWithoutTheModuleAreRefused() throws Exception {
        assertThat(attempts("-Dimpasto.provider=vector").stream().filter(line -> line.startsWith("attempt")))
                .hasSize(8)
                .allMatch(line -> line.contains(BackendException.class.getName())
                        && line.contains("--add-modules jdk.incubator.vector"));
    }

    private static List<String> attempts(String... options) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-cp",
                System.getProperty("java.class.path"),
                Attempts.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output.lines().toList();
    }

    /** The program of the child process. */
    static final class Attempts {
        private Attempts() {}

        public static void main(String[] arguments) {
            for (int round = 0; round < 2; round++) {
                attempt("standard", Backends::standard);
                attempt("open", () -> Backends.open(BackendOptions.cpu()));
                attempt("constructor", () -> new CpuBackend(BackendOptions.cpu()));
                attempt("operations", CpuBackend::operations);
            }
        }

        private static void attempt(String name, Runnable work) {
            try {
                work.run();
                System.out.println("attempt " + name + ": no error");
            } catch (Throwable thrown) {
                System.out.println("attempt " + name + ": " + thrown);
            }
        }
    }
}
