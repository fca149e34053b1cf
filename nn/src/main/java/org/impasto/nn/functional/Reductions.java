package org.impasto.nn.functional;

import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Statistics and norms over axes, which become 1; over all elements, a scalar, if no axis is named. Moments of the
 * channels of feature maps have a pass of their own: {@link Tensor#channelMoments}.
 */
public final class Reductions {
    private Reductions() {}

    /**
     * The mean squared distance from the mean, in two passes.
     *
     * @param unbiased whether it divides by n - 1 instead of n
     */
    public static Tensor variance(Tensor x, boolean unbiased, int... axes) {
        return Scope.keeping(() -> {
            Tensor mean = x.mean(axes);
            double count = (double) x.shape().elements() / mean.shape().elements();
            if (!(count > (unbiased ? 1 : 0))) {
                throw new ShapeException("variance: " + count + " elements of " + x.shape() + ", expected at least "
                        + (unbiased ? 2 : 1));
            }
            return x.sub(mean).square().sum(axes).affine(1 / (unbiased ? count - 1 : count), 0);
        });
    }

    /** The square root of {@link #variance}; where that is 0 its gradient is 0. */
    public static Tensor standardDeviation(Tensor x, boolean unbiased, int... axes) {
        return Scope.keeping(() -> root(variance(x, unbiased, axes), 2));
    }

    /** log(sum(exp(x))), without overflow. */
    public static Tensor logSumExp(Tensor x, int... axes) {
        return Scope.keeping(() -> {
            // An infinite largest element would give infinity minus infinity.
            double finite = x.type() == ElementType.FLOAT64 ? Double.MAX_VALUE : Float.MAX_VALUE;
            Tensor largest = x.detach().max(axes).clamp(-finite, finite);
            return x.sub(largest).exp().sum(axes).log().add(largest);
        });
    }

    /**
     * The norm sum(|x|^p)^(1/p); the largest |x| for infinite p. At vectors of zeros its gradient is 0.
     *
     * @param p at least 1
     */
    public static Tensor norm(Tensor x, double p, int... axes) {
        if (!(p >= 1)) {
            throw new ShapeException("norm: p is " + p + ", expected at least 1");
        }
        return Scope.keeping(() -> {
            if (p == 1) {
                return x.abs().sum(axes);
            }
            if (p == 2) {
                return root(x.square().sum(axes), 2);
            }
            return p == Double.POSITIVE_INFINITY
                    ? x.abs().max(axes)
                    : root(x.abs().power(p).sum(axes), p);
        });
    }

    /** x^(1/p) of x >= 0 with gradient 0 at 0, where that of the root is infinite. */
    private static Tensor root(Tensor x, double p) {
        Tensor positive = x.detach().greater(x.constant(x.shape(), 0));
        Tensor safe = x.add(positive.affine(-1, 1)); // 1 where x is 0
        return (p == 2 ? safe.sqrt() : safe.power(1 / p)).mul(positive);
    }

    /** x / max(|x|, least) with the Euclidean norm |x| along an axis. */
    public static Tensor l2Normalize(Tensor x, int axis, double least) {
        return Scope.keeping(() -> x.div(euclidean(x, axis, least)));
    }

    /** max(|x|, least) along an axis, whose gradient is 0 below. */
    static Tensor euclidean(Tensor x, int axis, double least) {
        return norm(x, 2, axis).clamp(least, Double.POSITIVE_INFINITY); // the square of least may underflow
    }

    /** x / (|x| + epsilon) with the Euclidean norm |x| along an axis, as in LPIPS. */
    public static Tensor unitNormalize(Tensor x, int axis, double epsilon) {
        return Scope.keeping(() -> x.div(norm(x, 2, axis).affine(1, epsilon)));
    }
}
