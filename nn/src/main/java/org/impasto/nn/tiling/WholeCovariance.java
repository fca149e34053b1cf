package org.impasto.nn.tiling;

import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.WeightedScatter;
import org.jspecify.annotations.Nullable;

/**
 * Mean and covariance of the channels of one whole picture, merged in float64 from those of tiles (see
 * {@link WholeMoments}). Filled by one thread.
 */
public final class WholeCovariance {
    private double @Nullable [] mean;
    private double[] products = {};
    private double count;

    /** Adds the pixels of a tile, 1 x C x H x W. */
    public void add(Tensor tile) {
        Shape shape = tile.shape();
        if (shape.rank() != 4 || shape.size(0) != 1) {
            throw new ShapeException("covariance of a tile of shape " + shape + ", expected 1 x C x H x W");
        }
        double[] means = tile.to(ElementType.FLOAT64).mean(2, 3).toDoubles();
        add(means, tile.covariance(false).toDoubles(), shape.size(2) * (double) shape.size(3));
    }

    /**
     * Adds the pixels of a tile, each as much as a mask says.
     *
     * @param tile 1 x C x H x W
     * @param mask 1 x 1 x H x W of numbers in [0, 1]
     */
    public void add(Tensor tile, Tensor mask) {
        WeightedScatter own = WeightedScatter.of(tile, mask);
        add(
                own.mean().toDoubles(),
                own.covariance(false).toDoubles(),
                own.weight().item());
    }

    /**
     * Adds what was measured of some pixels.
     *
     * @param tileMean C means
     * @param tileCovariance C x C, divided by the number of pixels
     * @param pixels their number, or the sum of their weights
     */
    public void add(double[] tileMean, double[] tileCovariance, double pixels) {
        int channels = tileMean.length;
        double[] joined = mean;
        if (joined == null) {
            mean = tileMean.clone();
            products = new double[channels * channels];
            for (int i = 0; i < products.length; i++) {
                products[i] = tileCovariance[i] * pixels;
            }
            count = pixels;
            return;
        }
        if (joined.length != channels) {
            throw new ShapeException("a tile has " + channels + " channels, expected " + joined.length);
        }
        if (pixels == 0) {
            return;
        }
        double total = count + pixels;
        double[] between = new double[channels];
        for (int i = 0; i < channels; i++) {
            between[i] = tileMean[i] - joined[i];
            joined[i] += between[i] * (pixels / total);
        }
        double share = count * pixels / total;
        for (int i = 0; i < channels; i++) {
            for (int j = 0; j < channels; j++) {
                int at = i * channels + j;
                products[at] += tileCovariance[at] * pixels + share * between[i] * between[j];
            }
        }
        count = total;
    }

    /** How many pixels were added. */
    public double count() {
        return count;
    }

    /** The means, float64, C x 1. */
    public Tensor mean(Backend backend) {
        double[] means = measured();
        return Tensor.ofDoubles(backend, Shape.of(means.length, 1), means.clone());
    }

    /**
     * The covariance, float64, C x C.
     *
     * @param unbiased whether it divides by n - 1 instead of n; in any case by 1 at least
     */
    public Tensor covariance(Backend backend, boolean unbiased) {
        int channels = measured().length;
        double divisor = Math.max(unbiased ? count - 1 : count, 1);
        double[] values = new double[products.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = products[i] / divisor;
        }
        return Tensor.ofDoubles(backend, Shape.of(channels, channels), values);
    }

    private double[] measured() {
        if (mean == null) {
            throw new ShapeException("statistics of no pixels, expected at least one tile");
        }
        return mean;
    }
}
