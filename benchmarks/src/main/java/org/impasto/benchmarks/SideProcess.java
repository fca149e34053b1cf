package org.impasto.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * One side, one row, one process. What it has to say goes to standard output in lines that begin with {@link #MARK}
 * and hold a word and a value, parted by tabs; native libraries may write anything between them.
 */
final class SideProcess implements Runnable {
    static final String MARK = "@benchmark";

    @Option(names = "--side", required = true)
    private String side = "";

    @Option(names = "--row", required = true)
    private String row = "";

    @Option(names = "--data", required = true)
    private Path data = Path.of(".");

    @Option(names = "--threads")
    private int threads = 2;

    @Option(names = "--warmup")
    private double warmup = 4;

    @Option(names = "--measure")
    private double measure = 4;

    @Option(names = "--least")
    private int least = 5;

    @Option(names = "--outputs", description = "write the outputs after the measurement")
    private boolean outputs;

    @Option(names = "--name", description = "what the outputs are filed under")
    private String name = "";

    private static final int TURNS = 9;
    private static final double SECONDS_OF_TURN = 0.15;

    private SideProcess() {}

    public static void main(String[] arguments) {
        // System.exit, since the native libraries keep threads of their own.
        System.exit(new CommandLine(new SideProcess()).execute(arguments));
    }

    @Override
    public void run() {
        Row chosen = Row.named(row);
        if (side.equals("machine")) {
            machine(chosen);
            return;
        }
        BenchmarkData files = new BenchmarkData(data);
        Side worker = switch (side) {
            case "impasto" -> new ImpastoRows(threads);
            case "onnxruntime" -> new OnnxRuntimeRows(threads);
            case "nd4j" -> new Nd4jRows();
            default -> throw new IllegalArgumentException("No side is called '" + side + "'");
        };
        Side.Workload workload = worker.prepare(chosen, files);
        time(workload);
        if (chosen.bytesMoved() > 0) {
            besideCopies(chosen, workload);
        }
        say("describe", worker.describe());
        if (chosen.isTraining()) {
            peakMemory();
        }
        if (outputs) {
            FloatTensors.write(files.outputs(chosen, name), workload.outputs());
        }
    }

    private void time(Side.Workload workload) {
        long begin = System.nanoTime();
        do {
            workload.run();
        } while (System.nanoTime() - begin < warmup * 1e9);
        List<Double> milliseconds = new ArrayList<>();
        begin = System.nanoTime();
        double elapsed = 0;
        // A hopelessly slow row ends before it has its least number of passes.
        while (elapsed < measure || milliseconds.size() < least && elapsed < 6 * measure) {
            long start = System.nanoTime();
            workload.run();
            long end = System.nanoTime();
            milliseconds.add((end - start) / 1e6);
            elapsed = (end - begin) / 1e9;
        }
        // Said at the end: a listener that woke up between passes would take a processor from the next one.
        milliseconds.forEach(time -> say("ms", Double.toString(time)));
    }

    /**
     * What part of a copy's bandwidth the passes reach: both in turns, since what a machine's neighbours leave of its memory
     * changes within seconds.
     */
    private void besideCopies(Row chosen, Side.Workload workload) {
        long bytes = chosen.workingSetBytes();
        List<Double> ofCopy = new ArrayList<>();
        List<Double> ofPieces = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            double rate = Passes.perSecond(SECONDS_OF_TURN, workload::run) * chosen.bytesMoved() / 1e9;
            ofCopy.add(rate / CopyRates.gigabytes(threads, bytes, SECONDS_OF_TURN));
            ofPieces.add(rate / CopyRates.gigabytesInPieces(threads, bytes, SECONDS_OF_TURN));
        }
        say("of copy", Double.toString(Medians.of(ofCopy)));
        say("of pieces", Double.toString(Medians.of(ofPieces)));
    }

    /** The most memory that the process ever held, where the system tells it. */
    private static void peakMemory() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return;
        }
        try (Stream<String> lines = Files.lines(status)) {
            lines.filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .forEach(kilobytes -> say("note", "peak memory %d MB".formatted(kilobytes / 1024)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void machine(Row chosen) {
        double seconds = Math.min(1, measure / 2);
        long bytes = chosen.workingSetBytes();
        say("peak1", Double.toString(MachinePeak.gigaflops(1, seconds)));
        say("peak", Double.toString(MachinePeak.gigaflops(threads, seconds)));
        say("copy1", Double.toString(CopyRates.gigabytes(1, bytes, seconds)));
        say("copy", Double.toString(CopyRates.gigabytes(threads, bytes, seconds)));
        if (chosen.bytesMoved() > 0) {
            say("pieces", Double.toString(CopyRates.gigabytesInPieces(threads, bytes, seconds)));
        }
        say("handover", Double.toString(MachinePeak.handoverNanoseconds(seconds / 4)));
        say("describe", MachinePeak.vectorBits() + "-bit vectors");
    }

    static void say(String word, String value) {
        System.out.println(MARK + "\t" + word + "\t" + value);
    }
}
