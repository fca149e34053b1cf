package org.impasto.kernels.internal.convolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.impasto.core.Run;
import org.impasto.kernels.internal.convolution.ConvolutionPlan.Precision;
import org.impasto.kernels.internal.convolution.WeightGradientPlan.Algorithm;
import org.impasto.kernels.internal.layout.ActivationLayout;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every algorithm of weight gradients against a float64 loop, over shapes off every grid. */
class WeightGradientTest {
    private static final double EPSILON = Math.ulp(1f) / 2;

    private static ExecutorService executor;

    @BeforeAll
    static void start() {
        executor = Executors.newFixedThreadPool(3);
        ScratchArrays.poison(true);
    }

    @AfterAll
    static void stop() {
        ScratchArrays.poison(false);
        executor.shutdown();
    }

    static Stream<ConvolutionShape> shapes() {
        List<ConvolutionShape> shapes = new ArrayList<>();
        ConvolutionTest.shapes().filter(WeightGradientPlan::suits).forEach(shapes::add);
        // more tiles than a stage takes, and several images in a tile of rows
        shapes.add(ConvolutionShape.same(1, 17, 203, 150, 33, 3));
        shapes.add(ConvolutionShape.same(3, 80, 40, 30, 70, 3));
        shapes.add(ConvolutionShape.same(3, 80, 53, 60, 70, 3)); // two parts, the last run of tiles short
        shapes.add(ConvolutionShape.same(2, 3, 70, 90, 17, 9));
        shapes.add(ConvolutionShape.same(2, 33, 70, 90, 3, 9));
        return shapes.stream();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void equalsTheFloat64Loop(ConvolutionShape shape) {
        Problem problem = new Problem(shape);
        for (Precision precision : Precision.values()) {
            problem.check(WeightGradientPlan.of(shape, precision));
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void algorithmsAreRightWhereTheyDoNotPay(ConvolutionShape s) {
        Problem problem = new Problem(s);
        boolean dense = s.groups() == 1 && s.strideHeight() == 1 && s.strideWidth() == 1;
        if (dense && s.kernelHeight() == 3 && s.kernelWidth() == 3 && s.dilationHeight() == 1) {
            problem.check(WeightGradientPlan.with(s, Algorithm.WINOGRAD));
        }
        if (s.hasWholeGroups()) {
            problem.check(WeightGradientPlan.with(s, Algorithm.DIRECT));
        }
        if (dense && s.outputChannels() <= 4) {
            problem.check(WeightGradientPlan.with(s, Algorithm.FEW_OUTPUTS));
        }
    }

    @Test
    void aBatchOfNoneGivesZeros() {
        ConvolutionShape shape = ConvolutionShape.same(0, 16, 8, 8, 16, 3);
        float[] weights = new float[16 * 16 * 9];
        Arrays.fill(weights, 1f);
        WeightGradientPlan plan = WeightGradientPlan.of(shape, Precision.FAST);
        Convolution.weightGradient(
                plan, new float[0], new float[0], weights, new Workers(executor, 2), Run.inference());
        assertThat(weights).containsOnly(0f);
    }

    /** One running sum errs several times as much: sums over pixels have two levels. */
    @Test
    void winogradErrsLittle() {
        ConvolutionShape shape = ConvolutionShape.same(1, 32, 128, 128, 16, 3);
        Problem problem = new Problem(shape);
        WeightGradientPlan plan = WeightGradientPlan.of(shape, Precision.FAST);
        assertThat(plan.algorithm()).isEqualTo(Algorithm.WINOGRAD);
        // each level is a sum of at most 64 terms, so about 8 roundings, and the transforms double it
        assertThat(problem.relativeError(problem.compute(plan, 2))).isLessThan(2 * 8 * EPSILON);
        WeightGradientPlan exact = WeightGradientPlan.of(shape, Precision.EXACT);
        assertThat(problem.relativeError(problem.compute(exact, 2))).isLessThan(8 * EPSILON);
    }

    /** Seeded numbers for a shape, and the exact result. */
    private static final class Problem {
        final ConvolutionShape s;
        final float[] input;
        final float[] gradient;
        final double[] exact;
        final double[] magnitudes;

        Problem(ConvolutionShape s) {
            this.s = s;
            Random random = new Random(s.hashCode());
            input = numbers(random, s.batch() * s.inputChannels() * s.height() * s.width());
            gradient = numbers(random, s.batch() * s.outputChannels() * s.outputHeight() * s.outputWidth());
            exact = new double[s.outputChannels() * s.inputChannelsPerGroup() * s.kernelHeight() * s.kernelWidth()];
            magnitudes = new double[exact.length];
            compute();
        }

        private static float[] numbers(Random random, int count) {
            float[] numbers = new float[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (float) random.nextGaussian();
            }
            return numbers;
        }

        private void compute() {
            int oh = s.outputHeight();
            int ow = s.outputWidth();
            int in = s.inputChannelsPerGroup();
            int out = s.outputChannelsPerGroup();
            for (int i = 0; i < exact.length; i++) {
                int q = i % s.kernelWidth();
                int r = i / s.kernelWidth() % s.kernelHeight();
                int c = i / s.kernelWidth() / s.kernelHeight() % in;
                int k = i / s.kernelWidth() / s.kernelHeight() / in;
                for (int n = 0; n < s.batch(); n++) {
                    int plane = (n * s.inputChannels() + k / out * in + c) * s.height();
                    for (int y = 0; y < oh; y++) {
                        int sy = s.mode().source(y * s.strideHeight() + r * s.dilationHeight() - s.top(), s.height());
                        int from = ((n * s.outputChannels() + k) * oh + y) * ow;
                        for (int x = 0; x < ow && sy >= 0; x++) {
                            int sx = s.mode().source(x * s.strideWidth() + q * s.dilationWidth() - s.left(), s.width());
                            if (sx >= 0) {
                                double product = (double) gradient[from + x] * input[(plane + sy) * s.width() + sx];
                                exact[i] += product;
                                magnitudes[i] += Math.abs(product);
                            }
                        }
                    }
                }
            }
        }

        float[] compute(WeightGradientPlan plan, int threads) {
            Workers workers = new Workers(executor, threads);
            float[] x = given(input, plan.inputLayout(), s.inputChannels(), s.height() * s.width());
            float[] dy = given(gradient, plan.gradientLayout(), s.outputChannels(), s.outputHeight() * s.outputWidth());
            float[] weights = new float[exact.length];
            Arrays.fill(weights, Float.NaN);
            Convolution.weightGradient(plan, x, dy, weights, workers, Run.inference());
            return weights;
        }

        private float[] given(float[] planar, ActivationLayout layout, int channels, int pixels) {
            if (layout == ActivationLayout.PLANAR) {
                return planar;
            }
            float[] blocked = new float[s.batch() * BlockedLayout.roundUp(channels) * pixels];
            BlockedLayout.toBlocked(
                    planar, blocked, s.batch(), channels, pixels, new Workers(executor, 1), Run.inference());
            return blocked;
        }

        double relativeError(float[] result) {
            double error = 0;
            double norm = 0;
            for (int i = 0; i < exact.length; i++) {
                error += (result[i] - exact[i]) * (result[i] - exact[i]);
                norm += exact[i] * exact[i];
            }
            return Math.sqrt(error / norm);
        }

        void check(WeightGradientPlan plan) {
            float[] result = compute(plan, 1);
            double depth = (double) s.batch() * s.outputHeight() * s.outputWidth();
            double largest = Arrays.stream(magnitudes).max().orElse(0) + 4;
            // as in ConvolutionTest: roundings of a sum add up like a random walk
            boolean winograd = plan.algorithm() == Algorithm.WINOGRAD;
            double tolerance = EPSILON * (4 + 2 * Math.sqrt(depth)) * largest * (winograd ? 3 : 1);
            for (int i = 0; i < result.length; i++) {
                if (!(Math.abs(result[i] - exact[i]) <= tolerance)) {
                    fail(plan + " at " + i + ": " + result[i] + ", expected " + exact[i] + " within " + tolerance);
                }
            }
            for (int threads = 2; threads <= 3; threads++) {
                assertThat(Arrays.equals(result, compute(plan, threads)))
                        .as("bits with " + threads + " threads, " + plan)
                        .isTrue();
            }
        }
    }
}
