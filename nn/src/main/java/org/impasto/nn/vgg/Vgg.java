package org.impasto.nn.vgg;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.PaddingMode;
import org.impasto.core.Pooling.Window;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Layer;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.Parameters;
import org.impasto.nn.WeightNames;

/**
 * A VGG feature network. Taps are named {@code reluB_K}, after the relu behind convolution K of block B, and
 * {@code poolB}, after the pooling behind block B; only what the deepest tap needs is computed. Where the weights end
 * inside a block, its pooling is no tap.
 */
public final class Vgg implements Layer {
    private static final float[] IMAGENET_MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] IMAGENET_DEVIATION = {0.229f, 0.224f, 0.225f};

    private final VggVariant variant;
    private final List<Conv2d> colour = new ArrayList<>();
    private final List<List<Conv2d>> blocks = new ArrayList<>();
    private final List<String> taps = new ArrayList<>();

    /** A network of a variant. */
    public Vgg(Parameters p, VggVariant variant) {
        this.variant = variant;
        int channels = 3;
        if (!variant.colour().isEmpty()) {
            colour.add(Conv2d.same(p.in(variant.colour()), 3, 3, 1, PaddingMode.ZERO));
        }
        for (List<VggVariant.Convolution> layers : variant.blocks()) {
            List<Conv2d> block = new ArrayList<>();
            for (VggVariant.Convolution layer : layers) {
                block.add(Conv2d.same(p.in(layer.name()), channels, layer.channels(), 3, variant.padding()));
                channels = layer.channels();
                taps.add("relu" + (blocks.size() + 1) + "_" + block.size());
            }
            blocks.add(block);
            if (blocks.size() <= variant.wholeBlocks()) {
                taps.add("pool" + blocks.size());
            }
        }
    }

    /** A network with the weights of a file of any variant that {@link VggVariant#of} knows. */
    public static Model<Vgg> load(Backend backend, Path path) {
        try (WeightFile file = WeightFile.open(path)) {
            VggVariant variant = VggVariant.of(file);
            return load(backend, file, variant, p -> new Vgg(p, variant));
        }
    }

    /** A network that contains a VGG of a variant, whose weights are a part of what a file holds. */
    public static <N> Model<N> load(
            Backend backend, WeightFile file, VggVariant variant, Function<Parameters, N> constructor) {
        WeightNames names = WeightNames.asInFile().below(variant.prefix()).ignoring(name -> isBeyond(variant, name));
        return Model.build(backend, ParameterSource.file(file, names), constructor);
    }

    /** What else the file holds, classifiers, blocks that are not wanted, and convolutions that only served training. */
    private static boolean isBeyond(VggVariant variant, String name) {
        if (!name.startsWith(variant.prefix())) {
            return true;
        }
        String own = name.substring(variant.prefix().length());
        return own.startsWith("classifier.")
                || own.startsWith("features.")
                || own.contains("_aux")
                || variant.blocks().size() < 5 && own.matches("(conv)?[0-9]+\\.(weight|bias)");
    }

    /** The names of all taps, from the first on. */
    public List<String> taps() {
        return List.copyOf(taps);
    }

    /** The variant that this is. */
    public VggVariant variant() {
        return variant;
    }

    /** The deepest feature map. */
    @Override
    public Tensor forward(Tensor picture) {
        String deepest = taps.get(taps.size() - 1);
        return Scope.keeping(() -> tapped(picture, Set.of(deepest)).get(deepest));
    }

    /**
     * Feature maps by name, in the order of the network.
     *
     * @param picture N x 3 x H x W in [0, 1]
     * @param names taps; see {@link #taps()}
     */
    public Map<String, Tensor> features(Tensor picture, String... names) {
        return features(picture, List.of(names));
    }

    /** Feature maps by name, in the order of the network. */
    public Map<String, Tensor> features(Tensor picture, List<String> names) {
        for (String name : names) {
            if (!taps.contains(name)) {
                throw new ShapeException("features: " + variant.name() + " has no layer '" + name
                        + "', expected one of " + taps + (variant.missing().isEmpty() ? "" : "; " + variant.ending()));
            }
        }
        return Scope.keepingMap(() -> tapped(picture, Set.copyOf(names)));
    }

    /** One feature map. */
    public Tensor feature(Tensor picture, String name) {
        Map<String, Tensor> features = features(picture, name);
        return features.values().iterator().next();
    }

    private Map<String, Tensor> tapped(Tensor picture, Set<String> wanted) {
        Map<String, Tensor> found = new LinkedHashMap<>();
        FusedPooling pooling = variant.ceilPooling() ? FusedPooling.CEIL : FusedPooling.FLOOR;
        Tensor x = prepared(picture);
        for (int block = 0; block < blocks.size() && found.size() < wanted.size(); block++) {
            List<Conv2d> layers = blocks.get(block);
            boolean poolIsFused = false;
            for (int layer = 0; layer < layers.size() && found.size() < wanted.size(); layer++) {
                String tap = "relu" + (block + 1) + "_" + (layer + 1);
                boolean tapped = wanted.contains(tap);
                boolean last = layer == layers.size() - 1;
                poolIsFused = last && !tapped;
                x = layers.get(layer).forward(x, Activation.RELU, poolIsFused ? pooling : FusedPooling.NONE);
                if (tapped) {
                    found.put(tap, x);
                }
            }
            if (found.size() < wanted.size()) {
                x = poolIsFused ? x : x.maxPool2d(new Window(2, 2, 0, 1, variant.ceilPooling()));
                if (wanted.contains("pool" + (block + 1))) {
                    found.put("pool" + (block + 1), x);
                }
            }
        }
        return found;
    }

    private Tensor prepared(Tensor picture) {
        Shape shape = picture.shape();
        if (shape.rank() != 4 || shape.size(1) != 3) {
            throw new ShapeException(variant.name() + ": picture has shape " + shape + ", expected N x 3 x H x W");
        }
        Tensor x = picture;
        if (variant.normalises()) {
            Shape channels = Shape.of(1, 3, 1, 1);
            x = x.sub(Tensor.of(x.plain().backend(), channels, IMAGENET_MEAN))
                    .div(Tensor.of(x.plain().backend(), channels, IMAGENET_DEVIATION));
        }
        for (Conv2d convolution : colour) {
            x = convolution.forward(x);
        }
        return x;
    }
}
