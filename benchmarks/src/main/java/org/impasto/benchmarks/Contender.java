package org.impasto.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A side as it is started: which program, on which JDK, with or without the Vector API.
 *
 * @param name what the results call it, such as "impasto", "impasto/jdk17", "onnxruntime"
 * @param side what {@link SideProcess} calls it, or "pytorch"
 * @param java the JDK's folder; null for PyTorch
 * @param vectors whether the module of the Vector API is there
 */
record Contender(String name, String side, @Nullable Path java, boolean vectors) {
    static final String OURS = "impasto";

    boolean ours() {
        return side.equals(OURS);
    }

    boolean runs(Row row) {
        if (row.isTraining()) {
            return ours() || side.equals("pytorch") || side.equals("machine");
        }
        if (side.equals("nd4j") && row.work() instanceof ConvolutionLayer layer) {
            // its other convolutions are several times slower than the other peers
            return layer.kernel() == 3 && layer.stride() == 1 && layer.groups() == 1 && layer.in() >= 16;
        }
        return !(row.work() instanceof Row.Cold) || ours() || side.equals("onnxruntime");
    }

    /** The java command up to the class path. */
    List<String> javaCommand(int release) {
        List<String> command = new ArrayList<>();
        command.add(String.valueOf(java).concat("/bin/java"));
        if (vectors) {
            command.add("--add-modules");
            command.add("jdk.incubator.vector");
        }
        if (release >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        return command;
    }
}
