package org.impasto.nn.training;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSet;
import org.impasto.nn.data.Batches;
import org.impasto.nn.optim.GradientClipping;
import org.impasto.nn.optim.LearningRateSchedule;
import org.impasto.nn.optim.MovingAverage;
import org.impasto.nn.optim.Optimizer;

/**
 * Trains the parameters of a network: each step takes a batch, computes the loss and its gradients, and lets the optimiser
 * change the parameters.
 *
 * <pre>{@code
 * try (Model<Net> model = Model.fresh(backend, 42, Net::new);
 *         Optimizer adam = new Adam(model.weights(), 1e-3)) {
 *   new Trainer<>(model, adam, batches, (batch, on) -> Loss.of(
 *           Losses.meanSquaredError(model.net().forward(batch.x(on)), batch.y(on))))
 *       .steps(2000)
 *       .folder(Path.of("run"))
 *       .resume(true)
 *       .train(Run.training(1));
 * }
 * }</pre>
 *
 * <p>With a {@link #folder} the run leaves there
 *
 * <ul>
 *   <li>{@code checkpoints/step-N.safetensors}: all that is needed to go on: weights, optimiser, average, place in the noise,
 *   <li>{@code weights.safetensors}: the weights for use, with {@link #average} their average; renewed with each checkpoint,
 *   <li>{@code metrics.csv} and {@code loss.png}: loss, learning rate and metrics,
 *   <li>{@code samples/step-N.png}, with {@link #samples}.
 * </ul>
 *
 * <p>A run that ended in any way, a kill included, and is resumed with the same settings on the same machine ends with the
 * same bits as one that was not interrupted. That needs batches, loss and {@link #beforeStep} that depend on the step and
 * on the run's noise alone. A trainer is used once, by one thread.
 *
 * @param <B> one step's data
 */
public final class Trainer<B> {
    private final TrainingSettings<B> settings;

    /** A trainer of a model. */
    public Trainer(Model<?> model, Optimizer optimizer, Batches<B> batches, LossFunction<B> loss) {
        this(model.weights(), optimizer, batches, loss);
    }

    /**
     * A trainer of parameters, of which those that are frozen are only stored.
     *
     * @param optimizer of these parameters
     */
    public Trainer(ParameterSet weights, Optimizer optimizer, Batches<B> batches, LossFunction<B> loss) {
        settings = new TrainingSettings<>(weights, optimizer, batches, loss);
    }

    /** How many steps the run has in all, those before it was resumed included. */
    public Trainer<B> steps(long steps) {
        settings.steps = atLeastOne("steps", steps);
        return this;
    }

    /** How long the run is, in passes over the data. */
    public Trainer<B> epochs(long epochs, long stepsPerEpoch) {
        return steps(Math.multiplyExact(atLeastOne("epochs", epochs), atLeastOne("steps of an epoch", stepsPerEpoch)));
    }

    /** Sets the learning rate before each step; else the optimiser keeps its own. */
    public Trainer<B> schedule(LearningRateSchedule schedule) {
        settings.schedule = schedule;
        return this;
    }

    /** Scales gradients down so that the norm of all of them together is at most this. */
    public Trainer<B> clipNorm(double maximum) {
        return clipping(gradients -> GradientClipping.byGlobalNorm(gradients, maximum));
    }

    /** Changes gradients before the optimiser gets them, by operations on tensors. */
    public Trainer<B> clipping(UnaryOperator<Map<Parameter, Tensor>> clipping) {
        settings.clipping = clipping;
        return this;
    }

    /** Keeps an average of the weights, which is what is saved and what samples are made with. */
    public Trainer<B> average(MovingAverage average) {
        settings.average = average;
        return this;
    }

    /** Where the run's files go; without one nothing is written. One run at a time writes to a folder. */
    public Trainer<B> folder(Path folder) {
        settings.folder = folder;
        return this;
    }

    /** Whether to go on from the folder's last checkpoint, if it has one; else a folder that has some is refused. */
    public Trainer<B> resume(boolean resume) {
        settings.resume = resume;
        return this;
    }

    /** Steps from one checkpoint to the next, 500 if not set; there is one at the end in any case. */
    public Trainer<B> checkpointEvery(long steps) {
        settings.checkpointEvery = atLeastOne("steps between checkpoints", steps);
        return this;
    }

    /** How many checkpoints stay, 3 if not set. */
    public Trainer<B> keepCheckpoints(int count) {
        settings.keptCheckpoints = Math.toIntExact(atLeastOne("checkpoints kept", count));
        return this;
    }

    /** Steps from one row of the metrics to the next, 1 if not set; the last step has a row in any case. */
    public Trainer<B> logEvery(long steps) {
        settings.logEvery = atLeastOne("steps between rows", steps);
        return this;
    }

    /** Draws the pictures that the source gives, each time after so many steps, and at the end. */
    public Trainer<B> samples(long everySteps, SamplePictures source) {
        settings.sampleEvery = atLeastOne("steps between samples", everySteps);
        settings.samples = source;
        return this;
    }

    /** Does something before each step, such as thawing a part of the network: a function of the step alone, from 0 on. */
    public Trainer<B> beforeStep(LongConsumer action) {
        settings.beforeStep = action;
        return this;
    }

    /** Stops with a {@link DivergedException} if the loss is above this; in any case if it is not finite. */
    public Trainer<B> stopAbove(double loss) {
        if (Double.isNaN(loss)) {
            throw new IllegalArgumentException("the largest loss is NaN, expected a number");
        }
        settings.largestLoss = loss;
        return this;
    }

    /** Who is told of the steps. */
    public Trainer<B> listener(TrainingListener listener) {
        settings.listener = listener;
        return this;
    }

    /**
     * Trains to the last step. When the run is cancelled, a checkpoint of the last whole step is written first, so nothing
     * is lost; unless its weights are not finite.
     *
     * @param run {@link Run#training(long)}: its seed for noise, its listener for the finished fraction, its cancellation
     * @throws DivergedException if the loss, a gradient or a weight is no finite number, the loss above the bound, or the
     *     network refuses trained weights with a {@code WeightException} or {@code BackendException}
     * @throws org.impasto.core.CancelledException if the run was cancelled
     * @throws org.impasto.core.WeightException if the folder cannot be used: another run writes into it, it has
     *     checkpoints and this run is not to resume, its checkpoints are of another network or seed, damaged, or of
     *     more steps than this run is to have
     */
    public void train(Run run) {
        if (!run.isTraining()) {
            throw new IllegalArgumentException("the run is one of inference, expected Run.training(seed)");
        }
        if (settings.steps == 0) {
            throw new IllegalArgumentException("it is not set how long to train: call steps(n) or epochs(n, steps)");
        }
        if (settings.resume && settings.folder == null) {
            throw new IllegalArgumentException("resume(true) needs the folder of the run: call folder(path)");
        }
        try (TrainingLoop<B> loop = new TrainingLoop<>(settings, run)) {
            loop.train();
        }
    }

    private static long atLeastOne(String what, long count) {
        if (count < 1) {
            throw new IllegalArgumentException(what + ": found " + count + ", expected 1 or more");
        }
        return count;
    }
}
