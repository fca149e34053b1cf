package org.impasto.core;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a long call takes with it: progress, cancellation, the seed of its noise, the tile size, and whether it trains.
 *
 * <p>A run is bound to a thread by {@link Scope#open(Run)} and read with {@link #current()}; backends get it as an
 * argument and look at it between pieces of work. One run may be cancelled from any thread; its noise is drawn by the
 * thread that it is bound to.
 */
public final class Run {
    private static final Run UNBOUND = new Run(false, null, 0, fraction -> {});

    private final boolean training;
    private final @Nullable Long seed;
    private final int tileSize;
    private final DoubleConsumer progress;
    private final AtomicBoolean cancelled;
    private final AtomicLong nextStream;

    private Run(boolean training, @Nullable Long seed, int tileSize, DoubleConsumer progress) {
        this(training, seed, tileSize, progress, new AtomicBoolean(), new AtomicLong());
    }

    private Run(
            boolean training,
            @Nullable Long seed,
            int tileSize,
            DoubleConsumer progress,
            AtomicBoolean cancelled,
            AtomicLong nextStream) {
        this.training = training;
        this.seed = seed;
        this.tileSize = tileSize;
        this.progress = progress;
        this.cancelled = cancelled;
        this.nextStream = nextStream;
    }

    /** A run that computes results only. Noise cannot be drawn in it: see {@link #inference(long)}. */
    public static Run inference() {
        return new Run(false, null, 0, fraction -> {});
    }

    /** A run that computes results, and draws its noise from a seed. */
    public static Run inference(long seed) {
        return new Run(false, seed, 0, fraction -> {});
    }

    /** A run that trains: layers that behave differently then, do. Noise is drawn from the seed. */
    public static Run training(long seed) {
        return new Run(true, seed, 0, fraction -> {});
    }

    /** This run with a listener that is told the finished fraction, 0 to 1, by the thread that works. */
    public Run onProgress(DoubleConsumer listener) {
        return new Run(training, seed, tileSize, listener);
    }

    /** This run with pictures cut into tiles of that many pixels a side; 0 leaves the choice to the method. */
    public Run withTileSize(int pixels) {
        if (pixels < 0) {
            throw new IllegalArgumentException("tile size is " + pixels + ", expected 0 or more");
        }
        return new Run(training, seed, pixels, progress);
    }

    /**
     * This very run, seen by a part of the work: it is cancelled with it and draws from the same streams, and its progress
     * from 0 to 1 is told as that from {@code from} to {@code to}. A method that calls another one which tells its own
     * progress opens a scope with a part around the call.
     */
    public Run part(double from, double to) {
        return part(from, to, tileSize);
    }

    /** A part that works on one tile: what it calls does not cut the tile again. */
    public Run tilePart(double from, double to) {
        return part(from, to, Integer.MAX_VALUE);
    }

    private Run part(double from, double to, int tile) {
        if (!(from >= 0 && from <= to && to <= 1)) {
            throw new IllegalArgumentException("part from " + from + " to " + to + ", expected 0 <= from <= to <= 1");
        }
        return new Run(
                training,
                seed,
                tile,
                fraction -> progress.accept(from + fraction * (to - from)),
                cancelled,
                nextStream);
    }

    /** The run of the innermost scope of this thread that was opened with one; else one that only computes. */
    public static Run current() {
        Run bound = Scope.boundRun();
        return bound == null ? UNBOUND : bound;
    }

    /** Whether layers should behave as in training. */
    public boolean isTraining() {
        return training;
    }

    /** Tile size in pixels, 0 if left to the method. */
    public int tileSize() {
        return tileSize;
    }

    /** Asks the call to stop; it ends in a {@link CancelledException} at its next look. May be called from any thread. */
    public void cancel() {
        if (cancelled != UNBOUND.cancelled) {
            cancelled.set(true);
        }
    }

    /** Whether {@link #cancel()} was called. */
    public boolean isCancelled() {
        return cancelled.get();
    }

    /** Stops here if the run was cancelled. */
    public void throwIfCancelled() {
        if (cancelled.get()) {
            throw new CancelledException("the run was cancelled");
        }
    }

    /** Tells the listener how much is done. */
    public void report(double fraction) {
        throwIfCancelled();
        progress.accept(fraction);
    }

    /** The seed of this run's noise; an error if it has none. */
    public long seed() {
        if (seed == null) {
            throw new BackendException("noise was drawn without a seed: open a scope with Run.training(seed) or "
                    + "Run.inference(seed) around the call");
        }
        return seed;
    }

    /** Takes the number of the next stream of noise. */
    long takeStream() {
        seed();
        if (Scope.threadState().noiseForbidden) {
            throw new BackendException(
                    "noise was drawn inside a custom function, whose backward pass could not draw it "
                            + "again: draw it before and pass it as an input");
        }
        return nextStream.getAndIncrement();
    }

    /** Number of the stream that the next draw will use: what a checkpoint stores to continue from here. */
    public long streamPosition() {
        return nextStream.get();
    }

    /** Continues drawing noise at a stream: what {@link #streamPosition()} said when the checkpoint was written. */
    public void continueAtStream(long position) {
        nextStream.set(position);
    }

    /** Whether a backward pass is computing again what was computed before: state is not to be updated then. */
    public static boolean isReplaying() {
        return Scope.threadState().replaying;
    }

    /** Runs a piece of work again with the noise it drew the first time; the position is back where it was after it. */
    <T> T replay(long streamPosition, Supplier<T> work) {
        Scope.ThreadState state = Scope.threadState();
        long position = nextStream.get();
        boolean outer = state.replaying;
        nextStream.set(streamPosition);
        state.replaying = true;
        try {
            return work.get();
        } finally {
            state.replaying = outer;
            nextStream.set(position);
        }
    }
}
