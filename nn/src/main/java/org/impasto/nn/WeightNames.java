package org.impasto.nn;

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a file names the parameters of a network and lays out their axes, and which of its tensors the network may leave
 * alone.
 */
public final class WeightNames {
    private static final WeightNames AS_IN_FILE = new WeightNames(path -> path, name -> false, path -> null);

    private final UnaryOperator<String> toFile;
    private final Predicate<String> ignored;
    private final Function<String, int @Nullable []> axes;

    private WeightNames(
            UnaryOperator<String> toFile, Predicate<String> ignored, Function<String, int @Nullable []> axes) {
        this.toFile = toFile;
        this.ignored = ignored;
        this.axes = axes;
    }

    /** The same names, nothing ignored. */
    public static WeightNames asInFile() {
        return AS_IN_FILE;
    }

    /** Names made from the network's paths. */
    public static WeightNames of(UnaryOperator<String> pathToName) {
        return new WeightNames(pathToName, name -> false, path -> null);
    }

    /** These names where the file holds everything below a prefix, as in {@code model.}. */
    public WeightNames below(String prefix) {
        return new WeightNames(path -> prefix + toFile.apply(path), ignored, axes);
    }

    /** These names where tensors of the file may be left over. */
    public WeightNames ignoring(Predicate<String> names) {
        return new WeightNames(toFile, ignored.or(names), axes);
    }

    /**
     * These names where the file orders the axes of tensors in its own way. Convolutions of TensorFlow, height x width x
     * in x out, are {@code 3, 2, 0, 1}.
     *
     * @param pathToAxes for each axis of the network's parameter the file's axis; null where both agree
     */
    public WeightNames laidOut(Function<String, int @Nullable []> pathToAxes) {
        return new WeightNames(toFile, ignored, pathToAxes);
    }

    String inFile(String path) {
        return toFile.apply(path);
    }

    boolean isIgnored(String name) {
        return ignored.test(name);
    }

    int @Nullable [] axesInFile(String path) {
        return axes.apply(path);
    }
}
