package org.impasto.cli;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.impasto.core.Run;
import org.impasto.core.Scope;

/**
 * The work of one command: its run, its progress, and its files, which appear when all is done. Ctrl-C cancels the run
 * and leaves no file behind.
 */
final class Job {
    /** How long a stopped JVM waits for the work to end by itself. */
    private static final int PATIENCE_MILLIS = 1000;
    /** The same for a training, which ends its step and writes a checkpoint. */
    private static final int TRAINING_PATIENCE_MILLIS = 60_000;

    private final Progress progress;
    private final StagedFiles files;
    private final Run run;
    private final String label;
    private final double from;
    private final double to;

    private Job(Progress progress, StagedFiles files, Run run, String label, double from, double to) {
        this.progress = progress;
        this.files = files;
        this.run = run;
        this.label = label;
        this.from = from;
        this.to = to;
    }

    /**
     * Does the work of a command.
     *
     * @param task the command's name, beside the bar
     * @param outFolder where its files go
     */
    static void run(Terminal terminal, String task, Path outFolder, Consumer<Job> work) {
        run(terminal, task, outFolder, 0, work);
    }

    /**
     * The same in tiles.
     *
     * @param tileSize pixels on a side of a tile; 0 leaves it to the methods
     */
    static void run(Terminal terminal, String task, Path outFolder, int tileSize, Consumer<Job> work) {
        Run run = tileSize == 0 ? Run.inference() : Run.inference().withTileSize(tileSize);
        run(terminal, new Progress(terminal, task), outFolder, run, PATIENCE_MILLIS, work);
    }

    /** A training, whose files the work writes by itself. */
    static void train(Terminal terminal, String task, Path outFolder, long seed, Consumer<Job> work) {
        run(
                terminal,
                Progress.withNotes(terminal, task),
                outFolder,
                Run.training(seed),
                TRAINING_PATIENCE_MILLIS,
                work);
    }

    private static void run(
            Terminal terminal, Progress shown, Path outFolder, Run bound, int patienceMillis, Consumer<Job> work) {
        StagedFiles files = new StagedFiles(outFolder);
        try (Progress progress = shown) {
            Job job = new Job(progress, files, bound.onProgress(progress::advance), "", 0, 1);
            Thread stop = new Thread(() -> job.stop(terminal, patienceMillis), "impasto-stop");
            Runtime.getRuntime().addShutdownHook(stop);
            try (Scope scope = Scope.open(job.run)) {
                work.accept(job);
                job.run.throwIfCancelled();
                files.publish();
            } finally {
                files.discard();
                forget(stop);
            }
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // The JVM is running it.
        }
    }

    /** The JVM is gone when this returns, so it waits for all that the command has to say. */
    private void stop(Terminal terminal, int patienceMillis) {
        run.cancel();
        try {
            if (terminal.awaitClose(patienceMillis)) {
                return;
            }
        } catch (InterruptedException e) {
            // As if the time were over.
        }
        files.discard();
        terminal.tellOfStop();
    }

    /** The run that the work is bound to. */
    Run run() {
        return run;
    }

    /**
     * This job for a part of the work.
     *
     * @param label stands before the names of its stages
     * @param begin where it begins, of 1, the work of this job
     * @param end where it ends
     */
    Job part(String label, double begin, double end) {
        return new Job(progress, files, run, this.label + label, at(begin), at(end));
    }

    /** A stage of the work begins, which lies between two fractions of the whole. */
    void stage(String name, double begin, double end) {
        run.throwIfCancelled();
        progress.stage(label + name, at(begin), at(end));
    }

    private double at(double fraction) {
        return from + fraction * (to - from);
    }

    /** Says what the current part is at, beside the bar. */
    void note(String text) {
        progress.note(text);
    }

    /** Writes one of the command's files; the writer gets the path to write to. */
    void write(Path place, Consumer<Path> writer) {
        run.throwIfCancelled();
        files.write(place, writer);
    }

    /** Lets the files written so far appear. */
    void publish() {
        run.throwIfCancelled();
        files.publish();
    }

    /** Removes the files written since the last publication. */
    void forget() {
        files.forget();
    }
}
