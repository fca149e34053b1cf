package org.impasto.kernels;

import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Spec;
import org.impasto.core.Statistics;
import org.impasto.kernels.internal.provider.VectorSupport;
import org.impasto.kernels.internal.statistics.ChannelStatistics;

/** Moments of channels. */
final class StatisticsKernels {
    private static final ChannelStatistics STATISTICS = new ChannelStatistics(VectorSupport.isVector());

    private StatisticsKernels() {}

    /** Means and variances of N x C channels. */
    record Moments(double[] mean, double[] variance) {}

    static void register(KernelRegistry registry) {
        registry.add(Statistics.ChannelMoments.class, (o, inputs, outputs, call) -> {
            Moments moments = moments(inputs.get(0), o.unbiased(), call);
            return List.of(array(moments.mean, outputs.get(0), call), array(moments.variance, outputs.get(1), call));
        });
    }

    private static CpuArray array(double[] values, Spec spec, KernelCall call) {
        CpuArray array = call.plain(spec);
        if (spec.type() == ElementType.FLOAT32) {
            for (int i = 0; i < values.length; i++) {
                array.floats()[i] = (float) values[i];
            }
        } else {
            System.arraycopy(values, 0, array.doubles(), 0, values.length);
        }
        return array;
    }

    static Moments moments(CpuArray x, boolean unbiased, KernelCall call) {
        int planes = x.size(0) * x.size(1);
        int pixels = KernelCall.pixels(x);
        Moments moments = new Moments(new double[planes], new double[planes]);
        if (x.spec().type() == ElementType.FLOAT32) {
            STATISTICS.moments(
                    x.floats(),
                    0,
                    x.size(0),
                    x.size(1),
                    pixels,
                    x.isBlocked(),
                    false,
                    unbiased,
                    moments.mean,
                    moments.variance,
                    call.workers(),
                    call.run());
        } else {
            call.workers().run(planes, call.run(), (plane, worker) -> ofDoubles(x, plane, pixels, unbiased, moments));
        }
        return moments;
    }

    private static void ofDoubles(CpuArray x, int plane, int pixels, boolean unbiased, Moments moments) {
        double sum = 0;
        for (int i = plane * pixels; i < (plane + 1) * pixels; i++) {
            sum += x.doubles()[i];
        }
        double mean = sum / pixels;
        double squares = 0;
        for (int i = plane * pixels; i < (plane + 1) * pixels; i++) {
            double distance = x.doubles()[i] - mean;
            squares += distance * distance;
        }
        moments.mean[plane] = mean;
        moments.variance[plane] = squares / (unbiased ? pixels - 1 : pixels);
    }
}
