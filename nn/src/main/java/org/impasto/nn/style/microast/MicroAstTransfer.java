package org.impasto.nn.style.microast;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.Layer;
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
 * <p>The strength mixes the features, and the styles' signals with those of the content itself seen as a style, so that
 * the result nears the content as the strength nears 0. At strength 0 nothing is decoded; the content itself comes back.
 * (The published code mixes the features alone: there the style's signals act at any strength.)
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
        return Scope.keeping(() -> {
            MicroEncoder.Features features = model.net().content(content);
            MicroAst.Signals signals = signals(content, features.first(), mix);
            return model.net().stylized(features, signals, statistics(mix, "deep"), statistics(mix, "shallow"));
        });
    }

    /** The statistics of the styles' features at one depth. */
    private static Layer statistics(StyleMix mix, String depth) {
        return x -> Scope.keeping(() -> mix.applied(x, CELL, (features, region) -> {
            AdaIn.Style own = region == null ? AdaIn.Style.of(features) : AdaIn.Style.of(features, region);
            return style -> AdaIn.apply(
                    features, own, new AdaIn.Style(style.get(depth + ".mean"), style.get(depth + ".deviation")));
        }));
    }

    /** The signals of the styles in their shares, and of the content itself in what they leave. */
    private MicroAst.Signals signals(Tensor content, Tensor features, StyleMix mix) {
        StyleMix.Shares shares = mix.shares(features, CELL);
        boolean masked = mix.parts().stream().anyMatch(part -> part.mask() != null);
        if (!masked && mix.strength() == 1) {
            return new MicroAst.Signals(signal(shares, mix, "shallow", null), signal(shares, mix, "deep", null));
        }
        MicroAst.Signals own = model.net().signals(model.net().style(content));
        return new MicroAst.Signals(
                signal(shares, mix, "shallow", own.shallow()), signal(shares, mix, "deep", own.deep()));
    }

    private static Modulator.Signal signal(
            StyleMix.Shares shares, StyleMix mix, String depth, Modulator.@Nullable Signal own) {
        return new Modulator.Signal(
                mixed(shares, mix, depth + ".weight", own == null ? null : own.weight()),
                mixed(shares, mix, depth + ".bias", own == null ? null : own.bias()));
    }

    private static Tensor mixed(StyleMix.Shares shares, StyleMix mix, String name, @Nullable Tensor own) {
        return Scope.keeping(() -> {
            Tensor sum = own == null ? shares.rest().affine(0, 0) : own.mul(shares.rest());
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
