package org.impasto.testing;

import org.impasto.core.Filtering;
import org.impasto.core.Filtering.Border;

/** Filters with square windows, each window summed anew. */
final class ReferenceFiltering {
    private ReferenceFiltering() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Filtering.BoxMean.class, (o, in, out) -> boxMean(o.radius(), o.border(), in.get(0), out.get(0)));
    }

    private static void boxMean(int radius, Border border, Values x, Values y) {
        int height = x.size(2);
        int width = x.size(3);
        for (int cell = 0; cell < y.elements(); cell++) {
            int column = cell % width;
            int row = cell / width % height;
            int plane = cell / width / height;
            double sum = 0;
            int counted = 0;
            for (int h = row - radius; h <= row + radius; h++) {
                int fromRow = border.padding().source(h, height);
                for (int w = column - radius; w <= column + radius; w++) {
                    int fromColumn = border.padding().source(w, width);
                    boolean inside = fromRow >= 0 && fromColumn >= 0;
                    sum += inside ? x.doubles[(plane * height + fromRow) * width + fromColumn] : 0;
                    counted += inside || border != Border.TRUNCATED ? 1 : 0;
                }
            }
            y.doubles[cell] = sum / counted;
        }
    }
}
