package org.impasto.flow;

import java.nio.DoubleBuffer;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.nn.Init;

/** First values of 1x1 convolutions: a random rotation, whole or in factors. */
final class Rotations {
    private Rotations() {}

    /** One of the tensors that make up P L (U + diag(s)). */
    enum Factor {
        PERMUTATION,
        LOWER,
        LOG_SCALE,
        UPPER,
        SIGN
    }

    /** A random rotation or reflection, of the shape (C, C, 1, 1). */
    static Init matrix() {
        return (backend, shape, seed, path) ->
                floats(backend, shape, orthogonal(backend, shape.intSize(0), seed, path));
    }

    /** One factor of the random rotation that belongs to the room of the path, so that the factors fit. */
    static Init factor(Factor factor) {
        return (backend, shape, seed, path) -> {
            int n = shape.intSize(0);
            String room = path.substring(0, path.lastIndexOf('.') + 1);
            double[] rotation = orthogonal(backend, n, seed, room + "rotation");
            try (Scope scope = Scope.open()) {
                Tensor.Lu lu =
                        Tensor.ofDoubles(backend, Shape.of(n, n), rotation).lu();
                return scope.keep(floats(backend, shape, values(factor, n, lu)));
            }
        };
    }

    private static double[] values(Factor factor, int n, Tensor.Lu lu) {
        double[] factors = lu.factors().toDoubles();
        long[] rows = lu.rows().toLongs(); // row i of L U is row rows[i] of the matrix
        double[] values = new double[factor == Factor.LOG_SCALE || factor == Factor.SIGN ? n : n * n];
        for (int i = 0; i < n; i++) {
            double pivot = factors[i * n + i];
            switch (factor) {
                case PERMUTATION -> values[(int) rows[i] * n + i] = 1;
                case LOG_SCALE -> values[i] = Math.log(Math.abs(pivot));
                case SIGN -> values[i] = Math.signum(pivot);
                case LOWER -> System.arraycopy(factors, i * n, values, i * n, i);
                case UPPER -> System.arraycopy(factors, i * n + i + 1, values, i * n + i + 1, n - i - 1);
            }
        }
        return values;
    }

    /** Columns of normal numbers, made orthonormal one after the other (twice, so that rounding does not add up). */
    private static double[] orthogonal(Backend backend, int n, long seed, String path) {
        double[] columns;
        try (Scope scope = Scope.open()) {
            columns = Init.normal(1).values(backend, Shape.of(n, n), seed, path).toDoubles();
        }
        for (int column = 0; column < n; column++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int before = 0; before < column; before++) {
                    double product = 0;
                    for (int i = 0; i < n; i++) {
                        product += columns[before * n + i] * columns[column * n + i];
                    }
                    for (int i = 0; i < n; i++) {
                        columns[column * n + i] -= product * columns[before * n + i];
                    }
                }
                double norm = 0;
                for (int i = 0; i < n; i++) {
                    norm += columns[column * n + i] * columns[column * n + i];
                }
                for (int i = 0; i < n; i++) {
                    columns[column * n + i] /= Math.sqrt(norm);
                }
            }
        }
        return columns;
    }

    private static Tensor floats(Backend backend, Shape shape, double[] values) {
        return Tensor.from(backend, new Spec(shape, ElementType.FLOAT32), DoubleBuffer.wrap(values));
    }
}
