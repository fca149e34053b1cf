package org.impasto.cli;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;
import org.impasto.nn.style.ContentColors;
import org.impasto.nn.style.StyleCode;
import org.impasto.nn.style.StyleMix;
import org.impasto.nn.style.StyleTransfer;

/** Styles as a network prepared them. */
final class NetworkStyles implements Styles {
    private final StyleTransfer transfer;
    private final List<StyleCode> codes = new ArrayList<>();
    private final List<Double> weights;
    private final double strength;
    private final boolean keepColors;

    /** Prepares the styles; the transfer is closed with this. */
    NetworkStyles(
            StyleTransfer transfer, List<Image> styles, List<Double> weights, double strength, boolean keepColors) {
        this.transfer = transfer;
        this.weights = weights;
        this.strength = strength;
        this.keepColors = keepColors;
        boolean complete = false;
        try {
            for (Image style : styles) {
                try (Scope scope = Scope.open()) {
                    codes.add(transfer.prepare(style.tensor(CommandBackend.get())));
                }
            }
            complete = true;
        } finally {
            if (!complete) {
                close();
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
            return Image.owning(content.width(), content.height(), result.toFloats(), content.alpha());
        }
    }

    @Override
    public void close() {
        codes.forEach(StyleCode::close);
        transfer.close();
    }
}
