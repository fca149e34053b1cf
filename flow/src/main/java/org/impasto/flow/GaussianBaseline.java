package org.impasto.flow;

import java.util.stream.IntStream;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * What a flow is to be better than: a normal distribution of all numbers of a picture together, with the mean and covariance
 * of the pictures it was fitted to and the variance of the noise that fills the room between levels.
 */
public final class GaussianBaseline implements AutoCloseable {
    private static final int EVERY = 10;

    /** Variances, of levels; the least is that of uniform noise. */
    private static final double[] ADDED = {1.0 / 12, 1, 4, 16, 64, 256, 1024, 4096};

    private final Parameter mean;
    private final Parameter factor;

    private GaussianBaseline(Tensor mean, Tensor factor) {
        this.mean = new Parameter("mean", mean);
        this.factor = new Parameter("factor", factor);
    }

    /**
     * Fits the distribution. How much is added to all variances, for numbers that hardly vary in the pictures at hand but
     * do in others, is chosen by the likelihood of every tenth picture under a fit to the others.
     *
     * @param levels whole numbers, (N, C, H, W), of at least 20 pictures
     */
    public static GaussianBaseline fit(Tensor levels) {
        int count = levels.shape().intSize(0);
        if (count < 2 * EVERY) {
            throw new ShapeException("baseline: " + count + " pictures, expected " + 2 * EVERY + " or more");
        }
        try (Scope scope = Scope.open()) {
            Tensor x = LogDeterminants.state(levels);
            long[] heldOut = IntStream.range(0, count)
                    .filter(i -> i % EVERY == 0)
                    .asLongStream()
                    .toArray();
            long[] others = IntStream.range(0, count)
                    .filter(i -> i % EVERY != 0)
                    .asLongStream()
                    .toArray();
            Tensor judged = x.indexSelect(0, heldOut);
            Tensor middle = judged.constant(judged.shape(), 0.5);
            Moments moments = Moments.of(x.indexSelect(0, others));
            double best = ADDED[0];
            double least = Double.POSITIVE_INFINITY;
            for (double added : ADDED) {
                try (Scope one = Scope.open();
                        GaussianBaseline baseline = moments.baseline(added)) {
                    double bits =
                            baseline.bitsPerDimension(judged, middle).mean().item();
                    if (bits < least) {
                        least = bits;
                        best = added;
                    }
                }
            }
            return Moments.of(x).baseline(best);
        }
    }

    private record Moments(Tensor mean, Tensor covariance) {
        static Moments of(Tensor levels) {
            long count = levels.shape().size(0);
            Tensor x = levels.reshape(count, -1);
            Tensor mean = x.mean(0);
            Tensor centred = x.sub(mean);
            return new Moments(
                    mean.affine(1, 0.5), centred.matmul(centred, true, false).affine(1.0 / count, 0));
        }

        GaussianBaseline baseline(double added) {
            Tensor noise = covariance.identity(covariance.shape().size(0)).affine(added, 0);
            return new GaussianBaseline(mean, covariance.add(noise).cholesky());
        }
    }

    /**
     * Bits for each number of pictures, (N) in float64.
     *
     * @param noise in [0, 1), of the same shape as the levels
     */
    public Tensor bitsPerDimension(Tensor levels, Tensor noise) {
        Tensor x = LogDeterminants.state(levels);
        Shape shape = x.shape();
        return Scope.keeping(() -> {
            Tensor numbers = x.add(LogDeterminants.state(noise)).reshape(shape.size(0), -1);
            long dimensions = numbers.shape().size(1);
            Tensor triangle = factor.on(x);
            Tensor white = triangle.triangularSolve(numbers.sub(mean.on(x)).permute(1, 0), true, false, false);
            Tensor diagonal = triangle.mul(triangle.identity(dimensions)).sum(0);
            Tensor logDet = diagonal.log().sum();
            Tensor quadratic = white.square().sum(0).reshape(shape.size(0)).affine(0.5, 0);
            double constant = 0.5 * Math.log(2 * Math.PI) * dimensions;
            double scale = 1 / (Math.log(2) * dimensions);
            return quadratic.add(logDet.reshape(1)).affine(scale, scale * constant);
        });
    }

    /** Gives the distribution back. */
    @Override
    public void close() {
        mean.close();
        factor.close();
    }
}
