package org.impasto.nn.style;

import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.Losses;
import org.impasto.nn.functional.TotalVariation;
import org.impasto.nn.vgg.InverseNetwork;
import org.impasto.nn.vgg.Vgg;

/**
 * What an {@link InverseNetwork} is trained by: that its picture has the pixels of the one that was encoded, and its
 * features, and is smooth. The encoder stays the caller's, who freezes it.
 */
public final class InverseLoss {
    /** The layer that is inverted. */
    public static final String LAYER = "relu3_1";

    private static final double LEAST_ERROR = 1e-12; // 120 dB

    /**
     * How much each term counts; a term that does not count is not computed.
     *
     * @param pixels of the mean squared difference of the pixels
     * @param features of the mean squared difference of the features, divided by the mean square of those that were given
     * @param totalVariation of the mean squared differences of neighbouring pixels
     */
    public record Weights(double pixels, double features, double totalVariation) {
        /** Checks that all are 0 or more. */
        public Weights {
            for (double weight : new double[] {pixels, features, totalVariation}) {
                LossTerms.checkWeight("a loss", weight);
            }
        }

        /** Weights for pictures near the original. */
        public static Weights standard() {
            return new Weights(1, 0.002, 0);
        }
    }

    /**
     * Scalars.
     *
     * @param total what is to be minimised: the weighted sum of the next three
     * @param psnr of the pixels in decibels, not clamped; no gradient flows through it
     */
    public record Terms(Tensor total, Tensor pixels, Tensor features, Tensor totalVariation, Tensor psnr) {}

    private final Vgg encoder;
    private final Weights weights;

    /** A loss for an encoder. */
    public InverseLoss(Vgg encoder, Weights weights) {
        this.encoder = encoder;
        this.weights = weights;
    }

    /** The features that the network is given, constants where the pictures live. */
    public Tensor encoded(Tensor pictures) {
        return encoder.feature(pictures.detach(), LAYER);
    }

    /**
     * The loss of pictures that were made of features.
     *
     * @param pictures N x 3 x H x W in [0, 1], that were encoded
     * @param features what {@link #encoded} made of them
     * @param decoded N x 3 x H x W, not clamped
     */
    public Terms of(Tensor pictures, Tensor features, Tensor decoded) {
        if (!pictures.shape().equals(decoded.shape())) {
            throw new ShapeException("inverse loss: pictures are " + pictures.shape() + " and decoded ones "
                    + decoded.shape() + ", expected one shape; sides that are multiples of 4 come back as they are");
        }
        try (Scope scope = Scope.open()) {
            Tensor ofPixels = Losses.meanSquaredError(decoded, pictures);
            Tensor nothing = decoded.constant(ofPixels.shape(), 0);
            Tensor ofFeatures = nothing;
            if (weights.features() > 0) {
                ofFeatures =
                        LossTerms.difference(encoder.feature(decoded, LAYER), features, LossTerms.meanSquare(features));
            }
            Tensor variation = weights.totalVariation() > 0 ? TotalVariation.squaredMean(decoded) : nothing;
            Tensor total = ofPixels.affine(weights.pixels(), 0)
                    .add(ofFeatures.affine(weights.features(), 0))
                    .add(variation.affine(weights.totalVariation(), 0));
            Tensor psnr =
                    ofPixels.plain().clamp(LEAST_ERROR, Double.MAX_VALUE).log().affine(-10 / Math.log(10), 0);
            return new Terms(
                    scope.keep(total),
                    scope.keep(ofPixels),
                    scope.keep(ofFeatures),
                    scope.keep(variation),
                    scope.keep(psnr));
        }
    }
}
