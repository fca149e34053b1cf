package org.impasto.verification;

import java.util.Map;
import java.util.Set;
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
record SwitchingGradients(GoldenOperation operation) implements GoldenOperation {
    private static final int TRIALS = 16;

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
        if (error.isWithin() || !name.startsWith("grad.")) {
            return error;
        }
        double movement = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            try (Scope scope = Scope.open()) {
                double[] moved = operation
                        .run(golden, new RandomRounding(trial))
                        .get(name)
                        .toDoubles();
                movement = Math.max(
                        movement,
                        operation.judge(golden, name, moved, peerFactor).error());
            }
        }
        return new GoldenError(name, error.error(), error.allowed() + movement, error.peer());
    }
}
