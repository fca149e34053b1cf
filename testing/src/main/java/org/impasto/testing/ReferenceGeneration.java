package org.impasto.testing;

import java.util.Arrays;
import org.impasto.core.CounterRandom;
import org.impasto.core.Generation;

/** Constants and noise. */
final class ReferenceGeneration {
    private ReferenceGeneration() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Generation.Fill.class, (o, in, out) -> {
            Arrays.fill(out.get(0).doubles, o.value());
            Arrays.fill(out.get(0).longs, (long) o.value());
        });
        registry.put(
                Generation.Noise.class,
                (o, in, out) -> CounterRandom.normal(o.seed(), o.stream(), 0, out.get(0).doubles));
    }
}
