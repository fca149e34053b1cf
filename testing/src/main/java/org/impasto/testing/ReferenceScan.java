package org.impasto.testing;

import org.impasto.core.Scan;

/** Running sums. */
final class ReferenceScan {
    private ReferenceScan() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Scan.CumulativeSum.class, (operation, in, out) -> {
            Values x = in.get(0);
            double[] y = out.get(0).doubles;
            int size = x.size(operation.axis());
            int stride = Values.strides(x.shape())[operation.axis()];
            for (int i = 0; i < y.length; i++) {
                int place = i / stride % size;
                int last = operation.fromEnd() ? size - 1 : 0;
                for (int other = Math.min(place, last); other <= Math.max(place, last); other++) {
                    y[i] += x.doubles[i + (other - place) * stride];
                }
            }
        });
    }
}
