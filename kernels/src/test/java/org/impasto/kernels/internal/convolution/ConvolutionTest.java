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
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.kernels.internal.layout.ActivationLayout;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every algorithm against a float64 loop, over shapes off every grid. */
class ConvolutionTest {
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

    private static ConvolutionShape shape(
            int n,
            int c,
            int h,
            int w,
            int k,
            int kernel,
            int stride,
            int dilation,
            int groups,
            int[] pad,
            PaddingMode mode) {
        return new ConvolutionShape(
                n, c, h, w, k, kernel, kernel, stride, stride, dilation, dilation, groups, pad[0], pad[1], pad[2],
                pad[3], mode);
    }

    private static int[] pad(int amount) {
        return new int[] {amount, amount, amount, amount};
    }

    static Stream<ConvolutionShape> shapes() {
        List<ConvolutionShape> shapes = new ArrayList<>();
        int[][] sizes = {{1, 1}, {2, 3}, {5, 7}, {17, 31}, {4, 4}, {8, 16}, {3, 100}, {33, 2}};
        int[] channels = {1, 3, 5, 16, 17, 33, 64, 70, 129};
        int turn = 0;
        for (int[] size : sizes) {
            for (int in : channels) {
                int out = channels[(turn * 4 + 1) % channels.length];
                shapes.add(shape(1 + turn % 3, in, size[0], size[1], out, 3, 1, 1, 1, pad(1), PaddingMode.ZERO));
                turn++;
            }
        }
        for (PaddingMode mode : PaddingMode.values()) {
            shapes.add(shape(2, 33, 13, 17, 35, 3, 1, 1, 1, pad(1), mode));
            shapes.add(shape(1, 20, 9, 18, 64, 3, 1, 1, 1, new int[] {2, 0, 1, 3}, mode));
            shapes.add(shape(1, 17, 9, 8, 18, 5, 1, 1, 1, pad(4), mode));
            shapes.add(shape(1, 3, 21, 60, 32, 9, 1, 1, 1, pad(4), mode));
            shapes.add(shape(1, 32, 21, 60, 3, 9, 1, 1, 1, pad(4), mode));
            shapes.add(shape(2, 19, 11, 52, 19, 3, 1, 1, 19, pad(1), mode));
            shapes.add(shape(2, 19, 11, 52, 3, 3, 2, 1, 1, pad(1), mode));
            shapes.add(shape(2, 33, 13, 18, 35, 3, 2, 1, 1, new int[] {1, 0, 0, 1}, mode));
            shapes.add(shape(1, 17, 30, 33, 70, 4, 2, 1, 1, new int[] {1, 2, 3, 0}, mode));
            // rows of more tiles than are copied with those at the border
            shapes.add(shape(1, 17, 14, 93, 20, 3, 1, 1, 1, pad(1), mode));
            shapes.add(shape(1, 17, 14, 85, 20, 5, 1, 1, 1, new int[] {2, 2, 9, 6}, mode));
            shapes.add(shape(1, 17, 22, 150, 20, 3, 2, 1, 1, pad(1), mode));
        }
        shapes.add(shape(1, 3, 30, 50, 64, 3, 1, 1, 1, pad(0), PaddingMode.ZERO));
        shapes.add(shape(1, 20, 30, 50, 20, 3, 1, 1, 1, pad(0), PaddingMode.ZERO));
        shapes.add(shape(1, 64, 5, 9, 64, 3, 1, 1, 1, pad(5), PaddingMode.REPLICATE));
        shapes.add(shape(1, 130, 16, 18, 129, 3, 2, 1, 1, pad(1), PaddingMode.ZERO));
        shapes.add(new ConvolutionShape(1, 20, 25, 34, 36, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, PaddingMode.ZERO));
        shapes.add(new ConvolutionShape(1, 20, 25, 34, 36, 7, 4, 1, 1, 1, 1, 1, 3, 3, 1, 2, PaddingMode.REFLECT));
        for (int stride = 1; stride <= 3; stride++) {
            for (int dilation = 1; dilation <= 3; dilation++) {
                shapes.add(shape(2, 18, 19, 23, 40, 3, stride, dilation, 1, pad(2), PaddingMode.REFLECT));
                shapes.add(shape(1, 3, 19, 23, 40, 3, stride, dilation, 1, pad(2), PaddingMode.ZERO));
                shapes.add(shape(1, 40, 19, 55, 4, 3, stride, dilation, 1, pad(2), PaddingMode.CIRCULAR));
                shapes.add(shape(1, 33, 19, 55, 33, 3, stride, dilation, 33, pad(1), PaddingMode.ZERO));
            }
        }
        shapes.add(shape(1, 64, 20, 20, 96, 1, 1, 1, 1, pad(0), PaddingMode.ZERO));
        shapes.add(shape(2, 67, 7, 5, 33, 1, 1, 1, 1, pad(0), PaddingMode.ZERO));
        shapes.add(shape(1, 33, 9, 43, 20, 1, 1, 1, 1, pad(0), PaddingMode.ZERO)); // ends in a tile of three pixels
        shapes.add(shape(2, 96, 7, 9, 64, 1, 1, 1, 2, pad(0), PaddingMode.ZERO));
        shapes.add(shape(2, 64, 9, 9, 48, 1, 2, 1, 1, pad(0), PaddingMode.ZERO));
        shapes.add(shape(1, 300, 12, 14, 80, 3, 1, 1, 1, pad(1), PaddingMode.ZERO));
        shapes.add(shape(1, 300, 12, 14, 272, 5, 1, 1, 1, pad(1), PaddingMode.ZERO));
        shapes.add(shape(1, 48, 40, 100, 64, 4, 2, 1, 1, pad(1), PaddingMode.ZERO));
        shapes.add(shape(1, 64, 9, 11, 96, 3, 1, 1, 2, pad(1), PaddingMode.ZERO));
        shapes.add(shape(1, 64, 9, 11, 32, 3, 1, 1, 4, pad(1), PaddingMode.ZERO));
        shapes.add(shape(1, 6, 13, 17, 9, 3, 1, 1, 3, pad(1), PaddingMode.ZERO));
        shapes.add(shape(2, 6, 13, 17, 12, 3, 2, 1, 6, pad(1), PaddingMode.REFLECT));
        shapes.add(shape(1, 40, 9, 11, 60, 3, 1, 1, 2, pad(1), PaddingMode.SYMMETRIC));
        shapes.add(new ConvolutionShape(2, 20, 11, 14, 24, 2, 5, 2, 1, 1, 3, 1, 2, 1, 0, 1, PaddingMode.ZERO));
        shapes.add(new ConvolutionShape(1, 4, 13, 17, 5, 7, 1, 2, 1, 1, 1, 1, 3, 3, 0, 0, PaddingMode.REPLICATE));
        return shapes.stream();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void equalsTheFloat64Loop(ConvolutionShape shape) {
        Fusion[] fusions = {
            Fusion.NONE, Fusion.RELU.withPool(Fusion.Pool.FLOOR), new Fusion(0.2f, Fusion.Pool.CEIL), Fusion.RELU
        };
        Problem problem = new Problem(shape, shape.hashCode());
        for (ConvolutionPlan.Precision precision : ConvolutionPlan.Precision.values()) {
            for (Fusion fusion : fusions) {
                ConvolutionPlan plan = ConvolutionPlan.of(shape, fusion, precision);
                problem.check(plan, fusion != Fusion.RELU, executor);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void winogradIsRightWhereItDoesNotPay(ConvolutionShape s) {
        if (!WinogradPieces.suit(s)) {
            return;
        }
        Problem problem = new Problem(s, 7 * s.hashCode());
        for (Fusion.Pool pool : Fusion.Pool.values()) {
            ConvolutionPlan plan = ConvolutionPlan.with(s, new Fusion(0.5f, pool), ConvolutionPlan.Algorithm.WINOGRAD);
            if (s.strideHeight() == 1 || pool == Fusion.Pool.NONE) {
                problem.check(plan, true, executor);
            }
        }
    }

    @Test
    void spreadInputsEqualTheFloat64Loop() {
        int[][] sizes = { // channels, kernel, dilation, groups, spread down and across, top, bottom, left, right
            {20, 70, 3, 1, 1, 2, 2, 1, 2, 1, 2},
            {64, 96, 3, 1, 1, 2, 2, 1, 1, 1, 1},
            {70, 16, 5, 1, 1, 3, 3, 2, 4, 0, 3},
            {16, 33, 2, 1, 1, 3, 4, 1, 3, 0, 5},
            {32, 64, 3, 2, 2, 2, 3, 4, 1, 2, 4},
            {16, 16, 4, 3, 1, 2, 2, 0, 0, 9, 1},
            {5, 4, 1, 1, 1, 2, 1, 0, 1, 0, 0},
            {300, 20, 3, 1, 1, 2, 2, 1, 1, 1, 1},
            {130, 129, 3, 1, 1, 2, 2, 0, 2, 1, 0},
            {17, 40, 4, 1, 1, 2, 2, 1, 2, 0, 3},
            {17, 100, 4, 1, 1, 2, 2, 2, 0, 1, 1},
        };
        for (int[] n : sizes) {
            for (int width : new int[] {1, 5, 29, 82}) {
                ConvolutionShape spread = new ConvolutionShape(
                        2,
                        n[0],
                        11,
                        width,
                        n[1],
                        n[2],
                        n[2],
                        1,
                        1,
                        n[3],
                        n[3],
                        n[4],
                        n[7],
                        n[8],
                        n[9] + n[2],
                        n[10] + n[2],
                        PaddingMode.ZERO,
                        n[5],
                        n[6]);
                Problem problem = new Problem(spread, 11);
                for (float slope : new float[] {1, 0, 0.2f}) {
                    Fusion fusion = new Fusion(slope, Fusion.Pool.NONE);
                    problem.check(
                            ConvolutionPlan.of(spread, fusion, ConvolutionPlan.Precision.EXACT), slope != 0, executor);
                    if (WinogradPieces.suit(spread)) {
                        problem.check(
                                ConvolutionPlan.with(spread, fusion, ConvolutionPlan.Algorithm.WINOGRAD),
                                slope != 0,
                                executor);
                    }
                }
            }
        }
    }

    @Test
    void winogradErrsLittleMoreThanADirectLoop() {
        for (ConvolutionShape shape : new ConvolutionShape[] {
            ConvolutionShape.same(1, 64, 24, 24, 32, 3),
            ConvolutionShape.same(1, 256, 24, 24, 32, 3),
            shape(1, 64, 80, 80, 32, 3, 2, 1, 1, pad(1), PaddingMode.ZERO),
            shape(1, 128, 80, 80, 32, 4, 2, 1, 1, pad(1), PaddingMode.ZERO),
            new ConvolutionShape(1, 64, 40, 40, 32, 3, 3, 1, 1, 1, 1, 1, 1, 2, 1, 2, PaddingMode.ZERO, 2, 2),
        }) {
            Problem problem = new Problem(shape, 5);
            for (int i = 0; i < problem.input.length; i++) {
                problem.input[i] = Math.max(0, problem.input[i]);
            }
            problem.computeExact();
            ConvolutionPlan plan = ConvolutionPlan.of(shape, Fusion.NONE, ConvolutionPlan.Precision.FAST);
            assertThat(plan.algorithm()).isEqualTo(ConvolutionPlan.Algorithm.WINOGRAD);
            double winograd = problem.relativeError(problem.compute(plan, true, new Workers(executor, 1)));
            double loop = problem.relativeError(problem.floatLoop());
            assertThat(winograd).isLessThan(2.5 * loop);
        }
    }

    @Test
    void adjointWeightsComputeTheDataGradient() {
        for (int groups : new int[] {1, 2}) {
            ConvolutionShape forward =
                    shape(1, 20, 9, 12, 34, 3, 1, 1, groups, new int[] {1, 1, 1, 1}, PaddingMode.ZERO);
            ConvolutionShape backward =
                    shape(1, 34, 9, 12, 20, 3, 1, 1, groups, new int[] {1, 1, 1, 1}, PaddingMode.ZERO);
            Problem problem = new Problem(forward, 3);
            Problem turned = new Problem(backward, 4);
            int in = 20 / groups;
            int out = 34 / groups;
            for (int g = 0; g < groups; g++) {
                for (int k = 0; k < out; k++) {
                    for (int c = 0; c < in; c++) {
                        for (int tap = 0; tap < 9; tap++) {
                            turned.weights[((g * in + c) * out + k) * 9 + tap] =
                                    problem.weights[((g * out + k) * in + c) * 9 + 8 - tap];
                        }
                    }
                }
            }
            for (ConvolutionPlan.Precision precision : ConvolutionPlan.Precision.values()) {
                ConvolutionPlan plan = ConvolutionPlan.of(backward, Fusion.NONE, precision);
                Workers workers = new Workers(executor, 2);
                PreparedWeights there = PreparedWeights.prepare(
                        plan, turned.weights, PreparedWeights.Order.FORWARD, workers, Run.inference());
                PreparedWeights back = PreparedWeights.prepare(
                        plan, problem.weights, PreparedWeights.Order.ADJOINT, workers, Run.inference());
                assertThat(back.values()).isEqualTo(there.values());
            }
        }
    }

    /** Seeded numbers for a shape, and the exact result. */
    private static final class Problem {
        final ConvolutionShape s;
        final float[] input;
        final float[] weights;
        final float[] bias;
        double[] exact;
        double[] magnitudes;

        Problem(ConvolutionShape s, long seed) {
            this.s = s;
            Random random = new Random(seed);
            input = numbers(random, s.batch() * s.inputChannels() * s.height() * s.width());
            weights = numbers(
                    random, s.outputChannels() * s.inputChannelsPerGroup() * s.kernelHeight() * s.kernelWidth());
            bias = numbers(random, s.outputChannels());
            computeExact();
        }

        private static float[] numbers(Random random, int count) {
            float[] numbers = new float[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (float) random.nextGaussian();
            }
            return numbers;
        }

        void computeExact() {
            int oh = s.outputHeight();
            int ow = s.outputWidth();
            exact = new double[s.batch() * s.outputChannels() * oh * ow];
            magnitudes = new double[exact.length];
            int in = s.inputChannelsPerGroup();
            int out = s.outputChannelsPerGroup();
            for (int i = 0; i < exact.length; i++) {
                int x = i % ow;
                int y = i / ow % oh;
                int k = i / ow / oh % s.outputChannels();
                int n = i / ow / oh / s.outputChannels();
                for (int c = 0; c < in; c++) {
                    for (int r = 0; r < s.kernelHeight(); r++) {
                        int sy = source(
                                y * s.strideHeight() + r * s.dilationHeight() - s.top(), s.height(), s.spreadHeight());
                        for (int q = 0; q < s.kernelWidth(); q++) {
                            int sx = source(
                                    x * s.strideWidth() + q * s.dilationWidth() - s.left(), s.width(), s.spreadWidth());
                            if (sy >= 0 && sx >= 0) {
                                double product =
                                        (double) weights[((k * in + c) * s.kernelHeight() + r) * s.kernelWidth() + q]
                                                * input[
                                                        ((n * s.inputChannels() + k / out * in + c) * s.height() + sy)
                                                                        * s.width()
                                                                + sx];
                                exact[i] += product;
                                magnitudes[i] += Math.abs(product);
                            }
                        }
                    }
                }
            }
        }

        private int source(int place, int size, int spread) {
            if (spread == 1) {
                return s.mode().source(place, size);
            }
            return place >= 0 && place % spread == 0 && place / spread < size ? place / spread : -1;
        }

        float[] floatLoop() {
            float[] result = new float[exact.length];
            int oh = s.outputHeight();
            int ow = s.outputWidth();
            int taps = s.kernelHeight() * s.kernelWidth();
            for (int i = 0; i < result.length; i++) {
                float sum = 0;
                for (int c = 0; c < s.inputChannels(); c++) {
                    for (int tap = 0; tap < taps; tap++) {
                        int y = i / ow % oh * s.strideHeight() + tap / s.kernelWidth() - s.top();
                        int x = i % ow * s.strideWidth() + tap % s.kernelWidth() - s.left();
                        int sy = source(y, s.height(), s.spreadHeight());
                        int sx = source(x, s.width(), s.spreadWidth());
                        if (sy >= 0 && sx >= 0) {
                            sum += weights[(i / ow / oh * s.inputChannels() + c) * taps + tap]
                                    * input[(c * s.height() + sy) * s.width() + sx];
                        }
                    }
                }
                result[i] = sum + bias[i / ow / oh];
            }
            return result;
        }

        double relativeError(float[] result) {
            double error = 0;
            double norm = 0;
            for (int i = 0; i < exact.length; i++) {
                double value = exact[i] + bias[i / s.outputWidth() / s.outputHeight() % s.outputChannels()];
                error += (result[i] - value) * (result[i] - value);
                norm += value * value;
            }
            return Math.sqrt(error / norm);
        }

        /** The result in planar order; checks that lanes above the channels are zero. */
        float[] compute(ConvolutionPlan plan, boolean withBias, Workers workers) {
            Run run = Run.inference();
            float[] given = input;
            if (plan.inputLayout() == ActivationLayout.BLOCKED) {
                given = new float[plan.inputSize()];
                Arrays.fill(given, Float.NaN);
                BlockedLayout.toBlocked(
                        input, given, s.batch(), s.inputChannels(), s.height() * s.width(), workers, run);
            }
            PreparedWeights prepared = Convolution.prepare(plan, weights, workers, run);
            assertThat(prepared.size()).isEqualTo(plan.preparedSize());
            float[] output = new float[plan.outputSize()];
            Arrays.fill(output, Float.NaN);
            float @Nullable [] shift = withBias ? bias : null;
            Convolution.run(plan, given, prepared, shift, output, workers, run);
            if (plan.outputLayout() == ActivationLayout.PLANAR) {
                return output;
            }
            int pixels = plan.outputHeight() * plan.outputWidth();
            int blocks = BlockedLayout.blocks(s.outputChannels());
            for (int i = 0; i < output.length; i++) {
                if (i / 16 / pixels % blocks * 16 + i % 16 >= s.outputChannels()) {
                    if (output[i] != 0) {
                        fail("lane above the channels holds " + output[i] + " at " + i + " in " + plan);
                    }
                }
            }
            float[] planar = new float[s.batch() * s.outputChannels() * pixels];
            BlockedLayout.toPlanar(output, planar, s.batch(), s.outputChannels(), pixels, workers, run);
            return planar;
        }

        void check(ConvolutionPlan plan, boolean withBias, ExecutorService executor) {
            float[] result = compute(plan, withBias, new Workers(executor, 1));
            int oh = s.outputHeight();
            int ow = s.outputWidth();
            int h = plan.outputHeight();
            int w = plan.outputWidth();
            boolean pooled = plan.fusion().pool() != Fusion.Pool.NONE;
            double depth = s.inputChannelsPerGroup() * s.kernelHeight() * s.kernelWidth();
            double largest = Arrays.stream(magnitudes).max().orElse(0) + 4;
            for (int i = 0; i < result.length; i++) {
                int plane = i / w / h;
                double best = Double.NEGATIVE_INFINITY;
                int scale = pooled ? 2 : 1;
                for (int y = i / w % h * scale; y < Math.min(oh, i / w % h * scale + scale); y++) {
                    for (int x = i % w * scale; x < Math.min(ow, i % w * scale + scale); x++) {
                        best = Math.max(best, exact[(plane * oh + y) * ow + x]);
                    }
                }
                double expected = best + (withBias ? bias[plane % s.outputChannels()] : 0);
                expected = expected < 0 ? expected * plan.fusion().negativeSlope() : expected;
                // a sum errs by at most eps times its depth times the sum of magnitudes, and about the root of the
                // depth;
                // Winograd sums over the neighbourhood of a tile, with factors up to 6
                boolean winograd = plan.algorithm() == ConvolutionPlan.Algorithm.WINOGRAD;
                double tolerance = EPSILON * (4 + 2 * Math.sqrt(depth)) * largest * (winograd ? 3 : 1);
                if (!(Math.abs(result[i] - expected) <= tolerance)) {
                    fail(plan + " at " + i + ": " + result[i] + ", expected " + expected + " within " + tolerance);
                }
            }
            for (int threads = 2; threads <= 3; threads++) {
                assertThat(Arrays.equals(result, compute(plan, withBias, new Workers(executor, threads))))
                        .as("bits with " + threads + " threads, " + plan)
                        .isTrue();
            }
        }
    }
}
