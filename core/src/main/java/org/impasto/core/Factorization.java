package org.impasto.core;

import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Triangular factors of square float64 matrices, and the equations that they solve; leading axes are a batch. */
public sealed interface Factorization extends Operation {
    /**
     * The lower triangular L with A = L L', whose diagonal is positive. Operand and result (..., n, n) in float64. Only
     * the lower triangle is read; the gradient is that of a symmetric matrix. A matrix that is not positive definite is a
     * {@link BackendException} that names the pivot.
     */
    record Cholesky() implements Factorization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            square(this, "matrix", inputs.get(0));
            return List.of(inputs.get(0));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.outputs(0);
        }

        /**
         * {@code L^-T P(L' dL) L^-1}, symmetric part, where P keeps the lower triangle and half of the diagonal (Murray,
         * "Differentiation of the Cholesky decomposition", 2016).
         */
        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor factor = b.output(0);
            Tensor inner = factor.matmul(b.gradient(), true, false).mul(triangle(factor, 1, 0.5, 0));
            TriangularSolve solve = new TriangularSolve(true, true, false);
            Tensor left = Tensor.apply(solve, factor, inner);
            Tensor whole = Tensor.apply(solve, factor, left.transposed()); // its transpose, which the sum does not see
            return List.of(whole.add(whole.transposed()).affine(0.5, 0));
        }
    }

    /**
     * The factors of A = P L U with partial pivoting: of the entries at and below the diagonal, that of the largest
     * magnitude is the pivot, of equal ones the first. Operand (..., n, n) in float64. Results: (..., n, n), L below the
     * diagonal, whose own diagonal is 1, and U at and above it; (..., n) int64, row i of L U being that row of A; and (...),
     * the sign of the determinant, -1, 0 or 1. A singular matrix has factors too, with zeros in U's diagonal, but no
     * gradient.
     */
    record Lu() implements Factorization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec a = inputs.get(0);
            square(this, "matrix", a);
            long[] sizes = a.shape().toArray();
            Shape rows = Shape.of(Arrays.copyOf(sizes, sizes.length - 1));
            Shape batch = Shape.of(Arrays.copyOf(sizes, sizes.length - 2));
            return List.of(a, new Spec(rows, ElementType.INT64), new Spec(batch, a.type()));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.outputs(0, 1);
        }

        /** {@code P L^-T (lower(L' dL) + upper(dU U')) U^-T}, the lower triangle without the diagonal. */
        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor factors = b.output(0);
            Tensor below = triangle(factors, 1, 0, 0);
            Tensor above = triangle(factors, 0, 1, 1);
            Tensor lower = factors.mul(below)
                    .add(factors.identity(factors.shape().size(-1)))
                    .matmul(b.gradient().mul(below), true, false);
            Tensor upper = b.gradient().mul(above).matmul(factors.mul(above), false, true);
            Tensor inner = lower.mul(below).add(upper.mul(above));
            Tensor right = Tensor.apply(new TriangularSolve(false, false, false), factors, inner.transposed())
                    .transposed();
            Tensor left = Tensor.apply(new TriangularSolve(true, true, true), factors, right);
            return List.of(Tensor.Lu.permutation(b.output(1)).matmul(left, true, false));
        }
    }

    /**
     * X with op(T) X = B for a triangular T. Operands T (..., n, n) and B (..., n, m) in float64, result (..., n, m); leading
     * axes broadcast. Only the triangle named is read. A zero on the diagonal is a {@link BackendException} that names it.
     *
     * @param lower whether T is the lower triangle of its operand, else the upper
     * @param transposed whether op(T) is T'
     * @param unit whether the diagonal is 1, whatever the operand holds there
     */
    record TriangularSolve(boolean lower, boolean transposed, boolean unit) implements Factorization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Spec triangle = inputs.get(0);
            Spec right = inputs.get(1);
            square(this, "triangle", triangle);
            Checks.sameType(this, triangle, right);
            long n = triangle.shape().size(-1);
            Checks.that(
                    right.shape().rank() >= 2 && right.shape().size(-2) == n,
                    this,
                    () -> "right side has shape " + right.shape() + ", expected (..., " + n + ", columns)");
            Shape batch = Elementwise.broadcast(this, batch(triangle.shape()), batch(right.shape()));
            long[] sizes = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
            sizes[batch.rank()] = n;
            sizes[batch.rank() + 1] = right.shape().size(-1);
            return List.of(new Spec(Shape.of(sizes), right.type()));
        }

        private static Shape batch(Shape shape) {
            return Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return wanted.input(0) ? new Saves(List.of(0), List.of(0)) : Saves.inputs(0);
        }

        /** {@code dB = op(T)^-T dX} and {@code d op(T) = -dB X'}, of the triangle. */
        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor right = Tensor.apply(new TriangularSolve(lower, !transposed, unit), b.input(0), b.gradient());
            List<@Nullable Tensor> gradients = new ArrayList<>();
            if (b.wants(0)) {
                Tensor solution = b.output(0);
                Tensor product = transposed ? solution.matmul(right, false, true) : right.matmul(solution, false, true);
                Tensor read = triangle(product, lower ? -1 : 0, unit ? 0 : -1, lower ? 0 : -1);
                gradients.add(product.mul(read).sumTo(b.inputSpec(0).shape()));
            } else {
                gradients.add(null);
            }
            gradients.add(b.wants(1) ? right.sumTo(b.inputSpec(1).shape()) : null);
            return gradients;
        }
    }

    /** A constant n x n matrix for the last two axes of another: one number below, one on, one above the diagonal. */
    private static Tensor triangle(Tensor like, double below, double diagonal, double above) {
        int n = like.shape().intSize(-1);
        double[] values = new double[n * n];
        for (int i = 0; i < n; i++) {
            Arrays.fill(values, i * n, i * n + i, below);
            values[i * n + i] = diagonal;
            Arrays.fill(values, i * n + i + 1, (i + 1) * n, above);
        }
        return Tensor.from(like.plain().backend(), new Spec(Shape.of(n, n), like.type()), DoubleBuffer.wrap(values));
    }

    private static void square(Operation operation, String operand, Spec spec) {
        Shape shape = spec.shape();
        Checks.that(
                spec.type() == ElementType.FLOAT64,
                operation,
                () -> operand + " is " + spec.type() + ", expected FLOAT64; convert it with to(type)");
        Checks.that(
                shape.rank() >= 2 && shape.size(-1) == shape.size(-2),
                operation,
                () -> operand + " has shape " + shape + ", expected square matrices (..., n, n)");
    }
}
