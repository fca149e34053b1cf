package org.impasto.nn.training;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.CancelledException;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.jspecify.annotations.Nullable;

/** The steps of one run. */
final class TrainingLoop<B> implements AutoCloseable {
    /** Weight of the last step in the pace of a run. */
    private static final double PACE = 0.05;

    private final TrainingSettings<B> settings;
    private final Run run;
    private final Backend backend;
    private final @Nullable RunFiles files;
    private long done;
    private double nanosPerStep;

    TrainingLoop(TrainingSettings<B> settings, Run run) {
        this.settings = settings;
        this.run = run;
        this.backend = settings.weights.all().stream()
                .findFirst()
                .map(Parameter::backend)
                .orElseThrow(() -> new IllegalArgumentException("there is no parameter to train"));
        Path folder = settings.folder;
        this.files = folder == null ? null : new RunFiles(settings, folder, run, backend);
        this.done = files == null ? 0 : files.firstStep();
    }

    void train() {
        try {
            while (done < settings.steps) {
                run.throwIfCancelled();
                TrainingProgress progress = step();
                done = progress.step();
                write(progress);
                run.report((double) done / settings.steps);
            }
        } catch (CancelledException stopped) {
            if (files != null && done > files.firstStep()) {
                checkWeights(done);
                files.checkpoint(done);
            }
            throw stopped;
        }
        if (files != null) {
            files.finish(done);
        }
    }

    private void write(TrainingProgress progress) {
        boolean last = done == settings.steps;
        if (files != null) {
            if (last || due(done, settings.logEvery)) {
                files.row(progress);
            }
            if (due(done, settings.checkpointEvery) && !last) {
                files.checkpoint(done);
            }
            SamplePictures samples = settings.samples;
            if (samples != null && (last || due(done, settings.sampleEvery))) {
                files.samples(done, samples);
            }
        }
        settings.listener.onStep(progress);
    }

    private static boolean due(long step, long every) {
        return step % every == 0;
    }

    private TrainingProgress step() {
        long begun = System.nanoTime();
        double loss;
        Map<String, Double> metrics = new LinkedHashMap<>();
        double share = 1.0 / settings.steps;
        try (Scope scope = Scope.open(run.part(done * share, Math.min(1, (done + 1) * share)))) {
            if (settings.beforeStep != null) {
                settings.beforeStep.accept(done);
            }
            if (settings.schedule != null) {
                settings.optimizer.setLearningRate(settings.schedule.rate(done));
            }
            B batch = settings.batches.at(done);
            StepStart start = StepStart.of(settings.weights, run);
            try {
                Tape.Gradients result = gradients(batch, metrics, start);
                loss = result.value().item();
                Map<Parameter, Tensor> gradients = result.parameters();
                check(loss, gradients, batch, start);
                settings.optimizer.step(settings.clipping == null ? gradients : settings.clipping.apply(gradients));
            } catch (CancelledException stopped) {
                start.restore();
                throw stopped;
            }
            if (settings.average != null) {
                settings.average.update();
            }
            long next = done + 1;
            if (files != null && (next == settings.steps || due(next, settings.checkpointEvery))) {
                try {
                    tryWeights(batch);
                } catch (CancelledException stopped) {
                    // By the loss itself. This step is whole; the run ends before the next one.
                }
            }
        }
        long nanos = System.nanoTime() - begun;
        nanosPerStep = nanosPerStep == 0 ? nanos : nanosPerStep + PACE * (nanos - nanosPerStep);
        long left = settings.steps - done - 1;
        return new TrainingProgress(
                done + 1, settings.steps, loss, metrics, settings.optimizer.learningRate(), Duration.ofNanos((long)
                        (nanosPerStep * left)));
    }

    private Tape.Gradients gradients(B batch, Map<String, Double> metrics, StepStart start) {
        try {
            return Tape.gradients(backend, tape -> lossOf(batch, tape, metrics));
        } catch (WeightException | BackendException refusal) {
            if (done == 0) {
                throw refusal; // of weights that nobody has trained yet
            }
            throw refused("", refusal, batch, start);
        }
    }

