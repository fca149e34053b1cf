package org.impasto.nn;

import org.impasto.core.Buffer;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.BatchNormalization;
import org.impasto.nn.functional.BatchNormalization.Moments;

/**
 * Each channel at mean 0 and variance 1 over the batch, then scaled and shifted by {@code weight} and {@code bias}, with
 * the buffers {@code running_mean} and {@code running_var}, as in PyTorch. In a training run it takes the moments of the
 * batch and moves the buffers a tenth of the way towards them (the variance that divides by n - 1); in others it takes the
 * buffers.
 *
 * <p>PyTorch's files also count batches, {@code num_batches_tracked}: let {@link WeightNames#ignoring} pass over that.
 */
public final class BatchNorm2d implements Layer {
    private static final double MOMENTUM = 0.1;

    private final double epsilon;
    private final Parameter weight;
    private final Parameter bias;
    private final Buffer runningMean;
    private final Buffer runningVariance;

    /**
     * A layer for that many channels.
     *
     * @param epsilon is added to the variance; PyTorch's default is 1e-5
     */
    public BatchNorm2d(Parameters p, int channels, double epsilon) {
        this.epsilon = epsilon;
        this.weight = p.get("weight", Shape.of(channels), Init.constant(1));
        this.bias = p.get("bias", Shape.of(channels), Init.zeros());
        this.runningMean = p.buffer("running_mean", Shape.of(channels), Init.zeros());
        this.runningVariance = p.buffer("running_var", Shape.of(channels), Init.constant(1));
    }

    @Override
    public Tensor forward(Tensor x) {
        return Scope.keeping(() -> {
            if (!Run.current().isTraining()) {
                return BatchNormalization.apply(
                        x, runningMean.on(x), runningVariance.on(x), weight.on(x), bias.on(x), epsilon);
            }
            Moments moments = Moments.of(x);
            Tensor unbiased = moments.unbiased(x);
            move(runningMean, moments.mean());
            move(runningVariance, unbiased);
            return BatchNormalization.apply(x, moments.mean(), moments.variance(), weight.on(x), bias.on(x), epsilon);
        });
    }

    private static void move(Buffer buffer, Tensor towards) {
        buffer.update(BatchNormalization.moved(buffer.value(), towards.plain(), MOMENTUM));
    }
}
