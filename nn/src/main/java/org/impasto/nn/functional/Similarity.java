package org.impasto.nn.functional;

import java.util.List;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/** How alike two pictures of one size are, pixel by pixel; with gradients with respect to both. */
public final class Similarity {
    private Similarity() {}

    /**
     * Options of SSIM.
     *
     * @param window rows and columns of the Gaussian window, odd
     * @param sigma its standard deviation in pixels
     * @param k1 of the constant {@code (k1 range)^2} that steadies the comparison of means
     * @param k2 of the constant {@code (k2 range)^2} that steadies the comparison of variances
     * @param range the distance from black to white
     */
    public record SsimOptions(int window, double sigma, double k1, double k2, double range) {
        /** Checks the numbers. */
        public SsimOptions {
            boolean oddWindow = window >= 1 && window % 2 == 1;
            boolean steadies =
                    k1 >= 0 && isFloat(k1 * range * k1 * range) && k2 >= 0 && isFloat(k2 * range * k2 * range);
            if (!oddWindow || !isPositive(sigma) || !isPositive(range) || !steadies) {
                throw new IllegalArgumentException("window " + window + ", sigma " + sigma + ", k1 " + k1 + ", k2 " + k2
                        + ", range " + range
                        + ": expected an odd window, sigma and range above 0, k1 and k2 of 0 or more,"
                        + " all of them and the constants finite in float32");
            }
        }

        private static boolean isPositive(double number) {
            return number > 0 && isFloat(number);
        }

        private static boolean isFloat(double number) {
            return Math.abs(number) <= Float.MAX_VALUE;
        }

        /** As published: a window of 11 with sigma 1.5, k1 0.01, k2 0.03, for pictures in [0, 1]. */
        public static SsimOptions standard() {
            return new SsimOptions(11, 1.5, 0.01, 0.03, 1);
        }
    }

    /**
     * The structural similarity index of each channel and pixel (Wang et al., "Image quality assessment: from error
     * visibility to structural similarity", 2004): at most 1, which equal pictures have. Only windows inside the picture
     * count.
     *
     * @param x pictures N x C x H x W in float32, at least as large as the window
     * @param y pictures of the same shape
     * @return N x C x (H - window + 1) x (W - window + 1); its mean is the index of the pictures
     */
    public static Tensor ssimMap(Tensor x, Tensor y, SsimOptions options) {
        checkSame("ssim", x, y);
        Shape shape = x.shape();
        int window = options.window();
        if (shape.rank() != 4 || shape.size(2) < window || shape.size(3) < window) {
            throw new ShapeException("ssim: pictures have shape " + shape + ", expected N x C x H x W with at least "
                    + window + " x " + window + " pixels, the size of the window");
        }
        return Scope.keeping(() -> {
            long channels = shape.size(1);
            Tensor means = windowed(Tensor.concat(1, List.of(x, y, x.square(), y.square(), x.mul(y))), options);
            Tensor meanX = means.slice(1, 0, channels);
            Tensor meanY = means.slice(1, channels, channels);
            Tensor squareX = meanX.square();
            Tensor squareY = meanY.square();
            Tensor product = meanX.mul(meanY);
            Tensor varianceX = means.slice(1, 2 * channels, channels).sub(squareX);
            Tensor varianceY = means.slice(1, 3 * channels, channels).sub(squareY);
            Tensor covariance = means.slice(1, 4 * channels, channels).sub(product);
            double c1 = Math.pow(options.k1() * options.range(), 2);
            double c2 = Math.pow(options.k2() * options.range(), 2);
            return product.affine(2, c1)
                    .mul(covariance.affine(2, c2))
                    .div(squareX.add(squareY)
                            .affine(1, c1)
                            .mul(varianceX.add(varianceY).affine(1, c2)));
        });
    }

    /** The structural similarity index of pictures, the mean of {@link #ssimMap}: a scalar. */
    public static Tensor ssim(Tensor x, Tensor y, SsimOptions options) {
        return Scope.keeping(() -> ssimMap(x, y, options).mean());
    }

    /** Means of each channel, weighted by the window, at the places where it is inside the picture. */
    private static Tensor windowed(Tensor x, SsimOptions options) {
        int radius = options.window() / 2;
        return Filters.gaussianBlur(x, options.sigma(), radius, PaddingMode.ZERO)
                .slice(2, radius, x.shape().size(2) - options.window() + 1)
                .slice(3, radius, x.shape().size(3) - options.window() + 1);
    }

    /**
     * The peak signal-to-noise ratio in decibels, {@code 10 log10(range^2 / mean squared difference)}: a scalar, infinite
     * for equal pictures.
     *
     * @param x pictures of any shape
     * @param y pictures of the same shape
     * @param range the distance from black to white
     */
    public static Tensor psnr(Tensor x, Tensor y, double range) {
        checkSame("psnr", x, y);
        return Scope.keeping(() -> x.sub(y).square().mean().log().affine(-10 / Math.log(10), 20 * Math.log10(range)));
    }

    private static void checkSame(String what, Tensor x, Tensor y) {
        if (!x.shape().equals(y.shape()) || x.shape().elements() == 0) {
            throw new ShapeException(what + ": pictures have shapes " + x.shape() + " and " + y.shape()
                    + ", expected the same with at least one pixel; resize one of them");
        }
    }
}
