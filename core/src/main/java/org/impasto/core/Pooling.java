package org.impasto.core;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations on square windows of each channel. */
public sealed interface Pooling extends Operation {
    /**
     * A window of {@code kernel} x {@code kernel} cells, moved by {@code stride}.
     *
     * @param padding cells added at each edge; at most half the kernel
     * @param dilation distance of a window's cells
     * @param ceil whether a last window that only begins inside the picture counts
     */
    record Window(int kernel, int stride, int padding, int dilation, boolean ceil) {
        /** A window that moves by its own size, without padding. */
        public static Window of(int kernel) {
            return new Window(kernel, kernel, 0, 1, false);
        }

        /** Number of windows along an axis. */
        public long windows(long size) {
            long room = size + 2L * padding - dilation * (kernel - 1L) - 1;
            long windows = (ceil ? -Math.floorDiv(-room, (long) stride) : Math.floorDiv(room, (long) stride)) + 1;
            return ceil && (windows - 1) * stride >= size + padding ? windows - 1 : windows;
        }

        Shape output(Operation operation, Shape picture) {
            Checks.that(
                    kernel > 0 && stride > 0 && dilation > 0 && padding >= 0 && padding <= kernel / 2,
                    operation,
                    () -> "kernel, stride and dilation must be at least 1 and padding at most half the kernel, found "
                            + this);
            Checks.that(
                    kernel <= LARGEST_KERNEL,
                    operation,
                    () -> "kernel is " + kernel + ", expected at most " + LARGEST_KERNEL);
            long height = windows(picture.size(2));
            long width = windows(picture.size(3));
            Checks.that(height > 0 && width > 0, operation, () -> this + " does not fit into picture " + picture);
            return picture.with(2, height).with(3, width);
        }

        @Override
        public String toString() {
            return "window " + kernel + "x" + kernel + " (stride " + stride + ", padding " + padding + ", dilation "
                    + dilation + (ceil ? ", ceil)" : ")");
        }
    }

    /** A larger window than that has more cells than a tensor can have. */
    int LARGEST_KERNEL = 46340;

