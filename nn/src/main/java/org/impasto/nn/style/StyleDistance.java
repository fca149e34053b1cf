package org.impasto.nn.style;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.vgg.Vgg;

/**
 * How far pictures are from one style, as Gram matrices see it (Gatys, Ecker and Bethge, "Image style transfer using
 * convolutional neural networks", 2016): over some layers, the sum of the mean squared difference between a picture's Gram
 * matrix (divided by H * W) and the style's, divided by the style's mean square. 0 for the style itself; a picture without
 * any features has the number of layers. Has gradients. The style's matrices are computed once and held until it is closed.
 */
public final class StyleDistance implements AutoCloseable {
    /** The layers that most styles are told by. */
    public static final List<String> LAYERS = List.of("relu1_1", "relu2_1", "relu3_1");

    private static final double LEAST_SQUARE = 1e-12;

    private final Vgg network;
    private final List<String> layers;
    private final StyleCode style;
    private final Map<String, Double> squares = new LinkedHashMap<>();

    /** A distance from a style by the layers {@link #LAYERS}; see {@link #StyleDistance(Vgg, List, Tensor)}. */
    public StyleDistance(Vgg network, Tensor style) {
        this(network, LAYERS, style);
    }

    /**
     * A distance from a style.
     *
     * @param network stays the caller's
     * @param style 1 x 3 x H x W in [0, 1]
     */
    public StyleDistance(Vgg network, List<String> layers, Tensor style) {
        this.network = network;
        this.layers = List.copyOf(layers);
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> grams = network.grams(style.plain(), layers);
            grams.forEach((layer, gram) ->
                    squares.put(layer, Math.max(LEAST_SQUARE, gram.square().mean().item())));
            this.style = new StyleCode("style distance", grams);
        }
    }

    /** The layers that it reads. */
    public List<String> layers() {
        return layers;
    }

    /**
     * The distance of pictures, their mean if there are several: a scalar.
     *
     * @param pictures N x 3 x H x W in [0, 1]
     */
    public Tensor of(Tensor pictures) {
        return Scope.keeping(() -> ofGrams(network.grams(pictures, layers)));
    }

    /** The distance of pictures whose feature maps are there already. */
    public Tensor ofFeatures(Map<String, Tensor> features) {
        return Scope.keeping(() -> {
            Map<String, Tensor> grams = new LinkedHashMap<>();
            for (String layer : layers) {
                grams.put(layer, features.get(layer).gram());
            }
            return ofGrams(grams);
        });
    }

    private Tensor ofGrams(Map<String, Tensor> grams) {
        Tensor sum = null;
        for (String layer : layers) {
            Tensor distance = grams.get(layer).sub(style.get(layer)).square().mean().affine(1 / squares.get(layer), 0);
            sum = sum == null ? distance : sum.add(distance);
        }
        return sum;
    }

    /** Gives the style's matrices back. */
    @Override
    public void close() {
        style.close();
    }
}
