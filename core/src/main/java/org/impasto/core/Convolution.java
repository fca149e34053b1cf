package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Two-dimensional cross-correlation, its adjoint and its gradients. */
public sealed interface Convolution extends Operation {
    /**
     * Geometry of a convolution. The kernel's size is that of the weights.
     *
     * @param padding cells around the picture, filled as {@code mode} says
     * @param groups groups of channels that do not see each other
     */
    record Geometry(
            int strideHeight,
            int strideWidth,
            int dilationHeight,
            int dilationWidth,
            Edges padding,
            PaddingMode mode,
            int groups) {
        /** Stride 1, no dilation, no padding, one group. */
        public static Geometry plain() {
            return new Geometry(1, 1, 1, 1, Edges.none(), PaddingMode.ZERO, 1);
        }

        /** This geometry with another padding. */
        public Geometry padded(Edges edges, PaddingMode edgeMode) {
            return new Geometry(strideHeight, strideWidth, dilationHeight, dilationWidth, edges, edgeMode, groups);
        }

        /** This geometry with a stride. */
        public Geometry strided(int height, int width) {
            return new Geometry(height, width, dilationHeight, dilationWidth, padding, mode, groups);
        }

        /** This geometry with a dilation. */
        public Geometry dilated(int height, int width) {
            return new Geometry(strideHeight, strideWidth, height, width, padding, mode, groups);
        }

        /** This geometry with groups. */
        public Geometry grouped(int count) {
            return new Geometry(strideHeight, strideWidth, dilationHeight, dilationWidth, padding, mode, count);
        }

        /** This geometry with the zero padding that TensorFlow calls SAME, see {@link Edges#same}. */
        public Geometry same(Shape picture, Shape weight) {
            return padded(
                    Edges.same(
                            picture,
                            weight.size(2),
                            weight.size(3),
                            strideHeight,
                            strideWidth,
                            dilationHeight,
                            dilationWidth),
                    PaddingMode.ZERO);
        }

        /**
         * This geometry for a transposed convolution whose result is {@code stride} times as large as its picture, as
         * TensorFlow's with padding SAME: it is the adjoint of the SAME convolution of a picture of that size.
         */
        public Geometry sameTransposed(Shape weight) {
            Edges vertical = sameTransposed(weight.size(2), strideHeight, dilationHeight);
            Edges horizontal = sameTransposed(weight.size(3), strideWidth, dilationWidth);
            return padded(
                    new Edges(horizontal.left(), horizontal.right(), vertical.left(), vertical.right()),
                    PaddingMode.ZERO);
        }

        /** Cells before and after an axis; less than none are cut off where the kernel is smaller than the stride. */
        private static Edges sameTransposed(long kernel, int stride, int dilation) {
            int cut = (int) (dilation * (kernel - 1) + 1 - stride);
            int before = Math.max(cut, 0) / 2;
            return new Edges(before, cut - before, 0, 0);
        }

        /**
         * This geometry for a transposed convolution with so many more rows at the bottom and columns at the right, which
         * PyTorch calls output padding: as many cells less are cut off there.
         */
        public Geometry outputPadded(int height, int width) {
            return padded(
                    new Edges(padding.left(), padding.right() - width, padding.top(), padding.bottom() - height), mode);
        }

        /** Height of the result of a transposed convolution. */
        public long transposedHeight(long height, long kernelHeight) {
            return (height - 1) * strideHeight
                    + dilationHeight * (kernelHeight - 1)
                    + 1
                    - padding.top()
                    - padding.bottom();
        }

        /** Width of the result of a transposed convolution. */
        public long transposedWidth(long width, long kernelWidth) {
            return (width - 1) * strideWidth + dilationWidth * (kernelWidth - 1) + 1 - padding.left() - padding.right();
        }

        /** Height of the result for a picture and kernel of given heights; below 1 if the kernel does not fit. */
        public long outputHeight(long height, long kernelHeight) {
            return Math.floorDiv(
                            height + padding.top() + padding.bottom() - dilationHeight * (kernelHeight - 1) - 1,
                            (long) strideHeight)
                    + 1;
        }

        /** Width of the result for a picture and kernel of given widths; below 1 if the kernel does not fit. */
        public long outputWidth(long width, long kernelWidth) {
            return Math.floorDiv(
                            width + padding.left() + padding.right() - dilationWidth * (kernelWidth - 1) - 1,
                            (long) strideWidth)
                    + 1;
        }

        private Shape output(Operation operation, Shape picture, Shape weight) {
            Checks.that(
                    strideHeight > 0 && strideWidth > 0 && dilationHeight > 0 && dilationWidth > 0 && groups > 0,
                    operation,
                    () -> "strides, dilations and groups must be at least 1, found " + this);
            long channels = picture.size(1);
            Checks.that(
                    channels == weight.size(1) * groups,
                    operation,
                    () -> "picture " + picture + " has " + channels + " channels, weight " + weight + " in " + groups
                            + " groups expects " + weight.size(1) * groups);
            Checks.that(
                    weight.size(0) % groups == 0,
                    operation,
                    () -> weight.size(0) + " output channels do not divide into " + groups + " groups");
            Checks.that(
                    weight.size(2) > 0 && weight.size(3) > 0 && weight.size(1) > 0,
                    operation,
                    () -> "weight " + weight + " is empty");
            padding.check(operation, mode, picture);
            long height = outputHeight(picture.size(2), weight.size(2));
            long width = outputWidth(picture.size(3), weight.size(3));
            Checks.that(
                    height > 0 && width > 0,
                    operation,
                    () -> "kernel " + weight.size(2) + "x" + weight.size(3) + " does not fit into picture " + picture
                            + " with padding " + padding);
            return Shape.of(picture.size(0), weight.size(0), height, width);
        }
    }

