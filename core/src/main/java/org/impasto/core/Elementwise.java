package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations that compute each element of the result from the elements at the same place. */
public sealed interface Elementwise extends Operation {
    /** Functions of one number without options. */
    enum UnaryFunction {
        ABSOLUTE,
        COSINE,
        /** The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
        ERROR_FUNCTION,
        EXPONENTIAL,
        /** x / 2 * (1 + erf(x / sqrt(2))): Hendrycks and Gimpel, Gaussian Error Linear Units, 2016. */
        GELU,
        LOGARITHM,
        /** log(1 + x), exact where x is small. */
        LOGARITHM_OF_ONE_PLUS,
        NEGATE,
        RECIPROCAL,
        /** 1 / sqrt(x). */
        RECIPROCAL_SQUARE_ROOT,
        RELU,
        SIGMOID,
        /** -1, 0 or 1. */
        SIGN,
        /** x * sigmoid(x), also called swish. */
        SILU,
        SINE,
        /** log(1 + exp(x)). */
        SOFTPLUS,
        SQUARE,
        SQUARE_ROOT,
        TANH
    }

    /** Functions of two numbers; the operands broadcast as in NumPy. */
    enum BinaryFunction {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        MAXIMUM,
        MINIMUM,
        /** 1 where left is greater than right, else 0. */
        GREATER
    }

    /** A function of each element. */
    record Unary(UnaryFunction function) implements Elementwise {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return sameAsInput(this, inputs);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return switch (function) {
                case NEGATE, SIGN -> Saves.nothing();
                case EXPONENTIAL, RECIPROCAL, RECIPROCAL_SQUARE_ROOT, RELU, SIGMOID, SQUARE_ROOT, TANH ->
                    Saves.outputs(0);
                case ABSOLUTE,
                        COSINE,
                        ERROR_FUNCTION,
                        GELU,
                        LOGARITHM,
                        LOGARITHM_OF_ONE_PLUS,
                        SILU,
                        SINE,
                        SOFTPLUS,
                        SQUARE -> Saves.inputs(0);
            };
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor g = b.gradient();
            return List.of(
                    switch (function) {
                        case ABSOLUTE -> g.mul(b.input(0).sign());
                        case COSINE -> g.mul(b.input(0).sin()).negate();
                        case ERROR_FUNCTION -> g.mul(bell(b.input(0), 1)).affine(2 / Math.sqrt(Math.PI), 0);
                        case GELU -> g.mul(geluSlope(b.input(0)));
                        case EXPONENTIAL -> g.mul(b.output(0));
                        case LOGARITHM -> g.div(b.input(0));
                        case LOGARITHM_OF_ONE_PLUS -> g.div(b.input(0).affine(1, 1));
                        case NEGATE -> g.negate();
                        case RECIPROCAL -> g.mul(b.output(0).square()).negate();
                        case RECIPROCAL_SQUARE_ROOT ->
                            g.mul(b.output(0)).mul(b.output(0).square()).affine(-0.5, 0);
                        case RELU -> only(b.output(0), g);
                        case SIGMOID -> g.mul(b.output(0)).mul(b.output(0).affine(-1, 1));
                        case SIGN -> g.affine(0, 0);
                        case SILU -> g.mul(siluSlope(b.input(0)));
                        case SINE -> g.mul(b.input(0).cos());
                        case SOFTPLUS -> g.mul(b.input(0).sigmoid());
                        case SQUARE -> g.mul(b.input(0)).affine(2, 0);
                        case SQUARE_ROOT -> g.div(b.output(0)).affine(0.5, 0);
                        case TANH -> g.mul(b.output(0).square().affine(-1, 1));
                    });
        }

        /** exp(-scale x^2). */
        private static Tensor bell(Tensor x, double scale) {
            return x.square().affine(-scale, 0).exp();
        }

        /** The normal distribution up to x, and x times its density. */
        private static Tensor geluSlope(Tensor x) {
            Tensor distribution = x.affine(Math.sqrt(0.5), 0).erf().affine(0.5, 0.5);
            return distribution.add(bell(x, 0.5).mul(x).affine(1 / Math.sqrt(2 * Math.PI), 0));
        }

        /** s (1 + x (1 - s)) where s is the sigmoid. */
        private static Tensor siluSlope(Tensor x) {
            Tensor s = x.sigmoid();
            return s.mul(x.mul(s.affine(-1, 1)).affine(1, 1));
        }

        @Override
        public String name() {
            return function.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** {@code x} where positive, else {@code slope * x}. */
    record LeakyRelu(double slope) implements Elementwise {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return sameAsInput(this, inputs);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(Tensor.apply(new LeakyReluGradient(slope), b.input(0), b.gradient()));
        }
    }

