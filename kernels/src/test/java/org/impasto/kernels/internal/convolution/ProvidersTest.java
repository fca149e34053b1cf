package org.impasto.kernels.internal.convolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.kernels.internal.convolution.ConvolutionPlan.Precision;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.provider.KernelLoader;
import org.impasto.kernels.internal.provider.VectorSupport;
import org.junit.jupiter.api.Test;

/** Plain loops and every width of vectors give the same results, but for rounding. */
class ProvidersTest {
    @Test
    void agree() throws Exception {
        List<float[]> here = new Sample().call();
        List<String[]> others = new ArrayList<>();
        others.add(new String[] {"plain", null});
        for (int bits = 128; bits <= VectorSupport.bits(); bits *= 2) {
            others.add(new String[] {"vector", Integer.toString(bits)});
        }
        for (String[] other : others) {
            List<float[]> there = KernelLoader.with(other[0], other[1], loader -> {
                Class<?> sample = loader.loadClass(Sample.class.getName());
                assertThat(sample).isNotSameAs(Sample.class);
                @SuppressWarnings("unchecked")
                Callable<List<float[]>> callable = (Callable<List<float[]>>)
                        sample.getDeclaredConstructor().newInstance();
                return callable.call();
            });
            assertThat(there).hasSameSizeAs(here);
            for (int i = 0; i < here.size(); i++) {
                float[] expected = here.get(i);
                float[] found = there.get(i);
                assertThat(found.length).isEqualTo(expected.length);
                float largest = 0;
                for (float value : expected) {
                    largest = Math.max(largest, Math.abs(value));
                }
                // each errs by a few eps times the root of the depth (at most 600) of sums of this size
                float tolerance = largest * Math.ulp(1f) * 25 * 2;
                for (int j = 0; j < expected.length; j++) {
                    if (!(Math.abs(expected[j] - found[j]) <= tolerance)) {
                        assertThat(found[j])
                                .as("case " + i + " at " + j + " with " + String.join(" ", other[0], other[1]))
                                .isEqualTo(expected[j]);
                    }
                }
            }
        }
    }

    /** One convolution by each algorithm. */
    public static final class Sample implements Callable<List<float[]>> {
        @Override
        public List<float[]> call() {
            List<float[]> results = new ArrayList<>();
            results.add(compute(ConvolutionShape.same(1, 40, 13, 18, 70, 3), Fusion.RELU.withPool(Fusion.Pool.CEIL)));
            results.add(compute(ConvolutionShape.same(2, 33, 9, 8, 20, 3), new Fusion(0.1f, Fusion.Pool.NONE)));
            results.add(compute(ConvolutionShape.same(1, 20, 13, 50, 80, 5), Fusion.RELU));
            results.add(compute(
                    new ConvolutionShape(1, 40, 90, 78, 33, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, PaddingMode.REFLECT),
                    Fusion.RELU));
            results.add(compute(
                    new ConvolutionShape(1, 40, 40, 41, 33, 3, 3, 1, 1, 1, 1, 1, 1, 2, 1, 2, PaddingMode.ZERO, 2, 2),
                    new Fusion(0.1f, Fusion.Pool.NONE)));
            results.add(compute(ConvolutionShape.same(1, 3, 20, 50, 100, 3), Fusion.RELU));
            results.add(compute(ConvolutionShape.same(1, 33, 20, 50, 3, 3), Fusion.NONE));
            results.add(compute(ConvolutionShape.same(1, 33, 20, 50, 4, 3), Fusion.NONE));
            results.add(compute(
                    new ConvolutionShape(1, 20, 9, 11, 20, 3, 3, 1, 1, 1, 1, 20, 1, 1, 1, 1, PaddingMode.REFLECT),
                    Fusion.NONE));
            results.add(weightGradient(ConvolutionShape.same(2, 40, 13, 18, 70, 3), Precision.FAST));
            results.add(weightGradient(ConvolutionShape.same(2, 40, 13, 18, 70, 3), Precision.EXACT));
            results.add(weightGradient(ConvolutionShape.same(1, 3, 13, 18, 70, 5), Precision.FAST));
            results.add(weightGradient(ConvolutionShape.same(1, 40, 13, 18, 3, 3), Precision.FAST));
            results.add(weightGradient(
                    new ConvolutionShape(1, 20, 9, 11, 20, 3, 3, 1, 1, 1, 1, 20, 1, 1, 1, 1, PaddingMode.REFLECT),
                    Precision.FAST));
            return results;
        }

        private static float[] weightGradient(ConvolutionShape s, Precision precision) {
            WeightGradientPlan plan = WeightGradientPlan.of(s, precision);
            Random random = new Random(12);
            float[] weights = new float[plan.weightSize()];
            Convolution.weightGradient(
                    plan,
                    numbers(random, plan.inputSize()),
                    numbers(random, plan.gradientSize()),
                    weights,
                    new Workers(Runnable::run, 1),
                    Run.inference());
            return weights;
        }

        private static float[] compute(ConvolutionShape s, Fusion fusion) {
            ConvolutionPlan plan = ConvolutionPlan.of(s, fusion, ConvolutionPlan.Precision.FAST);
            Random random = new Random(11);
            Workers workers = new Workers(Runnable::run, 1);
            PreparedWeights weights = Convolution.prepare(
                    plan,
                    numbers(
                            random,
                            s.outputChannels() * s.inputChannelsPerGroup() * s.kernelHeight() * s.kernelWidth()),
                    workers,
                    Run.inference());
            float[] input = new float[plan.inputSize()];
            float[] given = numbers(random, input.length);
            int blocks = (s.inputChannels() + 15) / 16;
            boolean planar = plan.inputLayout() == org.impasto.kernels.internal.layout.ActivationLayout.PLANAR;
            for (int i = 0; i < input.length; i++) {
                boolean filled = planar || i / 16 / s.height() / s.width() % blocks * 16 + i % 16 < s.inputChannels();
                input[i] = filled ? given[i] : 0;
            }
            float[] output = new float[plan.outputSize()];
            Convolution.run(
                    plan, input, weights, numbers(random, s.outputChannels()), output, workers, Run.inference());
            return output;
        }

        private static float[] numbers(Random random, int count) {
            float[] numbers = new float[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (float) random.nextGaussian();
            }
            return numbers;
        }
    }
}
