package org.impasto.nn.style;

import java.util.Map;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/** How content features take over what a style's features have. */
interface FeatureTransform {
    /** Least cells on a side of a feature map. */
    int leastCells();

    /** What is needed of a style's features, 1 x C x h x w, by name. */
    Map<String, Tensor> prepare(Tensor features);

    /** The content's features, measured in a region 1 x 1 x h x w, or everywhere if that is null. */
    Applied measured(Tensor features, @Nullable Tensor region);

    /** Gives measured features a style. */
    interface Applied {
        /** The features in the manner of a style. */
        Tensor in(Named style);
    }

    /** What {@link #prepare} found, by name. */
    interface Named {
        /** A tensor of a style. */
        Tensor get(String name);
    }

    /** See {@link AdaIn}. */
    FeatureTransform ADAIN = new FeatureTransform() {
        @Override
        public int leastCells() {
            return 2;
        }

        @Override
        public Map<String, Tensor> prepare(Tensor features) {
            AdaIn.Style style = AdaIn.Style.of(features);
            return Map.of("mean", style.mean(), "deviation", style.deviation());
        }

        @Override
        public Applied measured(Tensor features, @Nullable Tensor region) {
            AdaIn.Style own = region == null ? AdaIn.Style.of(features) : AdaIn.Style.of(features, region);
            return style -> AdaIn.apply(features, own, new AdaIn.Style(style.get("mean"), style.get("deviation")));
        }
    };

    /** See {@link Wct}; the content's covariance is regularised. */
    FeatureTransform WCT = new FeatureTransform() {
        @Override
        public int leastCells() {
            return 2;
        }

        @Override
        public Map<String, Tensor> prepare(Tensor features) {
            Wct.Style style = Wct.Style.of(features);
            return Map.of("mean", style.mean(), "eigenvalues", style.eigenvalues(), "colouring", style.colouring());
        }

        @Override
        public Applied measured(Tensor features, @Nullable Tensor region) {
            Wct.Moments moments = region == null ? Wct.Moments.of(features) : Wct.Moments.of(features, region);
            Wct.Content own = Wct.Content.of(moments, true);
            return style -> Wct.apply(
                    features, own, new Wct.Style(style.get("mean"), style.get("eigenvalues"), style.get("colouring")));
        }
    };

    /** See {@link StyleSwap}; patches are found in the whole content, whatever the region. */
    FeatureTransform SWAP = new FeatureTransform() {
        @Override
        public int leastCells() {
            return 3;
        }

        @Override
        public Map<String, Tensor> prepare(Tensor features) {
            return Map.of("features", features);
        }

        @Override
        public Applied measured(Tensor features, @Nullable Tensor region) {
            return style -> StyleSwap.apply(features, style.get("features"));
        }
    };
}
