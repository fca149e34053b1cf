package org.impasto.testing;

import static org.impasto.testing.Operand.normal;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Coupling;
import org.impasto.core.ElementType;
import org.impasto.core.Operation;
import org.impasto.core.Shape;
import org.impasto.core.Spec;

/** Rows of couplings of flows. */
final class CouplingCases {
    /** Scales are float32 numbers with a few roundings each, results float64. */
    private static final double FLOAT32_ROUNDING = 0x1p29;

    private CouplingCases() {}

    static List<OperationCase> all() {
        List<OperationCase> cases = new ArrayList<>();
        for (long[] shape : new long[][] {
            {1, 2, 1, 1}, {2, 3, 3, 5}, {1, 12, 17, 31}, {3, 33, 1, 7}, {1, 4, 40, 33}, {0, 2, 3, 3}, {2, 6, 0, 3}
        }) {
            long rest = shape[1] - shape[1] / 2;
            Operand state = normal(shape).as(ElementType.FLOAT64);
            Operand answer = normal(shape[0], 2 * rest, shape[2], shape[3]);
            String name = Shape.of(shape).toString();
            add(cases, name, new Coupling.Affine(2), Tolerance.ofTensor(8 * FLOAT32_ROUNDING), state, answer);
            add(cases, name, new Coupling.AffineInverse(2), Tolerance.ofTensor(8 * FLOAT32_ROUNDING), state, answer);
            add(
                    cases,
                    name,
                    new Coupling.AffineGradient(-1),
                    Tolerance.ofTensor(8 * FLOAT32_ROUNDING),
                    state,
                    answer,
                    state,
                    normal(shape[0]).as(ElementType.FLOAT64));
        }
        return cases;
    }

    private static void add(
            List<OperationCase> cases, String name, Operation operation, Tolerance tolerance, Operand... operands) {
        cases.add(OperationCase.of(name, operation, tolerance, operands));
    }

    static void refuse(List<OperationRefusal> all) {
        Spec state = new Spec(Shape.of(2, 5, 3, 3), ElementType.FLOAT64);
        Spec answer = Spec.float32(2, 6, 3, 3);
        Spec each = new Spec(Shape.of(2), ElementType.FLOAT64);
        for (Operation operation : List.of(new Coupling.Affine(2), new Coupling.AffineInverse(2))) {
            all.add(new OperationRefusal(operation, List.of(state)));
            all.add(new OperationRefusal(operation, List.of(state, state)));
            all.add(new OperationRefusal(operation, List.of(Spec.float32(2, 5, 3, 3), answer)));
            all.add(new OperationRefusal(operation, List.of(state, Spec.float32(2, 4, 3, 3))));
            all.add(new OperationRefusal(operation, List.of(each, answer)));
            all.add(new OperationRefusal(
                    operation, List.of(new Spec(Shape.of(2, 1, 3, 3), ElementType.FLOAT64), Spec.float32(2, 2, 3, 3))));
        }
        Operation gradient = new Coupling.AffineGradient(2);
        all.add(new OperationRefusal(gradient, List.of(state, answer, state)));
        all.add(new OperationRefusal(gradient, List.of(state, answer, answer, each)));
        all.add(new OperationRefusal(gradient, List.of(state, answer, state, Spec.float32(2))));
    }
}
