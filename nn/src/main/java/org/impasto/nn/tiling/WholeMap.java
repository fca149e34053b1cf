package org.impasto.nn.tiling;

import java.nio.FloatBuffer;
import org.impasto.core.Backend;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * A map N x C x H x W in host memory that is filled tile by tile. It takes the memory of one map: the tensor that it
 * becomes reads the very array. Filled by one thread.
 */
public final class WholeMap {
    private final Shape shape;
    private final float[] values;
    private boolean finished;

    /** A map of zeros. */
    public WholeMap(Shape shape) {
        if (shape.rank() != 4 || shape.elements() > Integer.MAX_VALUE - 8) {
            throw new ShapeException("a whole map of shape " + shape + ", expected N x C x H x W of at most "
                    + (Integer.MAX_VALUE - 8) + " elements: take the tiles one by one");
        }
        this.shape = shape;
        this.values = new float[(int) shape.elements()];
    }

    /** The shape of the whole. */
    public Shape shape() {
        return shape;
    }

    /** Copies a tile to its place. */
    public void put(Region place, Tensor tile) {
        Shape expected = shape.with(2, place.height()).with(3, place.width());
        if (!tile.shape().equals(expected)
                || place.rows().end() > shape.size(2)
                || place.columns().end() > shape.size(3)) {
            throw new ShapeException("a tile of shape " + tile.shape() + " at " + place + " of a map " + shape
                    + ", expected " + expected + " within the map");
        }
        if (finished) {
            throw new ShapeException("a tile for a map that was taken as a tensor already");
        }
        if (expected.equals(shape)) {
            tile.readInto(FloatBuffer.wrap(values));
            return;
        }
        float[] part = tile.toFloats();
        int planes = shape.intSize(0) * shape.intSize(1);
        int rows = place.height();
        int columns = place.width();
        for (int plane = 0; plane < planes; plane++) {
            for (int row = 0; row < rows; row++) {
                int at = (plane * shape.intSize(2) + place.rows().start() + row) * shape.intSize(3);
                System.arraycopy(
                        part,
                        (plane * rows + row) * columns,
                        values,
                        at + place.columns().start(),
                        columns);
            }
        }
    }

    /** The map as a tensor; nothing can be put into it any more. */
    public Tensor tensor(Backend backend) {
        finished = true;
        return Tensor.sharing(backend, shape, values);
    }
}
