package org.impasto.nn.functional;

import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * How much neighbouring pixels of pictures (N, C, H, W) differ (Rudin, Osher and Fatemi, "Nonlinear total variation based
 * noise removal algorithms", 1992): scalars, 0 for a picture of one colour. With dx the differences of neighbours in a row
 * and dy those in a column.
 */
public final class TotalVariation {
    /** Keeps the slope of the root finite where nothing changes. */
    private static final double STEADYING = 1e-8;

    private TotalVariation() {}

    /** {@code sum |dx| + sum |dy|}. */
    public static Tensor absoluteSum(Tensor x) {
        return Scope.keeping(
                () -> alongRows(x).abs().sum().add(alongColumns(x).abs().sum()));
    }

    /** {@code sum dx^2 + sum dy^2}. */
    public static Tensor squaredSum(Tensor x) {
        return Scope.keeping(
                () -> alongRows(x).square().sum().add(alongColumns(x).square().sum()));
    }

    /** {@code mean |dx| + mean |dy|}. */
    public static Tensor absoluteMean(Tensor x) {
        return Scope.keeping(
                () -> alongRows(x).abs().mean().add(alongColumns(x).abs().mean()));
    }

    /** {@code mean dx^2 + mean dy^2}. */
    public static Tensor squaredMean(Tensor x) {
        return Scope.keeping(
                () -> alongRows(x).square().mean().add(alongColumns(x).square().mean()));
    }

    /** {@code sum sqrt(dx^2 + dy^2 + 1e-8)} over the pixels that have a neighbour in both directions. */
    public static Tensor isotropic(Tensor x) {
        return Scope.keeping(() -> {
            Tensor dx = alongRows(x);
            Tensor dy = alongColumns(x);
            Tensor squares = dx.slice(2, 0, dx.shape().size(2) - 1)
                    .square()
                    .add(dy.slice(3, 0, dy.shape().size(3) - 1).square());
            return squares.affine(1, STEADYING).sqrt().sum();
        });
    }

    private static Tensor alongRows(Tensor x) {
        return differences(x, 3);
    }

    private static Tensor alongColumns(Tensor x) {
        return differences(x, 2);
    }

    private static Tensor differences(Tensor x, int axis) {
        Shape shape = x.shape();
        if (shape.rank() != 4 || shape.size(2) < 2 || shape.size(3) < 2) {
            throw new ShapeException("total variation: picture has shape " + shape
                    + ", expected N x C x H x W of at least 2 x 2 pixels");
        }
        long length = shape.size(axis) - 1;
        return x.slice(axis, 1, length).sub(x.slice(axis, 0, length));
    }
}
