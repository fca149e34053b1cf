package org.impasto.kernels;

import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Spec;
import org.impasto.core.Statistics;

/** Moments of channels. */
final class StatisticsKernels {
    private StatisticsKernels() {}

    static void register(KernelRegistry registry) {
        registry.add(Statistics.ChannelMoments.class, StatisticsKernels::moments);
    }

    private static List<CpuArray> moments(
            Statistics.ChannelMoments operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray x = call.asPlain(inputs.get(0));
        CpuArray mean = call.plain(outputs.get(0));
        CpuArray variance = call.plain(outputs.get(1));
        int pixels = KernelCall.pixels(x);
        call.workers().run(x.size(0) * x.size(1), call.run(), (plane, worker) -> {
            double m = mean(x, plane * pixels, 1, pixels);
            double squares = 0;
            for (int i = 0; i < pixels; i++) {
                double d = get(x, plane * pixels + i) - m;
                squares += d * d;
            }
            set(mean, plane, m);
            set(variance, plane, squares / (operation.unbiased() ? pixels - 1 : pixels));
        });
        return List.of(mean, variance);
    }

    /** Mean of each channel of an image. */
    static double[] means(CpuArray x, int image) {
        int pixels = KernelCall.pixels(x);
        double[] means = new double[x.size(1)];
        for (int channel = 0; channel < means.length; channel++) {
            int blocks = (x.size(1) + 15) / 16;
            means[channel] = x.isBlocked()
                    ? mean(x, (image * blocks + channel / 16) * pixels * 16 + channel % 16, 16, pixels)
                    : mean(x, (image * x.size(1) + channel) * pixels, 1, pixels);
        }
        return means;
    }

    private static double mean(CpuArray x, int offset, int step, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += get(x, offset + i * step);
        }
        return sum / count;
    }

    private static double get(CpuArray array, int index) {
        return array.spec().type() == ElementType.FLOAT32 ? array.floats()[index] : array.doubles()[index];
    }

    private static void set(CpuArray array, int index, double value) {
        if (array.spec().type() == ElementType.FLOAT32) {
            array.floats()[index] = (float) value;
        } else {
            array.doubles()[index] = value;
        }
    }
}
