package org.impasto.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Trains networks. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "fast-style|inverse|glow",
        description = "Trains a network on pictures. A training that was stopped in any way, Ctrl-C and loss"
                + " of power too, goes on with --resume as if nothing had happened.",
        footerHeading = "%nThe folder --out then holds:%n",
        footer = {
            "  weights.safetensors  the network, for --weights of 'impasto stylize'",
            "  metrics.csv          loss, its terms, learning rate: a line a step",
            "  loss.png             their curve",
            "  samples/             pictures made on the way, beside what they are made of",
            "  checkpoints/         what --resume goes on from"
        })
final class TrainCommand implements Callable<Integer> {
    private TrainCommand() {}

    /** The command with its own commands. */
    static CommandLine line(Terminal terminal) {
        return new CommandLine(new TrainCommand())
                .addSubcommand(new TrainFastStyleCommand(terminal))
                .addSubcommand(new TrainInverseCommand(terminal))
                .addSubcommand(new TrainGlowCommand(terminal));
    }

    @Override
    public Integer call() {
        throw new UsageException("expected fast-style, inverse or glow after train");
    }
}
