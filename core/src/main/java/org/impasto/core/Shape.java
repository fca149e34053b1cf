package org.impasto.core;

import java.util.Arrays;

/**
 * The sizes of a tensor's axes, outermost first; pictures and feature maps are N, C, H, W. Rank 0 is a scalar; a size
 * may be 0.
 */
public final class Shape {
    private static final Shape SCALAR = new Shape(new long[0]);

    private final long[] sizes;
    private final long elements;

    private Shape(long[] sizes) {
        this.sizes = sizes;
        long product = 1;
        boolean empty = false;
        for (int axis = 0; axis < sizes.length; axis++) {
            if (sizes[axis] < 0) {
                throw new ShapeException("size of axis " + axis + " is " + sizes[axis]
                        + ", expected 0 or more, in shape " + Arrays.toString(sizes));
            }
            empty |= sizes[axis] == 0;
        }
        if (!empty) {
            for (long size : sizes) {
                try {
                    product = Math.multiplyExact(product, size);
                } catch (ArithmeticException overflow) {
                    throw new ShapeException("shape " + Arrays.toString(sizes) + " has more than 2^63-1 elements");
                }
            }
        }
        this.elements = empty ? 0 : product;
    }

    /** A shape of the given sizes, outermost axis first. */
    public static Shape of(long... sizes) {
        return sizes.length == 0 ? SCALAR : new Shape(sizes.clone());
    }

    /** The shape of a single number: rank 0, one element. */
    public static Shape scalar() {
        return SCALAR;
    }

    /** Number of axes. */
    public int rank() {
        return sizes.length;
    }

    /** Size of an axis; a negative axis counts from the end. */
    public long size(int axis) {
        return sizes[axis(axis)];
    }

    /** Size of an axis as an int; an axis larger than an int holds is an error. */
    public int intSize(int axis) {
        long size = size(axis);
        if (size > Integer.MAX_VALUE) {
            throw new ShapeException("axis " + axis + " of " + this + " is larger than 2^31-1");
        }
        return (int) size;
    }

    /** The axis as a number from 0; a negative one counts from the end. */
    public int axis(int axis) {
        int positive = axis < 0 ? axis + sizes.length : axis;
        if (positive < 0 || positive >= sizes.length) {
            throw new ShapeException("axis " + axis + " does not exist in shape " + this + " of rank " + sizes.length);
        }
        return positive;
    }

    /** Number of elements: the product of all sizes, 1 for a scalar. */
    public long elements() {
        return elements;
    }

    /** The sizes, outermost axis first; a copy. */
    public long[] toArray() {
        return sizes.clone();
    }

    /** This shape with the size of one axis replaced; a negative axis counts from the end. */
    public Shape with(int axis, long size) {
        long[] changed = sizes.clone();
        changed[axis(axis)] = size;
        return new Shape(changed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    /** The sizes joined by {@code x}, as in {@code 1x3x512x512}; {@code scalar} for rank 0. */
    @Override
    public String toString() {
        if (sizes.length == 0) {
            return "scalar";
        }
        StringBuilder text = new StringBuilder();
        for (long size : sizes) {
            text.append(text.isEmpty() ? "" : "x").append(size);
        }
        return text.toString();
    }
}
