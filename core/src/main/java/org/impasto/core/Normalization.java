package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations that bring the numbers along some axes to sum one, or to mean 0 and variance 1, and the maps after them. */
public sealed interface Normalization extends Operation {

    /**
     * {@code exp(x) / sum(exp(x))} along an axis. Where every number is minus infinity, one is plus infinity or one is
     * not a number, the results along the axis are not numbers, as in PyTorch.
     *
     * @param axis from 0
     */
    record Softmax(int axis) implements Normalization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return alongAxis(this, axis, inputs, 1);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.outputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(Tensor.apply(new SoftmaxGradient(axis), b.output(0), b.gradient()));
        }
    }

    /** Operands y, a softmax, and g: {@code y (g - sum(g y))}. */
    record SoftmaxGradient(int axis) implements Normalization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return alongAxis(this, axis, inputs, 2);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0, 1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor y = b.input(0);
            Tensor g = b.input(1);
            Tensor h = b.gradient();
            List<@Nullable Tensor> gradients = new ArrayList<>();
            gradients.add(
                    b.wants(0)
                            ? h.mul(g.sub(g.mul(y).sum(axis)))
                                    .sub(g.mul(h.mul(y).sum(axis)))
                            : null);
            gradients.add(b.wants(1) ? Tensor.apply(this, y, h) : null);
            return gradients;
        }
    }

    /**
     * {@code x - log(sum(exp(x)))} along an axis.
     *
     * @param axis from 0
     */
    record LogSoftmax(int axis) implements Normalization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return alongAxis(this, axis, inputs, 1);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.outputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(Tensor.apply(new LogSoftmaxGradient(axis), b.output(0), b.gradient()));
        }
    }

    /** Operands y, a logarithm of a softmax, and g: {@code g - exp(y) sum(g)}. */
    record LogSoftmaxGradient(int axis) implements Normalization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return alongAxis(this, axis, inputs, 2);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return wanted.input(0) ? Saves.inputs(0, 1) : Saves.inputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor softmax = b.input(0).exp();
            Tensor h = b.gradient();
            List<@Nullable Tensor> gradients = new ArrayList<>();
            gradients.add(b.wants(0) ? h.mul(softmax).mul(b.input(1).sum(axis)).negate() : null);
            gradients.add(b.wants(1) ? h.sub(h.mul(softmax).sum(axis)) : null);
            return gradients;
        }
    }

    /**
     * Each group of channels of each image at mean 0 and variance 1, then scaled and shifted by channel (Wu and He, "Group
     * Normalization", 2018): {@code (x - mean) / sqrt(variance + epsilon) * weight + bias} with the variance that divides
     * by n. As many groups as channels make an instance normalisation.
     *
     * <p>Operands: x (N, C, ...) and, or neither, weight and bias, both (C), or both (N, C) for a scale and a shift that
     * differ from image to image.
     */
    record GroupNorm(long groups, double epsilon) implements Normalization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            checkAffine(this, inputs);
            checkGroups(this, groups, epsilon, inputs.get(0));
            if (inputs.size() == 3) {
                checkPerChannel(this, inputs.get(0), inputs.get(1));
            }
            return List.of(inputs.get(0));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0, 1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return ofAffine(new GroupNormGradient(groups, epsilon), b);
        }
    }

    /**
     * Operands x, the gradient of the result and, if there is one, the weight of a {@link GroupNorm}; results: the
     * gradients of x and, with a weight, of weight and bias.
     */
    record GroupNormGradient(long groups, double epsilon) implements Normalization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            checkGradient(this, inputs);
            checkGroups(this, groups, epsilon, inputs.get(0));
            if (inputs.size() == 2) {
                return List.of(inputs.get(0));
            }
            checkPerChannel(this, inputs.get(0), inputs.get(2));
            return List.of(inputs.get(0), inputs.get(2), inputs.get(2));
        }

        @Override
        public boolean isTerminal() {
            return true;
        }
    }

    /**
     * The numbers along some axes at mean 0 and variance 1, then scaled and shifted by place (Ba, Kiros and Hinton, "Layer
     * Normalization", 2016), with the variance that divides by n.
     *
     * <p>Operands: x and, or neither, weight and bias, both of the sizes of those axes.
     *
     * @param axes from 0, ascending, each the neighbour of the one before
     */
    record LayerNorm(List<Integer> axes, double epsilon) implements Normalization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            checkAffine(this, inputs);
            checkAxes(this, axes, epsilon, inputs.get(0));
            if (inputs.size() == 3) {
                checkPerPlace(this, axes, inputs.get(0), inputs.get(1));
            }
            return List.of(inputs.get(0));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0, 1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return ofAffine(new LayerNormGradient(axes, epsilon), b);
        }
    }

    /**
     * Operands x, the gradient of the result and, if there is one, the weight of a {@link LayerNorm}; results: the
     * gradients of x and, with a weight, of weight and bias.
     */
    record LayerNormGradient(List<Integer> axes, double epsilon) implements Normalization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            checkGradient(this, inputs);
            checkAxes(this, axes, epsilon, inputs.get(0));
            if (inputs.size() == 2) {
                return List.of(inputs.get(0));
            }
            checkPerPlace(this, axes, inputs.get(0), inputs.get(2));
            return List.of(inputs.get(0), inputs.get(2), inputs.get(2));
        }

        @Override
        public boolean isTerminal() {
            return true;
        }
    }

    /**
     * Each channel scaled and shifted: {@code (x - centre) * scale + shift}, in one pass. Operands: x (N, C, H, W), scale,
     * shift and, if there is one, centre, each (N, C, 1, 1) or (1, C, 1, 1). With a centre a large mean costs no digits.
     */
    record ChannelAffine() implements Normalization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.that(
                    inputs.size() == 3 || inputs.size() == 4,
                    this,
                    () -> "expected 3 or 4 operands (x, scale, shift, centre), found " + inputs.size() + " " + inputs);
            Spec x = inputs.get(0);
            Checks.picture(this, "features", x);
            Shape one = Shape.of(1, x.shape().size(1), 1, 1);
            Shape each = one.with(0, x.shape().size(0));
            for (int i = 1; i < inputs.size(); i++) {
                Checks.sameType(this, x, inputs.get(i));
                Shape shape = inputs.get(i).shape();
                int operand = i;
                Checks.that(
                        shape.equals(one) || shape.equals(each),
                        this,
                        () -> "operand " + operand + " has shape " + shape + ", expected " + one + " or " + each
                                + " for features " + x.shape());
            }
            return List.of(x);
        }

        @Override
        public Saves saves(Wanted wanted) {
            // The numbers of channels are few and saved in any case; x is not where no scale asks for it.
            return wanted.input(1) ? Saves.inputs(0, 1, 3) : Saves.inputs(1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor g = b.gradient();
            boolean hasCentre = b.inputCount() == 4;
            if (b.wants(0) && b.wants(1) && b.inputSpec(0).type() == ElementType.FLOAT64) {
                List<Tensor> operands = new ArrayList<>(List.of(b.input(0), g, b.input(1)));
                if (hasCentre) {
                    operands.add(b.input(3));
                }
                if (operands.stream().allMatch(operand -> operand.plain() == operand)) {
                    List<Tensor> results = Tensor.applyAll(new ChannelAffineGradient(), operands);
                    return gradients(b, results.get(0), results.get(1), results.get(2));
                }
            }
            Tensor ofScale = null;
            if (b.wants(1)) {
                Tensor x = hasCentre ? b.input(0).sub(b.input(3)) : b.input(0);
                ofScale = x.mul(g).sum(2, 3);
            }
            return gradients(b, b.wants(0) ? g.mul(b.input(1)) : null, ofScale, g.sum(2, 3));
        }

        /**
         * What is wanted.
         *
         * @param ofScale (N, C, 1, 1)
         * @param sum of the gradient of each plane, (N, C, 1, 1)
         */
        private static List<@Nullable Tensor> gradients(
                Backward b, @Nullable Tensor ofX, @Nullable Tensor ofScale, Tensor sum) {
            List<@Nullable Tensor> gradients = new ArrayList<>();
            gradients.add(b.wants(0) ? ofX : null);
            gradients.add(ofScale == null ? null : ofScale.sumTo(b.inputSpec(1).shape()));
            gradients.add(b.wants(2) ? sum.sumTo(b.inputSpec(2).shape()) : null);
            if (b.inputCount() == 4) {
                gradients.add(
                        b.wants(3)
                                ? sum.mul(b.input(1))
                                        .negate()
                                        .sumTo(b.inputSpec(3).shape())
                                : null);
            }
            return gradients;
        }
    }

    /**
     * The gradient of {@link ChannelAffine} in float64. Operands: x, the gradient of the result, scale and, if there is one,
     * centre. Results: the gradient of x; that of the scale, {@code sum((x - centre) g)}, and {@code sum(g)} of each plane,
     * both (N, C, 1, 1).
     */
    record ChannelAffineGradient() implements Normalization {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.that(
                    inputs.size() == 3 || inputs.size() == 4,
                    this,
                    () -> "expected 3 or 4 operands (x, gradient, scale, centre), found " + inputs.size() + " "
                            + inputs);
            Spec x = inputs.get(0);
            Checks.picture(this, "features", x);
            Checks.that(x.type() == ElementType.FLOAT64, this, () -> "features are " + x + ", expected FLOAT64");
            Checks.that(
                    inputs.get(1).equals(x),
                    this,
                    () -> "gradient of the result is " + inputs.get(1) + ", expected " + x);
            Shape one = Shape.of(1, x.shape().size(1), 1, 1);
            Shape each = one.with(0, x.shape().size(0));
            for (Spec numbers : inputs.subList(2, inputs.size())) {
                Checks.sameType(this, x, numbers);
                Checks.that(
                        numbers.shape().equals(one) || numbers.shape().equals(each),
                        this,
                        () -> "scale or centre has shape " + numbers.shape() + ", expected " + one + " or " + each);
            }
            Spec sums = new Spec(each, x.type());
            return List.of(x, sums, sums);
        }

        @Override
        public boolean isTerminal() {
            return true;
        }
    }

    // ---- checks

    private static List<Spec> alongAxis(Operation operation, int axis, List<Spec> inputs, int count) {
        Checks.operands(operation, inputs, count);
        Spec x = inputs.get(0);
        Checks.floating(operation, "operand", x);
        Checks.that(axis >= 0 && axis < x.shape().rank(), operation, () -> "no axis " + axis + " in " + x.shape());
        for (Spec other : inputs) {
            Checks.that(other.equals(x), operation, () -> "operands differ: " + inputs);
        }
        return List.of(x);
    }

    private static void checkAffine(Operation operation, List<Spec> inputs) {
        Checks.that(
                inputs.size() == 1 || inputs.size() == 3,
                operation,
                () -> "expected 1 operand or 3 (x, weight, bias), found " + inputs.size() + " " + inputs);
        Checks.floating(operation, "operand", inputs.get(0));
        if (inputs.size() == 3) {
            Checks.sameType(operation, inputs.get(0), inputs.get(1));
            Checks.that(
                    inputs.get(1).equals(inputs.get(2)),
                    operation,
                    () -> "weight is " + inputs.get(1) + ", but bias is " + inputs.get(2));
        }
    }

    private static void checkGradient(Operation operation, List<Spec> inputs) {
        Checks.that(
                inputs.size() == 2 || inputs.size() == 3,
                operation,
                () -> "expected 2 or 3 operands (x, gradient, weight), found " + inputs.size() + " " + inputs);
        Checks.floating(operation, "operand", inputs.get(0));
        Checks.that(
                inputs.get(0).equals(inputs.get(1)),
                operation,
                () -> "x is " + inputs.get(0) + ", but its gradient is " + inputs.get(1));
        if (inputs.size() == 3) {
            Checks.sameType(operation, inputs.get(0), inputs.get(2));
        }
    }

    private static void checkEpsilon(Operation operation, double epsilon) {
        Checks.that(epsilon >= 0, operation, () -> "epsilon is " + epsilon + ", expected 0 or more");
    }

    private static void checkGroups(Operation operation, long groups, double epsilon, Spec x) {
        checkEpsilon(operation, epsilon);
        Checks.that(
                x.shape().rank() >= 2, operation, () -> "features have shape " + x.shape() + ", expected N, C, ...");
        long channels = x.shape().size(1);
        Checks.that(
                groups > 0 && channels % groups == 0,
                operation,
                () -> channels + " channels do not divide into " + groups + " groups");
        for (int axis = 1; axis < x.shape().rank(); axis++) {
            Checks.that(x.shape().size(axis) > 0, operation, () -> "features " + x.shape() + " are empty");
        }
    }

    private static void checkPerChannel(Operation operation, Spec x, Spec weight) {
        Shape each = Shape.of(x.shape().size(1));
        Shape perImage = Shape.of(x.shape().size(0), x.shape().size(1));
        Checks.that(
                weight.shape().equals(each) || weight.shape().equals(perImage),
                operation,
                () -> "weight has shape " + weight.shape() + ", expected " + each + " or " + perImage + " for features "
                        + x.shape());
    }

    private static void checkAxes(Operation operation, List<Integer> axes, double epsilon, Spec x) {
        checkEpsilon(operation, epsilon);
        Checks.that(!axes.isEmpty(), operation, "no axes to normalise over");
        for (int i = 0; i < axes.size(); i++) {
            int axis = axes.get(i);
            Checks.that(axis >= 0 && axis < x.shape().rank(), operation, () -> "no axis " + axis + " in " + x.shape());
            Checks.that(
                    i == 0 || axis == axes.get(i - 1) + 1,
                    operation,
                    () -> "axes " + axes + " are not neighbours in ascending order; permute the operand");
            Checks.that(x.shape().size(axis) > 0, operation, () -> "axis " + axis + " of " + x.shape() + " is empty");
        }
    }

    private static void checkPerPlace(Operation operation, List<Integer> axes, Spec x, Spec weight) {
        long[] sizes = new long[axes.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = x.shape().size(axes.get(i));
        }
        Shape expected = Shape.of(sizes);
        Checks.that(
                weight.shape().equals(expected),
                operation,
                () -> "weight has shape " + weight.shape() + ", expected " + expected + ", the sizes of axes " + axes
                        + " of " + x.shape());
    }

    /** The gradients of x, weight and bias from a record that computes them together. */
    private static List<@Nullable Tensor> ofAffine(Operation gradient, Backward b) {
        List<Tensor> operands = new ArrayList<>(List.of(b.input(0), b.gradient()));
        if (b.inputCount() == 3) {
            operands.add(b.input(1));
        }
        List<Tensor> found = Tensor.applyAll(gradient, operands);
        List<@Nullable Tensor> gradients = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            gradients.add(b.wants(i) ? found.get(i) : null);
        }
        return gradients;
    }
}