    /** The largest cell of each window; cells of the padding do not count. NaN if one is NaN. */
    record MaxPool2d(Window window) implements Pooling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return windowed(this, window, inputs);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(Tensor.apply(new MaxPool2dGradient(window), b.input(0), b.gradient()));
        }
    }

    /** Operands: picture and gradient of the result; each window's gradient goes to its first largest cell. */
    record MaxPool2dGradient(Window window) implements Pooling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Checks.picture(this, "picture", inputs.get(0));
            Checks.sameType(this, inputs.get(0), inputs.get(1));
            Checks.gradient(
                    this, inputs.get(1), window.output(this, inputs.get(0).shape()));
            return List.of(inputs.get(0));
        }

        @Override
        public boolean isTerminal() {
            return true;
        }
    }

    /**
     * The largest cell of each window and where it stands: as INT64 the flat index row * W + column inside its plane,
     * without padding; -1 for a window that lies in the padding. The first of equal cells wins, the first NaN before all.
     */
    record MaxPool2dWithIndices(Window window) implements Pooling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return withIndices(windowed(this, window, inputs).get(0));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.outputs(1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return unpooled(b);
        }
    }

    /**
     * The largest cell of each of height x width windows, and its flat index inside the plane, as INT64. The window in
     * row i begins at row {@code floor(i * H / height)} and ends before {@code ceil((i + 1) * H / height)}; columns alike.
     */
    record AdaptiveMaxPool2d(long height, long width) implements Pooling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec x = inputs.get(0);
            Checks.picture(this, "picture", x);
            Checks.that(height > 0 && width > 0, this, () -> "size " + height + "x" + width + " is empty");
            Checks.that(
                    x.shape().size(2) > 0 && x.shape().size(3) > 0, this, () -> "picture " + x.shape() + " is empty");
            return withIndices(new Spec(x.shape().with(2, height).with(3, width), x.type()));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.outputs(1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return unpooled(b);
        }
    }

    /**
     * The reverse of a max pooling. Operands: values (N, C, h, w) and the flat index of each inside a plane of height x
     * width (INT64, the same shape). A cell of the result is the sum of the values that are to stand there, which is one
     * at most if the windows did not overlap, else 0. Index -1 stands nowhere; others beyond the plane are a
     * {@link ShapeException}.
     */
    record MaxUnpool2d(long height, long width) implements Pooling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Spec x = inputs.get(0);
            Checks.picture(this, "values", x);
            Checks.that(height >= 0 && width >= 0, this, () -> "size " + height + "x" + width + " is negative");
            checkIndices(this, inputs.get(1), x.shape());
            return List.of(new Spec(x.shape().with(2, height).with(3, width), x.type()));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return Arrays.asList(Tensor.apply(new PickFromPlane(), b.gradient(), b.input(1)), null);
        }
    }

    /** Operands: picture and flat indices inside its planes, as {@link MaxUnpool2d} takes them; the cells that stand there. */
    record PickFromPlane() implements Pooling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Spec x = inputs.get(0);
            Checks.picture(this, "picture", x);
            Shape picked = inputs.get(1).shape();
            Checks.that(
                    picked.rank() == 4
                            && picked.size(0) == x.shape().size(0)
                            && picked.size(1) == x.shape().size(1),
                    this,
                    () -> "indices have shape " + picked + ", expected the batch and channels of picture " + x.shape());
            checkIndices(this, inputs.get(1), picked);
            return List.of(new Spec(picked, x.type()));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Shape picture = b.inputSpec(0).shape();
            Operation unpool = new MaxUnpool2d(picture.size(2), picture.size(3));
            return Arrays.asList(Tensor.apply(unpool, b.gradient(), b.input(1)), null);
        }
    }

    /**
     * The mean of each window.
     *
     * @param countPadding whether cells of the padding count as zeros (those beyond it, in ceil mode, never do)
     */
    record AvgPool2d(Window window, boolean countPadding) implements Pooling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.that(window.dilation() == 1, this, () -> "has no dilation, found " + window);
            return windowed(this, window, inputs);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(Tensor.apply(
                    new AvgPool2dGradient(window, countPadding, b.inputSpec(0).shape()), b.gradient()));
        }
    }

    /** Operand: gradient of the result; each window's gradient is spread over its cells. */
    record AvgPool2dGradient(Window window, boolean countPadding, Shape picture) implements Pooling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Checks.pictureShape(this, picture);
            Checks.gradient(this, inputs.get(0), window.output(this, picture));
            return List.of(new Spec(picture, inputs.get(0).type()));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(Tensor.apply(new AvgPool2d(window, countPadding), b.gradient()));
        }
    }

    private static List<Spec> withIndices(Spec pooled) {
        return List.of(pooled, new Spec(pooled.shape(), ElementType.INT64));
    }

    /** The gradient of the largest cells goes to where they stood. */
    private static List<@Nullable Tensor> unpooled(Backward b) {
        Shape picture = b.inputSpec(0).shape();
        Operation unpool = new MaxUnpool2d(picture.size(2), picture.size(3));
        return List.of(Tensor.apply(unpool, b.gradient(), b.output(1)));
    }

    private static void checkIndices(Operation operation, Spec indices, Shape shape) {
        Checks.that(
                indices.equals(new Spec(shape, ElementType.INT64)),
                operation,
                () -> "indices are " + indices + ", expected INT64 of shape " + shape);
    }

    private static List<Spec> windowed(Operation operation, Window window, List<Spec> inputs) {
        Checks.operands(operation, inputs, 1);
        Spec x = inputs.get(0);
        Checks.picture(operation, "picture", x);
        return List.of(new Spec(window.output(operation, x.shape()), x.type()));
    }
}
