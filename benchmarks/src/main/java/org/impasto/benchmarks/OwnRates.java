package org.impasto.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Our own side of single operations, without peers: one thread and two in turn, in one process, beside what the machine
 * can do. For work on kernels; {@link Compare} has the last word. Arguments: rows, or none for all single operations.
 *
 * <p>Of a convolution it prints the fraction of the peak; of a streamed operation that of a copy of as many bytes by the
 * same number of threads, once by one call a thread, which may bypass the caches, and once piece by piece, as kernels
 * have to write.
 */
final class OwnRates {
    private static final int ROUNDS = 12;
    private static final double SECONDS = 0.12;
    private static final double WARMUP_SECONDS = 1.5;
    private static final int COPIES = 12;

    private OwnRates() {}

    public static void main(String[] labels) throws Exception {
        BenchmarkData data = new BenchmarkData(Path.of(System.getProperty("data", "benchmarks/target/benchmark-data")));
        double one = MachinePeak.gigaflops(1, 0.5);
        double two = MachinePeak.gigaflops(2, 0.5);
        System.out.printf("JDK %s, peak %.1f and %.1f GFLOP/s%n", Runtime.version(), one, two);
        for (Row row : Row.values()) {
            boolean single = row.work() instanceof ConvolutionLayer || row.work() instanceof Row.Streamed;
            if (labels.length == 0 ? single : List.of(labels).contains(row.label())) {
                data.prepare(row);
                measure(row, data, one, two);
            }
        }
        System.exit(0); // the threads of the backends are daemons, those of this class are not
    }

    private static void measure(Row row, BenchmarkData data, double peakOfOne, double peakOfTwo) throws Exception {
        try (Worked one = new Worked(row, data, 1);
                Worked two = new Worked(row, data, 2)) {
            one.times(WARMUP_SECONDS);
            two.times(WARMUP_SECONDS);
            List<Double> ofOne = new ArrayList<>();
            double cpuOfOne = Double.MAX_VALUE;
            List<Double> ofTwo = new ArrayList<>();
            double copyOfOne = Double.MAX_VALUE;
            double piecesOfOne = Double.MAX_VALUE;
            List<Double> copyOfTwo = new ArrayList<>();
            List<Double> pieces = new ArrayList<>();
            boolean streamed = row.work() instanceof Row.Streamed;
            for (int round = 0; round < ROUNDS; round++) {
                ofOne.addAll(one.times(SECONDS));
                cpuOfOne = Math.min(cpuOfOne, one.leastCpuMilliseconds());
                ofTwo.addAll(two.times(SECONDS));
                if (streamed) {
                    copyOfOne = Math.min(copyOfOne, leastCpuOfCopies(row.workingSetBytes(), Integer.MAX_VALUE));
                    piecesOfOne = Math.min(piecesOfOne, leastCpuOfCopies(row.workingSetBytes(), CopyRates.PIECE));
                    copyOfTwo.add(CopyRates.gigabytes(2, row.workingSetBytes(), SECONDS));
                    pieces.add(CopyRates.gigabytesInPieces(2, row.workingSetBytes(), SECONDS));
                }
            }
            double first = Medians.of(ofOne);
            double second = Medians.of(ofTwo);
            System.out.printf(
                    "%-15s one thread %7.3f ms (least cpu %7.3f), two %7.3f (best %7.3f), gain %.2f",
                    row.label(),
                    first,
                    cpuOfOne,
                    second,
                    ofTwo.stream().min(Double::compare).orElse(0.0),
                    first / second);
            if (streamed) {
                double gigabytes = row.bytesMoved() / 1e6;
                System.out.printf(
                        ", %.0f GB/s%n    by cpu of one thread %.2f of a copy (%.0f GB/s), %.2f of one in pieces (%.0f GB/s);"
                                + " two threads %.2f (%.0f GB/s) and %.2f (%.0f GB/s)%n",
                        gigabytes / second,
                        copyOfOne / cpuOfOne,
                        gigabytes / copyOfOne,
                        piecesOfOne / cpuOfOne,
                        gigabytes / piecesOfOne,
                        gigabytes / second / Medians.of(copyOfTwo),
                        Medians.of(copyOfTwo),
                        gigabytes / second / Medians.of(pieces),
                        Medians.of(pieces));
            } else {
                double operations = row.flops() / 1e6;
                System.out.printf(
                        ", of peak %.2f (by cpu %.2f) and %.2f%n",
                        operations / first / peakOfOne,
                        operations / cpuOfOne / peakOfOne,
                        operations / second / peakOfTwo);
            }
        }
    }

    /** Milliseconds of this thread that a copy takes, the least of several. */
    private static double leastCpuOfCopies(long bytes, int piece) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        float[] from = new float[Math.toIntExact(bytes / 4)];
        float[] to = new float[from.length];
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COPIES; i++) {
            long cpu = threads.getCurrentThreadCpuTime();
            CopyRates.copy(from, to, piece);
            least = Math.min(least, threads.getCurrentThreadCpuTime() - cpu);
        }
        return least / 1e6;
    }

    /** A row on a thread of its own, since scopes are a thread's. */
    private static final class Worked implements AutoCloseable {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final Side.Workload workload;
        private double leastCpuMilliseconds;

        Worked(Row row, BenchmarkData data, int threads) throws Exception {
            workload = on(() -> new ImpastoRows(threads).prepare(row, data));
        }

        private <T> T on(Callable<T> work) throws InterruptedException, ExecutionException {
            return thread.submit(work).get();
        }

        /** Milliseconds of each pass. */
        List<Double> times(double seconds) throws Exception {
            return on(() -> {
                ThreadMXBean threads = ManagementFactory.getThreadMXBean();
                List<Double> times = new ArrayList<>();
                long least = Long.MAX_VALUE;
                long begin = System.nanoTime();
                do {
                    long cpu = threads.getCurrentThreadCpuTime();
                    long start = System.nanoTime();
                    workload.run();
                    times.add((System.nanoTime() - start) / 1e6);
                    least = Math.min(least, threads.getCurrentThreadCpuTime() - cpu);
                } while (System.nanoTime() - begin < seconds * 1e9);
                leastCpuMilliseconds = least / 1e6;
                return times;
            });
        }

        /** Of the calling thread, of a pass of the last run. */
        double leastCpuMilliseconds() {
            return leastCpuMilliseconds;
        }

        @Override
        public void close() {
            thread.shutdown();
        }
    }
}
