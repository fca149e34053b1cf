package org.impasto.kernels.internal.convolution;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.impasto.core.Run;
import org.impasto.kernels.internal.convolution.ConvolutionPlan.Precision;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.provider.VectorSupport;

/**
 * Measures the first three blocks of VGG-19 (8 convolutions with relu, 3 poolings) on a 512x512 picture, layer by layer
 * and as a stack, with one and two threads.
 *
 * <p>Rates are operations of the direct form per second of thread CPU time (one thread) or wall time (more), divided by
 * the rate of a loop of fused multiply-adds alone, measured in the same process: above 1 is Winograd's gain. Options:
 * {@code rounds=10 exact}. Run it with {@code --add-modules jdk.incubator.vector}, several times: one launch
 * proves nothing about compiled code.
 */
public final class VggStackBenchmark {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private VggStackBenchmark() {}

    private record Layer(String name, ConvolutionPlan plan, PreparedWeights weights, float[] bias, float[] output) {}

    /** Prints the rates. */
    public static void main(String[] arguments) {
        int rounds = 10;
        Precision precision = Precision.FAST;
        for (String argument : arguments) {
            if (argument.startsWith("rounds=")) {
                rounds = Integer.parseInt(argument.substring(7));
            } else if (argument.equals("exact")) {
                precision = Precision.EXACT;
            }
        }
        System.out.println("JDK " + Runtime.version() + ", " + VectorSupport.describe());
        double peak = PeakRate.measure();
        System.out.printf("peak %.1f GFLOP/s%n", peak * 1e-9);
        ExecutorService executor = Executors.newFixedThreadPool(1);
        try {
            Workers one = new Workers(executor, 1);
            Workers two = new Workers(executor, 2);
            long prepared = System.nanoTime();
            List<Layer> layers = layers(precision, one);
            System.out.printf("weights and their preparation: %.0f ms%n", (System.nanoTime() - prepared) * 1e-6);
            float[] picture = numbers(new Random(1), 3 * 512 * 512, 1);
            double[] best = new double[layers.size() + 1];
            double[] bestTwo = new double[layers.size() + 1];
            Arrays.fill(best, Double.MAX_VALUE);
            Arrays.fill(bestTwo, Double.MAX_VALUE);
            for (int round = 0; round < rounds; round++) {
                long start = System.nanoTime();
                measure(layers, picture, one, best, true);
                if (round < 3) {
                    System.out.printf("pass %d: %.0f ms%n", round + 1, (System.nanoTime() - start) * 1e-6);
                }
                measure(layers, picture, two, bestTwo, false);
            }
            peak = Math.max(peak, PeakRate.measure());
            double total = 0;
            for (int i = 0; i < layers.size(); i++) {
                Layer layer = layers.get(i);
                double operations = layer.plan().shape().operations();
                total += operations;
                System.out.printf(
                        "%-28s %-9s 1 thread %7.2f ms %5.2f of peak   2 threads %7.2f ms %5.2f of 2 peaks%n",
                        layer.name(),
                        layer.plan().algorithm(),
                        best[i] * 1e3,
                        operations / best[i] / peak,
                        bestTwo[i] * 1e3,
                        operations / bestTwo[i] / peak / 2);
            }
            int last = layers.size();
            System.out.printf(
                    "stack, %.1f GFLOP: 1 thread %.1f ms, %.2f of peak; 2 threads %.1f ms, %.2f of 2 peaks, "
                            + "%.2f times 1 thread%n",
                    total * 1e-9,
                    best[last] * 1e3,
                    total / best[last] / peak,
                    bestTwo[last] * 1e3,
                    total / bestTwo[last] / peak / 2,
                    best[last] / bestTwo[last]);
        } finally {
            executor.shutdown();
        }
    }

    private static void measure(List<Layer> layers, float[] picture, Workers workers, double[] best, boolean cpuTime) {
        Run run = Run.inference();
        float[] input = picture;
        double sum = 0;
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            long start = now(cpuTime);
            Convolution.run(layer.plan(), input, layer.weights(), layer.bias(), layer.output(), workers, run);
            double seconds = (now(cpuTime) - start) * 1e-9;
            best[i] = Math.min(best[i], seconds);
            sum += seconds;
            input = layer.output();
        }
        best[layers.size()] = Math.min(best[layers.size()], sum);
    }

    private static long now(boolean cpuTime) {
        return cpuTime ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    private static List<Layer> layers(Precision precision, Workers workers) {
        int[][] sizes = {
            {3, 64, 512, 0}, {64, 64, 512, 1}, {64, 128, 256, 0}, {128, 128, 256, 1},
            {128, 256, 128, 0}, {256, 256, 128, 0}, {256, 256, 128, 0}, {256, 256, 128, 1}
        };
        Random random = new Random(7);
        List<Layer> layers = new ArrayList<>();
        for (int[] size : sizes) {
            Fusion fusion = size[3] == 1 ? Fusion.RELU.withPool(Fusion.Pool.FLOOR) : Fusion.RELU;
            ConvolutionShape shape = ConvolutionShape.same(1, size[0], size[2], size[2], size[1], 3);
            ConvolutionPlan plan = ConvolutionPlan.of(shape, fusion, precision);
            float[] weights = numbers(random, size[0] * size[1] * 9, (float) Math.sqrt(2.0 / (size[0] * 9)));
            PreparedWeights prepared = Convolution.prepare(plan, weights, workers, Run.inference());
            String name = size[0] + ">" + size[1] + " @" + size[2] + (size[3] == 1 ? " and pool" : "");
            layers.add(new Layer(name, plan, prepared, numbers(random, size[1], 0.1f), new float[plan.outputSize()]));
        }
        return layers;
    }

    private static float[] numbers(Random random, int count, float scale) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = scale * (float) random.nextGaussian();
        }
        return numbers;
    }
}
