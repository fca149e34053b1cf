package org.impasto.nn.functional;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/** Determinants, inverses and roots of matrices. Computed in float64; results have the type of the operands. */
public final class Matrices {
    private Matrices() {}

    /**
     * The sign of a determinant, -1, 0 or 1, and the logarithm of its absolute value, each of the shape of the batch; a
     * singular matrix has 0 and minus infinity.
     */
    public record SignAndLog(Tensor sign, Tensor logarithm) {}

    /**
     * Sign and logarithm of determinants, which do not overflow where the determinant does.
     *
     * @param matrices (..., n, n); the gradient is the inverse transposed, and an error where there is none
     */
    public static SignAndLog logDeterminant(Tensor matrices) {
        try (Scope scope = Scope.open()) {
            Tensor.Lu lu = matrices.to(ElementType.FLOAT64).lu();
            return new SignAndLog(
                    scope.keep(lu.sign().to(matrices.type())),
                    scope.keep(logarithm(lu).to(matrices.type())));
        }
    }

    /**
     * Determinants of matrices (..., n, n). They are exponentials of their logarithms, so their relative error grows with
     * the size of {@link #logDeterminant}'s. The gradient at a singular matrix is an error.
     */
    public static Tensor determinant(Tensor matrices) {
        return Scope.keeping(() -> {
            Tensor.Lu lu = matrices.to(ElementType.FLOAT64).lu();
            return lu.sign().mul(logarithm(lu).exp()).to(matrices.type());
        });
    }

    private static Tensor logarithm(Tensor.Lu lu) {
        Tensor factors = lu.factors();
        Tensor pivots = factors.mul(factors.identity(factors.shape().size(-1))).sum(-1);
        return pivots.abs().log().sum(-2).reshape(lu.sign().shape());
    }

    /**
     * X with A X = B.
     *
     * @param matrices A, (..., n, n); a singular one is an error that names the pivot
     * @param right B, (..., n, m), of the same type; leading axes broadcast
     */
    public static Tensor solve(Tensor matrices, Tensor right) {
        return Scope.keeping(() -> {
            Tensor.Lu lu = matrices.to(ElementType.FLOAT64).lu();
            Tensor ordered = lu.permutation().matmul(right.to(ElementType.FLOAT64));
            return lu.factors()
                    .triangularSolve(lu.factors().triangularSolve(ordered, true, false, true), false, false, false)
                    .to(right.type());
        });
    }

    /** Inverses of matrices (..., n, n); a singular one is an error that names the pivot. */
    public static Tensor inverse(Tensor matrices) {
        return Scope.keeping(
                () -> solve(matrices, matrices.identity(matrices.shape().size(-1))));
    }

    /** A power of a symmetric matrix (n, n), and the matrix's eigenvalues (n), ascending. */
    public record Power(Tensor matrix, Tensor eigenvalues) {}

    /**
     * The symmetric square root: {@code V sqrt(l) V'} with eigenvalues l and eigenvectors V. The gradient is that of a
     * symmetric matrix, and exact where eigenvalues repeat; that of the gradient is an error.
     *
     * @param symmetric (n, n), of which the lower triangle is read
     * @param threshold eigenvalues up to this are left out, 0 or more
     */
    public static Power squareRoot(Tensor symmetric, double threshold) {
        return power(symmetric, new SymmetricRoot(false, threshold));
    }

    /** The symmetric inverse square root {@code V l^-1/2 V'}, of the same operands as {@link #squareRoot}. */
    public static Power inverseSquareRoot(Tensor symmetric, double threshold) {
        return power(symmetric, new SymmetricRoot(true, threshold));
    }

    private static Power power(Tensor symmetric, SymmetricRoot root) {
        try (Scope scope = Scope.open()) {
            List<Tensor> results = Tensor.custom(root, symmetric.to(ElementType.FLOAT64));
            return new Power(
                    scope.keep(results.get(0).to(symmetric.type())),
                    scope.keep(results.get(1).to(symmetric.type())));
        }
    }

    /** The trace of matrices (..., n, n), of the shape of the batch. */
    public static Tensor trace(Tensor matrices) {
        Shape shape = matrices.shape();
        if (shape.rank() < 2 || shape.size(-1) != shape.size(-2)) {
            throw new ShapeException("trace: matrices have shape " + shape + ", expected (..., n, n)");
        }
        return Scope.keeping(() -> matrices.mul(matrices.identity(shape.size(-1)))
                .sum(-1, -2)
                .reshape(Arrays.copyOf(shape.toArray(), shape.rank() - 2)));
    }
}
