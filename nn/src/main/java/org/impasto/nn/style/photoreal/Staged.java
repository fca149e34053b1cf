package org.impasto.nn.style.photoreal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.style.PictureSizes;
import org.impasto.nn.style.StyleMix;
import org.impasto.nn.style.Zca;
import org.impasto.nn.tiling.ReceptiveField;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.Span;
import org.impasto.nn.tiling.StoredMap;
import org.impasto.nn.tiling.TileGrid;
import org.jspecify.annotations.Nullable;

/**
 * One picture on its way through the network, in passes over its tiles: each level's statistics have to be known for the
 * whole picture before anything above it can be decoded. A picture of one tile takes the same way.
 *
 * <p>Any region of any map can be asked for: it is read where a pass has stored the map, and computed of what lies before
 * it otherwise. Of a tiled picture the features of level 0 are not stored, which are the largest and cheap to compute.
 * What is stored at a time takes up to 96 bytes a pixel.
 */
final class Staged implements AutoCloseable {
    private static final int DEEPEST = PcaDistilled.LEVELS - 1;
    private static final ReceptiveField DETAILS = ReceptiveField.identity().same(3);

    private final PcaDistilled net;
    private final Tensor picture;
    private final TileGrid grid;
    private final double progress;
    private final Backend backend;
    private final @Nullable StoredMap[] encoded = new StoredMap[PcaDistilled.LEVELS];
    private final @Nullable StoredMap[] decoded = new StoredMap[PcaDistilled.LEVELS];
    private final LevelMapping[] mappings = new LevelMapping[PcaDistilled.LEVELS];
    private int passes;

    /**
     * A picture, whose last columns and rows are repeated where the grid is larger.
     *
     * @param progress the part of the run's progress that all passes make
     */
    Staged(PcaDistilled net, Tensor picture, TileGrid grid, double progress) {
        this.net = net;
        this.picture = picture;
        this.grid = grid;
        this.progress = progress;
        this.backend = picture.backend();
    }

    TileGrid grid() {
        return grid;
    }

    // ---- passes

    /** Encodes the picture, as far as features are stored. */
    void encode() {
        for (int level = grid.isWhole() ? 0 : 1; level <= DEEPEST; level++) {
            encoded[level] = stored(level, featuresOf(level), (region, tile) -> {});
        }
    }

    /** The statistics of a level's features. */
    Zca.Statistics statistics(int level) {
        List<Measured> sums = List.of(new Measured(LevelMapping.EVERYWHERE));
        pass(level, featuresOf(level), (region, tile) -> measure(sums, region, tile));
        return sums.get(0).statistics(backend);
    }

    /** The encoded picture in the styles' manner, in [0, 1]. */
    StoredMap decode(StyleMix mix) {
        List<LevelMapping.Regions> regions = new ArrayList<>();
        for (int level = 0; level <= DEEPEST; level++) {
            regions.add(new LevelMapping.Regions(mix, net.backbone().stride(level)));
        }
        List<Measured> sums = regions.get(DEEPEST).measured();
        List<Measured> deepest = sums;
        pass(DEEPEST, featuresOf(DEEPEST), (region, tile) -> measure(deepest, region, tile));
        for (int level = DEEPEST; level > 0; level--) {
            int above = level - 1;
            mappings[level] = LevelMapping.of(regions.get(level), statistics(sums), level);
            List<Measured> next = regions.get(above).measured();
            Function<Region, Tensor> map = region -> decodedTo(above, region);
            decoded[level] = stored(above, map, (region, tile) -> measure(next, region, tile));
            sums = next;
            release(level);
        }
        mappings[0] = LevelMapping.of(regions.get(0), statistics(sums), 0);
        StoredMap result = stored(-1, region -> decodedTo(-1, region).clamp(0, 1), (region, tile) -> {});
        decoded[0] = result;
        release(0);
        return result;
    }

    /** Gives back the maps that are not read any more once a level has been decoded. */
    private void release(int level) {
        close(encoded, level);
        if (level > 0) {
            close(encoded, level - 1); // its details have been added
        }
        if (level < DEEPEST) {
            close(decoded, level + 1);
        }
    }

