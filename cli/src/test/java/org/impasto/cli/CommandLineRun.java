package org.impasto.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** One call of the command line in this process, and what came of it. */
record CommandLineRun(int code, String out, String err) {
    static CommandLineRun of(Object... arguments) {
        String[] args = Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new CommandLineRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Test material that is not in the repository; may be absent. */
    static Path shared(String path) {
        Path root = Path.of(System.getProperty("impasto.root", ".."));
        return root.resolve(System.getProperty("impasto.shared", "../shared")).resolve(path);
    }
}
