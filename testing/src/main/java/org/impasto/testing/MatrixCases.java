package org.impasto.testing;

import static org.impasto.testing.Operand.normal;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.LinearAlgebra;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Statistics;

/** Rows of matrix products, decompositions and channel statistics. */
final class MatrixCases {
    private MatrixCases() {}

    static List<OperationCase> all() {
        List<OperationCase> cases = new ArrayList<>();
        long[][] sizes = {
            {1, 1, 1}, {13, 37, 29}, {17, 300, 15}, {1, 64, 33}, {70, 3, 1}, {6, 16, 48}, {3, 0, 2}, {0, 3, 2}
        };
        for (long[] size : sizes) {
            for (int transposed = 0; transposed < 4; transposed++) {
                boolean left = (transposed & 1) != 0;
                boolean right = (transposed & 2) != 0;
                OperationCase row = product(
                        size[0] + "x" + size[1] + "x" + size[2] + (left ? " left transposed" : "")
                                + (right ? " right transposed" : ""),
                        left,
                        right,
                        size[1],
                        normal(left ? size[1] : size[0], left ? size[0] : size[1]),
                        normal(right ? size[2] : size[1], right ? size[1] : size[2]));
                cases.add(row);
                cases.add(row.as(ElementType.FLOAT64));
            }
        }
        cases.add(product("batched", false, false, 17, normal(3, 13, 17), normal(3, 17, 7)));
        cases.add(product("batch against one", false, true, 17, normal(5, 13, 17), normal(7, 17)));
        cases.add(product("batches broadcast", true, false, 9, normal(2, 1, 9, 5), normal(3, 9, 4)));
        cases.add(product("batch of none", false, false, 9, normal(0, 5, 9), normal(9, 4)));

        long[][] features = {{1, 1, 1, 1}, {1, 16, 3, 5}, {2, 7, 9, 31}, {1, 33, 5, 7}, {2, 17, 1, 3}};
        for (long[] shape : features) {
            String name = Shape.of(shape).toString();
            long pixels = shape[2] * shape[3];
            cases.add(OperationCase.of(name, new LinearAlgebra.Gram(), Tolerance.ofSum(pixels), normal(shape)));
            for (boolean unbiased : new boolean[] {false, true}) {
                if (pixels > 1 || !unbiased) {
                    String kind = name + (unbiased ? " unbiased" : " biased");
                    cases.add(OperationCase.of(
                            kind, new Statistics.ChannelMoments(unbiased), Tolerance.ofSum(pixels), normal(shape)));
                    // In float64 but from float32 operands, whose values are exact: judged as float64.
                    cases.add(OperationCase.of(
                            kind, new Statistics.Covariance(unbiased), Tolerance.ofSum(4 * pixels), normal(shape)));
                }
            }
        }
        cases.add(OperationCase.of(
                "in float64",
                new Statistics.Covariance(true),
                Tolerance.ofSum(60),
                normal(1, 5, 3, 5).as(ElementType.FLOAT64)));
        for (int n : new int[] {1, 2, 3, 16, 33}) {
            Spec matrix = new Spec(Shape.of(n, n), ElementType.FLOAT64);
            cases.add(OperationCase.of(
                    n + "x" + n,
                    new LinearAlgebra.SymmetricEigen(),
                    Tolerance.ofTensor(100 * n),
                    new Operand(matrix, Operand.Kind.SYMMETRIC)));
        }
        // Only the lower triangle counts: this matrix is not symmetric.
        cases.add(OperationCase.of(
                "lower triangle only",
                new LinearAlgebra.SymmetricEigen(),
                Tolerance.ofTensor(1000),
                normal(7, 7).as(ElementType.FLOAT64)));
        return cases;
    }

    private static OperationCase product(String name, boolean left, boolean right, long terms, Operand a, Operand b) {
        return OperationCase.of(name, new LinearAlgebra.MatrixProduct(left, right), Tolerance.ofSum(terms), a, b);
    }
}
