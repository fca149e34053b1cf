package org.impasto.nn.style.microast;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.style.AdaIn;
import org.impasto.nn.style.PictureSizes;
import org.impasto.nn.style.StyleCode;
import org.impasto.nn.style.StyleMix;
import org.impasto.nn.style.StyleTransfer;
import org.jspecify.annotations.Nullable;

/**
 * Style transfer by {@link MicroAst}: features of two depths get the styles' means and deviations ({@link AdaIn}), and
 * residual blocks are steered by signals of the styles.
 *
 * <p>What the styles leave, at a strength below 1 or outside of masks, is had by one more style: the content itself, seen
 * as a style. The published code leaves the content's features as they are, but those come from another encoder than a
 * style's, and its decoder makes no sensible picture of them. At strength 0 nothing is decoded; the content comes back.
 */
public final class MicroAstTransfer implements StyleTransfer {
    private static final String NAME = "microast";

    /** Pixels on a side of a feature. */
    private static final int CELL = 4;

    /** Reflected edges need two features on a side. */
    private static final int LEAST = 2 * CELL;

    private final Model<MicroAst> model;

    /** The method with a network, which closing it gives back. */
    public MicroAstTransfer(Model<MicroAst> model) {
        this.model = model;
    }

    /** The method with the published weights. */
    public static MicroAstTransfer load(
            Backend backend, Path contentEncoder, Path styleEncoder, Path modulator, Path decoder) {
        return new MicroAstTransfer(MicroAst.load(backend, contentEncoder, styleEncoder, modulator, decoder));
    }

    @Override
    public StyleCode prepare(Tensor style) {
        PictureSizes.check("style", style);
        try (Scope scope = Scope.open()) {
            MicroEncoder.Features features = model.net().style(PictureSizes.whole(style, 1, LEAST));
            MicroAst.Signals signals = model.net().signals(features);
            AdaIn.Style shallow = AdaIn.Style.of(features.first());
            AdaIn.Style deep = AdaIn.Style.of(features.second());
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("shallow.mean", shallow.mean());
            tensors.put("shallow.deviation", shallow.deviation());
            tensors.put("shallow.weight", signals.shallow().weight());
            tensors.put("shallow.bias", signals.shallow().bias());
            tensors.put("deep.mean", deep.mean());
            tensors.put("deep.deviation", deep.deviation());
            tensors.put("deep.weight", signals.deep().weight());
            tensors.put("deep.bias", signals.deep().bias());
            return new StyleCode(NAME, tensors);
        }
    }

    @Override
    public Tensor stylize(Tensor content, StyleMix mix) {
        mix.check(content, NAME);
        if (mix.strength() == 0) {
            return content;
        }
        Run run = Run.current();
        return Scope.keeping(() -> {
            Tensor whole = PictureSizes.whole(content, CELL, LEAST);
            Tensor stylized = stylized(whole, mix);
            run.report(0.6);
            Tensor picture = PictureSizes.cropped(model.net().picture(stylized), content.shape());
            run.report(1);
            return picture.clamp(0, 1);
        });
    }

    private Tensor stylized(Tensor content, StyleMix mix) {
        boolean masked = mix.parts().stream().anyMatch(part -> part.mask() != null);
        try (StyleCode own = masked || mix.strength() < 1 ? prepare(content) : null) {
            return Scope.keeping(() -> {
                MicroEncoder.Features features = model.net().content(content);
                StyleMix.Shares shares = mix.shares(features.first(), CELL);
                MicroAst.Signals signals =
                        new MicroAst.Signals(signal(shares, mix, own, "shallow"), signal(shares, mix, own, "deep"));
                return model.net()
                        .stylized(
                                features,
                                signals,
                                x -> statistics(x, shares, mix, own, "deep"),
                                x -> statistics(x, shares, mix, own, "shallow"));
            });
        }
    }

    /** Features with the styles' statistics at one depth; parts with a mask measure their region alone. */
    private static Tensor statistics(
            Tensor x, StyleMix.Shares shares, StyleMix mix, @Nullable StyleCode own, String depth) {
        return Scope.keeping(() -> {
            AdaIn.Style whole = AdaIn.Style.of(x);
            Tensor sum = own == null
                    ? x.constant(Shape.scalar(), 0)
                    : AdaIn.apply(x, whole, style(own, depth)).mul(shares.rest());
            for (int i = 0; i < mix.parts().size(); i++) {
                StyleMix.Part part = mix.parts().get(i);
                Tensor region = shares.regions().get(i);
                AdaIn.Style measured = part.mask() == null ? whole : AdaIn.Style.of(x, region);
                sum = sum.add(AdaIn.apply(x, measured, style(part.style(), depth))
                        .mul(shares.parts().get(i)));
            }
            return sum;
        });
    }

    private static AdaIn.Style style(StyleCode code, String depth) {
        return new AdaIn.Style(code.get(depth + ".mean"), code.get(depth + ".deviation"));
    }

    /** What steers the decoder at one depth. */
    private static Modulator.Signal signal(
            StyleMix.Shares shares, StyleMix mix, @Nullable StyleCode own, String depth) {
        return new Modulator.Signal(
                mixed(shares, mix, own, depth + ".weight"), mixed(shares, mix, own, depth + ".bias"));
    }

    private static Tensor mixed(StyleMix.Shares shares, StyleMix mix, @Nullable StyleCode own, String name) {
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

    @Override
    public void close() {
        model.close();
    }
}
