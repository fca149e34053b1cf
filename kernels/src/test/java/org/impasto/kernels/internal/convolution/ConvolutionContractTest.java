package org.impasto.kernels.internal.convolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.impasto.core.CancelledException;
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.convolution.ConvolutionPlan.Algorithm;
import org.impasto.kernels.internal.convolution.ConvolutionPlan.Precision;
import org.impasto.kernels.internal.layout.ActivationLayout;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;
import org.junit.jupiter.api.Test;

/** Plans, refusals, cancellation, infinities. */
class ConvolutionContractTest {
    private final Workers one = new Workers(Runnable::run, 1);

    private static ConvolutionPlan plan(int in, int size, int out, int kernel, Precision precision) {
        return ConvolutionPlan.of(ConvolutionShape.same(1, in, size, size, out, kernel), Fusion.NONE, precision);
    }

    private static ConvolutionPlan strided(int channels, int size, Precision precision) {
        ConvolutionShape shape = new ConvolutionShape(
                1, channels, size, size, channels, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, PaddingMode.ZERO);
        return ConvolutionPlan.of(shape, Fusion.NONE, precision);
    }

    @Test
    void plansNameAlgorithmLayoutAndSize() {
        ConvolutionPlan winograd = plan(64, 32, 64, 3, Precision.FAST);
        assertThat(winograd.algorithm()).isEqualTo(Algorithm.WINOGRAD);
        assertThat(winograd.preparedSize()).isEqualTo(36 * 64 * 64);
        assertThat(winograd.withoutWinograd().algorithm()).isEqualTo(Algorithm.DIRECT);
        assertThat(winograd.withoutWinograd().preparedSize()).isEqualTo(9 * 64 * 64);
        assertThat(plan(64, 32, 64, 3, Precision.EXACT).algorithm()).isEqualTo(Algorithm.DIRECT);
        assertThat(strided(64, 96, Precision.FAST).algorithm()).isEqualTo(Algorithm.WINOGRAD);
        assertThat(strided(64, 96, Precision.FAST).preparedSize()).isEqualTo(25 * 4 * 64 * 64);
        assertThat(strided(64, 96, Precision.EXACT).algorithm()).isEqualTo(Algorithm.DIRECT);
        assertThat(strided(64, 64, Precision.FAST).algorithm()).isEqualTo(Algorithm.DIRECT);
        assertThat(strided(16, 96, Precision.FAST).algorithm()).isEqualTo(Algorithm.DIRECT);
        assertThat(plan(64, 1, 64, 3, Precision.FAST).algorithm()).isEqualTo(Algorithm.DIRECT);
        assertThat(plan(3, 32, 64, 3, Precision.FAST).inputLayout()).isEqualTo(ActivationLayout.PLANAR);
        assertThat(plan(64, 32, 3, 3, Precision.FAST).outputLayout()).isEqualTo(ActivationLayout.PLANAR);
        assertThat(plan(3, 32, 64, 3, Precision.FAST).outputLayout()).isEqualTo(ActivationLayout.BLOCKED);
    }