    private Tensor lossOf(B batch, Backend tape, Map<String, Double> metrics) {
        Loss loss = settings.loss.of(batch, tape);
        loss.metrics().forEach((name, metric) -> metrics.put(name, metric.item()));
        return loss.value();
    }

    // ---- divergence

    private void check(double loss, Map<Parameter, Tensor> gradients, B batch, StepStart start) {
        if (!Double.isFinite(loss)) {
            throw diverged("the loss is " + loss, batch, start);
        }
        if (loss > settings.largestLoss) {
            String what = "the loss is " + loss + ", above the bound of " + settings.largestLoss;
            throw diverged(what, new NonFiniteSearch(), done + 1);
        }
        for (Map.Entry<Parameter, Tensor> entry : gradients.entrySet()) {
            if (!isFinite(entry.getValue())) {
                String path = entry.getKey().path();
                throw diverged("the gradient of parameter '" + path + "' is not finite", batch, start);
            }
        }
    }

    /**
     * A checkpoint is to be good: the network takes the weights that this step made, and its loss is finite. It changes
     * nothing, and works in a run of its own, which nobody cancels.
     */
    private void tryWeights(B batch) {
        checkWeights(done + 1);
        Run own = Run.training(run.seed()).withTileSize(run.tileSize());
        own.continueAtStream(run.streamPosition());
        try (Scope scope = Scope.open(own)) {
            StepStart start = StepStart.of(settings.weights, own);
            try {
                double loss = settings.loss.of(batch, backend).value().item();
                if (!Double.isFinite(loss)) {
                    throw diverged("after the update the loss is " + loss, batch, start);
                }
            } catch (WeightException | BackendException refusal) {
                throw refused("after the update ", refusal, batch, start);
            } finally {
                start.restore();
            }
        }
    }

    private void checkWeights(long step) {
        try (Scope scope = Scope.open(Run.inference())) {
            NonFiniteSearch search = new NonFiniteSearch();
            settings.weights.all().stream()
                    .filter(parameter -> !isFinite(parameter.value()))
                    .forEach(search::look);
            if (search.found() != null) {
                throw diverged("after the update a weight is not finite", search, step);
            }
        }
    }

    /** One pass: the sum of numbers is finite if they are, but where they are as large as float32 goes. */
    private static boolean isFinite(Tensor tensor) {
        try (Scope scope = Scope.open()) {
            return !tensor.type().isFloating() || Double.isFinite(tensor.sum().item());
        }
    }

    private DivergedException refused(String when, RuntimeException refusal, B batch, StepStart start) {
        DivergedException diverged = diverged(when + "the network refused: " + refusal.getMessage(), batch, start);
        diverged.initCause(refusal);
        return diverged;
    }

    /** Looks for where it began: in the parameters, else by computing the step again. */
    private DivergedException diverged(String what, B batch, StepStart start) {
        NonFiniteSearch search = new NonFiniteSearch();
        settings.weights.all().forEach(search::look);
        start.restore();
        if (search.found() == null) {
            try {
                Tape.gradients(backend, tape -> lossOf(batch, tape, new LinkedHashMap<>()), search);
            } catch (WeightException | BackendException refusal) {
                // What a layer refused, it refuses again.
            } catch (OutOfMemoryError tooLarge) {
                // Checkpoints keep their intermediate results here; what diverged is worth saying all the same.
            }
            start.restore();
        }
        return diverged(what, search, done + 1);
    }

    private DivergedException diverged(String what, NonFiniteSearch search, long step) {
        StringBuilder message = new StringBuilder("training diverged at step " + step + ": " + what);
        if (search.found() != null) {
            message.append("; it began ")
                    .append(search.layer() == null ? "before the first layer" : "in layer '" + search.layer() + "'")
                    .append(": ")
                    .append(search.found());
        }
        Path checkpoint = files == null ? null : files.lastCheckpoint();
        message.append(checkpoint == null ? "; there is no checkpoint" : "; the last good checkpoint is " + checkpoint);
        message.append(". A smaller learning rate or clipNorm(1) helps as a rule");
        return new DivergedException(message.toString(), step, search.layer(), checkpoint);
    }

    @Override
    public void close() {
        if (files != null) {
            files.close();
        }
    }
}
