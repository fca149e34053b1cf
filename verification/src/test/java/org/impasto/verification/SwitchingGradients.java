package org.impasto.verification;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.testing.golden.GoldenCase;
import org.impasto.testing.golden.GoldenError;
import org.impasto.testing.golden.GoldenOperation;

/**
 * Gradients through relus and maxima, which jump where two numbers are within rounding of each other. A gradient beyond
 * its tolerance is allowed the largest change that random rounding of float64 results makes to it.
 */
record SwitchingGradients(GoldenOperation operation, Predicate<String> switching) implements GoldenOperation {
    private static final int TRIALS = 16;

    /** How far each trial moved each gradient of a file, whichever backend is judged. */
    private static final Map<Path, List<Map<String, Double>>> MOVEMENTS = new HashMap<>();

    /** The tensors {@code grad.*} of an operation. */
    SwitchingGradients(GoldenOperation operation) {
        this(operation, name -> name.startsWith("grad."));
    }

    @Override
    public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
        return operation.run(golden, backend);
    }

    @Override
    public Set<String> notCovered(GoldenCase golden) {
        return operation.notCovered(golden);
    }

    @Override
    public GoldenError judge(GoldenCase golden, String name, double[] found, double peerFactor) {
        GoldenError error = operation.judge(golden, name, found, peerFactor);
        if (error.isWithin() || !switching.test(name)) {
            return error;
        }
        // As many trials as it takes: those made for one backend serve the others.
        List<Map<String, Double>> trials = MOVEMENTS.computeIfAbsent(golden.path(), path -> new ArrayList<>());
        double movement = 0;
        for (int trial = 0; trial < TRIALS && error.error() > error.allowed() + movement; trial++) {
            if (trial == trials.size()) {
                trials.add(movements(golden, trial));
            }
            movement = Math.max(movement, trials.get(trial).getOrDefault(name, 0.0));
        }
        return new GoldenError(name, error.error(), error.allowed() + movement, error.peer());
    }

    /** How far random rounding moves each gradient. */
    private Map<String, Double> movements(GoldenCase golden, int seed) {
        Map<String, Double> movements = new HashMap<>();
        try (Scope scope = Scope.open()) {
            operation.run(golden, new RandomRounding(seed)).forEach((name, moved) -> {
                if (switching.test(name)) {
                    movements.put(
                            name,
                            operation.judge(golden, name, moved.toDoubles(), 0).error());
                }
            });
        }
        return movements;
    }
}
