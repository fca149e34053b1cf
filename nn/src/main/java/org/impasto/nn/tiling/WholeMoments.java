package org.impasto.nn.tiling;

import org.impasto.core.Backend;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mean and variance of each channel over a whole picture, merged in float64 from those of tiles (T. Chan, G. Golub and
 * R. LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979). Filled by one thread.
 */
public final class WholeMoments {
    private double @Nullable [] mean;
    private double[] squares = {};
    private double count;
    private @Nullable Shape channels;

    /** Adds the pixels of a tile, N x C x H x W. */
    public void add(Tensor tile) {
        double pixels = tile.shape().size(2) * (double) tile.shape().size(3);
        Tensor.Moments moments = tile.channelMoments(false);
        add(moments.mean(), moments.variance(), pixels);
    }

    /**
     * Adds the pixels of a tile, each as much as a mask says.
     *
     * @param tile N x C x H x W
     * @param mask 1 x 1 x H x W of numbers in [0, 1]
     */
    public void add(Tensor tile, Tensor mask) {
        double pixels = mask.sum().item();
        double divisor = Math.max(pixels, Float.MIN_NORMAL); // a tile may lie outside of the mask
        Tensor mean = tile.mul(mask).sum(2, 3).affine(1 / divisor, 0);
        Tensor variance = tile.sub(mean).square().mul(mask).sum(2, 3).affine(1 / divisor, 0);
        add(mean, variance, pixels);
    }

    /**
     * Adds what was measured of some pixels.
     *
     * @param tileMean N x C x 1 x 1
     * @param tileVariance N x C x 1 x 1, divided by the number of pixels
     * @param pixels their number, or the sum of their weights
     */
    public void add(Tensor tileMean, Tensor tileVariance, double pixels) {
        double[] means = tileMean.toDoubles();
        double[] variances = tileVariance.toDoubles();
        double[] joined = mean;
        if (joined == null) {
            mean = means;
            channels = tileMean.shape();
            squares = new double[means.length];
            for (int i = 0; i < means.length; i++) {
                squares[i] = variances[i] * pixels;
            }
            count = pixels;
            return;
        }
        if (joined.length != means.length) {
            throw new ShapeException("moments of a tile have shape " + tileMean.shape() + ", expected " + channels);
        }
        if (pixels == 0) {
            return;
        }
        double total = count + pixels;
        for (int i = 0; i < means.length; i++) {
            double between = means[i] - joined[i];
            joined[i] += between * (pixels / total);
            squares[i] += variances[i] * pixels + between * between * (count * pixels / total);
        }
        count = total;
    }

    /** How many pixels were added. */
    public double count() {
        return count;
    }

    /**
     * Mean and variance, float32, N x C x 1 x 1.
     *
     * @param unbiased whether the variance divides by n - 1 instead of n; in any case by 1 at least
     */
    public Tensor.Moments moments(Backend backend, boolean unbiased) {
        double[] means = mean;
        Shape shape = channels;
        if (means == null || shape == null) {
            throw new ShapeException("moments of no pixels, expected at least one tile");
        }
        double divisor = Math.max(unbiased ? count - 1 : count, 1);
        float[] first = new float[means.length];
        float[] second = new float[means.length];
        for (int i = 0; i < means.length; i++) {
            first[i] = (float) means[i];
            second[i] = (float) (squares[i] / divisor);
        }
        return new Tensor.Moments(Tensor.of(backend, shape, first), Tensor.of(backend, shape, second));
    }
}
