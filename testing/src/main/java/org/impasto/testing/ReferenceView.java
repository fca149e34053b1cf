package org.impasto.testing;

import java.util.List;
import org.impasto.core.View;

/** Operations that move elements. */
final class ReferenceView {
    private ReferenceView() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(View.Reshape.class, (o, in, out) -> {
            for (int i = 0; i < out.get(0).elements(); i++) {
                out.get(0).copy(i, in.get(0), i);
            }
        });
        registry.put(View.Permute.class, ReferenceView::permute);
        registry.put(View.Slice.class, ReferenceView::slice);
        registry.put(View.Concat.class, ReferenceView::concat);
    }

    private static void permute(View.Permute operation, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        Values y = out.get(0);
        int[] from = Values.strides(x.shape());
        for (int i = 0; i < y.elements(); i++) {
            int rest = i;
            int source = 0;
            for (int axis = y.shape().rank() - 1; axis >= 0; axis--) {
                source += rest % y.size(axis) * from[operation.order().get(axis)];
                rest /= y.size(axis);
            }
            y.copy(i, x, source);
        }
    }

    private static void slice(View.Slice operation, List<Values> in, List<Values> out) {
        move(in.get(0), (int) operation.start(), out.get(0), 0, operation.axis(), (int) operation.length());
    }

    private static void concat(View.Concat operation, List<Values> in, List<Values> out) {
        int start = 0;
        for (Values x : in) {
            move(x, 0, out.get(0), start, operation.axis(), x.size(operation.axis()));
            start += x.size(operation.axis());
        }
    }

    /** Copies {@code length} layers along an axis, which may begin elsewhere in the operand than in the result. */
    private static void move(Values x, int fromLayer, Values y, int toLayer, int axis, int length) {
        int inside = 1;
        for (int later = axis + 1; later < x.shape().rank(); later++) {
            inside *= x.size(later);
        }
        int outside = 1;
        for (int earlier = 0; earlier < axis; earlier++) {
            outside *= x.size(earlier);
        }
        for (int block = 0; block < outside; block++) {
            for (int layer = 0; layer < length; layer++) {
                for (int i = 0; i < inside; i++) {
                    int from = (block * x.size(axis) + fromLayer + layer) * inside + i;
                    y.copy((block * y.size(axis) + toLayer + layer) * inside + i, x, from);
                }
            }
        }
    }
}
