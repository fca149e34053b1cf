package org.impasto.verification;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.Matrices;
import org.impasto.testing.golden.GoldenCase;
import org.impasto.testing.golden.GoldenOperation;
import org.impasto.testing.golden.GoldenRunner;

/** How the golden files of determinants, inverses and roots of matrices are computed. */
final class MatrixGoldenOperations {
    private MatrixGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register("lu", GoldenOperation.of(MatrixGoldenOperations::lu))
                .register("slogdet", GoldenOperation.of((golden, x) -> {
                    Matrices.SignAndLog determinant = Matrices.logDeterminant(x.get("in.a"));
                    Map<String, Tensor> results = new LinkedHashMap<>();
                    results.put("logabsdet", determinant.logarithm());
                    results.put("sign", determinant.sign());
                    return results;
                }))
                .register("sqrtm_sym", GoldenOperation.of(MatrixGoldenOperations::roots))
                .register(
                        "inv_sqrtm_sym",
                        GoldenOperation.of((golden, x) -> Map.of(
                                "y",
                                Matrices.inverseSquareRoot(x.get("in.a"), 0).matrix())));
    }

    private static Map<String, Tensor> lu(GoldenCase golden, Map<String, Tensor> x) {
        Tensor a = x.get("in.a");
        Tensor.Lu lu = a.lu();
        int n = a.shape().intSize(0);
        double[] below = new double[n * n];
        for (int i = 0; i < n; i++) {
            Arrays.fill(below, i * n, i * n + i, 1);
        }
        Tensor lower = lu.factors().mul(Tensor.ofDoubles(a.plain().backend(), Shape.of(n, n), below));
        Matrices.SignAndLog determinant = Matrices.logDeterminant(a);
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("det", Matrices.determinant(a));
        results.put("sign", determinant.sign());
        results.put("logabsdet", determinant.logarithm());
        results.put("inverse", Matrices.inverse(a));
        results.put("solve", Matrices.solve(a, x.get("in.b")));
        results.put("p", lu.permutation().permute(1, 0));
        results.put("l", lower.add(a.identity(n)));
        results.put("u", lu.factors().sub(lower));
        return results;
    }

    private static Map<String, Tensor> roots(GoldenCase golden, Map<String, Tensor> x) {
        Tensor a = x.get("in.a");
        if (!golden.config().has("threshold")) {
            return Map.of("y", Matrices.squareRoot(a, 0).matrix());
        }
        double threshold = golden.config().number("threshold");
        Matrices.Power root = Matrices.squareRoot(a, threshold);
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("sqrt", root.matrix());
        results.put("inv_sqrt", Matrices.inverseSquareRoot(a, threshold).matrix());
        results.put(
                "rank",
                root.eigenvalues()
                        .greater(a.constant(Shape.scalar(), threshold))
                        .sum()
                        .to(ElementType.INT64));
        return results;
    }
}
