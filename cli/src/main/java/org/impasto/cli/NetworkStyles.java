package org.impasto.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;
import org.impasto.nn.style.ContentColors;
import org.impasto.nn.style.FeedForwardTransfer;
import org.impasto.nn.style.StyleCode;
import org.impasto.nn.style.StyleMix;
import org.impasto.nn.style.StyleTransfer;

/** Styles as a network prepared them. */
final class NetworkStyles implements Styles {
    private final StyleTransfer transfer;
    private final List<StyleCode> codes;
    private final List<Double> weights;
    private final double strength;
    private final boolean keepColors;

    private NetworkStyles(
            StyleTransfer transfer, List<StyleCode> codes, List<Double> weights, double strength, boolean keepColors) {
        this.transfer = transfer;
        this.codes = codes;
        this.weights = weights;
        this.strength = strength;
        this.keepColors = keepColors;
    }

    /** Styles of pictures; the transfer is closed with them, also if one cannot be prepared. */
    static NetworkStyles ofPictures(
            StyleTransfer transfer, List<Image> styles, List<Double> weights, double strength, boolean keepColors) {
        return prepared(
                transfer,
                styles,
                style -> {
                    try (Scope scope = Scope.open()) {
                        return transfer.prepare(style.tensor(CommandBackend.get()));
                    }
                },
                weights,
                strength,
                keepColors);
    }

    /** Styles that feed-forward networks hold in their weights. */
    static NetworkStyles ofWeights(List<Path> files, List<Double> weights, double strength, boolean keepColors) {
        FeedForwardTransfer transfer = new FeedForwardTransfer(CommandBackend.get());
        return prepared(transfer, files, transfer::prepare, weights, strength, keepColors);
    }

    private static <S> NetworkStyles prepared(
            StyleTransfer transfer,
            List<S> sources,
            Function<S, StyleCode> prepare,
            List<Double> weights,
            double strength,
            boolean keepColors) {
        NetworkStyles styles = new NetworkStyles(transfer, new ArrayList<>(), weights, strength, keepColors);
        boolean complete = false;
        try {
            sources.forEach(source -> styles.codes.add(prepare.apply(source)));
            complete = true;
            return styles;
        } finally {
            if (!complete) {
                styles.close();
            }
        }
    }

    @Override
    public Image applied(Image content, List<Image> masks) {
        Backend backend = CommandBackend.get();
        try (Scope scope = Scope.open()) {
            Tensor picture = content.tensor(backend);
            List<StyleMix.Part> parts = new ArrayList<>();
            for (int i = 0; i < codes.size(); i++) {
                parts.add(new StyleMix.Part(
                        codes.get(i),
                        weights.get(i),
                        masks.isEmpty() ? null : Masks.tensor(masks.get(i), content, backend)));
            }
            Tensor result = transfer.stylize(picture, new StyleMix(parts, strength));
            if (keepColors) {
                result = ContentColors.kept(result, picture);
            }
            return Image.owning(content.width(), content.height(), result.sharedFloats(), content.alpha());
        }
    }

    @Override
    public void close() {
        codes.forEach(StyleCode::close);
        transfer.close();
    }
}
