package org.impasto.nn.functional;

import java.util.List;
import org.impasto.core.BackendException;
import org.impasto.core.Backward;
import org.impasto.core.CustomFunction;
import org.impasto.core.Operation;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The square root of a symmetric matrix or of its inverse, without the directions of small eigenvalues. Results: the root,
 * the eigenvalues, the eigenvectors.
 *
 * <p>Its gradient has divided differences of the function of the eigenvalues where that of the eigenvectors would have
 * differences of eigenvalues alone, which fails where they repeat (Higham, Functions of Matrices, section 3.2).
 */
record SymmetricRoot(boolean inverse, double threshold) implements CustomFunction {
    @Override
    public List<Tensor> forward(List<Tensor> inputs) {
        Tensor.Eigen eigen = inputs.get(0).symmetricEigen();
        Tensor vectors = eigen.vectors();
        Tensor root = vectors.mul(function(eigen.values())).matmul(vectors, false, true);
        return List.of(root, eigen.values(), vectors);
    }

    /** 1 for the eigenvalues that count, else 0. */
    private Tensor counted(Tensor values) {
        return values.greater(values.constant(Shape.scalar(), threshold));
    }

    /** Square roots of the eigenvalues that count, else 1. */
    private static Tensor roots(Tensor values, Tensor counted) {
        return values.mul(counted).add(counted.affine(-1, 1)).sqrt();
    }

    private Tensor function(Tensor values) {
        Tensor counted = counted(values);
        Tensor roots = roots(values, counted);
        return (inverse ? roots.reciprocal() : roots).mul(counted);
    }

    @Override
    public Operation.Saves saves() {
        return Operation.Saves.outputs(1, 2);
    }

    @Override
    public List<@Nullable Tensor> backward(Backward backward) {
        if (backward.wants(0) && backward.reached(2)) {
            // only from a gradient of this gradient, which reads the eigenvectors
            throw new BackendException("the root of a symmetric matrix has no second derivative: detach() its gradient"
                    + " or do without it");
        }
        Tensor values = backward.output(1);
        Tensor vectors = backward.output(2);
        long n = values.shape().size(0);
        Tensor turned = vectors.matmul(backward.gradient(0), true, false).matmul(vectors);
        Tensor inner = turned.mul(dividedDifferences(values, n))
                .add(values.identity(n).mul(backward.gradient(1).reshape(1, n)));
        Tensor whole = vectors.matmul(inner).matmul(vectors, false, true);
        return List.of(whole.add(whole.permute(1, 0)).affine(0.5, 0));
    }

    /** {@code (f(l_i) - f(l_j)) / (l_i - l_j)}, the derivative where they are equal. */
    private Tensor dividedDifferences(Tensor values, long n) {
        Tensor counted = counted(values);
        Tensor roots = roots(values, counted);
        Tensor sum = roots.reshape(n, 1).add(roots.reshape(1, n));
        Tensor smooth = inverse
                ? roots.reshape(n, 1)
                        .mul(roots.reshape(1, n))
                        .mul(sum)
                        .reciprocal()
                        .negate()
                : sum.reciprocal();
        Tensor both = counted.reshape(n, 1).mul(counted.reshape(1, n));
        Tensor one = counted.reshape(n, 1).sub(counted.reshape(1, n)).square();
        Tensor function = function(values);
        Tensor rise = function.reshape(n, 1).sub(function.reshape(1, n));
        Tensor distance = values.reshape(n, 1).sub(values.reshape(1, n));
        Tensor apart = distance.mul(one).add(one.affine(-1, 1));
        return smooth.mul(both).add(rise.div(apart).mul(one));
    }
}
