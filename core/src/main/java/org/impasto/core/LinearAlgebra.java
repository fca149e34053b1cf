package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Products and decompositions of matrices. */
public sealed interface LinearAlgebra extends Operation {
    /**
     * The product of the last two axes, either operand transposed first; leading axes broadcast. A rank below 2 is an
     * error.
     */
    record MatrixProduct(boolean transposeLeft, boolean transposeRight) implements LinearAlgebra {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Spec left = inputs.get(0);
            Spec right = inputs.get(1);
            Checks.floating(this, "left", left);
            Checks.sameType(this, left, right);
            Checks.that(
                    left.shape().rank() >= 2 && right.shape().rank() >= 2,
                    this,
                    () -> "operands " + left.shape() + " and " + right.shape() + " must have at least 2 axes");
            long rows = left.shape().size(transposeLeft ? -1 : -2);
            long inner = left.shape().size(transposeLeft ? -2 : -1);
            long innerRight = right.shape().size(transposeRight ? -1 : -2);
            long columns = right.shape().size(transposeRight ? -2 : -1);
            Checks.that(
                    inner == innerRight,
                    this,
                    () -> "left " + left.shape() + (transposeLeft ? " transposed" : "") + " has " + inner
                            + " columns, right " + right.shape() + (transposeRight ? " transposed" : "") + " has "
                            + innerRight + " rows");
            Shape batch = Elementwise.broadcast(this, batch(left.shape()), batch(right.shape()));
            long[] sizes = java.util.Arrays.copyOf(batch.toArray(), batch.rank() + 2);
            sizes[batch.rank()] = rows;
            sizes[batch.rank() + 1] = columns;
            return List.of(new Spec(Shape.of(sizes), left.type()));
        }

        private static Shape batch(Shape shape) {
            return Shape.of(java.util.Arrays.copyOf(shape.toArray(), shape.rank() - 2));
        }

        @Override
        public Saves saves(Wanted wanted) {
            List<Integer> saved = new ArrayList<>();
            if (wanted.input(1)) {
                saved.add(0);
            }
            if (wanted.input(0)) {
                saved.add(1);
            }
            return new Saves(saved, List.of());
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor g = b.gradient();
            List<@Nullable Tensor> gradients = new ArrayList<>();
            gradients.add(
                    b.wants(0)
                            ? (transposeLeft
                                            ? b.input(1).matmul(g, transposeRight, true)
                                            : g.matmul(b.input(1), false, !transposeRight))
                                    .sumTo(b.inputSpec(0).shape())
                            : null);
            gradients.add(
                    b.wants(1)
                            ? (transposeRight
                                            ? g.matmul(b.input(0), true, transposeLeft)
                                            : b.input(0).matmul(g, !transposeLeft, false))
                                    .sumTo(b.inputSpec(1).shape())
                            : null);
            return gradients;
        }
    }

    /**
     * Gram matrices of feature maps: {@code G[n, i, j] = sum over pixels of x[n, i] * x[n, j] / (H * W)}. Operand
     * (N, C, H, W), result (N, C, C). Symmetry is used, so this is cheaper than the matrix product.
     */
    record Gram() implements LinearAlgebra {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec x = inputs.get(0);
            Checks.picture(this, "features", x);
            Checks.that(
                    x.shape().size(2) * x.shape().size(3) > 0, this, () -> "features " + x.shape() + " have no pixel");
            return List.of(new Spec(
                    Shape.of(x.shape().size(0), x.shape().size(1), x.shape().size(1)), x.type()));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Shape x = b.inputSpec(0).shape();
            long pixels = x.size(2) * x.size(3);
            Tensor g = b.gradient();
            Tensor symmetric =
                    g.add(Tensor.apply(new View.Permute(List.of(0, 2, 1)), g)).affine(1.0 / pixels, 0);
            return List.of(symmetric
                    .matmul(b.input(0).reshape(x.size(0), x.size(1), pixels))
                    .reshape(x));
        }
    }

    /**
     * Eigenvalues, ascending, and eigenvectors, as columns, of symmetric matrices in float64. Operand (n, n), results
     * (n) and (n, n). Only the lower triangle is read; the gradient is that of a symmetric matrix.
     */
    record SymmetricEigen() implements LinearAlgebra {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec x = inputs.get(0);
            Checks.rank(this, "matrix", x, 2, "n, n");
            Checks.that(x.type() == ElementType.FLOAT64, this, () -> "matrix is " + x.type() + ", expected FLOAT64");
            Checks.that(x.shape().size(0) == x.shape().size(1), this, () -> "matrix " + x.shape() + " is not square");
            return List.of(new Spec(Shape.of(x.shape().size(0)), x.type()), x);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.outputs(0, 1);
        }

        /**
         * {@code V (diag(dl) + F * (V' dV)) V'} with {@code F_ij = 1 / (l_j - l_i)}, symmetric part (Giles, "Collected
         * matrix derivative results for forward and reverse mode", 2008). Vectors of equal eigenvalues can turn freely, so
         * what would flow between them is left out.
         */
        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor values = b.output(0);
            Tensor vectors = b.output(1);
            long n = values.shape().size(0);
            Tensor distance = values.reshape(1, n).sub(values.reshape(n, 1));
            Tensor apart = distance.abs().greater(distance.constant(Shape.scalar(), 0));
            Tensor turning = distance.add(apart.affine(-1, 1)).reciprocal().mul(apart);
            Tensor inner = turning.mul(vectors.matmul(b.gradient(1), true, false))
                    .add(values.identity(n).mul(b.gradient(0).reshape(1, n)));
            Tensor whole = vectors.matmul(inner).matmul(vectors, false, true);
            Tensor transposed = Tensor.apply(new View.Permute(List.of(1, 0)), whole);
            return java.util.Collections.singletonList(whole.add(transposed).affine(0.5, 0));
        }
    }
}
