package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.parallel.Workers;
import org.jspecify.annotations.Nullable;

/** Computes planned convolutions. */
public final class Convolution {
    private Convolution() {}

    /** Brings weights {@code [out][in/groups][kh][kw]} into the plan's form, to be used by many calls. */
    public static PreparedWeights prepare(ConvolutionPlan plan, float[] weights, Workers workers, Run run) {
        return PreparedWeights.prepare(plan, weights, PreparedWeights.Order.FORWARD, workers, run);
    }

    /**
     * Computes a convolution and what is fused to it.
     *
     * @param input the input in the plan's input layout
     * @param bias one number for each output channel, or null
     * @param output filled wholly, in the plan's output layout; lanes above the last channel become zero
     */
    public static void run(
            ConvolutionPlan plan,
            float[] input,
            PreparedWeights weights,
            float @Nullable [] bias,
            float[] output,
            Workers workers,
            Run run) {
        if (!weights.fits(plan)) {
            throw new ShapeException("prepared weights do not fit: " + weights + " for " + plan);
        }
        if (input.length < plan.inputSize() || output.length < plan.outputSize()) {
            throw new ShapeException("convolution arrays hold " + input.length + " and " + output.length
                    + " numbers, expected " + plan.inputSize() + " and " + plan.outputSize() + " for " + plan);
        }
        if (plan.outputSize() == 0) {
            return;
        }
        float[] padded = PreparedWeights.paddedBias(plan, bias);
        switch (plan.algorithm()) {
            case WINOGRAD -> new WinogradConvolution(plan, input, weights.values(), padded, output).run(workers, run);
            case DIRECT, PLANAR, FEW_OUTPUTS, DEPTHWISE ->
                new StripConvolution(plan, input, weights.values(), padded, output).run(workers, run);
        }
    }

    /**
     * Computes the gradient of a convolution with respect to its weights.
     *
     * @param input the convolution's input in the plan's input layout
     * @param gradient the gradient of its output in the plan's gradient layout; lanes above the last channel are zero
     * @param weights receives {@code [out][in/groups][kernel height][kernel width]}
     */
    public static void weightGradient(
            WeightGradientPlan plan, float[] input, float[] gradient, float[] weights, Workers workers, Run run) {
        if (input.length < plan.inputSize()
                || gradient.length < plan.gradientSize()
                || weights.length < plan.weightSize()) {
            throw new ShapeException("arrays of a weight gradient hold " + input.length + ", " + gradient.length
                    + " and " + weights.length + " numbers, expected " + plan.inputSize() + ", " + plan.gradientSize()
                    + " and " + plan.weightSize() + " for " + plan);
        }
        ConvolutionShape shape = plan.shape();
        if (shape.batch() == 0) {
            Arrays.fill(weights, 0, plan.weightSize(), 0f);
            return;
        }
        switch (plan.algorithm()) {
            case WINOGRAD -> new WinogradWeightGradient(shape, input, gradient, weights).run(workers, run);
            case DIRECT, DEPTHWISE -> new DirectWeightGradient(shape, input, gradient, weights).run(workers, run);
            case FEW_INPUTS ->
                ShiftedWeightGradient.fewInputs(shape, input, gradient, weights).run(workers, run);
            case FEW_OUTPUTS ->
                ShiftedWeightGradient.fewOutputs(shape, input, gradient, weights)
                        .run(workers, run);
        }
    }
}
