package org.impasto.nn.style;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.impasto.core.Backend;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.WholeCovariance;
import org.impasto.nn.tiling.WholeMoments;
import org.jspecify.annotations.Nullable;

/** How content features take over what a style's features have. */
interface FeatureTransform {
    /** Least cells on a side of a feature map. */
    int leastCells();

    /** What is needed of a style's features, 1 x C x h x w, by name. */
    Map<String, Tensor> prepare(Tensor features);

    /** The content's features, measured in a region 1 x 1 x h x w, or everywhere if that is null. */
    Applied measured(Tensor features, @Nullable Tensor region);

    /** Measures a style's features that come tile by tile; null if all of them have to be kept. */
    default @Nullable StyleGathering gathering() {
        return null;
    }

    /**
     * Measures a content's features that come tile by tile.
     *
     * @param shape of all features, 1 x C x H x W
     * @param styles what they will be given
     */
    Gathering gathering(Shape shape, Collection<? extends Named> styles);

    /** Cells that a gathering has to see below and to the right of a tile. */
    default int reach() {
        return 0;
    }

    /** How much of the time goes into what is done with features, beside encoding and decoding; for progress. */
    default double share() {
        return 0;
    }

    /** What is measured of features, tile by tile. */
    interface Gathering {
        /**
         * Adds a tile, 1 x C x h x w.
         *
         * @param place where it lies, with the cells that it reaches over
         * @param region 1 x 1 x h x w, or null for everywhere
         */
        void add(Tensor features, Region place, @Nullable Tensor region);

        /** What {@link #measured} would have found in the whole. */
        Content content(Backend backend);
    }

    /** What is measured of a style's features, tile by tile. */
    interface StyleGathering extends Gathering {
        /** What {@link #prepare} would have found in the whole. */
        Map<String, Tensor> style(Backend backend);
    }

    /** A measured content. */
    interface Content {
        /** Some of its features, and where they lie. */
        Applied of(Tensor features, Region place);
    }

    /** Gives measured features a style. */
    interface Applied {
        /** The features in the manner of a style. */
        Tensor in(Named style);
    }

    /** What {@link #prepare} found, by name; equal where it is the same style. */
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
            return named(AdaIn.Style.of(features));
        }

        private static Map<String, Tensor> named(AdaIn.Style style) {
            return Map.of("mean", style.mean(), "deviation", style.deviation());
        }

        @Override
        public Applied measured(Tensor features, @Nullable Tensor region) {
            return applied(features, region == null ? AdaIn.Style.of(features) : AdaIn.Style.of(features, region));
        }

        private static Applied applied(Tensor features, AdaIn.Style own) {
            return style -> AdaIn.apply(features, own, new AdaIn.Style(style.get("mean"), style.get("deviation")));
        }

        @Override
        public Gathering gathering(Shape shape, Collection<? extends Named> styles) {
            return gathering();
        }

        @Override
        public StyleGathering gathering() {
            WholeMoments whole = new WholeMoments();
            return new StyleGathering() {
                @Override
                public void add(Tensor features, Region place, @Nullable Tensor region) {
                    if (region == null) {
                        whole.add(features);
                    } else {
                        whole.add(features, region);
                    }
                }

                @Override
                public Map<String, Tensor> style(Backend backend) {
                    return named(AdaIn.Style.of(whole.moments(backend, true)));
                }

                @Override
                public Content content(Backend backend) {
                    AdaIn.Style own = AdaIn.Style.of(whole.moments(backend, true));
                    return (features, place) -> applied(features, own);
                }
            };
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
            return named(Wct.Style.of(features));
        }

        private static Map<String, Tensor> named(Wct.Style style) {
            return Map.of("mean", style.mean(), "eigenvalues", style.eigenvalues(), "colouring", style.colouring());
        }

        @Override
        public Applied measured(Tensor features, @Nullable Tensor region) {
            Wct.Moments moments = region == null ? Wct.Moments.of(features) : Wct.Moments.of(features, region);
            return applied(features, Wct.Content.of(moments, true));
        }

        @Override
        public Gathering gathering(Shape shape, Collection<? extends Named> styles) {
            return gathering();
        }

        @Override
        public StyleGathering gathering() {
            WholeCovariance whole = new WholeCovariance();
            return new StyleGathering() {
                @Override
                public void add(Tensor features, Region place, @Nullable Tensor region) {
                    if (region == null) {
                        whole.add(features);
                    } else {
                        whole.add(features, region);
                    }
                }

                private Wct.Moments moments(Backend backend) {
                    return new Wct.Moments(whole.mean(backend), whole.covariance(backend, true));
                }

                @Override
                public Map<String, Tensor> style(Backend backend) {
                    return named(Wct.Style.of(moments(backend)));
                }

                @Override
                public Content content(Backend backend) {
                    Wct.Content own = Wct.Content.of(moments(backend), true);
                    return (features, place) -> applied(features, own);
                }
            };
        }

        private static Applied applied(Tensor features, Wct.Content own) {
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

        @Override
        public Gathering gathering(Shape shape, Collection<? extends Named> styles) {
            Map<Named, TiledSwap> swaps = new LinkedHashMap<>();
            styles.forEach(style -> swaps.put(style, new TiledSwap(shape)));
            return new Gathering() {
                @Override
                public void add(Tensor features, Region place, @Nullable Tensor region) {
                    Run run = Run.current();
                    double done = 0;
                    for (Map.Entry<Named, TiledSwap> swap : swaps.entrySet()) {
                        double next = Math.min(1, done + 1.0 / swaps.size());
                        try (Scope scope = Scope.open(run.part(done, next))) {
                            swap.getValue().match(features, place, swap.getKey().get("features"));
                        }
                        done = next;
                    }
                }

                @Override
                public Content content(Backend backend) {
                    return (features, place) ->
                            style -> Objects.requireNonNull(swaps.get(style)).assembled(style.get("features"), place);
                }
            };
        }

        @Override
        public int reach() {
            return StyleSwap.SIDE - 1;
        }

        @Override
        public double share() {
            return 0.9;
        }
    };
}
