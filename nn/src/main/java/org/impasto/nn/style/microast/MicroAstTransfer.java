package org.impasto.nn.style.microast;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.impasto.core.Backend;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.style.AdaIn;
import org.impasto.nn.style.PictureSizes;
import org.impasto.nn.style.StyleCode;
import org.impasto.nn.style.StyleMix;
import org.impasto.nn.style.StyleTransfer;

/**
 * Style transfer by {@link MicroAst}: features of two depths get the styles' means and deviations ({@link AdaIn}), and
 * residual blocks are steered by signals of the styles.
 *
 * <p>What the styles leave, at a strength below 1 or outside of masks, is had by one more style: the content itself, seen
 * as a style. Large pictures are computed tile by tile, see {@link org.impasto.nn.tiling.TileGrid#of}. The published code leaves the content's features as they are, but those come from another encoder than a
 * style's, and its decoder makes no sensible picture of them. At strength 0 nothing is decoded; the content comes back.
 */
public final class MicroAstTransfer implements StyleTransfer {
    private static final String NAME = "microast";

    /** Pixels on a side of a feature. */
    static final int CELL = 4;

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
        Tensor picture = PictureSizes.whole(style, 1, LEAST);
        try (Scope scope = Scope.open()) {
            TiledMicroStyle tiled = new TiledMicroStyle(model.net(), picture);
            return new StyleCode(NAME, tiled.isCut() ? tiled.tensors() : tensors(picture));
        }
    }

    private Map<String, Tensor> tensors(Tensor picture) {
        MicroEncoder.Features features = model.net().style(picture);
        return MicroManner.tensors(
                AdaIn.Style.of(features.first()),
                AdaIn.Style.of(features.second()),
                model.net().signals(features));
    }

    @Override
    public Tensor stylize(Tensor content, StyleMix mix) {
        mix.check(content, NAME);
        if (mix.strength() == 0) {
            return content;
        }
        return Scope.keeping(() -> {
            Tensor whole = PictureSizes.whole(content, CELL, LEAST);
            Tensor stylized = PictureSizes.cropped(stylized(whole, mix.whole(CELL, LEAST)), content.shape());
            return mix.laidOver(content, stylized);
        });
    }

    /** A content of whole cells, clamped. */
    private Tensor stylized(Tensor content, StyleMix mix) {
        Run run = Run.current();
        boolean masked = mix.parts().stream().anyMatch(part -> part.mask() != null);
        double prepared = masked || mix.strength() < 1 ? 0.3 : 0;
        try (StyleCode own = prepared > 0 ? within(run.part(0, prepared), () -> prepare(content)) : null;
                Scope scope = Scope.open(run.part(prepared, 1))) {
            MicroManner manner = new MicroManner(mix, own);
            TiledMicroAst tiled = new TiledMicroAst(model.net(), content, manner);
            return scope.keep(tiled.isCut() ? tiled.stylized() : stylized(content, manner));
        }
    }

    private Tensor stylized(Tensor content, MicroManner manner) {
        return Scope.keeping(() -> {
            MicroEncoder.Features features = model.net().content(content);
            StyleMix.Shares shares = manner.mix().shares(features.first(), CELL);
            MicroAst.Signals signals =
                    new MicroAst.Signals(manner.signal(shares, "shallow"), manner.signal(shares, "deep"));
            Tensor stylized = model.net()
                    .stylized(
                            features,
                            signals,
                            x -> manner.applied(x, shares, manner.measured(x, shares), "deep"),
                            x -> manner.applied(x, shares, manner.measured(x, shares), "shallow"));
            Run.current().report(0.6);
            Tensor picture = model.net().picture(stylized).clamp(0, 1);
            Run.current().report(1);
            return picture;
        });
    }

    private static StyleCode within(Run run, Supplier<StyleCode> work) {
        try (Scope scope = Scope.open(run)) {
            return work.get();
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
