package org.impasto.testing;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Factorization;
import org.impasto.core.Operation;
import org.impasto.core.Shape;
import org.impasto.core.Spec;

/** Rows of triangular factors and equations. */
final class FactorizationCases {
    private FactorizationCases() {}

    static List<OperationCase> all() {
        List<OperationCase> cases = new ArrayList<>();
        // 64 is the side of a block of the CPU kernels.
        long[][] shapes = {
            {1, 1},
            {2, 2},
            {7, 7},
            {33, 33},
            {64, 64},
            {65, 65},
            {131, 131},
            {3, 2, 5, 5},
            {2, 70, 70},
            {0, 3, 3},
            {0, 0}
        };
        for (long[] shape : shapes) {
            int n = (int) shape[shape.length - 1];
            // Errors are of the order of n roundings times the condition number, which is small here.
            Tolerance tolerance = Tolerance.ofTensor(10 + 4 * n);
            String name = Shape.of(shape).toString();
            cases.add(OperationCase.of(
                    name, new Factorization.Cholesky(), tolerance, operand(Operand.Kind.POSITIVE_DEFINITE, shape)));
            cases.add(OperationCase.of(
                    name + " that hardly pivots",
                    new Factorization.Lu(),
                    tolerance,
                    operand(Operand.Kind.DOMINANT, shape)));
            // Random matrices have condition numbers of about n.
            cases.add(OperationCase.of(
                    name,
                    new Factorization.Lu(),
                    Tolerance.ofTensor(1000 + 100 * n),
                    operand(Operand.Kind.NORMAL, shape)));
        }
        for (int options = 0; options < 8; options++) {
            Operation solve =
                    new Factorization.TriangularSolve((options & 1) != 0, (options & 2) != 0, (options & 4) != 0);
            for (int n : new int[] {1, 6, 64, 130}) {
                // With a unit diagonal even well-meaning triangles have huge inverses, so these stay small.
                if ((options & 4) == 0 || n <= 6) {
                    cases.add(solve(n + " with 3 columns", solve, new long[] {n, n}, new long[] {n, 3}));
                }
            }
            cases.add(solve("one column", solve, new long[] {9, 9}, new long[] {9, 1}));
            cases.add(solve("batched", solve, new long[] {3, 5, 5}, new long[] {3, 5, 2}));
            cases.add(solve("batches broadcast", solve, new long[] {2, 1, 5, 5}, new long[] {3, 5, 4}));
            cases.add(solve("no columns", solve, new long[] {5, 5}, new long[] {5, 0}));
        }
        return cases;
    }

    static void refuse(List<OperationRefusal> all) {
        Spec square = spec(3, 3);
        Spec floats = Spec.float32(3, 3);
        for (Operation operation : List.of(new Factorization.Cholesky(), new Factorization.Lu())) {
            all.add(new OperationRefusal(operation, List.of()));
            all.add(new OperationRefusal(operation, List.of(square, square)));
            all.add(new OperationRefusal(operation, List.of(floats)));
            all.add(new OperationRefusal(operation, List.of(spec(3))));
            all.add(new OperationRefusal(operation, List.of(spec(2, 3, 4))));
        }
        Operation solve = new Factorization.TriangularSolve(true, false, false);
        all.add(new OperationRefusal(solve, List.of(square)));
        all.add(new OperationRefusal(solve, List.of(floats, floats)));
        all.add(new OperationRefusal(solve, List.of(square, floats)));
        all.add(new OperationRefusal(solve, List.of(spec(3, 4), spec(3, 2))));
        all.add(new OperationRefusal(solve, List.of(square, spec(4, 2))));
        all.add(new OperationRefusal(solve, List.of(square, spec(3))));
        all.add(new OperationRefusal(solve, List.of(spec(2, 3, 3), spec(4, 3, 1))));
    }

    private static OperationCase solve(String name, Operation operation, long[] triangle, long[] right) {
        Operand t = operand(Operand.Kind.DOMINANT, triangle);
        return OperationCase.of(
                name + " " + operation, operation, Tolerance.ofTensor(1000), t, operand(Operand.Kind.NORMAL, right));
    }

    private static Operand operand(Operand.Kind kind, long... sizes) {
        return new Operand(spec(sizes), kind);
    }

    private static Spec spec(long... sizes) {
        return new Spec(Shape.of(sizes), ElementType.FLOAT64);
    }
}
