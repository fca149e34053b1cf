package org.impasto.nn.style.microast;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.style.AdaIn;
import org.impasto.nn.style.StyleCode;
import org.impasto.nn.style.StyleMix;
import org.jspecify.annotations.Nullable;

/**
 * What a mix of styles does to a content's features, at two depths: {@code shallow} and {@code deep}.
 *
 * @param own the content's own code, which has what the styles leave; null if they leave nothing
 */
record MicroManner(StyleMix mix, @Nullable StyleCode own) {
    /** What a code holds: statistics and signals of both depths. */
    static Map<String, Tensor> tensors(AdaIn.Style shallow, AdaIn.Style deep, MicroAst.Signals signals) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        put(tensors, "shallow", shallow, signals.shallow());
        put(tensors, "deep", deep, signals.deep());
        return tensors;
    }

    private static void put(
            Map<String, Tensor> tensors, String depth, AdaIn.Style statistics, Modulator.Signal signal) {
        tensors.put(depth + ".mean", statistics.mean());
        tensors.put(depth + ".deviation", statistics.deviation());
        tensors.put(depth + ".weight", signal.weight());
        tensors.put(depth + ".bias", signal.bias());
    }

    /** The statistics of a content's features for each part of the mix; those of its region for a part with a mask. */
    record Measured(AdaIn.Style whole, List<AdaIn.Style> parts) {}

    Measured measured(Tensor x, StyleMix.Shares shares) {
        AdaIn.Style whole = AdaIn.Style.of(x);
        List<AdaIn.Style> parts = new ArrayList<>();
        for (int i = 0; i < mix.parts().size(); i++) {
            boolean masked = mix.parts().get(i).mask() != null;
            parts.add(masked ? AdaIn.Style.of(x, shares.regions().get(i)) : whole);
        }
        return new Measured(whole, parts);
    }

    /** Features with the styles' statistics of one depth. */
    Tensor applied(Tensor x, StyleMix.Shares shares, Measured measured, String depth) {
        return Scope.keeping(() -> {
            Tensor sum = own == null
                    ? x.constant(Shape.scalar(), 0)
                    : AdaIn.apply(x, measured.whole(), style(own, depth)).mul(shares.rest());
            for (int i = 0; i < mix.parts().size(); i++) {
                StyleCode style = mix.parts().get(i).style();
                sum = sum.add(AdaIn.apply(x, measured.parts().get(i), style(style, depth))
                        .mul(shares.parts().get(i)));
            }
            return sum;
        });
    }

    private static AdaIn.Style style(StyleCode code, String depth) {
        return new AdaIn.Style(code.get(depth + ".mean"), code.get(depth + ".deviation"));
    }

    /** What steers the decoder at one depth. */
    Modulator.Signal signal(StyleMix.Shares shares, String depth) {
        return new Modulator.Signal(mixed(shares, depth + ".weight"), mixed(shares, depth + ".bias"));
    }

    private Tensor mixed(StyleMix.Shares shares, String name) {
        return Scope.keeping(() -> {
            Tensor sum =
                    own == null ? shares.rest().affine(0, 0) : own.get(name).mul(shares.rest());
            for (int i = 0; i < mix.parts().size(); i++) {
                sum = sum.add(
                        mix.parts().get(i).style().get(name).mul(shares.parts().get(i)));
            }
            return sum;
        });
    }
}
