package org.impasto.nn.metrics;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.vgg.Vgg;

/**
 * StySim: the distance of two pictures' styles as Gram matrices see it (Gatys, Ecker and Bethge, "Image style transfer using
 * convolutional neural networks", 2016): of one feature map of each of VGG-19's first four blocks, the Gram matrices divided
 * by H * W, their mean squared difference, added up. From 0 for equal pictures on; lower is better. Pictures may differ in
 * size.
 */
public final class StyleSimilarity {
    private static final int BLOCKS = 4;

    /** Which feature map of a block counts. */
    public enum Tap {
        /** Behind the pooling: {@code pool1} to {@code pool4}. */
        POOL,
        /** Behind the last relu: {@code relu1_2, relu2_2, relu3_4, relu4_4}. */
        LAST_RELU,
        /** Behind the first relu: {@code relu1_1} to {@code relu4_1}. */
        FIRST_RELU
    }

    private final Vgg vgg;
    private final List<String> taps = new ArrayList<>();

    /** A distance by the features of a VGG of at least four blocks, which stays the caller's. */
    public StyleSimilarity(Vgg vgg, Tap tap) {
        this.vgg = vgg;
        for (int block = 1; block <= BLOCKS; block++) {
            int blocks = vgg.variant().blocks().size();
            int last =
                    block > blocks ? 1 : vgg.variant().blocks().get(block - 1).size();
            taps.add(
                    switch (tap) {
                        case POOL -> "pool" + block;
                        case LAST_RELU -> "relu" + block + "_" + last;
                        case FIRST_RELU -> "relu" + block + "_1";
                    });
        }
    }

    /** Pixels on a picture's shorter side at least, as the network is. */
    int leastSide() {
        return taps.stream().mapToInt(vgg::leastSide).max().orElse(1);
    }

    /**
     * Distances with gradients.
     *
     * @param layers (4), one a block
     * @param sum a scalar
     */
    public record Distance(Tensor layers, Tensor sum) {}

    /**
     * The distance of two pictures.
     *
     * @param x 1 x 3 x H x W in [0, 1]
     * @param y the same, of any size
     */
    public Distance distance(Tensor x, Tensor y) {
        try (Scope scope = Scope.open()) {
            List<Tensor> ofX = grams(x);
            List<Tensor> ofY = grams(y);
            List<Tensor> layers = new ArrayList<>();
            for (int i = 0; i < BLOCKS; i++) {
                layers.add(ofX.get(i).sub(ofY.get(i)).square().mean().reshape(1));
            }
            Tensor all = Tensor.concat(0, layers);
            return new Distance(scope.keep(all), scope.keep(all.sum()));
        }
    }

    private List<Tensor> grams(Tensor picture) {
        return Scope.keepingAll(() -> List.copyOf(vgg.grams(picture, taps).values()));
    }
}
