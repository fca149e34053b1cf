package org.impasto.flow;

import org.impasto.core.BackendException;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Numbers in [0, 1] to the whole line: {@code y = log(z) - log(1 - z)} with {@code z = x (1 - a) + a / 2}, which keeps
 * away from the ends (Dinh and others, Density estimation using Real NVP, 2016, section 4.1).
 */
public final class Logit implements Invertible {
    private final double alpha;

    /**
     * A layer without weights.
     *
     * @param alpha by how much the interval is shrunk, between 0 and 1; often 1e-5
     */
    public Logit(double alpha) {
        if (!(alpha > 0 && alpha < 1)) {
            throw new ShapeException("logit: alpha is " + alpha + ", expected a number between 0 and 1");
        }
        this.alpha = alpha;
    }

    @Override
    public Result forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor shrunk = LogDeterminants.state(x).affine(1 - alpha, alpha / 2);
            checkInside(shrunk);
            Tensor upper = shrunk.log();
            Tensor lower = shrunk.affine(-1, 1).log();
            double constant = Math.log(1 - alpha) * GaussianPrior.dimensions(x);
            return new Result(
                    scope.keep(upper.sub(lower)),
                    scope.keep(LogDeterminants.perSample(upper.add(lower)).affine(-1, constant)));
        }
    }

    private static void checkInside(Tensor shrunk) {
        if (Run.isReplaying() || shrunk.shape().elements() == 0) {
            return;
        }
        try (Scope scope = Scope.open()) {
            double smallest = shrunk.plain().min().item();
            double largest = shrunk.plain().max().item();
            if (!(smallest > 0 && largest < 1)) {
                throw new BackendException("logit: numbers from " + smallest + " to " + largest
                        + " after shrinking, expected them between 0 and 1: are the pictures in [0, 1]?");
            }
        }
    }

    @Override
    public Tensor inverse(Tensor y) {
        return Scope.keeping(
                () -> LogDeterminants.state(y).sigmoid().affine(1, -alpha / 2).affine(1 / (1 - alpha), 0));
    }

    /** The inverse, and the logarithm of its determinant. */
    Result inverseWithLogDet(Tensor y) {
        try (Scope scope = Scope.open()) {
            Tensor state = LogDeterminants.state(y);
            // log of the slope s (1 - s) of the sigmoid
            Tensor slope = state.negate().sub(state.negate().softplus().affine(2, 0));
            double constant = -Math.log(1 - alpha) * GaussianPrior.dimensions(y);
            return new Result(
                    scope.keep(inverse(state)),
                    scope.keep(LogDeterminants.perSample(slope).affine(1, constant)));
        }
    }
}
