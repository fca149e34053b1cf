package org.impasto.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.impasto.core.ElementType;
import org.impasto.core.weights.WeightFile;
import org.impasto.core.weights.WeightRegistry;
import org.impasto.core.weights.WeightRegistry.Entry;
import org.impasto.core.weights.WeightRegistry.State;
import org.impasto.core.weights.WeightWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The local registry of weight files. */
@Command(
        name = "weights",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "list|add|verify|half",
        description = "Keeps weight files under names, with their SHA-256 and licence. A name that was added stands for"
                + " its file wherever --weights or --net wants one. Nothing is fetched from a network.",
        footerHeading = "%nThe files are in:%n",
        footer = {
            "  the folder that IMPASTO_WEIGHTS in the environment names,",
            "  else .impasto/weights in the home folder"
        })
final class WeightsCommand implements Callable<Integer> {
    private final Terminal terminal;

    WeightsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        throw new UsageException("expected list, add, verify or half after weights");
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            description = "Prints a line for each file: name, size, SHA-256, licence, origin.")
    int list() {
        WeightRegistry registry = WeightRegistry.standard();
        List<Entry> entries = registry.entries();
        for (Entry entry : entries) {
            terminal.out().println(line(entry));
        }
        if (entries.isEmpty()) {
            terminal.out()
                    .println("no weights in " + registry.folder() + "; add some with: impasto weights add NAME FILE");
        }
        return 0;
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            description = "Copies a weight file into the registry.",
            footerHeading = "%nExample:%n",
            footer = {
                "  impasto weights add vgg3 vgg_normalised_conv3_1.pth --licence unknown",
            })
    int add(
            @Parameters(paramLabel = "NAME", description = "Lower-case letters, digits, dots, underscores, hyphens.")
                    String name,
            @Parameters(paramLabel = "FILE", description = ".safetensors, .pth, .pt, .ckpt, .npy or .npz.") Path file,
            @Option(
                            names = {"--licence", "--license"},
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Under which it may be used.")
                    String licence,
            @Option(names = "--origin", paramLabel = "TEXT", defaultValue = "", description = "Where it came from.")
                    String origin) {
        FileChecks.input("weights add", file);
        terminal.out().println(line(WeightRegistry.standard().add(name, file, licence, origin)));
        return 0;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            description = "Reads files again and compares their SHA-256; exit code 1 if one has changed or is missing.")
    int verify(
            @Parameters(paramLabel = "NAME", arity = "0..*", description = "Names. Default: all.") List<String> names) {
        WeightRegistry registry = WeightRegistry.standard();
        int damaged = 0;
        for (Entry entry : chosen(registry, names == null ? List.of() : names)) {
            State state = registry.verify(entry);
            terminal.out().println(entry.name() + " " + state.name().toLowerCase(Locale.ROOT));
            damaged += state == State.INTACT ? 0 : 1;
        }
        if (damaged > 0) {
            throw new FailureException(damaged + " of the files in " + registry.folder()
                    + " are not what was added; remove the" + " folders of their names there, then add them again");
        }
        return 0;
    }

    @Command(
            name = "half",
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            description = "Writes a copy in half precision: float16, each number rounded to the nearest, to even ones"
                    + " where two are as near. It takes half of the disk and opens wherever the file does.",
            footerHeading = "%nExample:%n",
            footer = {
                "  impasto weights half starry/weights.safetensors starry.safetensors",
            })
    int half(
            @Parameters(paramLabel = "FILE", description = "A weight file of any form, or a name of the registry.")
                    Path file,
            @Parameters(
                            paramLabel = "OUT",
                            description =
                                    "The copy: .safetensors. An older file is replaced, missing folders are made.")
                    Path out) {
        Path from = file(file);
        FileChecks.input("weights half", from);
        FileChecks.output("weights half", out, List.of(".safetensors"), InputFiles.of(List.of(from)));
        Job.run(terminal, "weights half", FileChecks.parent(out), job -> {
            job.stage("writing", 0, 1);
            job.write(out, path -> {
                try (WeightFile weights = WeightFile.open(from)) {
                    WeightWriter.to(path).copy(weights, ElementType.FLOAT16).write();
                }
            });
        });
        terminal.out().println("wrote " + out);
        return 0;
    }

    private static List<Entry> chosen(WeightRegistry registry, List<String> names) {
        if (names.isEmpty()) {
            return registry.entries();
        }
        List<Entry> chosen = new ArrayList<>();
        for (String name : names) {
            chosen.add(registry.find(name)
                    .orElseThrow(() -> new FailureException("no weights are called '" + name + "' in "
                            + registry.folder() + "; 'impasto weights list' shows which are there")));
        }
        return chosen;
    }

    private static String line(Entry entry) {
        StringBuilder line =
                new StringBuilder("%s  %d bytes  sha256 %s".formatted(entry.name(), entry.bytes(), entry.sha256()));
        line.append("  licence ").append(entry.licence().isEmpty() ? "not told" : oneLine(entry.licence()));
        if (!entry.origin().isEmpty()) {
            line.append("  from ").append(oneLine(entry.origin()));
        }
        return line.toString();
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    /** The file for an argument: the path itself if there is such a file, else the registry's file of that name. */
    static Path file(Path argument) {
        if (Files.isRegularFile(argument)) {
            return argument;
        }
        return WeightRegistry.standard()
                .find(argument.toString())
                .map(Entry::file)
                .orElse(argument);
    }
}
