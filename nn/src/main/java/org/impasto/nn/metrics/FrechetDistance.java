package org.impasto.nn.metrics;

import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.Matrices;

/**
 * The Frechet distance of two sets of features taken for normal distributions, FID if they are those of the Inception network
 * (Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium", 2017):
 * {@code |m_x - m_y|^2 + tr(C_x + C_y - 2 (C_x^1/2 C_y C_x^1/2)^1/2)}. From 0 for equal distributions on; lower is better.
 * Small sets give larger values: compare only sets of equal size. Computed in float64; covariances may be singular.
 */
public final class FrechetDistance {
    private FrechetDistance() {}

    /**
     * What is needed of a set of features, in float64.
     *
     * @param mean (D)
     * @param covariance D x D, divided by the number of features less one
     */
    public record Statistics(Tensor mean, Tensor covariance) {
        /** The statistics of features M x D, at least two. */
        public static Statistics of(Tensor features) {
            Shape shape = features.shape();
            if (shape.rank() != 2 || shape.size(0) < 2) {
                throw new ShapeException(
                        "frechet distance: features have shape " + shape + ", expected M x D, of at least 2 pictures");
            }
            try (Scope scope = Scope.open()) {
                Tensor wide = features.to(ElementType.FLOAT64);
                Tensor covariance = wide.permute(1, 0)
                        .reshape(1, shape.size(1), 1, shape.size(0))
                        .covariance(true)
                        .reshape(shape.size(1), shape.size(1));
                return new Statistics(scope.keep(wide.mean(0).reshape(shape.size(1))), scope.keep(covariance));
            }
        }
    }

    /**
     * The distance and its parts, float64 scalars.
     *
     * @param value the distance
     * @param meanTerm {@code |m_x - m_y|^2}
     * @param rootTrace {@code tr((C_x^1/2 C_y C_x^1/2)^1/2)}
     */
    public record Distance(Tensor value, Tensor meanTerm, Tensor rootTrace) {}

    /** The distance of two distributions of features of one length. */
    public static Distance between(Statistics x, Statistics y) {
        if (!x.covariance().shape().equals(y.covariance().shape())) {
            throw new ShapeException("frechet distance: covariances have shapes "
                    + x.covariance().shape() + " and " + y.covariance().shape() + ", expected features of one length");
        }
        try (Scope scope = Scope.open()) {
            Tensor meanTerm = x.mean().sub(y.mean()).square().sum();
            Tensor root = Matrices.squareRoot(x.covariance(), 0).matrix();
            Tensor eigenvalues =
                    root.matmul(y.covariance()).matmul(root).symmetricEigen().values();
            // A root turns a rounding of 1e-16 into 1e-8, so what is within rounding of 0 is 0.
            double rounding = Math.ulp(1.0) * eigenvalues.shape().size(0);
            Tensor counted = eigenvalues.greater(eigenvalues.max().affine(rounding, 0));
            Tensor roots = eigenvalues.mul(counted).add(counted.affine(-1, 1)).sqrt();
            Tensor rootTrace = roots.mul(counted).sum();
            Tensor value = Matrices.trace(x.covariance().add(y.covariance()))
                    .sub(rootTrace.affine(2, 0))
                    .add(meanTerm);
            return new Distance(scope.keep(value), scope.keep(meanTerm), scope.keep(rootTrace));
        }
    }

    /** The distance of two sets of features, M x D and N x D. */
    public static double between(Tensor x, Tensor y) {
        try (Scope scope = Scope.open()) {
            return between(Statistics.of(x), Statistics.of(y)).value().item();
        }
    }
}
