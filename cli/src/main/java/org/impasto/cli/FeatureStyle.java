package org.impasto.cli;

import java.nio.file.Path;
import java.util.List;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;
import org.impasto.nn.style.FeatureTransfer;

/** Style transfer through features, from picture to picture. */
final class FeatureStyle implements AutoCloseable {
    private final FeatureTransfer transfer;

    private FeatureStyle(FeatureTransfer transfer) {
        this.transfer = transfer;
    }

    /** Loads an encoder and a decoder, whichever order they are given in. */
    static FeatureStyle load(FeatureTransfer.Method method, List<Path> weights) {
        return new FeatureStyle(FeatureTransfer.load(CommandBackend.get(), method, weights));
    }

    /** The content in the style's manner, with the content's alpha. */
    Image apply(Image content, Image style, double strength) {
        try (Scope scope = Scope.open()) {
            Tensor result = transfer.stylize(
                    content.tensor(CommandBackend.get()), style.tensor(CommandBackend.get()), strength);
            return Image.owning(content.width(), content.height(), result.toFloats(), content.alpha());
        }
    }

    @Override
    public void close() {
        transfer.close();
    }
}
