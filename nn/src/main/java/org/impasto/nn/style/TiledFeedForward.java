package org.impasto.nn.style;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.tiling.ReceptiveField;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.Span;
import org.impasto.nn.tiling.StoredMap;
import org.impasto.nn.tiling.TileGrid;
import org.impasto.nn.tiling.WholeMap;
import org.impasto.nn.tiling.WholeMoments;
import org.jspecify.annotations.Nullable;

/**
 * {@link FeedForward} tile by tile, in one sweep over the picture for each normalisation and one for the result: a sweep
 * convolves, measures, and stores what it made for the next, which begins with the normalisation. Two maps are as large as
 * the picture and have many channels: they are not stored but computed again by the next sweep, which makes a tenth of the
 * network's work twice. What is stored at a time takes up to 128 bytes a pixel, in temporary files where the heap is small.
 */
final class TiledFeedForward implements AutoCloseable {
    /** The halo of a sweep is one convolution's, so small tiles cost little, and their arrays are used again. */
    private static final long TILE_PIXELS = 1L << 18;

    /** Tiles begin where the windows of both halvings do. */
    private static final ReceptiveField CELLS = ReceptiveField.identity().pooling(4, true);

    /** A map with more elements a pixel of the picture is computed again rather than stored. */
    private static final long STORED_PER_PIXEL = 16;

    /**
     * A map of the network, of which any region can be asked for.
     *
     * @param field how far it reaches over the picture
     * @param read the stored maps that it is computed from
     */
    private record Known(ReceptiveField field, Shape shape, Function<Region, Tensor> cells, List<StoredMap> read) {}

    private final FeedForward network;
    private final Tensor picture;
    private final Backend backend;
    private final TileGrid grid;
    private final List<StoredMap> opened = new ArrayList<>();
    private final int sweeps;
    private int swept;

    /** The network for a picture, 1 x 3 x H x W in [0, 1]. */
    TiledFeedForward(FeedForward network, Tensor picture) {
        this.network = network;
        this.picture = picture;
        this.backend = picture.backend();
        this.grid = TileGrid.of(picture, TileGrid.WHOLE_PIXELS, TILE_PIXELS, CELLS);
        this.sweeps = 1
                + network.blocks().stream()
                        .flatMap(block -> block.convolutions().stream())
                        .mapToInt(convolution -> convolution.isNormalized() ? 1 : 0)
                        .sum();
    }

    /** Whether the picture is large enough to be cut. */
    boolean isCut() {
        return !grid.isWhole();
    }

    /** The picture as {@link FeedForward#stylized} gives it. */
    Tensor stylized() {
        try (Scope scope = Scope.open()) {
            Known x = new Known(
                    ReceptiveField.identity(),
                    picture.shape(),
                    region -> Scope.keeping(() -> region.of(picture).affine(255, 0)),
                    List.of());
            for (FeedForward.Block block : network.blocks()) {
                x = block.isResidual() ? residual(block, x) : activated(block, swept(block, 0, x, null));
            }
            return scope.keep(fitted(x));
        }
    }

    private Known activated(FeedForward.Block block, Known normalized) {
        return new Known(
                normalized.field(),
                normalized.shape(),
                region -> Scope.keeping(() -> block.activated(normalized.cells().apply(region))),
                normalized.read());
    }

    /** A block that adds. What enters is stored on the way, so that sums do not grow from block to block. */
    private Known residual(FeedForward.Block block, Known entering) {
        StoredMap kept = open(entering.shape());
        Known first = activated(block, swept(block, 0, entering, kept));
        Known second = swept(block, 1, first, null);
        List<StoredMap> read = new ArrayList<>(second.read());
        read.add(kept);
        return new Known(
                second.field(),
                second.shape(),
                region -> Scope.keeping(
                        () -> kept.get(backend, region).add(second.cells().apply(region))),
                read);
    }

    /**
     * A convolution of a map, and its normalisation if it has one.
     *
     * @param kept where the map itself is stored on the way, if it is needed again
     */
    private Known swept(FeedForward.Block block, int number, Known x, @Nullable StoredMap kept) {
        NormalizedConvolution convolution = block.convolutions().get(number);
        ReceptiveField reach = convolution.field();
        ReceptiveField field = x.field().then(reach);
        Shape shape = Shape.of(1, convolution.channels(), field.size(grid.height()), field.size(grid.width()));
        Function<Region, Region> input =
                region -> reach.input(region, x.shape().intSize(2), x.shape().intSize(3));
        Function<Region, Tensor> convolved = region -> {
            Region needed = input.apply(region);
            return reach.cut(convolution.convolved(x.cells().apply(needed), x.shape()), needed, region);
        };
        if (!convolution.isNormalized()) {
            return new Known(field, shape, region -> Scope.keeping(() -> convolved.apply(region)), x.read());
        }
        boolean isStored = shape.elements() <= STORED_PER_PIXEL * grid.height() * grid.width();
        StoredMap stored = isStored ? open(shape) : null;
        WholeMoments moments = new WholeMoments();
        sweep(field, place -> {
            Region needed = input.apply(place);
            Tensor entering = x.cells().apply(needed);
            if (kept != null) {
                kept.put(place, place.within(needed).of(entering));
            }
            Tensor cells = reach.cut(convolution.convolved(entering, x.shape()), needed, place);
            moments.add(cells);
            if (stored != null) {
                stored.put(place, cells);
            }
        });
        Tensor.Moments whole = moments.moments(backend, false);
        if (stored != null) {
            x.read().forEach(StoredMap::close);
            return new Known(
                    field,
                    shape,
                    region -> Scope.keeping(() -> convolution.normalized(stored.get(backend, region), whole)),
                    List.of(stored));
        }
        return new Known(
                field,
                shape,
                region -> Scope.keeping(() -> convolution.normalized(convolved.apply(region), whole)),
                x.read());
    }

    /** The last map in the picture's size and scale. */
    private Tensor fitted(Known x) {
        WholeMap result = new WholeMap(picture.shape());
        Region shown = new Region(
                shown(x.shape().intSize(2), grid.height()), shown(x.shape().intSize(3), grid.width()));
        sweep(x.field(), place -> {
            Region seen = new Region(common(place.rows(), shown.rows()), common(place.columns(), shown.columns()));
            result.put(seen.within(shown), x.cells().apply(seen).affine(1 / 255.0, 0));
        });
        return result.tensor(backend);
    }

    /** Where the picture lies in the last map, along an axis. */
    private Span shown(int full, int size) {
        int first = network.first(full, size);
        return new Span(first, first + size);
    }

    private static Span common(Span a, Span b) {
        return new Span(Math.max(a.start(), b.start()), Math.min(a.end(), b.end()));
    }

    private interface Work {
        void at(Region place);
    }

    /** Goes over the tiles of a map that reaches over the picture as a field says. */
    private void sweep(ReceptiveField field, Work work) {
        double from = (double) swept / sweeps;
        swept++;
        try (Scope scope = Scope.open(Run.current().part(from, Math.min(1, (double) swept / sweeps)))) {
            grid.forEach(tile -> work.at(tile.result(field)));
        }
    }

    private StoredMap open(Shape shape) {
        StoredMap map = StoredMap.of(shape);
        opened.add(map);
        return map;
    }

    /** Gives the stored maps back. */
    @Override
    public void close() {
        opened.forEach(StoredMap::close);
    }
}
