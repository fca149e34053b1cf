package org.impasto.cli;

import java.time.Duration;
import java.util.Locale;
import org.impasto.nn.training.TrainingListener;
import org.impasto.nn.training.TrainingProgress;

/** Shows a training's loss and time left beside the progress bar, and prints its notices. */
final class TrainingReport implements TrainingListener {
    private final Terminal terminal;
    private final Job job;
    private final String lossFormat;

    /** @param lossFormat how the loss, a number, is written */
    TrainingReport(Terminal terminal, Job job, String lossFormat) {
        this.terminal = terminal;
        this.job = job;
        this.lossFormat = lossFormat;
    }

    @Override
    public void onStep(TrainingProgress progress) {
        Duration left = progress.timeLeft();
        job.note(String.format(
                Locale.ROOT,
                lossFormat + "  %d:%02d:%02d left",
                progress.loss(),
                left.toHours(),
                left.toMinutesPart(),
                left.toSecondsPart()));
    }

    @Override
    public void onNotice(String notice) {
        terminal.err().println("impasto: " + notice);
    }
}
