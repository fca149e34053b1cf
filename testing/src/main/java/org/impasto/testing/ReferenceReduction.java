package org.impasto.testing;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.impasto.core.Reduction;

/** Sums and extremes over axes. */
final class ReferenceReduction {
    private ReferenceReduction() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Reduction.Sum.class, (o, in, out) -> reduce(in, out, 0, Double::sum));
        registry.put(Reduction.Maximum.class, (o, in, out) -> reduce(in, out, Double.NEGATIVE_INFINITY, Math::max));
        registry.put(Reduction.Minimum.class, (o, in, out) -> reduce(in, out, Double.POSITIVE_INFINITY, Math::min));
    }

    private static void reduce(List<Values> in, List<Values> out, double start, DoubleBinaryOperator combine) {
        Values x = in.get(0);
        Values y = out.get(0);
        Arrays.fill(y.doubles, start);
        int[] target = ReferenceElementwise.broadcast(y.shape(), x.shape());
        for (int i = 0; i < x.elements(); i++) {
            y.doubles[target[i]] = combine.applyAsDouble(y.doubles[target[i]], x.doubles[i]);
        }
    }
}