    /** {@code x} where positive, else {@code alpha * (exp(x) - 1)}: Clevert and others, ELU, 2015. */
    record Elu(double alpha) implements Elementwise {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return sameAsInput(this, inputs);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor slope = b.input(0).clamp(Double.NEGATIVE_INFINITY, 0).exp();
            return List.of(Tensor.apply(
                    new LeakyReluGradient(alpha), b.input(0), b.gradient().mul(slope)));
        }
    }

    /** Operands x and g: {@code slope * g} where x is 0 or less, which for slope 0 is 0 of any g; elsewhere {@code g}. */
    record LeakyReluGradient(double slope) implements Elementwise {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Checks.floating(this, "operand", inputs.get(0));
            Checks.that(inputs.get(0).equals(inputs.get(1)), this, () -> "operands differ: " + inputs);
            return List.of(inputs.get(0));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            List<@Nullable Tensor> gradients = new ArrayList<>();
            gradients.add(b.wants(0) ? b.gradient().affine(0, 0) : null);
            gradients.add(b.wants(1) ? Tensor.apply(this, b.input(0), b.gradient()) : null);
            return gradients;
        }
    }

    /** Each element kept within {@code low} and {@code high}. */
    record Clamp(double low, double high) implements Elementwise {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.that(low <= high, this, () -> "low " + low + " is above high " + high);
            return sameAsInput(this, inputs);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor x = b.input(0);
            Tensor outside = x.greater(x.constant(Shape.scalar(), high))
                    .add(x.constant(Shape.scalar(), low).greater(x));
            return List.of(only(outside.affine(-1, 1), b.gradient()));
        }
    }

    /** {@code scale * x + shift}. */
    record Affine(double scale, double shift) implements Elementwise {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return sameAsInput(this, inputs);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(b.gradient().affine(scale, 0));
        }
    }

    /** Each element raised to a constant power. */
    record Power(double exponent) implements Elementwise {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            return sameAsInput(this, inputs);
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            // x^0 is 1 everywhere; 0 * x^-1 would be NaN at x = 0.
            return List.of(
                    exponent == 0
                            ? b.gradient().affine(0, 0)
                            : b.gradient().mul(b.input(0).power(exponent - 1)).affine(exponent, 0));
        }
    }

    /** A function of two tensors that broadcast against each other. */
    record Binary(BinaryFunction function) implements Elementwise {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Spec left = inputs.get(0);
            Spec right = inputs.get(1);
            Checks.sameType(this, left, right);
            if (function == BinaryFunction.DIVIDE) {
                Checks.floating(this, "left", left);
            }
            return List.of(new Spec(broadcast(this, left.shape(), right.shape()), left.type()));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return switch (function) {
                case ADD, SUBTRACT, GREATER -> Saves.nothing();
                case MULTIPLY ->
                    wanted.input(0) ? wanted.input(1) ? Saves.inputs(0, 1) : Saves.inputs(1) : Saves.inputs(0);
                case DIVIDE -> wanted.input(1) ? new Saves(List.of(1), List.of(0)) : Saves.inputs(1);
                case MAXIMUM, MINIMUM -> Saves.inputs(0, 1);
            };
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor g = b.gradient();
            List<@Nullable Tensor> gradients = new ArrayList<>();
            for (int side = 0; side < 2; side++) {
                gradients.add(
                        b.wants(side) ? side(b, g, side).sumTo(b.inputSpec(side).shape()) : null);
            }
            return gradients;
        }

        private Tensor side(Backward b, Tensor g, int side) {
            return switch (function) {
                case ADD -> g;
                case SUBTRACT -> side == 0 ? g : g.negate();
                case MULTIPLY -> g.mul(b.input(1 - side));
                case DIVIDE ->
                    side == 0
                            ? g.div(b.input(1))
                            : g.mul(b.output(0)).div(b.input(1)).negate();
                case MAXIMUM -> only(winner(b.input(0), b.input(1), side), g);
                case MINIMUM -> only(winner(b.input(1), b.input(0), side), g);
                case GREATER -> g.affine(0, 0);
            };
        }

        /** Whether first is greater, for side 0, or is not, for side 1: ties go to one side, so gradients add up. */
        private static Tensor winner(Tensor first, Tensor second, int side) {
            Tensor greater = first.greater(second);
            return side == 0 ? greater : greater.affine(-1, 1);
        }

        @Override
        public String name() {
            return function.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The gradient where {@code counted} is 1, else 0, even where it is infinite. */
    private static Tensor only(Tensor counted, Tensor gradient) {
        return Tensor.apply(new LeakyReluGradient(0), counted, gradient);
    }

    private static List<Spec> sameAsInput(Operation operation, List<Spec> inputs) {
        Checks.operands(operation, inputs, 1);
        Checks.floating(operation, "operand", inputs.get(0));
        return List.of(inputs.get(0));
    }

    /** The common shape of two operands by NumPy's rule: axes are matched from the last, a size of 1 is repeated. */
    static Shape broadcast(Operation operation, Shape left, Shape right) {
        int rank = Math.max(left.rank(), right.rank());
        long[] sizes = new long[rank];
        for (int fromEnd = 1; fromEnd <= rank; fromEnd++) {
            long l = fromEnd <= left.rank() ? left.size(-fromEnd) : 1;
            long r = fromEnd <= right.rank() ? right.size(-fromEnd) : 1;
            if (l != r && l != 1 && r != 1) {
                throw new ShapeException(operation.name() + ": shapes " + left + " and " + right
                        + " do not broadcast: axis -" + fromEnd + " is " + l + " against " + r);
            }
            sizes[rank - fromEnd] = l == 1 ? r : l;
        }
        return Shape.of(sizes);
    }
}
