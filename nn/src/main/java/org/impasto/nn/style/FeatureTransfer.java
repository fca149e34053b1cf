package org.impasto.nn.style;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.impasto.core.Backend;
import org.impasto.core.Decorator;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Decoder;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;

/**
 * Style transfer through features: a VGG encodes both pictures, the content's features are given what the style's have,
 * and a decoder makes the picture. With decoders of several levels this happens once for each, from the deepest to
 * relu1_1: the picture that one level made is the content of the next, as in universal style transfer (Li et al., 2017).
 *
 * <p>The strength mixes features: at each level, what the transform made and what the level's content has. At strength 0
 * nothing is decoded; the content itself comes back, a little sharper than at a strength just above 0.
 */
public final class FeatureTransfer implements StyleTransfer {
    /** How the content's features get what the style's have. */
    public enum Method {
        /** Mean and deviation of each channel: see {@link AdaIn}. */
        ADAIN,
        /** Mean and covariance of all channels: see {@link Wct}. */
        WCT,
        /** Patches: see {@link StyleSwap}. Time grows with the product of both pictures' sizes. */
        SWAP
    }

    /**
     * One layer with its way there and back.
     *
     * @param cell pixels on a side of a feature
     */
    record Level(Vgg encoder, Decoder decoder, String tap, int cell) {
        /** Features ready to be given what this level needs of a style. */
        StyleMix.Measured named(FeatureTransform.Applied applied) {
            return style -> applied.in(named(style));
        }

        /** What this level needs of a style. */
        FeatureTransform.Named named(StyleCode style) {
            return new OfLevel(style, tap);
        }

        /** The size of pictures that come back whole. */
        int wholeCell() {
            // Where the encoder drops odd edges, the decoder gives them back only to pictures of whole cells.
            return encoder.variant().ceilPooling() ? 1 : cell;
        }
    }

    private record OfLevel(StyleCode style, String tap) implements FeatureTransform.Named {
        @Override
        public Tensor get(String name) {
            return style.get(tap + "." + name);
        }
    }

    private final FeatureTransform transform;
    private final List<Model<?>> models;
    private final List<Level> levels;
    private final String name;

    private FeatureTransfer(Method method, List<Model<?>> models, List<Level> levels) {
        this.transform = switch (method) {
            case ADAIN -> FeatureTransform.ADAIN;
            case WCT -> FeatureTransform.WCT;
            case SWAP -> FeatureTransform.SWAP;
        };
        this.models = models;
        this.levels = levels;
        this.name = method.name().toLowerCase(Locale.ROOT) + " at " + String.join(", ", tapsOf(levels)) + " of "
                + levels.get(0).encoder().variant().name();
    }

    /** A method with the weights of an encoder and of a decoder trained with it. */
    public static FeatureTransfer load(Backend backend, Method method, Path encoderFile, Path decoderFile) {
        return load(backend, method, List.of(encoderFile, decoderFile));
    }

    /**
     * A method with the weights of encoders and decoders, in any order. Each decoder makes a level: it belongs to the
     * layer from which it doubles as often as an encoder pools before it. Of the encoders with such a layer of as many
     * channels it gets the one that ends nearest to it, so one deep encoder can serve all levels if their decoders were
     * trained with it.
     */
    public static FeatureTransfer load(Backend backend, Method method, List<Path> files) {
        Map<Boolean, List<Path>> sorted = files.stream().collect(Collectors.partitioningBy(FeatureTransfer::isEncoder));
        List<Path> encoderFiles = sorted.getOrDefault(true, List.of());
        List<Path> decoderFiles = sorted.getOrDefault(false, List.of());
        if (encoderFiles.isEmpty() || decoderFiles.isEmpty()) {
            throw new WeightException("of the weight files " + files + " "
                    + (encoderFiles.isEmpty() ? "none is an encoder" : "all are encoders")
                    + "; expected at least one encoder (VGG) and its decoder");
        }
        List<Model<?>> models = new ArrayList<>();
        boolean complete = false;
        try {
            List<Vgg> encoders = new ArrayList<>();
            for (Path file : encoderFiles) {
                Model<Vgg> model = Vgg.load(backend, file);
                models.add(model);
                encoders.add(model.net());
            }
            List<Decoder> decoders = new ArrayList<>();
            for (Path file : decoderFiles) {
                Model<? extends Decoder> model = Decoder.load(backend, file);
                models.add(model);
                decoders.add(model.net());
            }
            FeatureTransfer transfer = new FeatureTransfer(method, models, levels(encoders, decoders));
            complete = true;
            return transfer;
        } finally {
            if (!complete) {
                close(models);
            }
        }
    }

    private static boolean isEncoder(Path path) {
        try (WeightFile file = WeightFile.open(path)) {
            return VggVariant.isIn(file);
        }
    }

