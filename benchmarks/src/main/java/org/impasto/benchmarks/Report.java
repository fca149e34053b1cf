package org.impasto.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.impasto.benchmarks.FloatTensors.FloatTensor;

/** Prints the table as it comes and keeps the raw results for a file. */
final class Report {
    private final LocalDateTime begun = LocalDateTime.now();
    private final List<String> raw = new ArrayList<>();
    private final BenchmarkData data;
    private final int threads;

    Report(int forks, Launcher.Pace pace, Path jdk, List<Contender> contenders, BenchmarkData data) {
        this.data = data;
        this.threads = pace.threads();
        head("impasto benchmarks, %s".formatted(begun.format(DateTimeFormatter.ISO_LOCAL_DATE)));
        head("machine: %s, %d processors, %s %s, JDK %s"
                .formatted(
                        processor(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        version(jdk)));
        head("%d threads, %d fork%s a side in turn, %.1f s warm-up, at least %.1f s and %d passes timed, medians"
                .formatted(pace.threads(), forks, forks == 1 ? "" : "s", pace.warmup(), pace.measure(), pace.least()));
        if (contenders.stream().noneMatch(Contender::ours)) {
            head("our side is left out: peers only");
        }
        raw.add(String.join("\t", "row", "side", "fork", "median_ms", "description", "samples_ms"));
        System.out.printf("%-22s %10s  %-12s %10s %8s%n", "name", "ours_ms", "peer", "peer_ms", "ratio");
    }

    /**
     * Prints a row and what lies behind it.
     *
     * @return whether all sides agreed and none of ours failed
     */
    boolean row(RowResult result) {
        keep(result);
        Row row = result.row();
        Contender peer = result.fastestPeer();
        double peerTime = peer == null ? Double.NaN : result.milliseconds(peer);
        List<Contender> ours = result.timed().stream().filter(Contender::ours).toList();
        if (ours.isEmpty()) {
            line(row.label(), Double.NaN, peer == null ? "-" : peer.name(), peerTime);
        }
        for (Contender contender : ours) {
            String label = row.label() + contender.name().substring(Contender.OURS.length());
            line(label, result.milliseconds(contender), peer == null ? "-" : peer.name(), peerTime);
        }
        note(goal(row));
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        if (load > 1.3 * threads) {
            note("WARNING: the machine is busy with other work (load average %.1f), the times are too long"
                    .formatted(load));
        }
        double peak = result.machineRate("peak");
        if (!Double.isNaN(peak)) {
            note("peak %.0f GFLOP/s (one thread %.0f), copy of %.0f MB %.1f GB/s (one thread %.1f)"
                            .formatted(
                                    peak,
                                    result.machineRate("peak1"),
                                    row.workingSetBytes() / 1e6,
                                    result.machineRate("copy"),
                                    result.machineRate("copy1"))
                    + (row.bytesMoved() > 0
                            ? ", in pieces through the caches %.1f GB/s".formatted(result.machineRate("pieces"))
                            : "")
                    + (Double.isNaN(result.machineRate("handover"))
                            ? ""
                            : ", to another thread and back in %.0f ns".formatted(result.machineRate("handover"))));
        }
        boolean sound = agreement(result, peak);
        for (Map.Entry<Contender, String> failure : result.failures().entrySet()) {
            note(failure.getKey().name() + " failed: " + failure.getValue().replaceAll("\\s*\\n\\s*", " | "));
            sound &= !failure.getKey().ours();
        }
        return sound;
    }

    private static String goal(Row row) {
        if (row.work() instanceof Row.Streamed streamed) {
            return "%s of %s: goal: at least %.2f of the copy bandwidth, %.1f MB moved"
                    .formatted(streamed.operation().label(), streamed, row.goal(), row.bytesMoved() / 1e6);
        }
        boolean stated = row.work() instanceof ConvolutionLayer || row.isTraining();
        String layer = stated ? row.work() + ": " : "";
        return layer
                + "goal: a ratio of at least %.2f".formatted(row.goal())
                + (row.work() instanceof Row.Cold ? " (at most 1.5 times the peer's wall time)" : "");
    }

    private boolean agreement(RowResult result, double peak) {
        Optional<Contender> chosen = reference(result);
        Map<String, FloatTensor> reference = chosen.map(c -> FloatTensors.read(data.outputs(result.row(), c.name())))
                .orElse(Map.of());
        boolean sound = true;
        for (Contender contender : result.timed()) {
            double time = result.milliseconds(contender);
            StringBuilder text = new StringBuilder("%s %.2f ms".formatted(contender.name(), time));
            if (result.row().flops() > 0 && !Double.isNaN(peak)) {
                text.append(", %.2f of peak".formatted(result.row().flops() / time / 1e6 / peak));
            }
            if (result.row().bytesMoved() > 0) {
                double rate = result.row().bytesMoved() / time / 1e6;
                text.append(", %.1f GB/s".formatted(rate));
                if (!Double.isNaN(result.rate(contender, "of copy"))) {
                    text.append(", %.2f of copy, %.2f of one in pieces, in turns with it"
                            .formatted(result.rate(contender, "of copy"), result.rate(contender, "of pieces")));
                } else if (!Double.isNaN(result.machineRate("copy"))) {
                    text.append(", %.2f of copy, %.2f of one in pieces"
                            .formatted(rate / result.machineRate("copy"), rate / result.machineRate("pieces")));
                }
            }
            if (chosen.isPresent() && !contender.equals(chosen.get())) {
                double error = Agreement.relativeError(
                        FloatTensors.read(data.outputs(result.row(), contender.name())), reference);
                text.append(", differs from %s by %.1e".formatted(chosen.get().name(), error));
                if (error > Agreement.LIMIT) {
                    text.append(": ERROR, more than %.0e".formatted(Agreement.LIMIT));
                    sound = false;
                }
            }
            List<Measurement> forksOf = result.measurements().get(contender);
            text.append(" [").append(forksOf.get(0).description()).append("]");
            String notes = String.join("; ", forksOf.get(0).notes());
            note(text + (notes.isEmpty() ? "" : " (" + notes + ")"));
        }
        return sound;
    }

    private static Optional<Contender> reference(RowResult result) {
        List<Contender> timed = result.timed();
        return timed.stream()
                .filter(c -> c.side().equals("pytorch"))
                .findFirst()
                .or(() -> timed.stream().filter(c -> !c.ours()).findFirst());
    }

    private void keep(RowResult result) {
        result.measurements().forEach((contender, forksOf) -> {
            for (int fork = 0; fork < forksOf.size(); fork++) {
                Measurement m = forksOf.get(fork);
                boolean machine = contender.side().equals("machine");
                String samples = machine
                        ? "peak1=%.1f peak=%.1f GFLOP/s copy1=%.2f copy=%.2f pieces=%.2f GB/s handover=%.0f ns"
                                .formatted(
                                        m.rate("peak1"),
                                        m.rate("peak"),
                                        m.rate("copy1"),
                                        m.rate("copy"),
                                        m.rate("pieces"),
                                        m.rate("handover"))
                        : m.milliseconds().stream().map("%.3f"::formatted).collect(Collectors.joining(" "));
                raw.add(String.join(
                        "\t",
                        result.row().label(),
                        contender.name(),
                        Integer.toString(fork + 1),
                        machine ? "-" : "%.3f".formatted(m.median()),
                        m.description(),
                        samples));
            }
        });
    }

    /** Writes everything that was said and every sample into a new file of the folder. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        String stamp = begun.format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT));
        Path file = folder.resolve("compare-" + stamp + ".tsv");
        Files.write(file, raw);
        System.out.println("# raw results: " + file);
    }

    private void line(String label, double ours, String peer, double peerTime) {
        String text = "%-22s %10s  %-12s %10s %8s"
                .formatted(label, number(ours), peer, number(peerTime), number(peerTime / ours));
        System.out.println(text);
        raw.add("# " + text);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : "%.2f".formatted(value);
    }

    private void head(String text) {
        System.out.println("# " + text);
        raw.add("# " + text);
    }

    private void note(String text) {
        head("  " + text);
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static String version(Path jdk) {
        try {
            return Files.readAllLines(jdk.resolve("release")).stream()
                    .filter(line -> line.startsWith("JAVA_RUNTIME_VERSION") || line.startsWith("JAVA_VERSION="))
                    .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
