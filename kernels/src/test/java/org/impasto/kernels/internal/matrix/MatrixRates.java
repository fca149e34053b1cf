package org.impasto.kernels.internal.matrix;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;

import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import jdk.incubator.vector.FloatVector;
import org.impasto.core.Run;
import org.impasto.kernels.internal.elementwise.BinaryOperation;
import org.impasto.kernels.internal.elementwise.Elementwise;
import org.impasto.kernels.internal.elementwise.UnaryOperation;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.statistics.ChannelStatistics;
import org.impasto.kernels.internal.statistics.Reductions;

/**
 * Measures rates of matrix products against the peak of fused multiply-adds of the same core in the same run. Not a
 * test: start {@code main} with {@code --add-modules jdk.incubator.vector}, several times, with the largest number of
 * threads as argument. Rates are the best of several repetitions; those of one thread count its CPU time, so that other
 * programs disturb them little.
 */
final class MatrixRates {
    private static double peak;
    static volatile double sink;

    private MatrixRates() {}

    public static void main(String[] arguments) {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
        boolean vector = arguments.length < 2 || !arguments[1].equals("plain");
        for (int i = 0; i < 30; i++) {
            peak = Math.max(peak, fusedMultiplyAdds());
        }
        System.out.printf("JDK %s, %d bits, peak %.1f GFLOP/s%n", Runtime.version(), FLOATS.vectorBitSize(), peak);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        for (int count = 1; count <= threads; count++) {
            measure(vector, new Workers(executor, count));
            passes(vector, new Workers(executor, count));
        }
        executor.shutdown();
    }

    private static void measure(boolean vector, Workers workers) {
        FloatMatrices matrices = new FloatMatrices(vector);
        Random random = new Random(1);
        int n = 2048;
        float[] a = normal(random, n * n);
        float[] b = normal(random, n * n);
        float[] c = new float[n * n];
        Run run = Run.inference();
        products(workers, new FeatureProducts(vector), normal(random, 64 * 262144), run);
        double flops = 2.0 * n * n * n;
        rate(
                "product 2048",
                flops,
                12,
                workers,
                () -> matrices.multiply(MatrixShape.of(n, n, n), a, 0, b, 0, c, 0, false, workers, run));
        rate(
                "product 2048, B transposed",
                flops,
                6,
                workers,
                () -> matrices.multiply(new MatrixShape(n, n, n, false, true), a, 0, b, 0, c, 0, false, workers, run));
        rate(
                "product 512",
                2.0 * 512 * 512 * 512,
                60,
                workers,
                () -> matrices.multiply(MatrixShape.of(512, 512, 512), a, 0, b, 0, c, 0, false, workers, run));
        rate(
                "product 77x768x320",
                2.0 * 77 * 768 * 320,
                200,
                workers,
                () -> matrices.multiply(
                        new MatrixShape(77, 320, 768, false, true), a, 0, b, 0, c, 0, false, workers, run));
    }

    private static void products(Workers workers, FeatureProducts products, float[] x, Run run) {
        for (int[] size : new int[][] {{256, 16384}, {64, 262144}, {128, 65536}, {512, 1024}}) {
            int rows = size[0];
            int length = size[1];
            float[] gram = new float[rows * rows];
            double full = 2.0 * rows * rows * length;
            for (boolean blocked : new boolean[] {false, true}) {
                rate(
                        "gram " + rows + "x" + length + (blocked ? " blocked" : ""),
                        full,
                        25,
                        workers,
                        () -> products.gram(x, 0, rows, length, blocked, 1, gram, 0, workers, run));
            }
        }
        double[] covariance = new double[256 * 256];
        double[] mean = new double[256];
        rate(
                "covariance 256x16384, float64",
                2.0 * 256 * 256 * 16384,
                12,
                workers,
                () -> products.covariance(x, 0, 256, 16384, false, mean, 1, covariance, 0, workers, run));
    }

