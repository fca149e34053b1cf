package org.impasto.nn.tiling;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.Decorator;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/**
 * A picture cut into tiles for networks of given receptive fields. Cuts stand where all windows of the networks begin
 * anew, so the cells that a tile answers for come out as they do for the whole picture, within rounding (sums are added in
 * another order).
 */
public final class TileGrid {
    /** A picture of up to this many pixels is not cut where nobody chose a tile size. */
    public static final int WHOLE_PIXELS = 1 << 20;

    /**
     * Pixels that a network sees at once of a larger one: a map of 64 channels of them has 192 MiB. Larger tiles spare
     * little, since a tenth of what VGG's first blocks compute is surroundings; they leave a small heap in few large pieces.
     */
    public static final int PIXELS = 3 << 18;

    /** More columns or rows than this are tried for a tile size that was chosen only. */
    private static final int MOST_COLUMNS = 64;

    private final int height;
    private final int width;
    private final List<Tile> tiles;

    private TileGrid(int height, int width, List<Tile> tiles) {
        this.height = height;
        this.width = width;
        this.tiles = tiles;
    }

    /**
     * Tiles of the size that the current run asks for: cores of about {@link Run#tileSize()} pixels a side; if that is 0,
     * one tile for a picture of up to {@link #WHOLE_PIXELS}, else tiles that have at most {@link #PIXELS} pixels with
     * their surroundings, cut so that least is computed twice.
     *
     * @param fields of all results that are wanted of a tile
     */
    public static TileGrid of(int height, int width, ReceptiveField... fields) {
        return of(height, width, WHOLE_PIXELS, PIXELS, fields);
    }

    /**
     * Tiles of a picture, N x 3 x H x W, as {@link #of(int, int, ReceptiveField...)} cuts it; one while gradients are
     * recorded, for a tape keeps all maps anyway.
     */
    public static TileGrid of(Tensor picture, ReceptiveField... fields) {
        return of(picture, WHOLE_PIXELS, PIXELS, fields);
    }

    /**
     * The same with other numbers of pixels.
     *
     * @param whole pixels of the largest picture that is not cut
     * @param pixels that a tile of a larger one has at most, with its surroundings
     */
    public static TileGrid of(Tensor picture, long whole, long pixels, ReceptiveField... fields) {
        return of(picture.backend(), picture.shape(), whole, pixels, fields);
    }

    /** The same for a picture of which the shape is known, and where it will live. */
    public static TileGrid of(Backend backend, Shape picture, long whole, long pixels, ReceptiveField... fields) {
        int height = picture.intSize(2);
        int width = picture.intSize(3);
        return backend instanceof Decorator
                ? ofPixels(height, width, Long.MAX_VALUE, fields)
                : of(height, width, whole, pixels, fields);
    }

    private static TileGrid of(int height, int width, long whole, long pixels, ReceptiveField... fields) {
        int size = Run.current().tileSize();
        if (size > 0) {
            return ofSize(height, width, size, fields);
        }
        return ofPixels(height, width, (long) height * width <= whole ? whole : pixels, fields);
    }

    /**
     * Tiles with cores of about that many pixels a side, the last ones of what is left over, and at least as many as the
     * networks' strides make whole.
     */
    public static TileGrid ofSize(int height, int width, int size, ReceptiveField... fields) {
        int cell = cell(fields);
        int least = Math.max(size, 1);
        return of(
                height,
                width,
                axis(height, (height + least - 1) / least, cell, fields),
                axis(width, (width + least - 1) / least, cell, fields));
    }

    /** Tiles that have at most so many pixels with their surroundings (if cells are not larger), and least in all. */
    public static TileGrid ofPixels(int height, int width, long pixels, ReceptiveField... fields) {
        int cell = cell(fields);
        if ((long) height * width <= pixels) {
            return of(height, width, axis(height, 1, cell, fields), axis(width, 1, cell, fields));
        }
        Axis bestRows = axis(height, Integer.MAX_VALUE, cell, fields);
        Axis bestColumns = axis(width, Integer.MAX_VALUE, cell, fields);
        double best = Double.POSITIVE_INFINITY;
        for (int across = 1; across <= Math.min(MOST_COLUMNS, width / cell); across++) {
            Axis columns = axis(width, across, cell, fields);
            int down = (int) Math.min(height, Math.max(1, (long) columns.longest() * height / pixels));
            Axis rows = axis(height, down, cell, fields);
            while ((long) rows.longest() * columns.longest() > pixels && down < height / cell) {
                down += Math.max(1, down / 16);
                rows = axis(height, down, cell, fields);
            }
            double cost = (double) rows.total() * columns.total();
            if ((long) rows.longest() * columns.longest() <= pixels && cost < best) {
                best = cost;
                bestRows = rows;
                bestColumns = columns;
            }
        }
        return of(height, width, bestRows, bestColumns);
    }

