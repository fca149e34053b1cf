package org.impasto.core;

/** What is known of a tensor without its values: its shape and the type of its elements. */
public record Spec(Shape shape, ElementType type) {
    /** A spec of 32-bit floats. */
    public static Spec float32(long... sizes) {
        return new Spec(Shape.of(sizes), ElementType.FLOAT32);
    }

    @Override
    public String toString() {
        return shape + " " + type;
    }
}