    /** Work that is bound by memory, in gigabytes read and written a second, and the eigenvalue problem. */
    private static void passes(boolean vector, Workers workers) {
        int size = 64 * 512 * 512;
        float[] x = normal(new Random(2), size);
        float[] y = new float[size];
        Run run = Run.inference();
        passed("copy", 8.0 * size, workers, () -> System.arraycopy(x, 0, y, 0, size));
        Elementwise elementwise = new Elementwise(vector);
        for (UnaryOperation operation : new UnaryOperation[] {
            UnaryOperation.RELU,
            UnaryOperation.EXPONENTIAL,
            UnaryOperation.LOGARITHM,
            UnaryOperation.HYPERBOLIC_TANGENT,
            UnaryOperation.SILU
        }) {
            passed(
                    operation.name(),
                    8.0 * size,
                    workers,
                    () -> elementwise.unary(operation, 0, 0, size, x, 0, y, 0, workers, run));
        }
        int[] shape = {1, 64, 512, 512};
        passed(
                "add a channel's number",
                8.0 * size,
                workers,
                () -> elementwise.binary(
                        BinaryOperation.ADD, shape, x, 0, shape, x, 0, new int[] {64, 1, 1}, y, 0, workers, run));
        Reductions reductions = new Reductions(vector);
        passed(
                "sum of planes",
                4.0 * size,
                workers,
                () -> reductions.reduce(
                        Reductions.Kind.SUM,
                        x,
                        0,
                        shape,
                        new boolean[] {false, false, true, true},
                        y,
                        0,
                        workers,
                        run));
        passed(
                "sum of channels",
                4.0 * size,
                workers,
                () -> reductions.reduce(
                        Reductions.Kind.SUM,
                        x,
                        0,
                        shape,
                        new boolean[] {false, true, false, false},
                        y,
                        0,
                        workers,
                        run));
        ChannelStatistics statistics = new ChannelStatistics(vector);
        double[] mean = new double[64];
        double[] variance = new double[64];
        float[] factors = new float[64];
        for (boolean blocked : new boolean[] {false, true}) {
            passed(
                    "moments" + (blocked ? ", blocked" : ""),
                    4.0 * size,
                    workers,
                    () -> statistics.moments(
                            x, 0, 1, 64, 512 * 512, blocked, false, false, mean, variance, workers, run));
            passed(
                    "affine" + (blocked ? ", blocked" : ""),
                    8.0 * size,
                    workers,
                    () -> statistics.affine(
                            x, 0, 1, 64, 512 * 512, blocked, factors, factors, factors, y, 0, workers, run));
        }
        double[] symmetric = new double[512 * 512];
        double[] vectors = new double[512 * 512];
        for (int i = 0; i < symmetric.length; i++) {
            symmetric[i] = x[i];
        }
        rate(
                "eigenvectors of 512x512",
                9.0 * 512 * 512 * 512,
                4,
                workers,
                () -> SymmetricEigen.decompose(512, symmetric, 0, new double[512], 0, vectors, 0, run));
        double[] dominant = symmetric.clone();
        for (int i = 0; i < 512; i++) {
            dominant[i * 513] += 1024;
        }
        TriangularFactors triangles = new TriangularFactors(vector);
        double cube = 512.0 * 512 * 512;
        rate("Cholesky of 512x512", cube / 3, 20, workers, () -> {
            triangles.cholesky(512, dominant.clone(), 0, workers, run);
        });
        rate("LU of 512x512", 2 * cube / 3, 20, workers, () -> {
            triangles.lu(512, symmetric.clone(), 0, new long[512], 0, workers, run);
        });
        rate("triangular equations 512x512, 512 columns", cube, 20, workers, () -> {
            triangles.solve(512, 512, true, false, false, dominant, 0, symmetric.clone(), 0, workers, run);
        });
    }

    private static void passed(String what, double bytes, Workers workers, Runnable work) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < 30; i++) {
            long start = clock(workers);
            work.run();
            best = Math.min(best, clock(workers) - start);
        }
        System.out.printf("%-34s %d threads: %.1f GB/s, %.2f ms%n", what, workers.count(), bytes / best, best / 1e6);
    }

    private static void rate(String what, double flops, int repetitions, Workers workers, Runnable work) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < repetitions; i++) {
            long start = clock(workers);
            work.run();
            best = Math.min(best, clock(workers) - start);
        }
        System.out.printf(
                "%-34s %d threads: %.3f of peak, %.2f ms%n",
                what, workers.count(), flops / best / peak / workers.count(), best / 1e6);
    }

    private static long clock(Workers workers) {
        return workers.count() == 1 ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() : System.nanoTime();
    }

    private static double fusedMultiplyAdds() {
        int steps = 2_000_000;
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        sink = chain(steps);
        long time = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        return 2.0 * 12 * FLOATS.length() * steps / time;
    }

    private static double chain(int steps) {
        FloatVector x = FloatVector.broadcast(FLOATS, 0.999f);
        FloatVector y = FloatVector.broadcast(FLOATS, 0.001f);
        FloatVector a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int step = 0; step < steps; step++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        return a.add(b)
                .add(c.add(d))
                .add(e.add(f))
                .add(g.add(h))
                .add(i.add(j))
                .add(k.add(l))
                .lane(0);
    }

    private static float[] normal(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
