package org.impasto.kernels.internal.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.impasto.core.BackendException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class VectorSupportTest {
    @Test
    void choosesTheProviderThatTheBuildExpects() {
        String expected = System.getProperty("impasto.expect.provider");
        if (expected != null) {
            assertThat(VectorSupport.chosen().name().toLowerCase(Locale.ROOT))
                    .as(VectorSupport.describe())
                    .isEqualTo(expected);
        }
        assertThat(VectorSupport.describe()).contains(VectorSupport.reason());
        assertThat(VectorSupport.bits()).isIn(0, 128, 256, 512);
        assertThat(VectorSupport.isVector()).isEqualTo(VectorSupport.bits() > 0);
    }

    @Test
    void propertiesForceProviderAndWidth() throws Exception {
        assertThat(chosenWith("plain", null)).startsWith("plain provider: property impasto.provider is plain");
        assertThatThrownBy(() -> chosenWith("fast", null))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("expected vector or plain");
        Assumptions.assumeTrue(VectorSupport.isVector());
        assertThat(chosenWith(null, "128")).startsWith("vector provider, 128 bits");
        assertThatThrownBy(() -> chosenWith("vector", "1024"))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("expected 128, 256 or 512");
    }

    /** What a class loader of its own decides with the properties set. */
    private static String chosenWith(@Nullable String provider, @Nullable String bits) throws Exception {
        return KernelLoader.with(provider, bits, loader -> {
            Class<?> support = loader.loadClass(VectorSupport.class.getName());
            assertThat(support).isNotSameAs(VectorSupport.class);
            return (String) support.getMethod("describe").invoke(null);
        });
    }

    @Test
    void worksWithoutTheModuleAndWarnsWithTheCure() throws Exception {
        String output = child(List.of());
        assertThat(output).contains("plain provider").contains("--add-modules jdk.incubator.vector");
        // There is no SLF4J provider on this class path, as in a program that has impasto and nothing else.
        assertThat(output.lines().filter(line -> line.contains("computing with plain loops")))
                .as(output)
                .hasSize(1);
    }

    @Test
    void noticesThatC2IsAbsent() throws Exception {
        List<String> vector = List.of("--add-modules", "jdk.incubator.vector");
        assertThat(child(with(vector, "-XX:TieredStopAtLevel=1")))
                .contains("plain provider")
                .contains("TieredStopAtLevel");
        assertThat(child(with(vector, "-Xint"))).contains("plain provider").contains("-Xint");
        assertThat(child(with(vector, "-Dimpasto.provider=vector", "-Xint"))).contains("cannot work here");
    }

    private static List<String> with(List<String> options, String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return all;
    }

    private static String child(List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Describe.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    /** The program of the child processes. */
    public static final class Describe {
        private Describe() {}

        /** Prints what was chosen. */
        public static void main(String[] arguments) {
            System.out.println(VectorSupport.describe());
        }
    }
}
