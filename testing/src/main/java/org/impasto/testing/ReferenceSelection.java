package org.impasto.testing;

import java.util.List;
import org.impasto.core.Selection;
import org.impasto.core.Shape;

/** Places of largest elements, and layers chosen and added up by their places. */
final class ReferenceSelection {
    private ReferenceSelection() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Selection.ArgMaximum.class, ReferenceSelection::argMaximum);
        registry.put(Selection.IndexSelect.class, ReferenceSelection::indexSelect);
        registry.put(Selection.IndexAdd.class, ReferenceSelection::indexAdd);
    }

    private static void argMaximum(Selection.ArgMaximum operation, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        int inside = inside(x.shape(), operation.axis());
        int size = x.size(operation.axis());
        long[] y = out.get(0).longs;
        for (int i = 0; i < y.length; i++) {
            int start = i / inside * size * inside + i % inside;
            int best = 0;
            for (int layer = 1; layer < size; layer++) {
                // Double.compare puts NaN above everything, but tells 0 from -0.
                double value = x.doubles[start + layer * inside] + 0.0;
                if (Double.compare(value, x.doubles[start + best * inside] + 0.0) > 0) {
                    best = layer;
                }
            }
            y[i] = best;
        }
    }

    private static void indexSelect(Selection.IndexSelect operation, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        Values y = out.get(0);
        int inside = inside(x.shape(), operation.axis());
        int size = x.size(operation.axis());
        int places = in.get(1).elements();
        for (int i = 0; i < y.elements(); i++) {
            int place = Selection.place(operation, in.get(1).longs[i / inside % places], size);
            y.copy(i, x, (i / inside / places * size + place) * inside + i % inside);
        }
    }

    private static void indexAdd(Selection.IndexAdd operation, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        int inside = inside(x.shape(), operation.axis());
        int size = (int) operation.size();
        int places = in.get(1).elements();
        for (int i = 0; i < x.elements(); i++) {
            int place = Selection.place(operation, in.get(1).longs[i / inside % places], size);
            out.get(0).doubles[(i / inside / places * size + place) * inside + i % inside] += x.doubles[i];
        }
    }

    private static int inside(Shape shape, int axis) {
        int inside = 1;
        for (int later = axis + 1; later < shape.rank(); later++) {
            inside *= shape.intSize(later);
        }
        return inside;
    }
}
