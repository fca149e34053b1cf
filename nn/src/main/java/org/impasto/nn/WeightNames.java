package org.impasto.nn;

import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** How a file names the parameters of a network, and which of its tensors the network may leave alone. */
public final class WeightNames {
    private static final WeightNames AS_IN_FILE = new WeightNames(path -> path, name -> false);

    private final UnaryOperator<String> toFile;
    private final Predicate<String> ignored;

    private WeightNames(UnaryOperator<String> toFile, Predicate<String> ignored) {
        this.toFile = toFile;
        this.ignored = ignored;
    }

    /** The same names, nothing ignored. */
    public static WeightNames asInFile() {
        return AS_IN_FILE;
    }

    /** Names made from the network's paths. */
    public static WeightNames of(UnaryOperator<String> pathToName) {
        return new WeightNames(pathToName, name -> false);
    }

    /** These names where the file holds everything below a prefix, as in {@code model.}. */
    public WeightNames below(String prefix) {
        return new WeightNames(path -> prefix + toFile.apply(path), ignored);
    }

    /** These names where tensors of the file may be left over. */
    public WeightNames ignoring(Predicate<String> names) {
        return new WeightNames(toFile, ignored.or(names));
    }

    String inFile(String path) {
        return toFile.apply(path);
    }

    boolean isIgnored(String name) {
        return ignored.test(name);
    }
}
