package org.impasto.nn.style;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
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
            grams.forEach((layer, gram) -> squares.put(layer, LossTerms.meanSquare(gram)));
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
            features.forEach((layer, map) -> {
                if (squares.containsKey(layer)) {
                    grams.put(layer, map.gram());
                }
            });
            return ofGrams(grams);
        });
    }

    private Tensor ofGrams(Map<String, Tensor> grams) {
        if (!grams.keySet().equals(squares.keySet())) {
            throw new ShapeException(
                    "style distance: features are those of " + grams.keySet() + ", expected those of " + layers);
        }
        List<Tensor> distances = new ArrayList<>();
        grams.forEach((layer, gram) -> distances.add(gram.sub(style.get(layer)) // one style for all pictures of a batch
                .square()
                .mean()
                .affine(1 / Objects.requireNonNull(squares.get(layer)), 0)
                .reshape(1)));
        return Tensor.concat(0, distances).sum();
    }

    /** Gives the style's matrices back. */
    @Override
    public void close() {
        style.close();
    }
}
