package org.impasto.kernels;

import org.impasto.core.Shape;
import org.impasto.core.Spec;

/** What kernels compute with: an array of the heap, its shape and type, and how the values lie in it. */
final class CpuArray {
    /** How values lie in the array. */
    enum Layout {
        /** Row-major: the last axis runs fastest. */
        PLAIN,
        /** {@code [N][C / 16][H][W][16]}, the lanes above C zero. float32 feature maps only. */
        BLOCKED
    }

    private final Spec spec;
    private final Object values;
    private final Layout layout;
    private final PreparedWeightCache prepared = new PreparedWeightCache();

    CpuArray(Spec spec, Object values, Layout layout) {
        this.spec = spec;
        this.values = values;
        this.layout = layout;
    }

    Spec spec() {
        return spec;
    }

    Shape shape() {
        return spec.shape();
    }

    int size(int axis) {
        return spec.shape().intSize(axis);
    }

    int elements() {
        return Math.toIntExact(spec.shape().elements());
    }

    boolean isBlocked() {
        return layout == Layout.BLOCKED;
    }

    Object values() {
        return values;
    }

    float[] floats() {
        return (float[]) values;
    }

    double[] doubles() {
        return (double[]) values;
    }

    long[] longs() {
        return (long[]) values;
    }

    /** What convolutions keep of this array when it is a weight. */
    PreparedWeightCache prepared() {
        return prepared;
    }

    /** The same values in the same order under another shape. */
    CpuArray reshaped(Spec other) {
        return new CpuArray(other, values, layout);
    }
}