    /** What follows a convolution in the same pass. */
    enum Activation {
        NONE,
        RELU
    }

    /** A 2x2 max pooling of stride 2 in the same pass. */
    enum FusedPooling {
        NONE,
        /** An odd last row or column is dropped. */
        FLOOR,
        /** An odd last row or column is a window of its own. */
        CEIL
    }

    /**
     * {@code y = conv(x, weight) + bias}, then the activation, then the pooling. Operands: x (N, C, H, W), weight
     * (out, C / groups, kernel height, kernel width), bias (out); the bias may be left out.
     */
    record Conv2d(Geometry geometry, Activation activation, FusedPooling pooling) implements Convolution {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.that(
                    inputs.size() == 2 || inputs.size() == 3, this, () -> "expected 2 or 3 operands, found " + inputs);
            Spec x = inputs.get(0);
            Spec weight = inputs.get(1);
            Checks.picture(this, "picture", x);
            Checks.rank(this, "weight", weight, 4, "out, in / groups, height, width");
            Checks.sameType(this, x, weight);
            if (inputs.size() == 3) {
                Checks.sameType(this, x, inputs.get(2));
                Checks.that(
                        inputs.get(2).shape().equals(Shape.of(weight.shape().size(0))),
                        this,
                        () -> "bias has shape " + inputs.get(2).shape() + ", expected "
                                + weight.shape().size(0));
            }
            Shape output = geometry.output(this, x.shape(), weight.shape());
            if (pooling != FusedPooling.NONE) {
                Shape unpooled = output;
                output = new Pooling.Window(2, 2, 0, 1, pooling == FusedPooling.CEIL).output(this, output);
                Checks.that(output.elements() > 0, this, () -> "nothing is left of " + unpooled + " after 2x2 pooling");
            }
            return List.of(new Spec(output, x.type()));
        }

        @Override
        public @Nullable Tensor unfused(List<Tensor> operands) {
            if (pooling == FusedPooling.NONE) {
                return null;
            }
            Tensor activated = Tensor.apply(new Conv2d(geometry, activation, FusedPooling.NONE), operands);
            return activated.maxPool2d(new Pooling.Window(2, 2, 0, 1, pooling == FusedPooling.CEIL));
        }

