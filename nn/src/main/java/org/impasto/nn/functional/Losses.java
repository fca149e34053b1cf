package org.impasto.nn.functional;

import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/** How far tensors of one shape are from each other: each a scalar, the mean over all elements. */
public final class Losses {
    private static final double LEAST_NORM = 1e-8;

    private Losses() {}

    /** mean((x - y)^2). */
    public static Tensor meanSquaredError(Tensor x, Tensor y) {
        return Scope.keeping(() -> difference(x, y).square().mean());
    }

    /** mean(|x - y|). */
    public static Tensor meanAbsoluteError(Tensor x, Tensor y) {
        return Scope.keeping(() -> difference(x, y).abs().mean());
    }

    /**
     * The mean of d^2 / (2 beta) where d = |x - y| is below beta, else d - beta / 2: Girshick, Fast R-CNN, 2015.
     *
     * @param beta above 0
     */
    public static Tensor smoothL1(Tensor x, Tensor y, double beta) {
        if (!(beta > 0)) {
            throw new ShapeException("smooth L1 loss: beta is " + beta + ", expected above 0");
        }
        return Scope.keeping(() -> {
            Tensor distance = difference(x, y).abs();
            Tensor curved = distance.clamp(0, beta);
            return curved.square()
                    .affine(0.5 / beta, 0)
                    .add(distance.sub(curved))
                    .mean();
        });
    }

    /** mean(sqrt((x - y)^2 + epsilon^2)): Charbonnier and others, 1994. */
    public static Tensor charbonnier(Tensor x, Tensor y, double epsilon) {
        return Scope.keeping(() ->
                difference(x, y).square().affine(1, epsilon * epsilon).sqrt().mean());
    }

    /** The mean of 1 - cos between the vectors along an axis, whose norms count as at least 1e-8. */
    public static Tensor cosineDistance(Tensor x, Tensor y, int axis) {
        checkSame(x, y);
        return Scope.keeping(() -> x.mul(y)
                .sum(axis)
                .div(Reductions.euclidean(x, axis, LEAST_NORM).mul(Reductions.euclidean(y, axis, LEAST_NORM)))
                .affine(-1, 1)
                .mean());
    }

    /**
     * The mean over rows of -log(softmax(x)[label]).
     *
     * @param x scores (N, C)
     * @param labels int64 (N), each from 0 to C - 1
     */
    public static Tensor crossEntropy(Tensor x, Tensor labels) {
        Shape shape = x.shape();
        if (shape.rank() != 2
                || labels.type() != ElementType.INT64
                || !labels.shape().equals(Shape.of(shape.size(0)))) {
            throw new ShapeException("cross entropy: scores " + x.spec() + " and labels " + labels.spec()
                    + " do not fit: expected scores (N, C) and labels INT64 (N)");
        }
        long classes = shape.size(1);
        long[] places = labels.toLongs();
        for (int row = 0; row < places.length; row++) {
            if (places[row] < 0 || places[row] >= classes) {
                throw new ShapeException("cross entropy: label " + places[row] + " of row " + row
                        + " is not within 0 to " + (classes - 1) + ", the classes");
            }
            places[row] += row * classes;
        }
        return Scope.keeping(() -> {
            Tensor chosen = x.reshape(shape.elements()).indexSelect(0, places);
            return Reductions.logSumExp(x, 1).reshape(shape.size(0)).sub(chosen).mean();
        });
    }

    private static Tensor difference(Tensor x, Tensor y) {
        checkSame(x, y);
        return x.sub(y);
    }

    private static void checkSame(Tensor x, Tensor y) {
        if (!x.shape().equals(y.shape())) {
            throw new ShapeException("loss: shapes " + x.shape() + " and " + y.shape() + " differ, expected one");
        }
    }
}
