package org.impasto.nn.style;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.TotalVariation;
import org.impasto.nn.vgg.Vgg;

/**
 * How far a picture is from having the content of one picture and the style of another (Gatys, Ecker and Bethge, "Image style
 * transfer using convolutional neural networks", 2016): the mean squared difference of feature maps from the content's, that
 * of Gram matrices (divided by H * W) from the style's, and the mean squared differences of neighbouring pixels. Has
 * gradients. What it needs of both pictures is computed once and held until it is closed.
 */
public final class GatysLoss implements AutoCloseable {
    private final Vgg network;
    private final Weights weights;
    private final List<String> layers;
    private final StyleCode contentTargets;
    private final StyleCode styleTargets;
    private final Map<String, Double> contentSquares = new LinkedHashMap<>();
    private final Map<String, Double> styleSquares = new LinkedHashMap<>();

    /**
     * How much each term counts.
     *
     * @param content of the features of a layer, by its name
     * @param style of the Gram matrix of a layer
     * @param totalVariation of the differences of neighbouring pixels
     * @param relative whether each difference is divided by the mean square of what it is compared with, so that weights
     *     mean the same for any layer of any network
     */
    public record Weights(
            Map<String, Double> content, Map<String, Double> style, double totalVariation, boolean relative) {
        /** Checks that all are 0 or more. */
        public Weights {
            content = Collections.unmodifiableMap(new LinkedHashMap<>(content));
            style = Collections.unmodifiableMap(new LinkedHashMap<>(style));
            content.forEach(LossTerms::checkWeight);
            style.forEach(LossTerms::checkWeight);
            LossTerms.checkWeight("total variation", totalVariation);
        }

        /** A weight divided evenly among layers. */
        public static Map<String, Double> evenly(double weight, List<String> layers) {
            Map<String, Double> even = new LinkedHashMap<>();
            layers.forEach(layer -> even.put(layer, weight / layers.size()));
            return even;
        }
    }

    /**
     * Scalars.
     *
     * @param total what is to be minimised: the weighted sum of the others
     * @param content by layer
     * @param style by layer
     */
    public record Terms(Tensor total, Map<String, Tensor> content, Map<String, Tensor> style, Tensor totalVariation) {}

    /**
     * A loss.
     *
     * @param network stays the caller's, who freezes it
     * @param content 1 x 3 x H x W in [0, 1]
     * @param style the same, of any size
     */
    public GatysLoss(Vgg network, Tensor content, Tensor style, Weights weights) {
        PictureSizes.check("content", content);
        PictureSizes.check("style", style);
        this.network = network;
        this.weights = weights;
        Set<String> all = new LinkedHashSet<>(weights.style().keySet());
        all.addAll(weights.content().keySet());
        this.layers = List.copyOf(all);
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> features = network.features(
                    content.plain(), List.copyOf(weights.content().keySet()));
            Map<String, Tensor> grams =
                    network.grams(style.plain(), List.copyOf(weights.style().keySet()));
            features.forEach((layer, target) -> contentSquares.put(layer, meanSquare(target)));
            grams.forEach((layer, target) -> styleSquares.put(layer, meanSquare(target)));
            contentTargets = new StyleCode("content of a loss", features);
            styleTargets = new StyleCode("style of a loss", grams);
        }
    }

    private double meanSquare(Tensor target) {
        return weights.relative() ? LossTerms.meanSquare(target) : 1;
    }

    /** The loss of a picture of the content's size: 1 x 3 x H x W, whose values may lie outside [0, 1]. */
    public Terms of(Tensor picture) {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> features = network.features(picture, layers);
            Map<String, Tensor> ofContent = new LinkedHashMap<>();
            Map<String, Tensor> ofStyle = new LinkedHashMap<>();
            Tensor variation = TotalVariation.squaredMean(picture);
            Tensor total = variation.affine(weights.totalVariation(), 0);
            for (Map.Entry<String, Double> layer : weights.content().entrySet()) {
                String name = layer.getKey();
                Tensor term = LossTerms.difference(
                        feature(features, name), contentTargets.get(name), square(contentSquares, name));
                total = total.add(term.affine(layer.getValue(), 0));
                ofContent.put(name, scope.keep(term));
            }
            for (Map.Entry<String, Double> layer : weights.style().entrySet()) {
                String name = layer.getKey();
                Tensor term = LossTerms.difference(
                        feature(features, name).gram(), styleTargets.get(name), square(styleSquares, name));
                total = total.add(term.affine(layer.getValue(), 0));
                ofStyle.put(name, scope.keep(term));
            }
            return new Terms(scope.keep(total), ofContent, ofStyle, scope.keep(variation));
        }
    }

    private static Tensor feature(Map<String, Tensor> features, String layer) {
        return Objects.requireNonNull(features.get(layer));
    }

    private static double square(Map<String, Double> squares, String layer) {
        return Objects.requireNonNull(squares.get(layer));
    }

    /** Gives the targets back. */
    @Override
    public void close() {
        contentTargets.close();
        styleTargets.close();
    }
}
