package org.impasto.nn.training;

import java.nio.file.Path;

/** The program that is killed: it says its steps, and waits a few steps beyond the one at which it is to be killed. */
final class KilledTraining {
    private static final int BEYOND = 20;

    private KilledTraining() {}

    public static void main(String[] arguments) {
        long last = Long.parseLong(arguments[1]) + BEYOND;
        TinyTraining.train(
                Path.of(arguments[0]),
                trainer -> trainer.listener(progress -> {
                    System.out.println("step " + progress.step());
                    if (progress.step() >= last) {
                        waitForTheEnd();
                    }
                }));
        System.out.println("done");
    }

    private static void waitForTheEnd() {
        try {
            Thread.sleep(60_000); // so that nothing stays if the parent dies
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("nobody killed this process");
    }
}
