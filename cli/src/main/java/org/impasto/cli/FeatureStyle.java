package org.impasto.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.image.Image;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.style.FeatureTransfer;
import org.impasto.nn.vgg.VggVariant;
import org.jspecify.annotations.Nullable;

/** Style transfer through features, on pictures of any size: the result has the content's size and alpha. */
final class FeatureStyle implements AutoCloseable {
    /** Smaller pictures may have feature maps of a single cell, which has nothing around it to be reflected. */
    private static final int SAFE_SIZE = 32;

    private final FeatureTransfer transfer;
    private final int cell;

    private FeatureStyle(FeatureTransfer transfer, int cell) {
        this.transfer = transfer;
        this.cell = cell;
    }

    /** Loads an encoder and a decoder, whichever order they are given in. */
    static FeatureStyle load(FeatureTransfer.Method method, List<Path> weights) {
        Path first = weights.get(0);
        Path second = weights.get(1);
        VggVariant firstEncoder = encoder(first);
        VggVariant secondEncoder = encoder(second);
        if (firstEncoder != null && secondEncoder != null) {
            throw new FailureException("--weights: " + first + " and " + second + " are both encoders ("
                    + firstEncoder.name() + " and " + secondEncoder.name() + "); give one of them and its decoder");
        }
        if (firstEncoder != null) {
            return load(method, first, firstEncoder, second);
        }
        if (secondEncoder != null) {
            return load(method, second, secondEncoder, first);
        }
        throw new FailureException("--weights: neither " + first + " nor " + second + " is a VGG encoder that is known;"
                + " give an encoder and its decoder");
    }

    private static FeatureStyle load(
            FeatureTransfer.Method method, Path encoderFile, VggVariant encoder, Path decoderFile) {
        Backend backend = CommandBackend.get();
        // Where the encoder drops odd edges, the decoder gives them back only to pictures of whole cells.
        int cell = encoder.ceilPooling() ? 1 : 1 << (encoder.blocks().size() - 1);
        return new FeatureStyle(FeatureTransfer.load(backend, method, encoderFile, decoderFile), cell);
    }

    /** The variant of VGG that a file holds, or null if it holds something else. */
    private static @Nullable VggVariant encoder(Path path) {
        try (WeightFile file = WeightFile.open(path)) {
            List<String> names = new ArrayList<>(file.names());
            if (names.isEmpty()) {
                throw new WeightException(path + ": holds no tensors");
            }
            try {
                return VggVariant.of(file);
            } catch (WeightException other) {
                return null;
            }
        }
    }

    /** The content in the style's manner; see {@link FeatureTransfer#apply}. */
    Image apply(Image content, Image style, double strength) {
        int width = content.width();
        int height = content.height();
        try (Scope scope = Scope.open()) {
            Tensor picture = content.tensor(CommandBackend.get());
            Edges edges = new Edges(0, missing(width), 0, missing(height));
            if (!edges.equals(Edges.none())) {
                picture = picture.pad(edges, PaddingMode.REPLICATE);
            }
            Tensor result = transferred(picture, style, strength);
            Shape shape = result.shape();
            if (shape.size(2) < height || shape.size(3) < width) {
                throw new FailureException("the decoder made a picture of " + shape.size(3) + "x" + shape.size(2)
                        + " of one of " + width + "x" + height + ": does it belong to the encoder?");
            }
            float[] pixels = result.slice(2, 0, height).slice(3, 0, width).toFloats();
            return Image.owning(width, height, pixels, content.alpha());
        }
    }

    private Tensor transferred(Tensor content, Image style, double strength) {
        try {
            return transfer.apply(content, style.tensor(CommandBackend.get()), strength);
        } catch (ShapeException e) {
            Shape shape = content.shape();
            long least = Math.min(Math.min(shape.size(2), shape.size(3)), Math.min(style.width(), style.height()));
            if (least >= SAFE_SIZE) {
                throw e;
            }
            throw new FailureException(
                    "a side of " + least + " pixels is too small for these networks; " + SAFE_SIZE + " are enough", e);
        }
    }

    private int missing(int size) {
        return (cell - size % cell) % cell;
    }

    @Override
    public void close() {
        transfer.close();
    }
}
