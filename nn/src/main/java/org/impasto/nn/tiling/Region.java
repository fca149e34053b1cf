package org.impasto.nn.tiling;

import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/** A rectangle of cells of a picture or feature map. */
public record Region(Span rows, Span columns) {
    /** All cells of a map of that size. */
    public static Region whole(int height, int width) {
        return new Region(new Span(0, height), new Span(0, width));
    }

    /** Rows. */
    public int height() {
        return rows.length();
    }

    /** Columns. */
    public int width() {
        return columns.length();
    }

    /** This rectangle as seen from the upper left cell of another one that contains it. */
    public Region within(Region outer) {
        return new Region(
                new Span(rows.start() - outer.rows.start(), rows.end() - outer.rows.start()),
                new Span(columns.start() - outer.columns.start(), columns.end() - outer.columns.start()));
    }

    /** The cells of both; null if there are none. */
    public @Nullable Region common(Region other) {
        Span down = rows.common(other.rows);
        Span across = columns.common(other.columns);
        return down == null || across == null ? null : new Region(down, across);
    }

    /** The cells that lie here where each cell has become a square of that many cells a side. */
    public Region enlarged(int factor) {
        return new Region(rows.enlarged(factor), columns.enlarged(factor));
    }

    /** These cells of a map N x C x H x W. */
    public Tensor of(Tensor map) {
        Shape shape = map.shape();
        if (shape.rank() != 4 || rows.end() > shape.size(2) || columns.end() > shape.size(3)) {
            throw new ShapeException(
                    this + " of a map of shape " + shape + ", expected N x C x H x W that it lies within");
        }
        if (height() == shape.size(2) && width() == shape.size(3)) {
            return map;
        }
        return map.pad(
                new Edges(
                        -columns.start(),
                        columns.end() - shape.intSize(3),
                        -rows.start(),
                        rows.end() - shape.intSize(2)),
                PaddingMode.ZERO);
    }

    @Override
    public String toString() {
        return "rows " + rows.start() + " to " + rows.end() + ", columns " + columns.start() + " to " + columns.end();
    }
}
