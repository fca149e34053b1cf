package org.impasto.nn.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * The squared maximum mean discrepancy of two sets of features with the kernel {@code (x.y / D + 1)^3}, unbiased, which is
 * KID if they are those of the Inception network (Binkowski et al., "Demystifying MMD GANs", 2018). About 0 for equal
 * distributions, where it may be negative, and without bound above; lower is better. Computed in float64.
 */
public final class KernelDistance {
    private static final long ROWS = 1024; // of the kernel's matrix that are computed at once

    private KernelDistance() {}

    /** The distance of two whole sets of features, M x D and N x D, at least two each: a float64 scalar. */
    public static Tensor full(Tensor x, Tensor y) {
        check(x, y);
        return Scope.keeping(() -> {
            Tensor left = x.to(ElementType.FLOAT64);
            Tensor right = y.to(ElementType.FLOAT64);
            double m = left.shape().size(0);
            double n = right.shape().size(0);
            return sum(left, left)
                    .sub(ownSum(left))
                    .affine(1 / (m * (m - 1)), 0)
                    .add(sum(right, right).sub(ownSum(right)).affine(1 / (n * (n - 1)), 0))
                    .sub(sum(left, right).affine(2 / (m * n), 0));
        });
    }

    /**
     * Distances of subsets, float64.
     *
     * @param values one a subset
     * @param mean their mean, the published KID
     * @param deviation their standard deviation: the root of the mean squared difference from the mean
     */
    public record Subsets(Tensor values, Tensor mean, Tensor deviation) {}

    /**
     * The distances of subsets of equal size, whose mean does not depend on the size of the sets.
     *
     * @param rowsOfX for each subset the rows of x
     * @param rowsOfY for each subset the rows of y
     */
    public static Subsets subsets(Tensor x, Tensor y, long[][] rowsOfX, long[][] rowsOfY) {
        check(x, y);
        if (rowsOfX.length != rowsOfY.length || rowsOfX.length == 0) {
            throw new ShapeException("kernel distance: " + rowsOfX.length + " and " + rowsOfY.length
                    + " subsets, expected as many of both and at least one");
        }
        try (Scope scope = Scope.open()) {
            List<Tensor> values = new ArrayList<>();
            for (int i = 0; i < rowsOfX.length; i++) {
                long[] left = rowsOfX[i];
                long[] right = rowsOfY[i];
                values.add(
                        Scope.keeping(() -> full(rows(x, left), rows(y, right)).reshape(1)));
            }
            Tensor all = Tensor.concat(0, values);
            Tensor mean = all.mean();
            Tensor deviation = all.sub(mean).square().mean().sqrt();
            return new Subsets(scope.keep(all), scope.keep(mean), scope.keep(deviation));
        }
    }

    /** The distances of random subsets; published figures have 100 of 1000. */
    public static Subsets subsets(Tensor x, Tensor y, int count, int size, long seed) {
        check(x, y);
        if (count < 1 || size < 2) {
            throw new ShapeException("kernel distance: " + count + " subsets of " + size
                    + " features, expected at least one subset, of at least 2 features");
        }
        SplittableRandom random = new SplittableRandom(seed);
        long[][] rowsOfX = new long[count][];
        long[][] rowsOfY = new long[count][];
        for (int i = 0; i < count; i++) {
            rowsOfX[i] = draw(x.shape().intSize(0), size, random);
            rowsOfY[i] = draw(y.shape().intSize(0), size, random);
        }
        return subsets(x, y, rowsOfX, rowsOfY);
    }

    /** Different rows, by the beginning of a random permutation. */
    private static long[] draw(int rows, int size, SplittableRandom random) {
        if (size > rows) {
            throw new ShapeException("kernel distance: subsets of " + size + " of " + rows
                    + " features, expected at most as many as there are");
        }
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            order[i] = i;
        }
        long[] drawn = new long[size];
        for (int i = 0; i < size; i++) {
            int at = random.nextInt(i, rows);
            drawn[i] = order[at];
            order[at] = order[i];
        }
        return drawn;
    }

    private static Tensor rows(Tensor x, long[] rows) {
        List<Tensor> slices = new ArrayList<>();
        for (long row : rows) {
            slices.add(x.slice(0, row, 1));
        }
        return Tensor.concat(0, slices);
    }

    /** The sum of the kernel over all pairs. */
    private static Tensor sum(Tensor x, Tensor y) {
        Tensor total = x.constant(Shape.scalar(), 0);
        long count = x.shape().size(0);
        for (long row = 0; row < count; row += ROWS) {
            Tensor part = x.slice(0, row, Math.min(ROWS, count - row));
            total = total.add(
                    Scope.keeping(() -> kernel(part.matmul(y, false, true), x).sum()));
        }
        return total;
    }

    /** The sum of the kernel of each feature with itself. */
    private static Tensor ownSum(Tensor x) {
        return Scope.keeping(() -> kernel(x.square().sum(1), x).sum());
    }

    private static Tensor kernel(Tensor products, Tensor x) {
        Tensor base = products.affine(1.0 / x.shape().size(1), 1);
        return base.square().mul(base);
    }

    private static void check(Tensor x, Tensor y) {
        if (x.shape().rank() != 2
                || y.shape().rank() != 2
                || x.shape().size(1) != y.shape().size(1)
                || x.shape().size(0) < 2
                || y.shape().size(0) < 2) {
            throw new ShapeException("kernel distance: features have shapes " + x.shape() + " and " + y.shape()
                    + ", expected M x D and N x D, of at least 2 pictures each");
        }
    }
}
