package org.impasto.kernels.internal.convolution;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Random;
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.kernels.internal.convolution.ConvolutionPlan.Precision;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.provider.VectorSupport;

/**
 * Measures single convolutions of one thread: operations of the direct form per second of thread CPU time, as a fraction
 * of the rate of multiply-adds alone. Arguments choose layers by a part of their name; none means all.
 */
public final class LayerBenchmark {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private LayerBenchmark() {}

    /** Prints the rates. */
    public static void main(String[] names) {
        System.out.println("JDK " + Runtime.version() + ", " + VectorSupport.describe());
        double peak = PeakRate.measure();
        System.out.printf("peak %.1f GFLOP/s%n", peak * 1e-9);
        Object[][] layers = {
            {"deep", same(512, 64, 512, 3), Precision.FAST},
            {"deep", same(512, 32, 512, 3), Precision.FAST},
            {"deep", same(256, 64, 512, 3), Precision.FAST},
            {"deep", same(1280, 16, 1280, 3), Precision.FAST},
            {"deep", same(320, 64, 320, 3), Precision.FAST},
            {"shallow", same(32, 256, 32, 3), Precision.FAST},
            {"shallow", same(64, 256, 32, 3), Precision.FAST},
            {"shallow", same(48, 128, 48, 3), Precision.FAST},
            {
                "batch",
                new ConvolutionShape(4, 64, 128, 128, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, PaddingMode.REFLECT),
                Precision.FAST
            },
            {"odd", same(64, 127, 64, 3), Precision.FAST},
            {"exact", same(64, 256, 64, 3), Precision.EXACT},
            {"exact", same(128, 128, 128, 3), Precision.EXACT},
            {"exact", same(256, 64, 256, 3), Precision.EXACT},
            {"exact", same(512, 32, 512, 3), Precision.EXACT},
            {"exact", same(32, 256, 32, 3), Precision.EXACT},
            {"point", same(320, 64, 320, 1), Precision.FAST},
            {"point", same(64, 128, 256, 1), Precision.FAST},
            {"point", same(16, 256, 16, 1), Precision.FAST},
            {"wide", same(64, 256, 64, 3), Precision.FAST},
            {"wide", same(128, 128, 128, 3), Precision.FAST},
            {"wide", same(256, 64, 256, 3), Precision.FAST},
            {"wide", same(512, 32, 512, 3), Precision.FAST},
            {"point", same(256, 64, 256, 1), Precision.FAST},
            {"five", same(64, 128, 64, 5), Precision.FAST},
            {
                "transposed",
                new ConvolutionShape(1, 64, 128, 128, 32, 3, 3, 1, 1, 1, 1, 1, 1, 2, 1, 2, PaddingMode.ZERO, 2, 2),
                Precision.FAST
            },
            {
                "stride",
                new ConvolutionShape(1, 64, 128, 128, 128, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, PaddingMode.ZERO),
                Precision.FAST
            },
            {"first", same(3, 256, 32, 9), Precision.FAST},
            {"first", same(3, 256, 64, 3), Precision.FAST},
            {"first", same(3, 512, 64, 3), Precision.FAST},
            {"last", same(32, 256, 3, 9), Precision.FAST},
            {"last", same(64, 128, 3, 3), Precision.FAST},
            {"last", same(320, 64, 4, 3), Precision.FAST},
            {
                "depthwise",
                new ConvolutionShape(1, 64, 128, 128, 64, 3, 3, 1, 1, 1, 1, 64, 1, 1, 1, 1, PaddingMode.ZERO),
                Precision.FAST
            },
        };
        for (Object[] layer : layers) {
            boolean wanted = names.length == 0;
            for (String name : names) {
                wanted |= name.equals(layer[0]);
            }
            if (wanted) {
                measure((ConvolutionShape) layer[1], (Precision) layer[2], peak);
            }
        }
    }

    private static ConvolutionShape same(int in, int size, int out, int kernel) {
        return ConvolutionShape.same(1, in, size, size, out, kernel);
    }

    private static void measure(ConvolutionShape shape, Precision precision, double peak) {
        ConvolutionPlan plan =
                ConvolutionPlan.of(shape, Boolean.getBoolean("relu") ? Fusion.RELU : Fusion.NONE, precision);
        Workers one = new Workers(Runnable::run, 1);
        Run run = Run.inference();
        float[] weights = numbers(
                shape.outputChannels() * shape.inputChannelsPerGroup() * shape.kernelHeight() * shape.kernelWidth());
        long start = THREADS.getCurrentThreadCpuTime();
        PreparedWeights prepared = Convolution.prepare(plan, weights, one, run);
        double preparation = (THREADS.getCurrentThreadCpuTime() - start) * 1e-9;
        float[] input = numbers(plan.inputSize());
        float[] output = new float[plan.outputSize()];
        double best = Double.MAX_VALUE;
        double spent = 0;
        for (int round = 0; round < 8 || spent < 0.7; round++) {
            start = THREADS.getCurrentThreadCpuTime();
            Convolution.run(plan, input, prepared, null, output, one, run);
            double seconds = (THREADS.getCurrentThreadCpuTime() - start) * 1e-9;
            best = Math.min(best, seconds);
            spent += seconds;
        }
        System.out.printf(
                "%d,%d>%d @%d %dx%d stride %d groups %d %-11s %8.2f ms %5.2f of peak, weights %.2f of it%n",
                shape.batch(),
                shape.inputChannels(),
                shape.outputChannels(),
                shape.height(),
                shape.kernelHeight(),
                shape.kernelWidth(),
                shape.strideHeight(),
                shape.groups(),
                plan.algorithm(),
                best * 1e3,
                shape.operations() / best / peak,
                preparation / best);
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
