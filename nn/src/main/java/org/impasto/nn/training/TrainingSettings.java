package org.impasto.nn.training;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.impasto.core.Parameter;
import org.impasto.core.Tensor;
import org.impasto.nn.ParameterSet;
import org.impasto.nn.data.Batches;
import org.impasto.nn.optim.LearningRateSchedule;
import org.impasto.nn.optim.MovingAverage;
import org.impasto.nn.optim.Optimizer;
import org.jspecify.annotations.Nullable;

/** What was set with a trainer. */
final class TrainingSettings<B> {
    final ParameterSet weights;
    final Optimizer optimizer;
    final Batches<B> batches;
    final LossFunction<B> loss;
    long steps;

    @Nullable
    LearningRateSchedule schedule;

    @Nullable
    UnaryOperator<Map<Parameter, Tensor>> clipping;

    @Nullable
    MovingAverage average;

    @Nullable
    Path folder;

    boolean resume;
    long checkpointEvery = 500;
    int keptCheckpoints = 3;
    long logEvery = 1;
    long sampleEvery = Long.MAX_VALUE;

    @Nullable
    SamplePictures samples;

    @Nullable
    LongConsumer beforeStep;

    double largestLoss = Double.POSITIVE_INFINITY;
    TrainingListener listener = progress -> {}; // notices are logged

    TrainingSettings(ParameterSet weights, Optimizer optimizer, Batches<B> batches, LossFunction<B> loss) {
        this.weights = weights;
        this.optimizer = optimizer;
        this.batches = batches;
        this.loss = loss;
    }
}
