package org.impasto.nn.training;

import java.nio.file.Path;

/** Is told what a training does, by the thread that trains. */
@FunctionalInterface
public interface TrainingListener {
    /** A step is done. */
    void onStep(TrainingProgress progress);

    /** A checkpoint was written. */
    default void onCheckpoint(Path checkpoint) {}

    /** Something that the user should know: where a run continues, a damaged checkpoint. Is logged if not overridden. */
    default void onNotice(String notice) {
        System.getLogger(Trainer.class.getName()).log(System.Logger.Level.INFO, notice);
    }
}
