package org.impasto.kernels.internal.convolution;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Random;
import org.impasto.core.Run;
import org.impasto.kernels.internal.convolution.ConvolutionPlan.Precision;
import org.impasto.kernels.internal.convolution.PreparedWeights.Order;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.provider.VectorSupport;

/**
 * Measures gradients of single convolutions on one thread: operations of the direct form per second of thread CPU time, as
 * a fraction of the rate of multiply-adds alone. Run it in several launches. Arguments choose the batch and precision:
 * {@code batch=4 exact}.
 */
public final class GradientBenchmark {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Workers ONE = new Workers(Runnable::run, 1);
    private static final Run RUN = Run.inference();

    private GradientBenchmark() {}

    /** Prints the rates. */
    public static void main(String[] arguments) {
        int batch = 4;
        Precision precision = Precision.FAST;
        for (String argument : arguments) {
            if (argument.startsWith("batch=")) {
                batch = Integer.parseInt(argument.substring(6));
            } else if (argument.equals("exact")) {
                precision = Precision.EXACT;
            }
        }
        System.out.println("JDK " + Runtime.version() + ", " + VectorSupport.describe());
        double peak = PeakRate.measure();
        System.out.printf("peak %.1f GFLOP/s%n", peak * 1e-9);
        int[][] layers = {
            {64, 64, 128, 3},
            {128, 128, 64, 3},
            {256, 256, 32, 3},
            {128, 64, 64, 3},
            {3, 64, 128, 3},
            {64, 3, 128, 3},
            {3, 32, 128, 9},
            {32, 3, 128, 9},
            {64, 64, 64, 1},
            {64, 64, 64, 5}
        };
        for (int[] n : layers) {
            ConvolutionShape shape = ConvolutionShape.same(batch, n[0], n[2], n[2], n[1], n[3]);
            weightGradient(shape, precision, peak);
            weights(shape, precision);
        }
    }

    private static void weightGradient(ConvolutionShape shape, Precision precision, double peak) {
        WeightGradientPlan plan = WeightGradientPlan.of(shape, precision);
        float[] input = numbers(plan.inputSize());
        float[] gradient = numbers(plan.gradientSize());
        float[] weights = new float[plan.weightSize()];
        double seconds = best(() -> Convolution.weightGradient(plan, input, gradient, weights, ONE, RUN));
        System.out.printf(
                "%d,%d>%d @%d %dx%d weight gradient %-11s %8.2f ms %5.2f of peak%n",
                shape.batch(),
                shape.inputChannels(),
                shape.outputChannels(),
                shape.height(),
                shape.kernelHeight(),
                shape.kernelWidth(),
                plan.algorithm(),
                seconds * 1e3,
                shape.operations() / seconds / peak);
    }

    private static void weights(ConvolutionShape shape, Precision precision) {
        for (Order order : Order.values()) {
            boolean turns = order == Order.ADJOINT;
            ConvolutionShape own = turns
                    ? ConvolutionShape.same(
                            shape.batch(),
                            shape.outputChannels(),
                            shape.height(),
                            shape.width(),
                            shape.inputChannels(),
                            shape.kernelHeight())
                    : shape;
            ConvolutionPlan plan = ConvolutionPlan.of(own, Fusion.NONE, precision);
            float[] weights =
                    numbers(own.outputChannels() * own.inputChannels() * own.kernelHeight() * own.kernelWidth());
            double preparing = best(() -> PreparedWeights.prepare(plan, weights, order, ONE, RUN));
            PreparedWeights prepared = PreparedWeights.prepare(plan, weights, order, ONE, RUN);
            float[] input = numbers(plan.inputSize());
            float[] output = new float[plan.outputSize()];
            double seconds = best(() -> Convolution.run(plan, input, prepared, null, output, ONE, RUN));
            System.out.printf(
                    "    %s %s %.2f ms, its weights %.3f of it%n",
                    turns ? "data gradient" : "forward", plan.algorithm(), seconds * 1e3, preparing / seconds);
        }
    }

    private static double best(Runnable work) {
        double best = Double.MAX_VALUE;
        double spent = 0;
        for (int round = 0; round < 5 || spent < 0.4; round++) {
            long start = THREADS.getCurrentThreadCpuTime();
            work.run();
            double seconds = (THREADS.getCurrentThreadCpuTime() - start) * 1e-9;
            best = Math.min(best, seconds);
            spent += seconds;
        }
        return best;
    }

    private static float[] numbers(int count) {
        Random random = new Random(1);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }
}
