package org.impasto.nn.training;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.impasto.core.Backend;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.image.Image;
import org.impasto.nn.optim.MovingAverage;
import org.jspecify.annotations.Nullable;

/** What a run writes into its folder, and how it comes back from there. */
final class RunFiles implements AutoCloseable {
    private static final String WEIGHTS = "weights.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String AVERAGE = "average.";

    /** A curve is drawn no more often, so that short runs do not spend their time with it. */
    private static final long NANOS_BETWEEN_CURVES = TimeUnit.SECONDS.toNanos(5);

    private final TrainingSettings<?> settings;
    private final TrainingFolder folder;
    private final Run run;
    private final Backend backend;
    private final MetricsFile metrics;
    private final long firstStep;
    private @Nullable Path lastCheckpoint;
    private long lastCheckpointStep = -1;
    private long curveDrawn;
    private boolean curveFails;

    /** Opens the folder, and goes back to its last checkpoint if the run is to resume. */
    RunFiles(TrainingSettings<?> settings, Path path, Run run, Backend backend) {
        this.settings = settings;
        this.run = run;
        this.backend = backend;
        this.folder = TrainingFolder.open(path);
        boolean opened = false;
        try {
            firstStep = begin();
            metrics = MetricsFile.open(folder.metrics(), firstStep);
            opened = true;
        } finally {
            if (!opened) {
                folder.close();
            }
        }
    }

    /** Steps done when this run begins. */
    long firstStep() {
        return firstStep;
    }

    /** The last checkpoint that was written or read, or null. */
    @Nullable
    Path lastCheckpoint() {
        return lastCheckpoint;
    }

    private long begin() {
        if (!settings.resume) {
            List<Path> there = folder.checkpoints();
            if (!there.isEmpty()) {
                throw new WeightException(folder + ": a run has left checkpoints here, the last is "
                        + there.get(0).getFileName() + "; resume it, or train in another folder");
            }
            return 0;
        }
        TrainingFolder.Checkpoint newest = folder.newestCheckpoint(settings.listener::onNotice);
        if (newest == null) {
            settings.listener.onNotice(folder + ": no checkpoint to go on from, training begins");
            return 0;
        }
        return restore(newest.path(), newest.facts());
    }

    // ---- checkpoints

    private long restore(Path checkpoint, CheckpointFile.Facts facts) {
        if (facts.seed() != run.seed()) {
            throw new WeightException(checkpoint + ": its run has seed " + facts.seed() + ", this one " + run.seed()
                    + "; resume with the same seed, or train in another folder");
        }
        if (facts.step() > settings.steps) {
            throw new WeightException(checkpoint + ": " + facts.step() + " steps are done, expected at most the "
                    + settings.steps + " that the run is to have in all; set more steps, or train in another folder");
        }
        double ownRate = settings.optimizer.learningRate();
        try (Scope scope = Scope.open(Run.inference())) {
            restoreWeights(checkpoint);
            settings.optimizer.restore(CheckpointFile.read(checkpoint, backend, OPTIMIZER));
            if (settings.average != null) {
                settings.average.restore(CheckpointFile.read(checkpoint, backend, AVERAGE));
            }
        }
        run.continueAtStream(facts.stream());
        lastCheckpoint = checkpoint;
        lastCheckpointStep = facts.step();
        settings.listener.onNotice("going on after step " + facts.step() + " from " + checkpoint);
        double rate = settings.optimizer.learningRate();
        if (settings.schedule == null && rate != ownRate) {
            settings.listener.onNotice("going on with the checkpoint's learning rate " + rate + ", not the optimiser's "
                    + ownRate + "; a schedule changes it");
        }
        String now = arithmetic(backend.describe(), javaVersion());
        String then = arithmetic(facts.backend(), facts.java());
        if (!now.equals(then)) {
            settings.listener.onNotice("the checkpoint was written by " + then + "; this is " + now
                    + ": results will agree within rounding, but not bit by bit");
        }
        return facts.step();
    }

    private void restoreWeights(Path checkpoint) {
        Map<String, Tensor> stored = CheckpointFile.read(checkpoint, backend, WEIGHTS);
        for (Parameter parameter : settings.weights.all()) {
            Tensor value = stored.remove(parameter.path());
            if (value == null || !value.spec().equals(parameter.spec())) {
                throw new WeightException(checkpoint + ": has "
                        + (value == null ? "nothing" : "a tensor of " + value.spec()) + " for parameter '"
                        + parameter.path() + "' of " + parameter.spec() + "; is it of another network?");
            }
            parameter.set(value);
        }
        if (!stored.isEmpty()) {
            throw new WeightException(checkpoint + ": holds weights that this network lacks: "
                    + String.join(", ", new TreeSet<>(stored.keySet())) + "; is it of another network?");
        }
    }

    /** Writes a checkpoint, unless the last one is of the same step; then what else the folder shows of the run. */
    void checkpoint(long step) {
        if (step == lastCheckpointStep) {
            return;
        }
        // No one cancels this: a run that is being cancelled writes a checkpoint, too.
        try (Scope scope = Scope.open(Run.inference())) {
            metrics.force();
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            settings.weights.all().forEach(parameter -> tensors.put(WEIGHTS + parameter.path(), parameter.value()));
            settings.optimizer.state().forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
            if (settings.average != null) {
                settings.average.state().forEach((name, tensor) -> tensors.put(AVERAGE + name, tensor));
            }
            CheckpointFile.Facts facts =
                    new CheckpointFile.Facts(step, run.seed(), run.streamPosition(), backend.describe(), javaVersion());
            lastCheckpoint = folder.writeCheckpoint(facts, tensors, settings.keptCheckpoints);
            lastCheckpointStep = step;
        }
        writeWeights();
        if (System.nanoTime() - curveDrawn > NANOS_BETWEEN_CURVES) {
            drawCurve();
        }
        settings.listener.onCheckpoint(lastCheckpoint);
    }

    private void writeWeights() {
        try (Scope scope = Scope.open(Run.inference())) {
            MovingAverage average = settings.average;
            if (average == null) {
                settings.weights.save(folder.weights());
            } else {
                average.save(folder.weights());
            }
        }
    }

    // ---- what the run shows of itself

    void row(TrainingProgress progress) {
        metrics.add(progress);
    }

    void samples(long step, SamplePictures source) {
        MovingAverage average = settings.average;
        try (MovingAverage.Swapped averaged = average == null ? null : average.swapIn();
                Scope scope = Scope.open(Run.inference(run.seed()))) {
            PictureGrid.of(source.at(step)).write(folder.samples(step));
        }
    }

    /** The last files of a run. */
    void finish(long step) {
        checkpoint(step);
        writeWeights(); // a run that was killed between the last checkpoint and this
        drawCurve();
    }

    private void drawCurve() {
        curveDrawn = System.nanoTime();
        if (curveFails || metrics.history().series().isEmpty()) {
            return;
        }
        try {
            Image chart = LineChart.draw(metrics.history().series());
            chart.write(folder.curve());
        } catch (LinkageError | InternalError | RuntimeException failure) {
            // A JVM without fonts cannot draw text; that is no reason to end a training.
            curveFails = true;
            settings.listener.onNotice("the loss curve is not drawn: " + failure);
        }
    }

    /** What decides the bits of results: all of a backend's description but the number of threads. */
    private static String arithmetic(String backend, String java) {
        return backend.replaceAll(", \\d+ threads$", "") + " on Java " + java;
    }

    private static String javaVersion() {
        return Runtime.version().toString();
    }

    @Override
    public void close() {
        try {
            metrics.close();
        } finally {
            folder.close();
        }
    }
}
