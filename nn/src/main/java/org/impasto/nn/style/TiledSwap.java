package org.impasto.nn.style;

import java.util.Arrays;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.Span;

/**
 * {@link StyleSwap} of a content that comes tile by tile. Each patch of the content is compared once, in the tile that
 * holds its upper left cell; of the whole content only the numbers of the patches are kept that were found. Any region of
 * the result is then laid out from those of all patches that reach into it.
 */
final class TiledSwap {
    private static final int BEYOND = StyleSwap.SIDE - 1;

    private final int rows;
    private final int columns;
    private final int[] index;

    /** A content of some shape, 1 x C x H x W, in which nothing was found yet. */
    TiledSwap(Shape content) {
        this.rows = content.intSize(2) - BEYOND;
        this.columns = content.intSize(3) - BEYOND;
        this.index = new int[Math.multiplyExact(rows, columns)];
    }

    /**
     * Finds the best patches for a tile.
     *
     * @param cells the tile's, and those behind it that its patches reach into
     * @param place where the cells lie
     */
    void match(Tensor cells, Region place, Tensor style) {
        if (place.height() <= BEYOND || place.width() <= BEYOND) {
            return; // no patch begins in the tile
        }
        StyleSwap.Matches found = StyleSwap.matches(cells, style);
        int width = place.width() - BEYOND;
        for (int i = 0; i < found.index.length; i++) {
            index[(place.rows().start() + i / width) * columns + place.columns().start() + i % width] =
                    Math.toIntExact(found.index[i]);
        }
    }

    /** For each patch of the content the number of the style's, as {@link StyleSwap.Result#index}. */
    long[] index() {
        return Arrays.stream(index).asLongStream().toArray();
    }

    /** A region of the content's features made of the style's patches. */
    Tensor assembled(Tensor style, Region place) {
        Span down = patches(place.rows(), rows);
        Span across = patches(place.columns(), columns);
        long[] here = new long[down.length() * across.length()];
        Arrays.setAll(
                here,
                i -> index[(down.start() + i / across.length()) * columns + across.start() + i % across.length()]);
        Region covered = new Region(
                new Span(down.start(), down.end() + BEYOND), new Span(across.start(), across.end() + BEYOND));
        return place.within(covered).of(StyleSwap.assembled(style, here, down.length(), across.length()));
    }

    /** The patches that reach into some cells of an axis. */
    private static Span patches(Span cells, int count) {
        return new Span(Math.max(0, cells.start() - BEYOND), Math.min(count, cells.end()));
    }
}
