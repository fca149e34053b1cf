package org.impasto.cli;

import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar for work that takes longer than a second; nothing where there is no terminal. */
final class Progress implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 1000;
    private static final int COLUMNS = 79;
    private static final int STEPS = 100;

    private final Terminal terminal;
    private final String task;
    private final @Nullable Timer timer;
    private @Nullable ProgressBar bar;
    private boolean closed;
    private String stage = "";
    private double start;
    private double end;
    private double done;

    Progress(Terminal terminal, String task) {
        this.terminal = terminal;
        this.task = task;
        this.timer = terminal.showsProgress() ? new Timer("impasto-progress", true) : null;
        if (timer != null) {
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            appear();
                        }
                    },
                    PATIENCE_MILLIS);
        }
    }

    /** A part of the work begins, which lies between two fractions of the whole. */
    synchronized void stage(String name, double from, double to) {
        stage = name;
        start = from;
        end = to;
        done = from;
        draw();
    }

    /** That fraction of the current part is done. */
    synchronized void advance(double fraction) {
        done = start + fraction * (end - start);
        draw();
    }

    private synchronized void appear() {
        if (closed) {
            return;
        }
        // The builder's own consumer asks JLine for a terminal, which takes SIGINT away from the JVM's shutdown hooks.
        bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(STEPS)
                .startsFrom(0, Duration.ofMillis(PATIENCE_MILLIS))
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), COLUMNS))
                .setUpdateIntervalMillis(200)
                .hideEta()
                .clearDisplayOnFinish()
                .build();
        draw();
    }

    private void draw() {
        if (bar != null) {
            bar.stepTo(Math.round(done * STEPS));
            bar.setExtraMessage(stage);
        }
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.cancel();
        }
        synchronized (this) {
            closed = true;
            if (bar != null) {
                bar.close();
                bar = null;
            }
        }
    }
}
