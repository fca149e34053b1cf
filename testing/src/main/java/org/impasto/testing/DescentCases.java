package org.impasto.testing;

import static org.impasto.testing.Operand.normal;
import static org.impasto.testing.Operand.positive;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Descent;
import org.impasto.core.ElementType;
import org.impasto.core.Operation;
import org.impasto.core.Shape;
import org.impasto.core.Spec;

/** Rows of steps of optimisers. */
final class DescentCases {
    private DescentCases() {}

    static List<OperationCase> all() {
        List<OperationCase> cases = new ArrayList<>();
        for (long[] shape : new long[][] {{}, {5}, {12, 17, 3, 3}, {200, 301}, {0, 3}}) {
            Operand x = normal(shape);
            for (Operation step :
                    List.of(new Descent.Adam(0.1, 0.9, 0.999, 1, 1e-3), new Descent.Adam(1e-3, 0, 0.5, 1.5, 1e-2))) {
                String name = step + " " + Shape.of(shape);
                OperationCase row = OperationCase.of(name, step, Tolerance.ofTensor(8), x, x, x, positive(shape));
                cases.add(row);
                cases.add(row.as(ElementType.FLOAT64));
            }
        }
        return cases;
    }

    static void refuse(List<OperationRefusal> all) {
        Operation step = new Descent.Adam(0.1, 0.9, 0.999, 1, 1e-8);
        Spec x = Spec.float32(2, 3);
        all.add(new OperationRefusal(step, List.of(x, x, x)));
        all.add(new OperationRefusal(step, List.of(x, x, x, Spec.float32(3, 2))));
        all.add(new OperationRefusal(step, List.of(x, new Spec(x.shape(), ElementType.FLOAT64), x, x)));
        Spec longs = new Spec(x.shape(), ElementType.INT64);
        all.add(new OperationRefusal(step, List.of(longs, longs, longs, longs)));
    }
}
