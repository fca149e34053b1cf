package org.impasto.testing;

import java.util.Arrays;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Spec;

/** The elements of one tensor in row-major order: floating types as doubles, INT64 as longs. */
final class Values {
    private static final double[] NO_DOUBLES = {};
    private static final long[] NO_LONGS = {};

    private final Spec spec;
    final double[] doubles;
    final long[] longs;

    /** Zeros. */
    Values(Spec spec) {
        this.spec = spec;
        int elements = Math.toIntExact(spec.shape().elements());
        this.doubles = spec.type() == ElementType.INT64 ? NO_DOUBLES : new double[elements];
        this.longs = spec.type() == ElementType.INT64 ? new long[elements] : NO_LONGS;
    }

    Spec spec() {
        return spec;
    }

    Shape shape() {
        return spec.shape();
    }

    boolean integer() {
        return spec.type() == ElementType.INT64;
    }

    int elements() {
        return (int) spec.shape().elements();
    }

    int size(int axis) {
        return spec.shape().intSize(axis);
    }

    /** Number of elements between neighbours along each axis. */
    static int[] strides(Shape shape) {
        int[] strides = new int[shape.rank()];
        int stride = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= Math.max(1, shape.intSize(axis));
        }
        return strides;
    }

    void copy(int to, Values from, int index) {
        if (integer()) {
            longs[to] = from.longs[index];
        } else {
            doubles[to] = from.doubles[index];
        }
    }

    void poison() {
        Arrays.fill(doubles, Double.NaN);
        Arrays.fill(longs, Long.MIN_VALUE);
    }
}