    /** A map that a pass makes, and hands to a consumer as well. */
    private StoredMap stored(int level, Function<Region, Tensor> map, BiConsumer<Region, Tensor> consumer) {
        StoredMap result = StoredMap.of(shape(level));
        try {
            pass(level, map, (region, tile) -> {
                result.put(region, tile);
                consumer.accept(region, tile);
            });
            return result;
        } catch (RuntimeException | Error error) {
            result.close();
            throw error;
        }
    }

    private static void measure(List<Measured> sums, Region region, Tensor tile) {
        for (Measured sum : sums) {
            try (Scope scope = Scope.open()) {
                sum.add(region, tile);
            }
        }
    }

    private List<Zca.Statistics> statistics(List<Measured> sums) {
        return sums.stream().map(sum -> sum.statistics(backend)).toList();
    }

    /** Goes over all tiles of a level's map. What a consumer gets of a tiled picture lives for the call only. */
    private void pass(int level, Function<Region, Tensor> map, BiConsumer<Region, Tensor> consumer) {
        Run run = Run.current();
        double steps = grid.isWhole() ? 9 : 8;
        double from = progress * Math.min(1, passes / steps);
        double to = progress * Math.min(1, (passes + 1) / steps);
        passes++;
        if (grid.isWhole()) {
            Region whole = Region.whole(size(level, grid.height()), size(level, grid.width()));
            consumer.accept(whole, Scope.keeping(() -> map.apply(whole)));
            run.report(to);
            return;
        }
        try (Scope scope = Scope.open(run.part(from, to))) {
            grid.forEach(tile -> {
                Region region = new Region(
                        scaled(tile.core().rows(), level), scaled(tile.core().columns(), level));
                consumer.accept(region, map.apply(region));
            });
        }
    }

    // ---- regions of maps; level -1 is the picture

    private Function<Region, Tensor> featuresOf(int level) {
        return region -> features(level, region);
    }

    private Tensor features(int level, Region region) {
        if (level < 0) {
            return PictureSizes.part(picture, region);
        }
        StoredMap stored = encoded[level];
        if (stored != null) {
            return stored.get(backend, region);
        }
        return Scope.keeping(() -> {
            ReceptiveField field = net.encoderField(level);
            Region input = field.input(region, size(level - 1, grid.height()), size(level - 1, grid.width()));
            Tensor x = net.encoded(level, features(level - 1, input));
            return field.cut(x, input, region);
        });
    }

    /** What a level's mapping is applied to. */
    private Tensor transferable(int level, Region region) {
        return level == DEEPEST ? features(level, region) : decodedTo(level, region);
    }

    /** What the level below is decoded to. */
    private Tensor decodedTo(int above, Region region) {
        int level = above + 1;
        StoredMap stored = decoded[level];
        if (stored != null) {
            return stored.get(backend, region);
        }
        return Scope.keeping(() -> {
            ReceptiveField field = net.decoderField(level);
            Region input = field.input(region, size(level, grid.height()), size(level, grid.width()));
            Region output = new Region(output(field, input.rows()), output(field, input.columns()));
            Tensor x = Scope.keeping(() -> mappings[level].apply(transferable(level, input), input));
            return field.cut(net.decoded(level, x, details(above, output)), input, region);
        });
    }

    private Tensor details(int level, Region region) {
        return Scope.keeping(() -> {
            Region input = DETAILS.input(region, size(level, grid.height()), size(level, grid.width()));
            return DETAILS.cut(PcaDistilled.details(features(level, input)), input, region);
        });
    }

    private static Span output(ReceptiveField field, Span input) {
        int start = field.position(input.start());
        return new Span(start, start + field.size(input.length()));
    }

    private Span scaled(Span pixels, int level) {
        int stride = stride(level);
        return new Span(pixels.start() / stride, pixels.end() / stride);
    }

    private int size(int level, int pixels) {
        return pixels / stride(level);
    }

    private int stride(int level) {
        return level < 0 ? 1 : net.backbone().stride(level);
    }

    private Shape shape(int level) {
        int channels = level < 0 ? 3 : net.backbone().channels(level);
        return Shape.of(1, channels, size(level, grid.height()), size(level, grid.width()));
    }

    @Override
    public void close() {
        for (int level = 0; level < PcaDistilled.LEVELS; level++) {
            close(encoded, level);
            close(decoded, level);
        }
    }

    private static void close(@Nullable StoredMap[] maps, int level) {
        StoredMap map = maps[level];
        if (map != null) {
            map.close();
            maps[level] = null;
        }
    }
}
