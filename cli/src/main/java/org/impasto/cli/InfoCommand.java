package org.impasto.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.impasto.core.Backends;
import picocli.CommandLine.Command;

/** Says what would compute here. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Says what computes here: the JVM, the processor, and which kernels were chosen and why.",
        footerHeading = "%n",
        footer = {
            "The vector kernels are several times as fast as the plain ones. They need",
            "module jdk.incubator.vector, which bin/impasto adds, and a HotSpot JVM with",
            "its compiler C2.",
            "IMPASTO_JAVA_OPTS=-Dimpasto.provider=plain forces the plain ones,",
            "IMPASTO_JAVA_OPTS=-Dimpasto.vector.bits=256 narrower vectors."
        })
final class InfoCommand implements Callable<Integer> {
    private final Terminal terminal;

    InfoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        line("impasto", Main.Version.text());
        line(
                "Java",
                property("java.version") + " (" + property("java.vendor") + "), " + property("java.vm.name") + ", "
                        + property("java.home"));
        line("System", property("os.name") + " " + property("os.version") + ", " + property("os.arch"));
        line("Processor", processor());
        Runtime runtime = Runtime.getRuntime();
        line("Processors", runtime.availableProcessors() + " for this JVM");
        line("Heap", String.format(Locale.ROOT, "at most %.1f GiB", runtime.maxMemory() / 0x1p30));
        // Last, for it is an error where a provider was forced that cannot work.
        line("Backend", Backends.standard().describe());
        return 0;
    }

    private void line(String name, String value) {
        terminal.out().printf(Locale.ROOT, "%-11s %s%n", name, value);
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name") || line.startsWith("Model"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException | java.io.UncheckedIOException otherSystem) {
            String windows = System.getenv("PROCESSOR_IDENTIFIER");
            return windows == null ? "unknown" : windows;
        }
    }
}
