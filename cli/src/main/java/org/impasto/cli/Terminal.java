package org.impasto.cli;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Where a command speaks. */
final class Terminal {
    private final PrintStream out;
    private final PrintStream err;
    private final boolean showsProgress;
    private final CountDownLatch silent = new CountDownLatch(1);
    private boolean toldOfStop;

    /** A terminal whose {@code err} can be drawn over in one line, or not. */
    Terminal(PrintStream out, PrintStream err, boolean showsProgress) {
        this.out = out;
        this.err = err;
        this.showsProgress = showsProgress;
    }

    /** Results. */
    PrintStream out() {
        return out;
    }

    /** Errors, warnings and progress. */
    PrintStream err() {
        return err;
    }

    /** Whether {@link #err} is a terminal, on which a line can be drawn over. */
    boolean showsProgress() {
        return showsProgress;
    }

    /** Says once that the command was stopped; by any thread. */
    synchronized void tellOfStop() {
        if (!toldOfStop) {
            toldOfStop = true;
            err.println("impasto: stopped");
        }
    }

    /** The command has said all that it has to say. */
    void close() {
        out.flush();
        err.flush();
        silent.countDown();
    }

    /** Waits until a command that was stopped has said so; false if it did not within that time. */
    boolean awaitClose(int millis) throws InterruptedException {
        return silent.await(millis, TimeUnit.MILLISECONDS);
    }
}
