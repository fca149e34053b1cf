package org.impasto.testing;

import org.impasto.core.Descent;

/** Steps of optimisers, straight from their formulas. */
final class ReferenceDescent {
    private ReferenceDescent() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Descent.Adam.class, (o, in, out) -> {
            for (int i = 0; i < in.get(0).elements(); i++) {
                double g = in.get(1).doubles[i];
                double first = o.beta1() * in.get(2).doubles[i] + (1 - o.beta1()) * g;
                double second = o.beta2() * in.get(3).doubles[i] + (1 - o.beta2()) * g * g;
                double step = o.rate() * first / (o.scale() * Math.sqrt(second) + o.epsilon());
                out.get(0).doubles[i] = in.get(0).doubles[i] - step;
                out.get(1).doubles[i] = first;
                out.get(2).doubles[i] = second;
            }
        });
    }
}
