package org.impasto.kernels.internal.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.widths.WidthLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticsTest {
    static List<Integer> widths() {
        return WidthLoader.widths();
    }

    @ParameterizedTest
    @MethodSource("widths")
    void agreesWithFloat64LoopsAtEveryWidth(int bits) throws Exception {
        WidthLoader.run(bits, StatisticsChecks.class, "vector");
    }

    @Test
    void plainLoopsAgreeWithFloat64Loops() {
        StatisticsChecks.plain();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isEqualForAnyNumberOfThreads(boolean vector) {
        Random random = new Random(31);
        int batch = 2;
        int channels = 5;
        int pixels = 140_000;
        float[] x = new float[batch * channels * pixels];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (3 + random.nextGaussian());
        }
        ExecutorService executor = Executors.newFixedThreadPool(3);
        try {
            float[][] sums = new float[3][channels];
            float[][] columns = new float[3][pixels];
            double[][] mean = new double[3][channels];
            double[][] variance = new double[3][channels];
            int[] shape = {batch, channels, pixels};
            for (int threads = 1; threads <= 3; threads++) {
                Workers workers = new Workers(executor, threads);
                Run run = Run.inference();
                new Reductions(vector)
                        .reduce(
                                Reductions.Kind.SUM,
                                x,
                                0,
                                shape,
                                new boolean[] {true, false, true},
                                sums[threads - 1],
                                0,
                                workers,
                                run);
                new Reductions(vector)
                        .reduce(
                                Reductions.Kind.MEAN,
                                x,
                                0,
                                shape,
                                new boolean[] {true, true, false},
                                columns[threads - 1],
                                0,
                                workers,
                                run);
                new ChannelStatistics(vector)
                        .moments(
                                x,
                                0,
                                batch,
                                channels,
                                pixels,
                                false,
                                true,
                                false,
                                mean[threads - 1],
                                variance[threads - 1],
                                workers,
                                run);
            }
            for (int threads = 2; threads <= 3; threads++) {
                assertThat(sums[threads - 1]).isEqualTo(sums[0]);
                assertThat(columns[threads - 1]).isEqualTo(columns[0]);
                assertThat(mean[threads - 1]).isEqualTo(mean[0]);
                assertThat(variance[threads - 1]).isEqualTo(variance[0]);
            }
        } finally {
            executor.shutdown();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsNotANumberIsKept(boolean vector) {
        Workers alone = new Workers(Runnable::run, 1);
        for (int at : new int[] {0, 15, 16, 63, 64, 99}) {
            float[] x = new float[100];
            x[at] = Float.NaN;
            float[] y = new float[1];
            for (Reductions.Kind kind : Reductions.Kind.values()) {
                new Reductions(vector)
                        .reduce(kind, x, 0, new int[] {100}, new boolean[] {true}, y, 0, alone, Run.inference());
                assertThat(y[0]).as("%s at %d", kind, at).isNaN();
            }
            double[] mean = new double[1];
            double[] variance = new double[1];
            new ChannelStatistics(vector)
                    .moments(x, 0, 1, 1, 100, false, false, false, mean, variance, alone, Run.inference());
            assertThat(mean[0]).isNaN();
            assertThat(variance[0]).isNaN();
        }
    }

    @Test
    void nothingIsReducedToTheNeutralNumber() {
        Workers alone = new Workers(Runnable::run, 1);
        Reductions reductions = new Reductions(true);
        for (int[] shape : new int[][] {{2, 0}, {0, 2}}) {
            boolean[] reduces = {shape[0] == 0, shape[1] == 0};
            float[] y = {7, 7};
            reductions.reduce(Reductions.Kind.SUM, new float[0], 0, shape, reduces, y, 0, alone, Run.inference());
            assertThat(y).containsExactly(0, 0);
            reductions.reduce(Reductions.Kind.MEAN, new float[0], 0, shape, reduces, y, 0, alone, Run.inference());
            assertThat(y).containsExactly(Float.NaN, Float.NaN);
            reductions.reduce(Reductions.Kind.MAXIMUM, new float[0], 0, shape, reduces, y, 0, alone, Run.inference());
            assertThat(y).containsExactly(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY);
        }
    }
}
