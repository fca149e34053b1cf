package org.impasto.nn.vgg;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import org.impasto.nn.tiling.ReceptiveField;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.TileGrid;
import org.impasto.nn.tiling.WholeGram;
import org.impasto.nn.tiling.WholeMap;
import org.jspecify.annotations.Nullable;

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
        return feature(picture, deepest);
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

    /**
     * Feature maps by name, in the order of the network. A large picture (see {@link TileGrid#of}) is computed tile by
     * tile, unless gradients are recorded.
     */
    public Map<String, Tensor> features(Tensor picture, List<String> names) {
        checkTaps(names);
        TileGrid grid = grid(picture, names);
        if (grid == null) {
            return tapped(picture, Set.copyOf(names));
        }
        Map<String, WholeMap> maps = new LinkedHashMap<>();
        for (String name : taps) {
            if (names.contains(name)) {
                ReceptiveField field = field(name);
                maps.put(
                        name,
                        new WholeMap(Shape.of(
                                picture.shape().size(0),
                                channels(name),
                                field.size(grid.height()),
                                field.size(grid.width()))));
            }
        }
        forEachTile(
                grid,
                picture,
                names,
                (name, place, cells) -> Objects.requireNonNull(maps.get(name)).put(place, cells));
        Map<String, Tensor> features = new LinkedHashMap<>();
        maps.forEach((name, map) -> features.put(name, map.tensor(picture.backend())));
        return features;
    }

    /** Takes part of a feature map. */
    public interface TileConsumer {
        /**
         * Part of a map, which lives until the call returns.
         *
         * @param tap whose map
         * @param place where in the whole map
         * @param cells N x C x h x w
         */
        void tile(String tap, Region place, Tensor cells);
    }

    /**
     * Hands feature maps of any size to a consumer, part by part: all taps of one tile in the order of the network, then
     * those of the next; each map as one part if the picture is small, see {@link TileGrid#of}. Tells the run's progress.
     */
    public void forEachTile(Tensor picture, List<String> names, TileConsumer consumer) {
        checkTaps(names);
        TileGrid grid = grid(picture, names);
        if (grid != null) {
            forEachTile(grid, picture, names, consumer);
            return;
        }
        try (Scope scope = Scope.open()) {
            tapped(picture, Set.copyOf(names))
                    .forEach((name, map) -> consumer.tile(
                            name,
                            Region.whole(map.shape().intSize(2), map.shape().intSize(3)),
                            map));
        }
    }

    private void forEachTile(TileGrid grid, Tensor picture, List<String> names, TileConsumer consumer) {
        Set<String> wanted = Set.copyOf(names);
        grid.forEach(tile -> tapped(tile.input().of(picture), wanted).forEach((name, map) -> {
            ReceptiveField field = field(name);
            consumer.tile(name, tile.result(field), tile.own(map, field));
        }));
    }

    /** How a picture is cut for some taps; null if it is not. */
    private @Nullable TileGrid grid(Tensor picture, List<String> names) {
        checkPicture(picture);
        if (picture.shape().elements() == 0) {
            return null;
        }
        ReceptiveField[] fields = names.stream().map(this::field).toArray(ReceptiveField[]::new);
        TileGrid grid = TileGrid.of(picture, fields);
        return grid.isWhole() ? null : grid;
    }

    /**
     * Gram matrices of feature maps, divided by H * W: N x C x C by name, in the order of the network. A large picture's
     * are added up from its tiles in float64, so no whole map is ever held.
     */
    public Map<String, Tensor> grams(Tensor picture, List<String> names) {
        checkTaps(names);
        if (grid(picture, names) == null) {
            return Scope.keepingMap(() -> {
                Map<String, Tensor> grams = tapped(picture, Set.copyOf(names));
                grams.replaceAll((name, map) -> map.gram());
                return grams;
            });
        }
        Map<String, WholeGram> sums = new LinkedHashMap<>();
        forEachTile(
                picture,
                names,
                (name, place, cells) ->
                        sums.computeIfAbsent(name, tap -> new WholeGram()).add(cells));
        Map<String, Tensor> grams = new LinkedHashMap<>();
        sums.forEach((name, sum) -> grams.put(name, sum.gram(picture.backend())));
        return grams;
    }

    /** How far a tap reaches over the picture. */
    public ReceptiveField field(String tap) {
        checkTaps(List.of(tap));
        ReceptiveField field = ReceptiveField.identity();
        for (int block = 0; block < blocks.size(); block++) {
            for (int layer = 0; layer < blocks.get(block).size(); layer++) {
                field = field.same(3);
                if (tap.equals("relu" + (block + 1) + "_" + (layer + 1))) {
                    return field;
                }
            }
            field = field.pooling(2, variant.ceilPooling());
            if (tap.equals("pool" + (block + 1))) {
                return field;
            }
        }
        throw new IllegalStateException(tap);
    }

    /** Channels of a tap's feature map. */
    public int channels(String tap) {
        checkTaps(List.of(tap));
        int block = tap.charAt(4) - '1';
        List<VggVariant.Convolution> layers = variant.blocks().get(block);
        int layer = tap.startsWith("pool") ? layers.size() - 1 : Integer.parseInt(tap.substring(6)) - 1;
        return layers.get(layer).channels();
    }

    /**
     * Pixels that a picture has on its shorter side at least, so that a tap's feature map can be computed: a border that
     * reflects needs two cells, and so does a pooling that drops an odd one.
     */
    public int leastSide(String tap) {
        checkTaps(List.of(tap));
        int border = variant.padding() == PaddingMode.REFLECT ? 2 : 1;
        int side = tap.startsWith("pool") ? 1 : border;
        int poolings = tap.charAt(4) - (tap.startsWith("pool") ? '0' : '1');
        for (int i = 0; i < poolings; i++) {
            side = Math.max(border, variant.ceilPooling() ? 2 * side - 1 : 2 * side);
        }
        return side;
    }

    private void checkTaps(List<String> names) {
        for (String name : names) {
            if (!taps.contains(name)) {
                throw new ShapeException("features: " + variant.name() + " has no layer '" + name
                        + "', expected one of " + taps + (variant.missing().isEmpty() ? "" : "; " + variant.ending()));
            }
        }
    }

    /** One feature map. */
    public Tensor feature(Tensor picture, String name) {
        Map<String, Tensor> features = features(picture, name);
        return features.values().iterator().next();
    }

    private Map<String, Tensor> tapped(Tensor picture, Set<String> wanted) {
        Map<String, Tensor> found = new LinkedHashMap<>();
        FusedPooling pooling = variant.ceilPooling() ? FusedPooling.CEIL : FusedPooling.FLOOR;
        try (Scope scope = Scope.open()) {
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
                    scope.only(x, found.values().toArray(Tensor[]::new));
                }
                if (found.size() < wanted.size()) {
                    x = poolIsFused ? x : x.maxPool2d(new Window(2, 2, 0, 1, variant.ceilPooling()));
                    if (wanted.contains("pool" + (block + 1))) {
                        found.put("pool" + (block + 1), x);
                    }
                }
            }
            found.values().forEach(scope::keep);
            return found;
        }
    }

    private void checkPicture(Tensor picture) {
        Shape shape = picture.shape();
        if (shape.rank() != 4 || shape.size(1) != 3) {
            throw new ShapeException(variant.name() + ": picture has shape " + shape + ", expected N x 3 x H x W");
        }
    }

    private Tensor prepared(Tensor picture) {
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
