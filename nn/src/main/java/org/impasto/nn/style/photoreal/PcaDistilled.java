package org.impasto.nn.style.photoreal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.Parameters;
import org.impasto.nn.WeightNames;
import org.impasto.nn.style.Zca;
import org.impasto.nn.tiling.ReceptiveField;

/**
 * Photorealistic transfer with networks distilled on principal components (Chiu and Gurari, 2022). Four levels: an encoder
 * block makes each level's features of those before it, and what its halving loses (the details: each channel less its 3x3
 * mean) goes past it to the decoder's block. From the deepest level up, features get the style's mean and covariance
 * ({@link Zca}), then are decoded to the level above.
 */
public final class PcaDistilled {
    /** The number of levels; 0 is that of the picture. */
    public static final int LEVELS = 4;

    private static final String DEPTHWISE_WEIGHT = "depthwise.weight";

    /** What a network was distilled from. */
    public enum Backbone {
        /** VGG-19: the deepest level has an eighth of the picture's size. */
        VGG(1, "btnecks/0/layer_with_weights-0/bias"),
        /** MobileNet: smaller and faster; the deepest level has a sixteenth of the picture's size. */
        MOBILENET(2, "se_model/layer_with_weights-0/bias");

        private final int firstStride;
        private final String mark;

        Backbone(int firstStride, String mark) {
            this.firstStride = firstStride;
            this.mark = mark;
        }

        /** Channels of a level's features. */
        public int channels(int level) {
            return switch (level) {
                case 0 -> 10;
                case 1 -> this == VGG ? 20 : 19;
                case 2 -> this == VGG ? 58 : 37;
                default -> this == VGG ? 64 : 54;
            };
        }

        /** How many pixels of the picture a cell of a level's features covers in a row. */
        public int stride(int level) {
            return firstStride << level;
        }

        /** Heights and widths have to be multiples of this. */
        public int cell() {
            return stride(LEVELS - 1);
        }
    }

    private final Backbone backbone;
    private final DistilledEncoder encoder;
    private final DistilledDecoder decoder;

    /** A network. */
    public PcaDistilled(Parameters p, Backbone backbone) {
        this.backbone = backbone;
        Parameters encoding = p.in("encoder");
        Parameters decoding = p.in("decoder");
        this.encoder = backbone == Backbone.VGG ? DistilledEncoder.vgg(encoding) : DistilledEncoder.mobileNet(encoding);
        this.decoder = backbone == Backbone.VGG ? DistilledDecoder.vgg(decoding) : DistilledDecoder.mobileNet(decoding);
    }

    /** A network with published weights of either backbone, named and laid out as TensorFlow does. */
    public static Model<PcaDistilled> load(Backend backend, Path encoder, Path decoder) {
        try (WeightFile encoding = WeightFile.open(encoder);
                WeightFile decoding = WeightFile.open(decoder)) {
            WeightNames names = tensorFlow().ignoring(name -> name.startsWith("conv_aux/"));
            Backbone backbone = Arrays.stream(Backbone.values())
                    .filter(kind -> encoding.has(kind.mark))
                    .findFirst()
                    .orElseThrow(() -> new WeightException(encoder + ": is no encoder that is known: expected a tensor"
                            + " '" + Backbone.VGG.mark + "' (VGG) or '" + Backbone.MOBILENET.mark
                            + "' (MobileNet), found "
                            + encoding.names().stream().limit(4).toList()));
            Map<String, ParameterSource> sources = new LinkedHashMap<>();
            sources.put("encoder", ParameterSource.file(encoding, names));
            sources.put("decoder", ParameterSource.file(decoding, names));
            return Model.build(backend, ParameterSource.byRoom(sources), p -> new PcaDistilled(p, backbone));
        }
    }

    private static WeightNames tensorFlow() {
        return WeightNames.of(PcaDistilled::nameInFile).laidOut(path -> {
            if (!path.endsWith(".weight")) {
                return null;
            }
            return path.endsWith(DEPTHWISE_WEIGHT) ? new int[] {2, 3, 0, 1} : new int[] {3, 2, 0, 1};
        });
    }

    private static String nameInFile(String path) {
        String name = path.endsWith(DEPTHWISE_WEIGHT)
                ? path.replaceFirst("depthwise\\.weight$", "depthwise_kernel")
                : path.replaceFirst("depthwise\\.bias$", "bias").replaceFirst("\\.weight$", ".kernel");
        return name.replace('.', '/');
    }

    /** What the network was distilled from. */
    public Backbone backbone() {
        return backbone;
    }

    // ---- stages

    /** The features of a level, made of those of the level before (of the picture for level 0). */
    public Tensor encoded(int level, Tensor x) {
        return encoder.block(level, x);
    }

    /** What the encoder's block of a level loses of its input: each channel less its 3x3 mean, with repeated edges. */
    public static Tensor details(Tensor x) {
        int channels = Math.toIntExact(x.shape().size(1));
        float[] kernel = new float[9 * channels];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = i % 9 == 4 ? 8 / 9f : -1 / 9f;
        }
        Geometry geometry =
                Geometry.plain().padded(Edges.all(1), PaddingMode.REPLICATE).grouped(channels);
        return Scope.keeping(() -> {
            Tensor weight = Tensor.of(x.plain().backend(), Shape.of(channels, 1, 3, 3), kernel);
            return x.conv2d(weight, null, geometry);
        });
    }

    /** The features of the level above (the picture for level 0, not clamped), made of a level's features and details. */
    public Tensor decoded(int level, Tensor x, Tensor details) {
        return decoder.block(level, x, details);
    }

    /** How far the encoder's block of a level reaches. */
    public ReceptiveField encoderField(int level) {
        return encoder.field(level);
    }

    /** How far the decoder's block of a level reaches over that level's features. */
    public ReceptiveField decoderField(int level) {
        return decoder.field(level);
    }

    // ---- the whole

    /**
     * What a picture is encoded into.
     *
     * @param features of each level
     * @param details that each level's block lost
     */
    public record Encoding(List<Tensor> features, List<Tensor> details) {}

    /** Features and details of a content, 1 x 3 x H x W in [0, 1], H and W multiples of the {@link Backbone#cell}. */
    public Encoding encode(Tensor picture) {
        checkPicture(picture);
        try (Scope scope = Scope.open()) {
            List<Tensor> features = new ArrayList<>();
            List<Tensor> details = new ArrayList<>();
            Tensor x = picture;
            for (int level = 0; level < LEVELS; level++) {
                details.add(scope.keep(details(x)));
                x = scope.keep(encoded(level, x));
                features.add(x);
            }
            return new Encoding(features, details);
        }
    }

    private void checkPicture(Tensor picture) {
        Shape shape = picture.shape();
        int cell = backbone.cell();
        if (shape.rank() != 4
                || shape.size(0) != 1
                || shape.size(1) != 3
                || shape.size(2) % cell != 0
                || shape.size(3) % cell != 0
                || shape.elements() == 0) {
            throw new ShapeException("photorealistic transfer: picture has shape " + shape
                    + ", expected 1 x 3 x H x W with height and width multiples of " + cell);
        }
    }
}
