package org.impasto.core;

import java.util.List;

/** Operations without operands. */
public sealed interface Generation extends Operation {
    /** Every element the same. */
    record Fill(Spec spec, double value) implements Generation {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 0);
            Checks.that(
                    spec.type().isComputable(),
                    this,
                    () -> spec.type() + " is for files only, expected FLOAT32, FLOAT64 or INT64");
            return List.of(spec);
        }
    }

    /**
     * Normal noise of mean 0 and variance 1: element i is number i of a stream of the counter-based generator
     * {@link CounterRandom}, so every backend draws the same.
     */
    record Noise(Spec spec, long seed, long stream) implements Generation {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 0);
            Checks.floating(this, "result", spec);
            return List.of(spec);
        }
    }
}
