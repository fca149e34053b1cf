package org.impasto.nn.metrics;

import java.util.function.ToDoubleBiFunction;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.image.Image;
import org.impasto.nn.functional.Similarity;
import org.impasto.nn.vgg.Vgg;

/**
 * A number that says how alike two pictures are.
 *
 * @param name as people call it, in lower case
 * @param range which values it takes
 * @param higherIsBetter whether more alike pictures have the higher value
 * @param sameSize whether the pictures have to be of one size
 * @param leastSide pixels on the pictures' shorter sides at least
 * @param function the number of two pictures 1 x 3 x H x W in [0, 1]
 */
public record PictureMetric(
        String name,
        String range,
        boolean higherIsBetter,
        boolean sameSize,
        int leastSide,
        ToDoubleBiFunction<Tensor, Tensor> function) {
    /** The peak signal-to-noise ratio in decibels. */
    public static PictureMetric psnr() {
        return new PictureMetric(
                "psnr",
                "0 dB for black and white to infinity for equal pictures",
                true,
                true,
                1,
                (x, y) -> Similarity.psnr(x, y, 1).item());
    }

    /** The structural similarity index, {@link Similarity#ssimMap}, averaged over the three channels. */
    public static PictureMetric ssim() {
        Similarity.SsimOptions options = Similarity.SsimOptions.standard();
        return new PictureMetric(
                "ssim",
                "-1 to 1 for equal pictures",
                true,
                true,
                options.window(),
                (x, y) -> Similarity.ssim(x, y, options).item());
    }

    /**
     * The distance of styles by the feature maps behind the poolings of a VGG-19.
     *
     * @throws ShapeException if the network ends before {@code pool4}
     */
    public static PictureMetric styleSimilarity(Vgg vgg) {
        StyleSimilarity similarity = new StyleSimilarity(vgg, StyleSimilarity.Tap.POOL);
        return new PictureMetric(
                "stysim",
                "0 for equal pictures to infinity",
                false,
                false,
                similarity.leastSide(),
                (x, y) -> similarity.distance(x, y).sum().item());
    }

    /**
     * The perceptual distance by a VGG-16.
     *
     * @throws WeightException if the network is another one
     */
    public static PictureMetric lpips(Vgg vgg16, Lpips lpips) {
        Lpips.check(vgg16);
        return new PictureMetric(
                "lpips",
                "0 for equal pictures to about 1",
                false,
                true,
                Lpips.TAPS.stream().mapToInt(vgg16::leastSide).max().orElse(1),
                (x, y) -> lpips.distance(vgg16, x, y).distance().sum().item());
    }

    /** The number of two pictures 1 x 3 x H x W in [0, 1]. */
    public double compare(Tensor x, Tensor y) {
        try (Scope scope = Scope.open()) {
            return function.applyAsDouble(x, y);
        }
    }

    /** The number of two pictures, without their alpha. */
    public double compare(Backend backend, Image x, Image y) {
        try (Scope scope = Scope.open()) {
            return compare(x.tensor(backend), y.tensor(backend));
        }
    }
}