    private static List<Level> levels(List<Vgg> encoders, List<Decoder> decoders) {
        List<Level> levels = new ArrayList<>();
        for (Decoder decoder : decoders) {
            int block = decoder.doublings() + 1;
            String tap = "relu" + block + "_1";
            Vgg encoder = encoders.stream()
                    .filter(candidate -> channels(candidate, block) == decoder.channels())
                    .min(Comparator.comparing(candidate -> candidate.taps().size()))
                    .orElseThrow(() -> new WeightException("a decoder takes " + decoder.channels() + " channels of "
                            + tap + ", but there is no encoder that has them: "
                            + String.join(", ", described(encoders, block)) + "; do the files belong together?"));
            if (levels.stream().anyMatch(level -> level.tap().equals(tap))) {
                throw new WeightException("there are two decoders of " + tap + ", expected one for each level");
            }
            levels.add(new Level(encoder, decoder, tap, 1 << (block - 1)));
        }
        levels.sort(Comparator.comparing(Level::cell).reversed());
        return levels;
    }

    /** Channels of a block, 0 if there is none. */
    private static int channels(Vgg encoder, int block) {
        List<List<VggVariant.Convolution>> blocks = encoder.variant().blocks();
        return block > blocks.size() ? 0 : blocks.get(block - 1).get(0).channels();
    }

    private static List<String> described(List<Vgg> encoders, int block) {
        return encoders.stream()
                .map(encoder -> encoder.variant().name() + " has "
                        + (channels(encoder, block) == 0 ? "no such layer" : channels(encoder, block) + " there"))
                .toList();
    }

    private static List<String> tapsOf(List<Level> levels) {
        return levels.stream().map(Level::tap).toList();
    }

    /** The layers at which features are transformed, from the deepest on. */
    public List<String> layers() {
        return tapsOf(levels);
    }

    @Override
    public StyleCode prepare(Tensor style) {
        PictureSizes.check("style", style);
        Run run = Run.current();
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> all = new LinkedHashMap<>();
            for (int i = 0; i < levels.size(); i++) {
                Level level = levels.get(i);
                Run part = run.part((double) i / levels.size(), (i + 1.0) / levels.size());
                try (Scope inner = Scope.open(part)) {
                    part.throwIfCancelled();
                    prepared(level, style).forEach((key, value) -> all.put(level.tap() + "." + key, inner.keep(value)));
                    part.report(1);
                }
            }
            return new StyleCode(name, all);
        }
    }

    private Map<String, Tensor> prepared(Level level, Tensor style) {
        Tensor picture = PictureSizes.whole(style, 1, level.cell() * transform.leastCells());
        FeatureTransform.StyleGathering gathering = transform.gathering();
        if (gathering == null || picture.backend() instanceof Decorator) {
            return transform.prepare(level.encoder().feature(picture, level.tap()));
        }
        level.encoder()
                .forEachTile(picture, List.of(level.tap()), (tap, place, cells) -> gathering.add(cells, place, null));
        return gathering.style(picture.backend());
    }

    @Override
    public Tensor stylize(Tensor content, StyleMix mix) {
        mix.check(content, name);
        Run run = Run.current();
        if (mix.strength() == 0) {
            return content;
        }
        return Scope.keeping(() -> {
            Tensor picture = content;
            for (int i = 0; i < levels.size(); i++) {
                Level level = levels.get(i);
                Run part = run.part((double) i / levels.size(), (i + 1.0) / levels.size());
                try (Scope scope = Scope.open(part)) {
                    Tensor whole =
                            PictureSizes.whole(picture, level.wholeCell(), level.cell() * transform.leastCells());
                    picture = scope.keep(PictureSizes.cropped(transferred(level, whole, mix), content.shape()));
                    part.report(1);
                }
            }
            return mix.laidOver(content, picture.clamp(0, 1));
        });
    }

    /** A picture as one level makes it, in tiles if it is large. */
    private Tensor transferred(Level level, Tensor picture, StyleMix mix) {
        TiledTransfer tiled = TiledTransfer.of(picture, level, transform);
        if (tiled != null) {
            return tiled.transferred(mix);
        }
        Run run = Run.current();
        double encoded = 0.4 * (1 - transform.share());
        double decoding = 1 - encoded;
        Tensor features;
        try (Scope scope = Scope.open(run.part(0, encoded))) {
            features = scope.keep(level.encoder().feature(picture, level.tap()));
        }
        run.report(encoded);
        Tensor styled;
        try (Scope scope = Scope.open(run.part(encoded, decoding))) {
            styled = scope.keep(
                    mix.applied(features, level.cell(), (map, region) -> level.named(transform.measured(map, region))));
        }
        run.report(decoding);
        return level.decoder().forward(styled);
    }

    /** Gives the weights back. */
    @Override
    public void close() {
        close(models);
    }

    private static void close(List<Model<?>> models) {
        models.forEach(Model::close);
    }
}
