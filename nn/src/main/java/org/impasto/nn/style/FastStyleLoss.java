package org.impasto.nn.style;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.TotalVariation;
import org.impasto.nn.vgg.Vgg;

/**
 * What a {@link FeedForward} network is trained by (Johnson et al., 2016): that its picture has the content's features and
 * the style's Gram matrices, and is smooth. Features and matrices are compared in relation to their own size, so the weights
 * mean the same with any loss network. The loss network stays the caller's, who freezes it.
 */
public final class FastStyleLoss implements AutoCloseable {
    /** Whose features the content is kept by. */
    public static final String CONTENT_LAYER = "relu3_1";

    /**
     * How much each term counts.
     *
     * @param content of the mean squared difference of the features, divided by the content's mean square
     * @param style of the {@link StyleDistance}
     * @param totalVariation of the mean squared differences of neighbouring pixels
     */
    public record Weights(double content, double style, double totalVariation) {
        /** Checks that all are 0 or more. */
        public Weights {
            for (double weight : new double[] {content, style, totalVariation}) {
                LossTerms.checkWeight("a loss", weight);
            }
        }

        /** Weights by which a style is plain to see, and the content too. */
        public static Weights standard() {
            return new Weights(1, 5, 2);
        }
    }

    /**
     * Scalars.
     *
     * @param total what is to be minimised: the weighted sum of the next three
     * @param ratio how far the stylized pictures are from the style, divided by how far the contents are; no gradient
     *     flows through it
     */
    public record Terms(Tensor total, Tensor content, Tensor style, Tensor totalVariation, Tensor ratio) {}

    private final Vgg network;
    private final StyleDistance distance;
    private final Weights weights;
    private final List<String> layers;

    /**
     * A loss for one style.
     *
     * @param style 1 x 3 x H x W in [0, 1]
     */
    public FastStyleLoss(Vgg network, Tensor style, Weights weights) {
        this.network = network;
        this.weights = weights;
        this.distance = new StyleDistance(network, style);
        List<String> all = new ArrayList<>(distance.layers());
        if (!all.contains(CONTENT_LAYER)) {
            all.add(CONTENT_LAYER);
        }
        this.layers = List.copyOf(all);
    }

    /**
     * The loss of stylized pictures.
     *
     * @param content N x 3 x H x W in [0, 1]; no gradient flows there
     * @param stylized the same, what the network made of them; values may lie outside [0, 1]
     */
    public Terms of(Tensor content, Tensor stylized) {
        if (!content.shape().equals(stylized.shape())) {
            throw new ShapeException("fast style loss: content is " + content.shape() + " and the stylized picture "
                    + stylized.shape() + ", expected one shape; sides that are multiples of 4 come back as they are");
        }
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> given = network.features(content.plain(), layers);
            Tensor wanted = Objects.requireNonNull(given.get(CONTENT_LAYER));
            Map<String, Tensor> features = network.features(stylized, layers);
            Tensor ofContent = LossTerms.difference(
                    Objects.requireNonNull(features.get(CONTENT_LAYER)), wanted, LossTerms.meanSquare(wanted));
            Tensor ofStyle = distance.ofFeatures(features);
            Tensor variation = TotalVariation.squaredMean(stylized);
            Tensor total = ofContent
                    .affine(weights.content(), 0)
                    .add(ofStyle.affine(weights.style(), 0))
                    .add(variation.affine(weights.totalVariation(), 0));
            Tensor ratio = ofStyle.plain().div(distance.ofFeatures(given));
            return new Terms(
                    scope.keep(total),
                    scope.keep(ofContent),
                    scope.keep(ofStyle),
                    scope.keep(variation),
                    scope.keep(ratio));
        }
    }

    /** The distance from the style that it trains for. */
    public StyleDistance distance() {
        return distance;
    }

    /** Gives the style's Gram matrices back. */
    @Override
    public void close() {
        distance.close();
    }
}
