package org.impasto.cli;

import java.nio.file.Path;
import org.impasto.nn.Model;
import org.impasto.nn.data.Batches;
import org.impasto.nn.optim.Adam;
import org.impasto.nn.optim.LearningRateSchedule;
import org.impasto.nn.optim.Optimizer;
import org.impasto.nn.training.LossFunction;
import org.impasto.nn.training.SamplePictures;
import org.impasto.nn.training.Trainer;
import picocli.CommandLine.Option;

/** What all trainings have in common: how long, how fast, and what is left of it in which folder. */
final class TrainingOptions {
    private static final double LAST_RATE = 0.02;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder for the results; made if it is missing.")
    private Path out;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "How many steps to train, those before a --resume included. Default: ${DEFAULT-VALUE}.")
    private long steps;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures for each step. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--learning-rate",
            paramLabel = "R",
            description =
                    "Adam's learning rate at its highest: it rises during the first steps, then falls as a cosine to"
                            + " a fiftieth. Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the first weights, the pictures' order and all that is random about them: the same seed"
                    + " gives the same network. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            description = "Steps from one checkpoint to the next. Default: ${DEFAULT-VALUE}.")
    private long checkpointEvery;

    @Option(
            names = "--sample-every",
            paramLabel = "N",
            defaultValue = "500",
            description = "Steps from one sample to the next; there is one at the end. Default: ${DEFAULT-VALUE}.")
    private long sampleEvery;

    @Option(
            names = "--resume",
            description = "Go on from the last checkpoint in --out, with the other options as they were.")
    private boolean resume;

    /** Options of a command with its own defaults. */
    TrainingOptions(long steps, int batch, double learningRate, long checkpointEvery) {
        this.steps = steps;
        this.batch = batch;
        this.learningRate = learningRate;
        this.checkpointEvery = checkpointEvery;
    }

    /** Checks everything that can be checked before any work begins. */
    void check() {
        within("--steps", steps, Long.MAX_VALUE);
        within("--batch", batch, 1024);
        within("--checkpoint-every", checkpointEvery, Long.MAX_VALUE);
        within("--sample-every", sampleEvery, Long.MAX_VALUE);
        if (!(learningRate > 0 && learningRate <= 1)) {
            throw new UsageException("--learning-rate is " + learningRate + ", expected a number above 0, up to 1");
        }
        FileChecks.outputFolder("--out", out);
    }

    /** Complains about a number that is not from 1 to the largest. */
    static void within(String option, long number, long largest) {
        if (number < 1 || number > largest) {
            throw new UsageException(option + " is " + number + ", expected "
                    + (largest == Long.MAX_VALUE ? "1 or more" : "a number from 1 to " + largest));
        }
    }

    /** The folder of the results. */
    Path out() {
        return out;
    }

    /** Pictures for each step. */
    int batch() {
        return batch;
    }

    /** Of all that is random. */
    long seed() {
        return seed;
    }

    /** Adam, for all weights of a model. */
    Optimizer optimizer(Model<?> model) {
        return new Adam(model.weights(), learningRate);
    }

    /**
     * A trainer with these options; where it reports is left to the caller.
     *
     * @param mostWarmUp steps in which the learning rate rises, at most half of all
     */
    <B> Trainer<B> trainer(
            Model<?> model,
            Optimizer optimizer,
            Batches<B> batches,
            LossFunction<B> loss,
            long mostWarmUp,
            SamplePictures source) {
        long warmUp = Math.min(mostWarmUp, steps / 2);
        LearningRateSchedule schedule = LearningRateSchedule.cosine(
                        learningRate, learningRate * LAST_RATE, steps - warmUp)
                .afterWarmUp(warmUp);
        return new Trainer<>(model, optimizer, batches, loss)
                .steps(steps)
                .schedule(schedule)
                .folder(out)
                .resume(resume)
                .checkpointEvery(checkpointEvery)
                .samples(sampleEvery, source);
    }
}
