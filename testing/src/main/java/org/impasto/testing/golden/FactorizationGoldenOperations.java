package org.impasto.testing.golden;

import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.Tensor;

/** How Cholesky's factors and triangular equations are computed. */
final class FactorizationGoldenOperations {
    private FactorizationGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register(
                        "cholesky",
                        GoldenOperation.of((golden, x) -> Map.of(
                                "y",
                                symmetric(CoreGoldenOperations.of(x, "in.a")).cholesky())))
                .register("triangular_solve", GoldenOperation.of((golden, x) -> {
                    Tensor l = CoreGoldenOperations.of(x, "in.l");
                    Tensor b = CoreGoldenOperations.of(x, "in.b");
                    Map<String, Tensor> results = new LinkedHashMap<>();
                    results.put("lower", l.triangularSolve(b, true, false, false));
                    results.put("lower_t", l.triangularSolve(b, true, true, false));
                    results.put("upper", l.permute(1, 0).triangularSolve(b, false, false, false));
                    results.put("unit", l.triangularSolve(b, true, false, true));
                    return results;
                }));
    }

    /** The gradients of the files are those with respect to the symmetric part. */
    private static Tensor symmetric(Tensor a) {
        return a.add(a.permute(1, 0)).affine(0.5, 0);
    }
}