    @Test
    void refusesWhatDoesNotFit() {
        ConvolutionPlan plan = plan(20, 8, 32, 3, Precision.FAST);
        PreparedWeights weights = Convolution.prepare(plan, new float[32 * 20 * 9], one, Run.inference());
        float[] input = new float[plan.inputSize()];
        float[] output = new float[plan.outputSize()];
        assertThatThrownBy(() -> Convolution.prepare(plan, new float[7], one, Run.inference()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expected 32x20x3x3");
        assertThatThrownBy(() -> Convolution.run(plan, new float[5], weights, null, output, one, Run.inference()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("hold 5 and");
        assertThatThrownBy(() -> Convolution.run(plan, input, weights, new float[3], output, one, Run.inference()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("bias holds 3 numbers, expected 32");
        assertThatThrownBy(() ->
                        Convolution.run(plan.withoutWinograd(), input, weights, null, output, one, Run.inference()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("do not fit");
        PreparedWeights dense =
                Convolution.prepare(plan(64, 64, 64, 3, Precision.FAST), new float[64 * 64 * 9], one, Run.inference());
        assertThat(dense.fits(strided(64, 96, Precision.FAST))).isFalse();
        assertThatThrownBy(() -> ConvolutionShape.same(1, 3, 0, 5, 3, 3)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> new ConvolutionShape(1, 3, 4, 4, 3, 7, 7, 1, 1, 1, 1, 1, 0, 0, 0, 0, PaddingMode.ZERO))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("7x7 pixels, more than the padded input of 4x4");
        assertThatThrownBy(() -> new ConvolutionShape(1, 4, 4, 4, 3, 1, 1, 1, 1, 1, 1, 2, 0, 0, 0, 0, PaddingMode.ZERO))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("groups must divide both");
        assertThatThrownBy(() -> new Fusion(-1f, Fusion.Pool.CEIL)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> plan(64, 10000, 64, 3, Precision.FAST)).isInstanceOf(ShapeException.class);
    }

    @Test
    void anEmptyBatchComputesNothing() {
        ConvolutionPlan plan =
                ConvolutionPlan.of(ConvolutionShape.same(0, 20, 8, 8, 32, 3), Fusion.RELU, Precision.FAST);
        PreparedWeights weights = Convolution.prepare(plan, new float[32 * 20 * 9], one, Run.inference());
        Convolution.run(plan, new float[0], weights, null, new float[0], one, Run.inference());
    }

    @Test
    void stopsBetweenPieces() {
        for (Precision precision : Precision.values()) {
            ConvolutionPlan plan = plan(32, 64, 32, 3, precision);
            PreparedWeights weights = Convolution.prepare(plan, new float[32 * 32 * 9], one, Run.inference());
            Run run = Run.inference();
            AtomicInteger submitted = new AtomicInteger();
            Workers cancelling = new Workers(
                    task -> {
                        submitted.incrementAndGet();
                        run.cancel();
                    },
                    2);
            assertThatThrownBy(() -> Convolution.run(
                            plan,
                            new float[plan.inputSize()],
                            weights,
                            null,
                            new float[plan.outputSize()],
                            cancelling,
                            run))
                    .isInstanceOf(CancelledException.class);
            assertThat(submitted).hasPositiveValue();
        }
    }

    @Test
    void reluOfMinusInfinityIsZeroAndNaNStays() {
        for (int kernel : new int[] {1, 3}) {
            ConvolutionShape s = ConvolutionShape.same(1, 16, 6, 6, 16, kernel);
            ConvolutionPlan plan = ConvolutionPlan.of(s, Fusion.RELU, Precision.EXACT);
            float[] weights = new float[16 * 16 * kernel * kernel];
            for (int i = 0; i < 16; i++) {
                weights[(i * 16 + i) * kernel * kernel + kernel * kernel / 2] = 1;
            }
            float[] input = new float[plan.inputSize()];
            for (int lane = 0; lane < 16; lane++) {
                input[14 * 16 + lane] = lane == 0 ? Float.NaN : -1; // NaN spreads over the channels of its pixel
                input[lane] = -2;
            }
            float[] output = new float[plan.outputSize()];
            PreparedWeights prepared = Convolution.prepare(plan, weights, one, Run.inference());
            Convolution.run(plan, input, prepared, null, output, one, Run.inference());
            assertThat(output[14 * 16]).isNaN();
            assertThat(output[5]).isZero();
            assertThat(Float.floatToRawIntBits(output[5])).isZero(); // not -0
            float[] bias = new float[16];
            bias[3] = Float.NEGATIVE_INFINITY;
            Convolution.run(plan, input, prepared, bias, output, one, Run.inference());
            assertThat(output[3]).isZero();
        }
    }

    @Test
    void manyCallsUseTheSameScratchArrays() {
        for (Precision precision : Precision.values()) {
            ConvolutionPlan plan = plan(32, 8, 32, 3, precision);
            PreparedWeights weights = Convolution.prepare(plan, new float[32 * 32 * 9], one, Run.inference());
            float[] input = new float[plan.inputSize()];
            float[] output = new float[plan.outputSize()];
            Run run = Run.inference();
            Convolution.run(plan, input, weights, null, output, one, run);
            long kept = ScratchArrays.kept();
            assertThat(kept).isPositive();
            for (int call = 0; call < 100; call++) {
                Convolution.run(plan, input, weights, null, output, one, run);
            }
            assertThat(ScratchArrays.kept()).isEqualTo(kept);
        }
    }
}
