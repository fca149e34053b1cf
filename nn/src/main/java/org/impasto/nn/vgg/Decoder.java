package org.impasto.nn.vgg;

import java.nio.file.Path;
import org.impasto.core.Backend;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Layer;
import org.impasto.nn.Model;
import org.impasto.nn.tiling.ReceptiveField;

/** A network from a feature map of VGG back to a picture N x 3 x H x W, not clamped. */
public interface Decoder extends Layer {
    /** Channels of the feature map that enters. */
    int channels();

    /** How often the decoder doubles the size: the poolings between a picture and the feature map that enters. */
    int doublings();

    /** How far a cell of the picture reaches over the features. */
    ReceptiveField field();

    /**
     * A decoder with the weights of a file, recognised by the names of its tensors: a {@link VggDecoder} or an {@link
     * InverseNetwork}.
     */
    static Model<? extends Decoder> load(Backend backend, Path path) {
        try (WeightFile file = WeightFile.open(path)) {
            if (InverseNetwork.isIn(file)) {
                return InverseNetwork.load(backend, file);
            }
            String prefix = VggDecoder.prefix(file);
            if (prefix != null) {
                return VggDecoder.load(backend, file, prefix);
            }
            throw new WeightException(file.path() + ": is no decoder that is known: expected tensors '1.weight'"
                    + " (feature invertor), 'conv11.weight' (thin) or 'inverse.conv1.weight' (inverse network), found "
                    + file.names().subList(0, Math.min(4, file.names().size())));
        }
    }
}
