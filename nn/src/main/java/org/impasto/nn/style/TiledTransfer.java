package org.impasto.nn.style;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.tiling.ReceptiveField;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.Span;
import org.impasto.nn.tiling.Tile;
import org.impasto.nn.tiling.TileGrid;
import org.impasto.nn.tiling.WholeMap;
import org.jspecify.annotations.Nullable;

/**
 * One level of {@link FeatureTransfer} tile by tile, in two passes: the first measures the content's features, the second
 * gives each tile's features the style and decodes them. A tile's features are those that its part of the result depends
 * on, so neighbouring tiles share some; the statistics count each once. They are kept from the first pass to the second
 * if they fit, else encoded again, which takes longer and gives the same.
 */
final class TiledTransfer {
    /** Of the largest heap, what kept features may take: tiles at work, pictures and idle arrays need the rest. */
    private static final double KEPT = 0.33;

    private final Tensor picture;
    private final FeatureTransfer.Level level;
    private final FeatureTransform transform;
    private final TileGrid grid;
    private final ReceptiveField down;
    private final ReceptiveField up;
    private final ReceptiveField through;
    private final int height;
    private final int width;

    private TiledTransfer(Tensor picture, FeatureTransfer.Level level, FeatureTransform transform) {
        this.picture = picture;
        this.level = level;
        this.transform = transform;
        this.down = level.encoder().field(level.tap());
        this.up = level.decoder().field();
        this.through = down.then(up);
        this.grid = TileGrid.of(picture, through, down.same(2 * transform.reach() + 1));
        this.height = down.size(grid.height());
        this.width = down.size(grid.width());
    }

    /** The transfer for a large picture; null if it is to be computed as a whole. */
    static @Nullable TiledTransfer of(Tensor picture, FeatureTransfer.Level level, FeatureTransform transform) {
        TiledTransfer tiled = new TiledTransfer(picture, level, transform);
        return tiled.grid.isWhole() ? null : tiled;
    }

    Tensor transferred(StyleMix mix) {
        return transferred(mix, (long) (KEPT * Runtime.getRuntime().maxMemory()));
    }

    /** @param keptBytes what kept features may take */
    Tensor transferred(StyleMix mix, long keptBytes) {
        Run run = Run.current();
        try (Scope scope = Scope.open()) {
            Map<Integer, Tensor> regions = mix.regions(height, width, level.cell());
            Map<Integer, FeatureTransform.Gathering> gatherings = new LinkedHashMap<>();
            Shape features = Shape.of(1, level.decoder().channels(), height, width);
            mix.stylesByRegion()
                    .forEach((part, styles) -> gatherings.put(
                            part,
                            transform.gathering(
                                    features, styles.stream().map(level::named).toList())));
            double measuring = 0.5 * (1 + transform.share());
            List<Tensor> kept = new ArrayList<>();
            try (Scope first = Scope.open(run.part(0, measuring))) {
                if (bytesOfFeatures() <= keptBytes) {
                    kept.addAll(grid.keepingEach(tile -> measured(tile, regions, gatherings)));
                    kept.forEach(first::keep);
                } else {
                    grid.forEach(tile -> measured(tile, regions, gatherings));
                }
            }
            Map<Integer, FeatureTransform.Content> contents = new LinkedHashMap<>();
            gatherings.forEach((part, gathering) -> contents.put(part, gathering.content(picture.backend())));
            WholeMap whole = new WholeMap(Shape.of(1, 3, through.size(grid.height()), through.size(grid.width())));
            try (Scope second = Scope.open(run.part(measuring, 1))) {
                grid.forEach(tile -> {
                    Region cells = cells(tile);
                    Tensor found = kept.isEmpty() ? tile.cut(encoded(tile), down, cells) : kept.get(tile.index());
                    Map<Integer, Tensor> here = new LinkedHashMap<>();
                    regions.forEach((part, region) -> here.put(part, cells.of(region)));
                    Tensor styled = mix.applied(
                            found,
                            here,
                            (map, region, part) -> level.named(
                                    Objects.requireNonNull(contents.get(part)).of(map, cells)));
                    Region place = tile.result(through);
                    whole.put(place, up.cut(level.decoder().forward(styled), cells, place));
                });
            }
            return scope.keep(whole.tensor(picture.backend()));
        }
    }

    /** The features that a tile's part of the result depends on. */
    private Region cells(Tile tile) {
        return up.input(tile.result(through), height, width);
    }

    private long bytesOfFeatures() {
        long channels = level.decoder().channels();
        return grid.tiles().stream()
                .map(this::cells)
                .mapToLong(cells -> Float.BYTES * channels * cells.height() * cells.width())
                .sum();
    }

    private Tensor encoded(Tile tile) {
        return level.encoder().feature(tile.input().of(picture), level.tap());
    }

    private Tensor measured(
            Tile tile, Map<Integer, Tensor> regions, Map<Integer, FeatureTransform.Gathering> gatherings) {
        Tensor encoded = encoded(tile);
        Region own = tile.result(down);
        Region place = new Region(reaching(own.rows(), height), reaching(own.columns(), width));
        Tensor cells = tile.cut(encoded, down, place);
        Run run = Run.current();
        double count = gatherings.size();
        int turn = 0;
        for (Map.Entry<Integer, FeatureTransform.Gathering> gathering : gatherings.entrySet()) {
            Tensor region = regions.get(gathering.getKey());
            try (Scope scope = Scope.open(run.part(turn / count, Math.min(1, (turn + 1) / count)))) {
                gathering.getValue().add(cells, place, region == null ? null : place.of(region));
            }
            turn++;
        }
        return tile.cut(encoded, down, cells(tile));
    }

    private Span reaching(Span cells, int size) {
        return new Span(cells.start(), Math.min(size, cells.end() + transform.reach()));
    }
}
