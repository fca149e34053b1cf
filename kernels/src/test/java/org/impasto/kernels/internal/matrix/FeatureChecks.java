package org.impasto.kernels.internal.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/** What holds for Gram matrices and covariances of any provider and width. */
public final class FeatureChecks {
    private FeatureChecks() {}

    /** All checks with vector loops. */
    public static void vector() {
        products(true);
    }

    /** All checks with plain loops. */
    public static void plain() {
        products(false);
    }

    private static void products(boolean vector) {
        Random random = new Random(11);
        Workers workers = new Workers(Runnable::run, 1);
        FeatureProducts products = new FeatureProducts(vector);
        int[][] sizes = {
            {1, 1},
            {1, 15},
            {2, 16},
            {3, 17},
            {3, 5000},
            {4, 31},
            {5, 64},
            {6, 97},
            {7, 1023},
            {15, 1024},
            {16, 1025},
            {17, 513},
            {33, 511},
            {65, 129},
            {100, 2100},
            {131, 37}
        };
        for (int[] size : sizes) {
            int channels = size[0];
            int pixels = size[1];
            int offset = 3;
            float[] planar = new float[offset + channels * pixels];
            for (int i = 0; i < planar.length; i++) {
                planar[i] = (float) (10 + random.nextGaussian()); // a large mean: centring must not cancel
            }
            float[] blocked = blocked(planar, offset, channels, pixels);
            double[] mean = new double[channels];
            double[] wide = new double[planar.length];
            for (int i = 0; i < planar.length; i++) {
                wide[i] = planar[i];
            }
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < pixels; p++) {
                    mean[c] += wide[offset + c * pixels + p] / pixels;
                }
            }
            float[] gram = new float[channels * channels + 1];
            float[] gramOfBlocked = gram.clone();
            double[] gramOfDoubles = new double[channels * channels];
            double[] covariance = new double[channels * channels + 1];
            double[] covarianceOfBlocked = covariance.clone();
            double[] covarianceOfDoubles = covariance.clone();
            Run run = Run.inference();
            products.gram(planar, offset, channels, pixels, false, 0.5, gram, 1, workers, run);
            products.gram(blocked, offset, channels, pixels, true, 0.5, gramOfBlocked, 1, workers, run);
            products.gram(wide, offset, channels, pixels, 0.5, gramOfDoubles, 0, workers, run);
            products.covariance(planar, offset, channels, pixels, false, mean, 2, covariance, 1, workers, run);
            products.covariance(blocked, offset, channels, pixels, true, mean, 2, covarianceOfBlocked, 1, workers, run);
            products.covariance(wide, offset, channels, pixels, mean, 2, covarianceOfDoubles, 1, workers, run);
            for (int i = 0; i < channels; i++) {
                for (int j = 0; j < channels; j++) {
                    double sum = 0;
                    double centred = 0;
                    double centredSize = 0;
                    for (int p = 0; p < pixels; p++) {
                        double a = wide[offset + i * pixels + p];
                        double b = wide[offset + j * pixels + p];
                        sum += a * b;
                        centred += (a - mean[i]) * (b - mean[j]);
                        centredSize += Math.abs((a - mean[i]) * (b - mean[j]));
                    }
                    int at = i * channels + j;
                    String where = "entry " + i + "," + j + " of " + channels + "x" + pixels;
                    // chunks of at most 1024 terms in 4 or more lanes: 256 roundings one after the other
                    double tolerance = 0.5 * sum * Math.ulp(1f) * (2 + Math.sqrt(Math.min(pixels, 1024) / 4));
                    assertThat((double) gram[1 + at]).as(where).isBetween(0.5 * sum - tolerance, 0.5 * sum + tolerance);
                    assertThat(gram[1 + at]).as(where).isEqualTo(gram[1 + j * channels + i]);
                    assertThat(gramOfDoubles[at]).as(where).isBetween(0.5 * sum * (1 - 1e-13), 0.5 * sum * (1 + 1e-13));
                    double close = 2 * (centredSize * 1e-13 + 1e-12);
                    assertThat(covariance[1 + at]).as(where).isBetween(2 * centred - close, 2 * centred + close);
                    assertThat(covariance[1 + at]).isEqualTo(covariance[1 + j * channels + i]);
                }
            }
            assertThat(gramOfBlocked).as("blocked %dx%d", channels, pixels).isEqualTo(gram);
            assertThat(covarianceOfBlocked).isEqualTo(covariance);
            assertThat(covarianceOfDoubles).isEqualTo(covariance);
        }
    }

    private static float[] blocked(float[] planar, int offset, int channels, int pixels) {
        float[] blocked = new float[offset + (channels + 15) / 16 * 16 * pixels];
        for (int c = 0; c < channels; c++) {
            for (int p = 0; p < pixels; p++) {
                blocked[offset + (c / 16 * pixels + p) * 16 + c % 16] = planar[offset + c * pixels + p];
            }
        }
        return blocked;
    }

    /** Results of one, two and three threads, which must be equal bit by bit. */
    static void threads(boolean vector) {
        ExecutorService executor = Executors.newFixedThreadPool(3);
        try {
            for (int[] size : new int[][] {{20, 30000}, {200, 3000}}) {
                float[] x = new float[size[0] * size[1]];
                Random random = new Random(12);
                for (int i = 0; i < x.length; i++) {
                    x[i] = (float) random.nextGaussian();
                }
                float[][] results = new float[3][size[0] * size[0]];
                for (int count = 1; count <= 3; count++) {
                    new FeatureProducts(vector)
                            .gram(
                                    x,
                                    0,
                                    size[0],
                                    size[1],
                                    false,
                                    1,
                                    results[count - 1],
                                    0,
                                    new Workers(executor, count),
                                    Run.inference());
                }
                assertThat(results[1]).isEqualTo(results[0]);
                assertThat(results[2]).isEqualTo(results[0]);
                assertThat(Arrays.equals(results[0], new float[size[0] * size[0]]))
                        .isFalse();
            }
        } finally {
            executor.shutdown();
        }
    }
}
