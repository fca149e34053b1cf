package org.impasto.nn.functional;

import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.Filtering;
import org.impasto.core.Filtering.Border;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/** Filters that smooth pictures; means over square windows are {@link Tensor#boxMean}. */
public final class Filters {
    private static final int LARGEST_RADIUS = Short.MAX_VALUE;

    private Filters() {}

    /**
     * Each channel of a picture convolved with a Gaussian, along columns and along rows: weights exp(-t^2 / (2 sigma^2))
     * for t from -radius to radius, scaled so that their sum is 1.
     *
     * @param x pictures (N, C, H, W) in float32
     * @param sigma standard deviation in cells, above 0
     * @param radius cells on each side that count, 0 to 32767; three times sigma leaves out 0.3 percent of the weight
     * @param border what lies beyond the edge
     * @return the same shape
     */
    public static Tensor gaussianBlur(Tensor x, double sigma, int radius, PaddingMode border) {
        if (!(sigma > 0) || radius < 0 || radius > LARGEST_RADIUS || x.shape().rank() != 4) {
            throw new ShapeException("gaussian blur: expected sigma above 0, radius of 0 to " + LARGEST_RADIUS
                    + " and a picture (N, C, H, W), found " + sigma + ", " + radius + " and " + x.shape());
        }
        long channels = x.shape().size(1);
        int taps = 2 * radius + 1;
        float[] weights = new float[Math.toIntExact(Math.multiplyExact(channels, taps))];
        double sum = 0;
        for (int t = -radius; t <= radius; t++) {
            sum += gaussian(t, sigma);
        }
        for (int i = 0; i < weights.length; i++) {
            int t = i % taps - radius;
            weights[i] = (float) (gaussian(t, sigma) / sum);
        }
        return Scope.keeping(() -> {
            Tensor down = Tensor.of(x.plain().backend(), Shape.of(channels, 1, taps, 1), weights);
            Tensor across = down.reshape(channels, 1, 1, taps);
            Geometry each = Geometry.plain().grouped(Math.toIntExact(channels));
            return x.conv2d(down, null, each.padded(new Edges(0, 0, radius, radius), border))
                    .conv2d(across, null, each.padded(new Edges(radius, radius, 0, 0), border));
        });
    }

    private static double gaussian(int t, double sigma) {
        double deviations = t / sigma; // the square of sigma may underflow
        return Math.exp(-deviations * deviations / 2);
    }

    /**
     * The guided filter (He, Sun and Tang, "Guided image filtering", 2013): smooths a picture but keeps the edges of a
     * guide, because in each window the result is a linear function of the guide. With m the mean over a window,
     * a = (Cov(I) + regularization)^-1 Cov(I, p), b = m(p) - a m(I), and the result is m(a) I + m(b). Covariances are
     * computed in float64, as they are small differences of large means. The time for a cell does not grow with the
     * radius.
     *
     * <p>A cell depends on those at most two radii away: a tile with a halo of {@code 2 * radius} cells at edges that are
     * not the picture's gives the values of the whole picture.
     *
     * @param guide (N, 1, H, W) or (N, 3, H, W), in the type of the picture
     * @param picture (N, C, H, W); each channel is filtered with the same guide
     * @param radius a window has (2 radius + 1) x (2 radius + 1) cells
     * @param regularization variance of the guide, in the square of its unit, below which a window counts as flat; above 0
     * @param border what windows count beyond the edge
     * @return the shape and type of the picture
     */
    public static Tensor guidedFilter(Tensor guide, Tensor picture, int radius, double regularization, Border border) {
        return Tensor.apply(new Filtering.GuidedFilter(radius, border, regularization), guide, picture);
    }
}
