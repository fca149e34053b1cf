package org.impasto.nn.tiling;

import org.impasto.core.Backend;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/** Gram matrices of a whole picture, divided by its pixels, summed in float64 from those of tiles. */
public final class WholeGram {
    private double @Nullable [] sum;
    private @Nullable Shape shape;
    private double count;

    /** Adds the pixels of a tile, N x C x H x W. */
    public void add(Tensor tile) {
        double pixels = tile.shape().size(2) * (double) tile.shape().size(3);
        Tensor gram = tile.gram();
        double[] values = gram.toDoubles();
        double[] joined = sum == null ? new double[values.length] : sum;
        if (joined.length != values.length) {
            throw new ShapeException("Gram matrices of a tile have shape " + gram.shape() + ", expected " + shape);
        }
        for (int i = 0; i < values.length; i++) {
            joined[i] += values[i] * pixels;
        }
        sum = joined;
        shape = gram.shape();
        count += pixels;
    }

    /** The matrices, float32, N x C x C. */
    public Tensor gram(Backend backend) {
        double[] values = sum;
        Shape size = shape;
        if (values == null || size == null) {
            throw new ShapeException("Gram matrices of no pixels, expected at least one tile");
        }
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (values[i] / count);
        }
        return Tensor.of(backend, size, result);
    }
}
