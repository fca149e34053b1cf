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

    /**
     * The padding that TensorFlow calls SAME: the result of a window of {@code kernel} cells has {@code ceil(size /
     * stride)} cells along each axis. Of the {@code max((ceil(size / stride) - 1) * stride + dilation * (kernel - 1) + 1 -
     * size, 0)} cells of an axis the smaller half comes before the picture.
     *
     * @param picture the picture's shape, N, C, H, W
     */
    public static Edges same(
            Shape picture,
            long kernelHeight,
            long kernelWidth,
            int strideHeight,
            int strideWidth,
            int dilationHeight,
            int dilationWidth) {
        int vertical = same(picture.size(2), kernelHeight, strideHeight, dilationHeight);
        int horizontal = same(picture.size(3), kernelWidth, strideWidth, dilationWidth);
        return new Edges(horizontal / 2, horizontal - horizontal / 2, vertical / 2, vertical - vertical / 2);
    }

    /** The same for square windows without dilation. */
    public static Edges same(Shape picture, int kernel, int stride) {
        return same(picture, kernel, kernel, stride, stride, 1, 1);
    }

    private static int same(long size, long kernel, int stride, int dilation) {
        if (stride < 1) {
            throw new ShapeException("stride is " + stride + ", expected 1 or more");
        }
        long windows = (size + stride - 1) / stride;
        long edges = Math.max((windows - 1) * stride + dilation * (kernel - 1) + 1 - size, 0);
        if (edges > Integer.MAX_VALUE) {
            throw new ShapeException("a window of " + kernel + " cells with dilation " + dilation + " needs edges of "
                    + edges + " cells, expected at most " + Integer.MAX_VALUE);
        }
        return (int) edges;
    }

    void check(Operation operation, PaddingMode mode, Shape shape) {
        long height = shape.size(2);
        long width = shape.size(3);
        Checks.that(
                height + top + bottom >= 0 && width + left + right >= 0,
                operation,
                () -> "padding " + this + " cuts more than " + shape + " has");
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
                    () -> "padding " + this + " is too large for mode " + mode + " and shape " + shape
                            + (mode == PaddingMode.REFLECT ? ": reflection reaches size - 1 cells at most" : ""));
        }
    }

    @Override
    public String toString() {
        return "(left " + left + ", right " + right + ", top " + top + ", bottom " + bottom + ")";
    }
}
