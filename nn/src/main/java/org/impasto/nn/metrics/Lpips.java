package org.impasto.nn.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.nn.Init;
import org.impasto.nn.Model;
import org.impasto.nn.Parameters;
import org.impasto.nn.functional.Reductions;
import org.impasto.nn.vgg.Vgg;

/**
 * LPIPS, version 0.1 on VGG-16 (Zhang et al., "The unreasonable effectiveness of deep features as a perceptual metric",
 * 2018): of five feature maps, each pixel's features scaled to length 1, their squared difference, weighted by channel as
 * trained on people's judgements, averaged over the pixels and added up. From 0 for equal pictures on, about 1 for unlike
 * ones; lower is better.
 *
 * <p>These are the weights of the channels ({@code vgg.pth} of the published code, tensors {@code lin0.model.1.weight} to
 * {@code lin4.model.1.weight}); the VGG-16 is torchvision's. Its normalisation of pictures in [0, 1] is the published scaling
 * of pictures in [-1, 1].
 */
public final class Lpips {
    private static final List<Integer> BLOCKS_OF_VGG16 = List.of(2, 2, 3, 3, 3);

    /** The feature maps of a VGG-16 that are compared. */
    public static final List<String> TAPS = List.of("relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3");

    private static final int[] CHANNELS = {64, 128, 256, 512, 512};
    private static final double LEAST_LENGTH = 1e-10;

    private final List<Parameter> weights = new ArrayList<>();

    /** The weights of a source. */
    public Lpips(Parameters p) {
        for (int level = 0; level < CHANNELS.length; level++) {
            weights.add(
                    p.in("lin" + level + ".model.1").get("weight", Shape.of(1, CHANNELS[level], 1, 1), Init.zeros()));
        }
    }

    /** The published weights. */
    public static Model<Lpips> load(Backend backend, Path path) {
        return Model.load(backend, path, Lpips::new);
    }

    /**
     * Distances with gradients.
     *
     * @param levels N x 5, one a feature map
     * @param distance (N), their sums
     */
    public record Distance(Tensor levels, Tensor distance) {}

    /**
     * The distances of pictures of one size.
     *
     * @param vgg torchvision's VGG-16
     * @param x N x 3 x H x W in [0, 1]
     * @param y the same
     */
    public Distance distance(Vgg vgg, Tensor x, Tensor y) {
        try (Scope scope = Scope.open()) {
            Distance result = distance(features(vgg, x), features(vgg, y));
            return new Distance(scope.keep(result.levels()), scope.keep(result.distance()));
        }
    }

    private static List<Tensor> features(Vgg vgg, Tensor picture) {
        check(vgg);
        return List.copyOf(vgg.features(picture, TAPS).values());
    }

    /** Complains about a network that is no VGG-16 of torchvision's. */
    static void check(Vgg vgg) {
        List<Integer> blocks = vgg.variant().blocks().stream().map(List::size).toList();
        if (!blocks.equals(BLOCKS_OF_VGG16) || !vgg.variant().normalises()) {
            throw new WeightException("lpips: the network is a " + vgg.variant().name() + " with " + blocks
                    + " convolutions a block, expected torchvision's VGG-16 with " + BLOCKS_OF_VGG16);
        }
    }

    /** The distances of feature maps N x C x H x W of {@link #TAPS}, 64, 128, 256, 512 and 512 channels. */
    public Distance distance(List<Tensor> x, List<Tensor> y) {
        if (x.size() != CHANNELS.length || y.size() != CHANNELS.length) {
            throw new ShapeException("lpips: found " + x.size() + " and " + y.size() + " feature maps, expected 5");
        }
        try (Scope scope = Scope.open()) {
            List<Tensor> levels = new ArrayList<>();
            for (int level = 0; level < CHANNELS.length; level++) {
                levels.add(level(level, x.get(level), y.get(level)));
            }
            Tensor all = Tensor.concat(1, levels);
            return new Distance(
                    scope.keep(all), scope.keep(all.sum(1).reshape(all.shape().size(0))));
        }
    }

    private Tensor level(int level, Tensor x, Tensor y) {
        Shape shape = x.shape();
        if (shape.rank() != 4 || shape.size(1) != CHANNELS[level] || !shape.equals(y.shape())) {
            throw new ShapeException("lpips: features of " + TAPS.get(level) + " have shapes " + shape + " and "
                    + y.shape() + ", expected the same with " + CHANNELS[level]
                    + " channels: pictures of one size through a VGG-16");
        }
        return Scope.keeping(() -> Reductions.unitNormalize(x, 1, LEAST_LENGTH)
                .sub(Reductions.unitNormalize(y, 1, LEAST_LENGTH))
                .square()
                .mul(weights.get(level).on(x))
                .sum(1)
                .mean(2, 3)
                .reshape(shape.size(0), 1));
    }
}
