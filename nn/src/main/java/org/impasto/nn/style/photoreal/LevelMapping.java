package org.impasto.nn.style.photoreal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.style.PictureSizes;
import org.impasto.nn.style.StyleCode;
import org.impasto.nn.style.StyleMix;
import org.impasto.nn.style.Zca;
import org.impasto.nn.tiling.Region;
import org.jspecify.annotations.Nullable;

/** Gives a level's features a mix of styles. Without masks this is one linear map, however many styles there are. */
interface LevelMapping {
    /** The region without a mask. */
    Function<Region, @Nullable Tensor> EVERYWHERE = region -> null;

    /** The features of a region in the styles' manner. */
    Tensor apply(Tensor features, Region region);

    /** The regions of a mix, in the size of a level's features. */
    record Regions(StyleMix mix, int stride) {
        boolean areMasked() {
            return mix.parts().stream().anyMatch(part -> part.mask() != null);
        }

        /** What is to be measured: one region for each part, or a single one without masks. */
        List<Measured> measured() {
            if (!areMasked()) {
                return List.of(new Measured(EVERYWHERE));
            }
            List<Measured> measured = new ArrayList<>();
            for (StyleMix.Part part : mix.parts()) {
                Tensor mask = part.mask();
                measured.add(new Measured(mask == null ? EVERYWHERE : region -> reduced(mask, region)));
            }
            return measured;
        }

        private Tensor reduced(Tensor mask, Region region) {
            return PictureSizes.reduced(region.enlarged(stride).of(mask), region.height(), region.width(), stride);
        }
    }

    /** The mapping of a level for what was measured in its regions. */
    static LevelMapping of(Regions regions, List<Zca.Statistics> statistics, int level) {
        StyleMix mix = regions.mix();
        if (!regions.areMasked()) {
            Zca.Mapping mapping = Zca.mapping(statistics.get(0), shares(mix, level));
            return (features, region) -> mapping.apply(features);
        }
        List<Zca.Mapping> mappings = new ArrayList<>();
        for (int i = 0; i < mix.parts().size(); i++) {
            Zca.Style style = style(mix.parts().get(i).style(), level);
            mappings.add(Zca.mapping(statistics.get(i), List.of(new Zca.Share(style, 1))));
        }
        return (features, region) -> Scope.keeping(() -> {
            StyleMix.Shares shares = mix.within(region, regions.stride()).shares(features, regions.stride());
            Tensor sum = features.mul(shares.rest());
            for (int i = 0; i < mappings.size(); i++) {
                if (mix.parts().get(i).weight() > 0) {
                    sum = sum.add(
                            mappings.get(i).apply(features).mul(shares.parts().get(i)));
                }
            }
            return sum;
        });
    }

    private static List<Zca.Share> shares(StyleMix mix, int level) {
        double total = mix.parts().stream().mapToDouble(StyleMix.Part::weight).sum();
        return mix.parts().stream()
                .map(part -> new Zca.Share(style(part.style(), level), mix.strength() * (part.weight() / total)))
                .toList();
    }

    private static Zca.Style style(StyleCode code, int level) {
        return new Zca.Style(code.get(level + ".mean"), code.get(level + ".colouring"));
    }
}
