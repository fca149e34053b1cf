package org.impasto.testing;

import java.util.List;
import org.impasto.core.Statistics;

/** Moments and covariances of channels, in two passes. */
final class ReferenceStatistics {
    private ReferenceStatistics() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Statistics.ChannelMoments.class, ReferenceStatistics::moments);
        registry.put(Statistics.Covariance.class, ReferenceStatistics::covariance);
    }

    private static void moments(Statistics.ChannelMoments operation, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        int pixels = x.size(2) * x.size(3);
        double divisor = operation.unbiased() ? pixels - 1 : pixels;
        for (int plane = 0; plane < x.size(0) * x.size(1); plane++) {
            double mean = mean(x, plane, pixels);
            out.get(0).doubles[plane] = mean;
            out.get(1).doubles[plane] = product(x, plane, mean, plane, mean, pixels) / divisor;
        }
    }

    private static void covariance(Statistics.Covariance operation, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        int channels = x.size(1);
        int pixels = x.size(2) * x.size(3);
        double divisor = operation.unbiased() ? pixels - 1 : pixels;
        int to = 0;
        for (int n = 0; n < x.size(0); n++) {
            for (int i = 0; i < channels; i++) {
                double meanOfI = mean(x, n * channels + i, pixels);
                for (int j = 0; j < channels; j++) {
                    double meanOfJ = mean(x, n * channels + j, pixels);
                    out.get(0).doubles[to++] =
                            product(x, n * channels + i, meanOfI, n * channels + j, meanOfJ, pixels) / divisor;
                }
            }
        }
    }

    private static double mean(Values x, int plane, int pixels) {
        double sum = 0;
        for (int p = 0; p < pixels; p++) {
            sum += x.doubles[plane * pixels + p];
        }
        return sum / pixels;
    }

    private static double product(Values x, int left, double leftMean, int right, double rightMean, int pixels) {
        double sum = 0;
        for (int p = 0; p < pixels; p++) {
            sum += (x.doubles[left * pixels + p] - leftMean) * (x.doubles[right * pixels + p] - rightMean);
        }
        return sum;
    }
}
