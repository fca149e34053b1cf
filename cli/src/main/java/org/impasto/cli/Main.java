package org.impasto.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.impasto.core.BackendException;
import org.impasto.core.CancelledException;
import org.impasto.core.ImageException;
import org.impasto.core.ShapeException;
import org.impasto.core.WeightException;
import org.impasto.nn.training.DivergedException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line {@code impasto}. */
@Command(
        name = "impasto",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Gives pictures the style of other pictures, and computes their features, in pure Java.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the work failed, e.g. an unreadable picture or weights of another network",
            "2:the command line is wrong",
            "130:stopped by Ctrl-C; no half-written file is left"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  impasto demo",
            "  impasto stylize --content photo.jpg --style painting.jpg --out result.png",
            "  impasto stylize --help",
            "",
            "IMPASTO_JAVA_OPTS in the environment holds options of the JVM, e.g. -Xmx8g."
        })
public final class Main {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;
    private static final int STOPPED = 130;

    /** Behind an option of several files, picocli tells an unknown option in its message alone. */
    private static final Pattern UNKNOWN_OPTION = Pattern.compile("Unknown option: '([^']+)'");

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show where in the program an error arose, and what the backend logs.")
    private boolean verbose;

    private Main() {}

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    /**
     * Runs a command in this JVM.
     *
     * @return the exit code: 0 done, 1 the work failed, 2 the command line is wrong, 130 stopped
     */
    public static int run(String[] args, PrintStream out, PrintStream err) {
        Main main = new Main();
        Terminal terminal = new Terminal(out, err, Boolean.getBoolean("impasto.terminal"));
        CommandLine line = new CommandLine(main)
                .addSubcommand(new StylizeCommand(terminal))
                .addSubcommand(new OptimizeCommand(terminal))
                .addSubcommand(new FeaturesCommand(terminal))
                .addSubcommand(new GramCommand(terminal))
                .addSubcommand(new CompareCommand(terminal))
                .addSubcommand(TrainCommand.line(terminal))
                .addSubcommand(new DemoCommand(terminal))
                .addSubcommand(new WeightsCommand(terminal))
                .addSubcommand(new InfoCommand(terminal))
                .setOut(new PrintWriter(new OutputStreamWriter(out, Charset.defaultCharset()), true))
                .setErr(new PrintWriter(new OutputStreamWriter(err, Charset.defaultCharset()), true))
                .registerConverter(Method.class, Method::named)
                .setUsageHelpLongOptionsMaxWidth(24)
                .setUnmatchedOptionsAllowedAsOptionParameters(false)
                .setParameterExceptionHandler((e, arguments) -> main.wrongUsage(e, terminal))
                .setExecutionExceptionHandler((e, command, parsed) -> main.failed(e, command, terminal));
        if (args.length == 0) {
            line.usage(err);
            return WRONG_USAGE;
        }
        line.setExecutionStrategy(parsed -> {
            if (main.verbose) {
                // Read once, when the first logger is asked for, which is after this.
                System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            main.trace(e, err);
            return say(
                    err,
                    FAILED,
                    "not enough memory: the heap of " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB is full; use a"
                            + " smaller --size, or a larger heap with IMPASTO_JAVA_OPTS=-Xmx8g");
        } finally {
            terminal.close();
        }
    }

    private int wrongUsage(ParameterException e, Terminal terminal) {
        trace(e, terminal.err());
        String suggestion = "";
        String message = e.getMessage();
        if (e instanceof UnmatchedArgumentException unmatched) {
            Matcher unknown = UNKNOWN_OPTION.matcher(e.getMessage());
            suggestion = suggestion(
                    unmatched.getUnmatched().isEmpty() && unknown.find()
                            ? new UnmatchedArgumentException(e.getCommandLine(), List.of(unknown.group(1)))
                            : unmatched);
            if (!unmatched.isUnknownOption() && !commands(e).isEmpty()) {
                message = "unknown command '" + unmatched.getUnmatched().get(0) + "', expected one of "
                        + String.join(", ", commands(e));
            }
        }
        return say(terminal.err(), WRONG_USAGE, message + suggestion + seeHelp(e.getCommandLine()));
    }

    private static Set<String> commands(ParameterException e) {
        return e.getCommandLine().getSubcommands().keySet();
    }

    private static String suggestion(UnmatchedArgumentException unmatched) {
        List<String> known = unmatched.getSuggestions();
        return known.isEmpty()
                ? ""
                : "; did you mean " + known.stream().limit(3).collect(Collectors.joining(" or ")) + "?";
    }

    private int failed(Exception e, CommandLine command, Terminal terminal) {
        trace(e, terminal.err());
        if (e instanceof UsageException) {
            return say(terminal.err(), WRONG_USAGE, e.getMessage() + seeHelp(command));
        }
        if (e instanceof CancelledException) {
            terminal.tellOfStop();
            return STOPPED;
        }
        boolean expected = e instanceof FailureException
                || e instanceof ImageException
                || e instanceof WeightException
                || e instanceof ShapeException
                || e instanceof BackendException
                || e instanceof DivergedException;
        return say(
                terminal.err(),
                FAILED,
                expected ? e.getMessage() : "an error in impasto itself: " + e + "; --verbose shows where");
    }

    private static String seeHelp(CommandLine command) {
        return " (see " + command.getCommandSpec().qualifiedName() + " --help)";
    }

    private static int say(PrintStream err, int code, @Nullable String message) {
        err.println("impasto: " + String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " "));
        return code;
    }

    private void trace(Throwable e, PrintStream err) {
        if (verbose) {
            e.printStackTrace(err);
        }
    }

    /** The version of this jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"impasto " + text()};
        }

        static String text() {
            String version = Main.class.getPackage().getImplementationVersion();
            return version == null ? "(unpacked classes)" : version;
        }
    }
}