    /** The cores and inputs along one axis. */
    private record Axis(List<Span> cores, List<Span> inputs) {
        int longest() {
            return inputs.stream().mapToInt(Span::length).max().orElse(0);
        }

        long total() {
            return inputs.stream().mapToLong(Span::length).sum();
        }
    }

    private static Axis axis(int size, int wanted, int cell, ReceptiveField... fields) {
        int cells = Math.max(1, size / cell); // the last cell takes what is left over
        int most = Math.max(1, Math.min(wanted, cells));
        int each = (cells + most - 1) / most; // all alike but for the last, so that they use the same arrays again
        int count = (cells + each - 1) / each;
        if (count == 1) { // whatever the networks reach; what is too small for them is theirs to say
            List<Span> whole = List.of(new Span(0, size));
            return new Axis(whole, whole);
        }
        List<Span> cores = new ArrayList<>();
        List<Span> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int start = i * each * cell;
            int end = i == count - 1 ? size : start + each * cell;
            Span core = new Span(start, end);
            Span input = core;
            for (ReceptiveField field : fields) {
                int last = end == size ? field.size(size) : field.position(end);
                input = input.union(field.input(new Span(field.position(start), last), size));
            }
            cores.add(core);
            inputs.add(input);
        }
        return new Axis(cores, inputs);
    }

    private static TileGrid of(int height, int width, Axis rows, Axis columns) {
        List<Tile> tiles = new ArrayList<>();
        for (int row = 0; row < rows.cores().size(); row++) {
            for (int column = 0; column < columns.cores().size(); column++) {
                Region core = new Region(rows.cores().get(row), columns.cores().get(column));
                Region input =
                        new Region(rows.inputs().get(row), columns.inputs().get(column));
                tiles.add(new Tile(height, width, tiles.size(), core, input));
            }
        }
        return new TileGrid(height, width, List.copyOf(tiles));
    }

    private static int cell(ReceptiveField... fields) {
        long cell = 1;
        for (ReceptiveField field : fields) {
            cell = ReceptiveField.common(cell, field.alignment());
        }
        return Math.toIntExact(cell);
    }

    /** All tiles, row by row. */
    public List<Tile> tiles() {
        return tiles;
    }

    /** Whether the whole picture is one tile. */
    public boolean isWhole() {
        return tiles.size() == 1;
    }

    /** Rows of the picture. */
    public int height() {
        return height;
    }

    /** Columns of the picture. */
    public int width() {
        return width;
    }

    /**
     * Works on all tiles one after the other, each in a scope of its own; tells the current run how much is done, and
     * stops between two tiles if the run was cancelled.
     */
    public void forEach(Consumer<Tile> work) {
        for (Tile tile : tiles) {
            try (Scope scope = Scope.open(begin(tile))) {
                work.accept(tile);
            }
            end(tile);
        }
    }

    /** Works on all tiles as {@link #forEach} does, and keeps the result of each, in the order of the tiles. */
    public List<Tensor> keepingEach(Function<Tile, Tensor> work) {
        List<Tensor> results = new ArrayList<>();
        for (Tile tile : tiles) {
            try (Scope scope = Scope.open(begin(tile))) {
                results.add(scope.keep(work.apply(tile)));
            }
            end(tile);
        }
        return results;
    }

    private Run begin(Tile tile) {
        Run run = Run.current();
        run.throwIfCancelled();
        return run.tilePart((double) tile.index() / tiles.size(), (tile.index() + 1.0) / tiles.size());
    }

    private void end(Tile tile) {
        Run.current().report((tile.index() + 1.0) / tiles.size());
    }
}
