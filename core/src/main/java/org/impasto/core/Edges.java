package org.impasto.core;

/** Cells added at the four edges of a picture; negative numbers cut cells off. */
public record Edges(int left, int right, int top, int bottom) {
    private static final Edges NONE = new Edges(0, 0, 0, 0);

    /** Nothing added. */
    public static Edges none() {
        return NONE;
    }

    /** The same at all four edges. */
    public static Edges all(int cells) {
        return new Edges(cells, cells, cells, cells);
    }

    void check(Operation operation, PaddingMode mode, Shape shape) {
        long height = shape.size(2);
        long width = shape.size(3);
        Checks.that(
                height + top + bottom >= 0 && width + left + right >= 0,
                operation,
                "padding " + this + " cuts more than " + shape + " has");
        if (mode != PaddingMode.ZERO && (left > 0 || right > 0 || top > 0 || bottom > 0)) {
            long room = switch (mode) {
                case REFLECT -> -1;
                case REPLICATE, SYMMETRIC -> Integer.MAX_VALUE;
                default -> 0;
            };
            Checks.that(
                    height > 0
                            && width > 0
                            && Math.max(left, right) <= width + room
                            && Math.max(top, bottom) <= height + room,
                    operation,
                    "padding " + this + " is too large for mode " + mode + " and shape " + shape
                            + (mode == PaddingMode.REFLECT ? ": reflection reaches size - 1 cells at most" : ""));
        }
    }

    @Override
    public String toString() {
        return "(left " + left + ", right " + right + ", top " + top + ", bottom " + bottom + ")";
    }
}
