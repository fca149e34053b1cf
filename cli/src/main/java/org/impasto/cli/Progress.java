package org.impasto.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Timer;
import java.util.TimerTask;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;

/** A bar for work that takes longer than a second; nothing where there is no terminal. */
final class Progress implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 1000;
    private static final int COLUMNS = 79;
    private static final int BAR_COLUMNS = 40;
    private static final int SHORT_BAR_COLUMNS = 16;
    private static final int STEPS = 100;

    private final Terminal terminal;
    private final String task;
    private final int barColumns;
    private final @Nullable Timer timer;
    private @Nullable ProgressBar bar;
    private boolean closed;
    private String stage = "";
    private double start;
    private double end;
    private double done;

    Progress(Terminal terminal, String task) {
        this(terminal, task, BAR_COLUMNS);
    }

    /** Progress with room for longer notes beside the bar. */
    static Progress withNotes(Terminal terminal, String task) {
        return new Progress(terminal, task, SHORT_BAR_COLUMNS);
    }

    private Progress(Terminal terminal, String task, int barColumns) {
        this.terminal = terminal;
        this.task = task;
        this.barColumns = barColumns;
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

    /** Says what the current part is at. */
    synchronized void note(String text) {
        stage = text;
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
        bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(STEPS)
                .startsFrom(0, Duration.ofMillis(PATIENCE_MILLIS))
                .setConsumer(new OneLine(terminal.err()))
                .setRenderer((state, columns) -> render(state))
                .setUpdateIntervalMillis(200)
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

    /** For instance: {@code stylize [==========          ]  50%  0:07  reading}. */
    private String render(ProgressState state) {
        int full = (int) (barColumns * state.getCurrent() / STEPS);
        long seconds = state.getTotalElapsed().toSeconds();
        String line = String.format(
                Locale.ROOT,
                "%s [%s%s] %3d%%  %d:%02d  %s",
                task,
                "=".repeat(full),
                " ".repeat(barColumns - full),
                state.getCurrent(),
                seconds / 60,
                seconds % 60,
                state.getExtraMessage());
        return line.substring(0, Math.min(line.length(), COLUMNS));
    }

    /**
     * Draws over one line of a terminal, and leaves nothing behind. The library's own consumers end with an empty line,
     * and the standard one asks JLine for a terminal, which takes SIGINT away from the JVM's shutdown hooks.
     */
    private record OneLine(PrintStream terminal) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return COLUMNS;
        }

        @Override
        public void accept(String line) {
            terminal.print("\r" + line + " ".repeat(Math.max(0, COLUMNS - line.length())));
            terminal.flush();
        }

        @Override
        public void clear() {
            terminal.print("\r" + " ".repeat(COLUMNS) + "\r");
            terminal.flush();
        }

        @Override
        public void close() {
            terminal.flush();
        }
    }
}
