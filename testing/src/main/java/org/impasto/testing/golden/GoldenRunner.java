package org.impasto.testing.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;

/** Runs the golden files of a folder whose {@code op} is registered, and lists the others. */
public final class GoldenRunner {
    /** Where sums are added in another order, a factor of 2 to 4 on the peer's error is fair. */
    private static final double PEER_FACTOR = 4;

    private final Map<String, GoldenOperation> operations = new TreeMap<>();
    private double peerFactor = PEER_FACTOR;

    /** A runner that knows no op yet. */
    public GoldenRunner() {}

    /** Registers how an op is computed; a second registration is an error. */
    public GoldenRunner register(String op, GoldenOperation operation) {
        if (operations.put(op, operation) != null) {
            throw new IllegalArgumentException("op '" + op + "' is registered twice");
        }
        return this;
    }

    /** How many times the peer's error ours may be; 0 for backends that compute in float64. */
    public GoldenRunner withPeerFactor(double factor) {
        peerFactor = factor;
        return this;
    }

    /** All golden files at or below a folder, in order. */
    public static List<Path> files(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(path -> path.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        } catch (IOException error) {
            throw new UncheckedIOException("golden files of " + folder + " cannot be listed", error);
        }
    }

    /** Runs every file of a folder. */
    public GoldenReport run(Path folder, Backend backend) {
        return run(files(folder), backend);
    }

    /** Runs some files. */
    public GoldenReport run(List<Path> files, Backend backend) {
        GoldenReport report = new GoldenReport(backend.describe());
        for (Path file : files) {
            try (GoldenCase golden = GoldenCase.open(file);
                    Scope scope = Scope.open()) {
                GoldenOperation operation = operations.get(golden.op());
                if (operation == null) {
                    report.unknown(golden);
                } else {
                    report.ran(golden);
                    run(golden, operation, backend, report);
                }
            } catch (RuntimeException error) {
                report.failed(String.valueOf(file.getFileName()), error.toString());
            }
        }
        return report;
    }

    private void run(GoldenCase golden, GoldenOperation operation, Backend backend, GoldenReport report) {
        Map<String, Tensor> found = operation.run(golden, backend);
        Set<String> notCovered = operation.notCovered(golden);
        for (String prefix : List.of("out.", "grad.")) {
            for (String name : golden.names(prefix)) {
                Tensor tensor = found.get(name);
                if (tensor != null && !tensor.shape().equals(golden.spec(name).shape())) {
                    report.failed(
                            golden.name(),
                            name + " has shape " + tensor.shape() + ", expected "
                                    + golden.spec(name).shape());
                } else if (tensor != null) {
                    report.judged(golden, operation.judge(golden, name, values(tensor), peerFactor));
                } else if (notCovered.contains(name)) {
                    report.notCovered(golden, name);
                } else {
                    report.failed(golden.name(), name + " was not computed");
                }
            }
        }
        for (String name : found.keySet()) {
            if (!golden.has(name)) {
                report.failed(golden.name(), name + " was computed, but is not in the file");
            }
        }
    }

    private static double[] values(Tensor tensor) {
        return tensor.type() == ElementType.INT64
                ? Arrays.stream(tensor.toLongs()).asDoubleStream().toArray()
                : tensor.toDoubles();
    }
}
