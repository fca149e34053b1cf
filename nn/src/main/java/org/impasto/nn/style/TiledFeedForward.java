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
 * network's work twice. What is stored at a time takes some 64 bytes a pixel on the heap, for what has been read is given back
 * meanwhile, and up to 128 in temporary files where the heap is small.
 */
final class TiledFeedForward implements AutoCloseable {
    /**
     * Elements of a map that a sweep makes at once. The halo is that of one convolution, so small tiles cost little; and as
     * maps of half the size have twice the channels, tiles of all maps are equally large and use the same arrays again.
     */
    private static final long TILE_ELEMENTS = 1L << 22;

    /** Rows of a map that a sweep makes at once at least, however wide the picture. */
    private static final long LEAST_ROWS = 24;

    /** Pixels of the result that the last sweep makes at once, and rows at least: more, for its windows are the largest. */
    private static final long TILE_PIXELS = 1L << 18;

    private static final long LEAST_SHOWN_ROWS = 64;

    /** Tiles begin where the 4x4 tiles of Winograd's algorithm do, so it computes as few as for the whole. */
    private static final ReceptiveField CELLS = ReceptiveField.identity().pooling(4, true);

    /** A map with more elements a pixel of the picture is computed again rather than stored. */
    private static final long STORED_PER_PIXEL = 16;

    /**
     * A map of the network, of which any region can be asked for.
     *
     * @param read the stored maps that it is computed from
     */
    private record Known(Shape shape, Function<Region, Tensor> cells, List<StoredMap> read) {}

    private final FeedForward network;
    private final Tensor picture;
    private final Backend backend;
    private final List<StoredMap> opened = new ArrayList<>();
    private final int sweeps;
    private int swept;

    /** The network for a picture, 1 x 3 x H x W in [0, 1]. */
    TiledFeedForward(FeedForward network, Tensor picture) {
        this.network = network;
        this.picture = picture;
        this.backend = picture.backend();
        this.sweeps = 1
                + network.blocks().stream()
                        .flatMap(block -> block.convolutions().stream())
                        .mapToInt(convolution -> convolution.isNormalized() ? 1 : 0)
                        .sum();
    }

    /** Whether the picture is large enough to be cut. */
    boolean isCut() {
        return !TileGrid.of(picture, CELLS).isWhole();
    }

    /** The picture as {@link FeedForward#stylized} gives it. */
    Tensor stylized() {
        try (Scope scope = Scope.open()) {
            Known x = new Known(
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
        Shape shape = convolution.result(x.shape());
        Function<Region, Tensor> convolved = region ->
                convolution.convolved(x.cells().apply(convolution.input(region, x.shape())), region, x.shape());
        if (!convolution.isNormalized()) {
            return new Known(shape, region -> Scope.keeping(() -> convolved.apply(region)), x.read());
        }
        boolean isStored = shape.elements()
                <= STORED_PER_PIXEL
                        * wholeCells(picture.shape().size(2))
                        * wholeCells(picture.shape().size(3));
        StoredMap stored = isStored ? open(shape) : null;
        if (isStored) {
            x.read().forEach(StoredMap::readOnce);
        }
        WholeMoments moments = new WholeMoments();
        sweep(shape, Math.max(TILE_ELEMENTS / shape.size(1), LEAST_ROWS * shape.size(3)), place -> {
            Region needed = convolution.input(place, x.shape());
            Tensor entering = x.cells().apply(needed);
            if (kept != null) {
                kept.put(place, place.within(needed).of(entering));
            }
            Tensor cells = convolution.convolved(entering, place, x.shape());
            moments.add(cells);
            if (stored != null) {
                stored.put(place, cells);
            }
        });
        Tensor.Moments whole = moments.moments(backend, false);
        if (stored != null) {
            x.read().forEach(StoredMap::close);
            return new Known(
                    shape,
                    region -> Scope.keeping(() -> convolution.normalized(stored.get(backend, region), whole)),
                    List.of(stored));
        }
        return new Known(
                shape, region -> Scope.keeping(() -> convolution.normalized(convolved.apply(region), whole)), x.read());
    }

    /** A side in whole cells of the picture halved twice: that of maps that were doubled again. */
    private static long wholeCells(long side) {
        return (side + 3) / 4 * 4;
    }

    /** The last map in the picture's size and scale. */
    private Tensor fitted(Known x) {
        WholeMap result = new WholeMap(picture.shape());
        Region shown = new Region(
                shown(x.shape().intSize(2), picture.shape().intSize(2)),
                shown(x.shape().intSize(3), picture.shape().intSize(3)));
        x.read().forEach(StoredMap::readOnce);
        sweep(
                picture.shape(),
                Math.max(TILE_PIXELS, LEAST_SHOWN_ROWS * picture.shape().size(3)),
                place -> {
                    Region seen = new Region(
                            moved(place.rows(), shown.rows().start()),
                            moved(place.columns(), shown.columns().start()));
                    result.put(place, x.cells().apply(seen).affine(1 / 255.0, 0));
                });
        return result.tensor(backend);
    }

    /** Where the picture lies in the last map, along an axis. */
    private Span shown(int full, int size) {
        int first = network.first(full, size);
        return new Span(first, first + size);
    }

    private static Span moved(Span span, int by) {
        return new Span(span.start() + by, span.end() + by);
    }

    private interface Work {
        void at(Region place);
    }

    /** Goes over the tiles of a map. */
    private void sweep(Shape map, long pixels, Work work) {
        double from = (double) swept / sweeps;
        swept++;
        try (Scope scope = Scope.open(Run.current().part(from, Math.min(1, (double) swept / sweeps)))) {
            tiles(map, pixels).forEach(tile -> work.at(tile.core()));
        }
    }

    /** @param pixels of a tile, if the run asks for no size, which is one of the picture's */
    private TileGrid tiles(Shape map, long pixels) {
        int size = Run.current().tileSize();
        int cells = Math.toIntExact((long) size * map.size(2) / picture.shape().size(2));
        return size > 0
                ? TileGrid.ofSize(map.intSize(2), map.intSize(3), cells, CELLS)
                : TileGrid.ofPixels(map.intSize(2), map.intSize(3), pixels, CELLS);
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
