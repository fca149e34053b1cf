package org.impasto.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The driver: every row, every side in turn, each in a fresh process, fork after fork; then the table. */
@Command(
        name = "compare",
        sortOptions = false,
        description = {
            "Measures our rows and those of the peers in turn, in one go, and prints a line a row:",
            "",
            "  name  ours_ms  peer  peer_ms  ratio",
            "",
            "The peer is the fastest one; the ratio is its time over ours, so larger is better for us. "
                    + "Lines that begin with # say what lies behind the row. Raw results go into benchmarks/results."
        })
final class Compare implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    private boolean help;

    @Option(names = "--only", paramLabel = "NAME", description = "only this row; may be given several times")
    private List<String> only = List.of();

    @Option(names = "--quick", description = "one fork and few passes: for a look, not for a claim")
    private boolean quick;

    @Option(
            names = "--jdk",
            paramLabel = "PATH",
            description = "a JDK's folder; the first one (default: a JDK 25) also runs the peers written in Java,"
                    + " each further one gives our side another line")
    private List<Path> jdks = List.of();

    @Option(names = "--plain", description = "also run our side without the Vector API")
    private boolean plain;

    @Option(names = "--without", paramLabel = "SIDE", description = "leave out onnxruntime, pytorch, nd4j or impasto")
    private List<String> without = List.of();

    @Option(names = "--forks", paramLabel = "N", description = "processes a side (default: 3)")
    private int forks = 3;

    @Option(names = "--threads", paramLabel = "N", description = "threads a side (default: 2)")
    private int threads = 2;

    @Option(names = "--python", paramLabel = "COMMAND", description = "the Python that has torch (default: python3)")
    private String python = "python3";

    @Option(names = "--home", hidden = true, description = "the folder of this module")
    private Path home = Path.of("benchmarks");

    private Compare() {}

    public static void main(String[] arguments) {
        CommandLine commandLine = new CommandLine(new Compare());
        commandLine.setExecutionExceptionHandler((exception, line, parsed) -> {
            if (!(exception instanceof IllegalArgumentException)) {
                throw exception;
            }
            System.err.println(exception.getMessage());
            return CommandLine.ExitCode.USAGE;
        });
        System.exit(commandLine.execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        List<Row> rows = only.isEmpty()
                ? List.of(Row.values())
                : only.stream().map(Row::named).toList();
        List<Path> homes = jdks.isEmpty() ? List.of(newestJdk()) : jdks;
        BenchmarkData data =
                new BenchmarkData(home.resolve("target/benchmark-data").toAbsolutePath());
        Launcher.Pace pace = quick ? new Launcher.Pace(threads, 1.5, 1, 3) : new Launcher.Pace(threads, 3, 1.5, 5);
        Launcher launcher = new Launcher(data, home.resolve("peers"), python, pace);
        List<Contender> contenders = contenders(homes);
        int rounds = quick ? 1 : forks;
        Report report = new Report(rounds, pace, homes.get(0), contenders, data);

        boolean sound = true;
        for (Row row : rows) {
            data.prepare(row);
            sound &= report.row(measure(launcher, contenders, row, rounds));
        }
        report.write(home.resolve("results"));
        return sound ? 0 : 1;
    }

    private RowResult measure(Launcher launcher, List<Contender> contenders, Row row, int rounds) {
        RowResult result = new RowResult(row);
        // A start of a process is one sample only, so the cold row takes more of them.
        int passes = row.work() instanceof Row.Cold ? 3 * rounds : rounds;
        for (int fork = 0; fork < passes; fork++) {
            for (Contender contender : contenders) {
                if (!contender.runs(row) || result.failed(contender)) {
                    continue;
                }
                try {
                    Measurement measurement = launcher.run(contender, row, fork == 0);
                    result.add(contender, measurement);
                    System.err.printf(
                            "  %s %s fork %d: %s%n", row.label(), contender.name(), fork + 1, measurement.summary());
                } catch (IOException e) {
                    result.fail(contender, String.valueOf(e.getMessage()));
                    System.err.println("  " + e.getMessage());
                }
            }
        }
        return result;
    }

    /** The sides in the order in which they take turns. */
    private List<Contender> contenders(List<Path> homes) {
        Path main = homes.get(0);
        List<Contender> all = new ArrayList<>();
        all.add(new Contender("machine", "machine", main, true));
        all.add(new Contender(Contender.OURS, Contender.OURS, main, true));
        for (Path other : homes.subList(1, homes.size())) {
            all.add(new Contender("impasto/jdk" + Launcher.release(other), Contender.OURS, other, true));
        }
        if (plain) {
            all.add(new Contender("impasto/plain", Contender.OURS, main, false));
        }
        all.add(new Contender("onnxruntime", "onnxruntime", main, false));
        if (torchIsThere()) {
            all.add(new Contender("pytorch", "pytorch", null, false));
        } else {
            System.out.println("# pytorch is absent: '" + python + " -c \"import torch\"' fails");
        }
        all.add(new Contender("nd4j", "nd4j", main, false));
        all.removeIf(contender -> without.contains(contender.side()));
        return all;
    }

    private boolean torchIsThere() {
        try {
            return new ProcessBuilder(python, "-c", "import torch")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Path newestJdk() throws IOException {
        String named = System.getenv("JAVA_HOME_25");
        if (named != null) {
            return Path.of(named);
        }
        Path folder = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> homes = Files.list(folder)) {
                List<Path> found = homes.filter(
                                path -> path.getFileName().toString().contains("25"))
                        .filter(path -> Files.isExecutable(path.resolve("bin/java")))
                        .sorted()
                        .toList();
                if (!found.isEmpty()) {
                    return found.get(0);
                }
            }
        }
        Path own = Path.of(System.getProperty("java.home"));
        System.out.println(
                "# no JDK 25 found (JAVA_HOME_25, /usr/lib/jvm/*25*): JDK " + Launcher.release(own) + " is measured");
        return own;
    }
}
