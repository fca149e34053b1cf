package org.impasto.nn.style;

import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.Span;

/** Pictures in the sizes that networks want, and back. */
public final class PictureSizes {
    private PictureSizes() {}

    /** Complains about what is no picture. */
    public static void check(String what, Tensor picture) {
        Shape shape = picture.shape();
        if (shape.rank() != 4 || shape.size(0) != 1 || shape.size(1) != 3 || shape.elements() == 0) {
            throw new ShapeException(what + " has shape " + shape + ", expected 1 x 3 x H x W");
        }
    }

    /**
     * A picture whose last columns and rows are repeated until it has whole cells, and enough of them.
     *
     * @param cell both sides become multiples of this
     * @param least and at least this long
     */
    public static Tensor whole(Tensor picture, int cell, int least) {
        Shape whole = whole(picture.shape(), cell, least);
        return part(picture, Region.whole(whole.intSize(2), whole.intSize(3)));
    }

    /** The shape of {@link #whole(Tensor, int, int)}. */
    public static Shape whole(Shape picture, int cell, int least) {
        return picture.with(2, whole(picture.size(2), cell, least)).with(3, whole(picture.size(3), cell, least));
    }

    private static long whole(long size, int cell, int least) {
        return Math.max(size + cell - 1, least + cell - 1L) / cell * cell;
    }

    /** Some cells of a picture whose last columns and rows are repeated as far as these reach. */
    public static Tensor part(Tensor picture, Region region) {
        Region inside = new Region(
                inside(region.rows(), picture.shape().intSize(2)),
                inside(region.columns(), picture.shape().intSize(3)));
        int right = Math.max(0, region.columns().end() - inside.columns().end());
        int bottom = Math.max(0, region.rows().end() - inside.rows().end());
        if (right == 0 && bottom == 0) {
            return inside.of(picture);
        }
        return Scope.keeping(() -> {
            Tensor cells = inside.of(picture).pad(new Edges(0, right, 0, bottom), PaddingMode.REPLICATE);
            return region.within(inside).of(cells);
        });
    }

    /** The cells of an axis that lie in a picture or, beyond it, its last one. */
    private static Span inside(Span cells, int size) {
        return new Span(Math.min(cells.start(), size - 1), Math.min(cells.end(), size));
    }

    /** A picture of a size again; what a network added is cut off. */
    public static Tensor cropped(Tensor picture, Shape like) {
        Shape shape = picture.shape();
        if (shape.size(2) < like.size(2) || shape.size(3) < like.size(3)) {
            throw new ShapeException("the decoder made a picture of " + shape.size(3) + "x" + shape.size(2)
                    + " of one of " + like.size(3) + "x" + like.size(2) + ": does it belong to the encoder?");
        }
        return shape.equals(like) ? picture : picture.slice(2, 0, like.size(2)).slice(3, 0, like.size(3));
    }

    /** A mask, 1 x 1 x H x W, in the size of features of a cell of pixels each: the means of the cells. */
    public static Tensor reduced(Tensor mask, long height, long width, int cell) {
        Region cells = Region.whole(Math.toIntExact(height * cell), Math.toIntExact(width * cell));
        Tensor whole = part(mask, cells).clamp(0, 1);
        return cell == 1 ? whole : whole.resize(height, width, Filter.AREA);
    }
}