        @Override
        public Saves saves(Wanted wanted) {
            Saves operands = savedOperands(wanted);
            return activation == Activation.NONE ? operands : new Saves(operands.inputs(), List.of(0));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            List<@Nullable Tensor> gradients = new ArrayList<>();
            // the slope of a relu shows in its result
            Tensor g = activation == Activation.NONE
                    ? b.gradient()
                    : Tensor.apply(new Elementwise.LeakyReluGradient(0), b.output(0), b.gradient());
            gradients.add(
                    b.wants(0)
                            ? Tensor.apply(
                                    new DataGradient(geometry, b.inputSpec(0).shape()), g, b.input(1))
                            : null);
            gradients.add(
                    b.wants(1)
                            ? Tensor.apply(
                                    new WeightGradient(geometry, b.inputSpec(1).shape()), b.input(0), g)
                            : null);
            if (b.inputCount() == 3) {
                gradients.add(b.wants(2) ? g.sum(0, 2, 3).reshape(b.inputSpec(2).shape()) : null);
            }
            return gradients;
        }
    }

    /**
     * The transposed convolution, the adjoint of the convolution of that geometry, plus a bias: each cell of the picture
     * adds the kernel times its value to the result, at its own place times the stride; then {@code padding} is cut off
     * (negative numbers add zeros). Operands: x (N, C, H, W), weight (C, out / groups, kernel height, kernel width), bias
     * (out); the bias may be left out. The result has {@code (H - 1) stride + dilation (kernel height - 1) + 1 - top -
     * bottom} rows.
     */
    record ConvTranspose2d(Geometry geometry) implements Convolution {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.that(
                    inputs.size() == 2 || inputs.size() == 3, this, () -> "expected 2 or 3 operands, found " + inputs);
            Spec x = inputs.get(0);
            Spec weight = inputs.get(1);
            Checks.picture(this, "picture", x);
            Checks.rank(this, "weight", weight, 4, "in, out / groups, height, width");
            Checks.sameType(this, x, weight);
            Checks.that(
                    geometry.mode() == PaddingMode.ZERO,
                    this,
                    () -> "padding is cut off the result, its mode must be ZERO, found " + geometry.mode());
            Checks.that(
                    geometry.strideHeight() > 0
                            && geometry.strideWidth() > 0
                            && geometry.dilationHeight() > 0
                            && geometry.dilationWidth() > 0
                            && geometry.groups() > 0,
                    this,
                    () -> "strides, dilations and groups must be at least 1, found " + geometry);
            long channels = x.shape().size(1);
            Checks.that(
                    weight.shape().size(0) == channels && channels % geometry.groups() == 0,
                    this,
                    () -> "picture " + x.shape() + " has " + channels + " channels, weight " + weight.shape() + " in "
                            + geometry.groups() + " groups expects "
                            + weight.shape().size(0));
            Checks.that(weight.shape().elements() > 0, this, () -> "weight " + weight.shape() + " is empty");
            long out = weight.shape().size(1) * geometry.groups();
            if (inputs.size() == 3) {
                Checks.sameType(this, x, inputs.get(2));
                Checks.that(
                        inputs.get(2).shape().equals(Shape.of(out)),
                        this,
                        () -> "bias has shape " + inputs.get(2).shape() + ", expected " + out);
            }
            Checks.that(
                    x.shape().size(2) > 0 && x.shape().size(3) > 0,
                    this,
                    () -> "picture " + x.shape() + " has no pixels");
            long height =
                    geometry.transposedHeight(x.shape().size(2), weight.shape().size(2));
            long width =
                    geometry.transposedWidth(x.shape().size(3), weight.shape().size(3));
            Checks.that(
                    height > 0 && width > 0,
                    this,
                    () -> "padding " + geometry.padding() + " cuts everything off the result of picture " + x.shape()
                            + " and weight " + weight.shape());
            return List.of(new Spec(Shape.of(x.shape().size(0), out, height, width), x.type()));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return savedOperands(wanted);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            List<@Nullable Tensor> gradients = new ArrayList<>();
            Tensor g = b.gradient();
            gradients.add(b.wants(0) ? g.conv2d(b.input(1), null, geometry) : null);
            gradients.add(
                    b.wants(1)
                            ? Tensor.apply(
                                    new WeightGradient(geometry, b.inputSpec(1).shape()), g, b.input(0))
                            : null);
            if (b.inputCount() == 3) {
                gradients.add(b.wants(2) ? g.sum(0, 2, 3).reshape(b.inputSpec(2).shape()) : null);
            }
            return gradients;
        }
    }

    /** The picture for the weight's gradient, the weight for the picture's. */
    private static Operation.Saves savedOperands(Operation.Wanted wanted) {
        List<Integer> saved = new ArrayList<>();
        if (wanted.input(1)) {
            saved.add(0);
        }
        if (wanted.input(0)) {
            saved.add(1);
        }
        return new Operation.Saves(saved, List.of());
    }

    /** The gradient of a convolution with respect to its picture. Operands: gradient of the result, weight. */
    record DataGradient(Geometry geometry, Shape picture) implements Convolution {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Checks.pictureShape(this, picture);
            Checks.rank(this, "weight", inputs.get(1), 4, "out, in / groups, height, width");
            Checks.sameType(this, inputs.get(0), inputs.get(1));
            Checks.gradient(
                    this,
                    inputs.get(0),
                    geometry.output(this, picture, inputs.get(1).shape()));
            return List.of(new Spec(picture, inputs.get(0).type()));
        }

        @Override
        public boolean isTerminal() {
            return true;
        }
    }

    /** The gradient of a convolution with respect to its weight. Operands: picture, gradient of the result. */
    record WeightGradient(Geometry geometry, Shape weight) implements Convolution {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Checks.picture(this, "picture", inputs.get(0));
            Checks.that(weight.rank() == 4, this, () -> "weight shape " + weight + " is not of rank 4");
            Checks.sameType(this, inputs.get(0), inputs.get(1));
            Checks.gradient(
                    this, inputs.get(1), geometry.output(this, inputs.get(0).shape(), weight));
            return List.of(new Spec(weight, inputs.get(0).type()));
        }

        @Override
        public boolean isTerminal() {
            return true;
        }
    }
}
