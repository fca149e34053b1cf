package org.impasto.testing;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import org.impasto.core.Conversion;
import org.impasto.core.Elementwise;
import org.impasto.core.Shape;

/** Elementwise operations and conversions. NaN operands give NaN results, but for comparisons, which it fails. */
final class ReferenceElementwise {
    private ReferenceElementwise() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Elementwise.Unary.class, (o, in, out) -> map(in, out, function(o.function())));
        registry.put(Elementwise.LeakyRelu.class, (o, in, out) -> map(in, out, x -> x > 0 ? x : o.slope() * x));
        registry.put(Elementwise.Elu.class, (o, in, out) -> map(in, out, x -> x > 0 ? x : o.alpha() * Math.expm1(x)));
        registry.put(
                Elementwise.LeakyReluGradient.class,
                (o, in, out) -> combine(in, out, (x, g) -> x <= 0 ? o.slope() == 0 ? 0 : o.slope() * g : g));
        registry.put(
                Elementwise.Clamp.class, (o, in, out) -> map(in, out, x -> Math.min(Math.max(x, o.low()), o.high())));
        registry.put(Elementwise.Affine.class, (o, in, out) -> map(in, out, x -> o.scale() * x + o.shift()));
        registry.put(Elementwise.Power.class, (o, in, out) -> map(in, out, x -> Math.pow(x, o.exponent())));
        registry.put(Elementwise.Binary.class, ReferenceElementwise::binary);
        registry.put(Conversion.Cast.class, ReferenceElementwise::cast);
    }

    private static DoubleUnaryOperator function(Elementwise.UnaryFunction function) {
        return switch (function) {
            case ABSOLUTE -> Math::abs;
            case COSINE -> Math::cos;
            case ERROR_FUNCTION -> x -> x < 0 ? -ReferenceErrorFunction.erf(-x) : ReferenceErrorFunction.erf(x);
            case EXPONENTIAL -> Math::exp;
            case GELU -> ReferenceErrorFunction::gelu;
            case LOGARITHM -> Math::log;
            case LOGARITHM_OF_ONE_PLUS -> Math::log1p;
            case NEGATE -> x -> -x;
            case RECIPROCAL -> x -> 1 / x;
            case RECIPROCAL_SQUARE_ROOT -> x -> 1 / Math.sqrt(x);
            case RELU -> x -> Math.max(x, 0);
            case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
            case SIGN -> Math::signum;
            case SILU -> x -> x < 0 ? x * Math.exp(x) / (1 + Math.exp(x)) : x / (1 + Math.exp(-x));
            case SINE -> Math::sin;
            case SOFTPLUS -> x -> x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
            case SQUARE -> x -> x * x;
            case SQUARE_ROOT -> Math::sqrt;
            case TANH -> Math::tanh;
        };
    }

    private static void map(List<Values> in, List<Values> out, DoubleUnaryOperator function) {
        double[] x = in.get(0).doubles;
        double[] y = out.get(0).doubles;
        for (int i = 0; i < y.length; i++) {
            y[i] = function.applyAsDouble(x[i]);
        }
    }

    private static void combine(List<Values> in, List<Values> out, DoubleBinaryOperator function) {
        double[] y = out.get(0).doubles;
        for (int i = 0; i < y.length; i++) {
            y[i] = function.applyAsDouble(in.get(0).doubles[i], in.get(1).doubles[i]);
        }
    }

    private static void binary(Elementwise.Binary operation, List<Values> in, List<Values> out) {
        Values left = in.get(0);
        Values right = in.get(1);
        Values y = out.get(0);
        int[] fromLeft = broadcast(left.shape(), y.shape());
        int[] fromRight = broadcast(right.shape(), y.shape());
        for (int i = 0; i < y.elements(); i++) {
            if (y.integer()) {
                y.longs[i] =
                        integers(operation.function()).applyAsLong(left.longs[fromLeft[i]], right.longs[fromRight[i]]);
            } else {
                y.doubles[i] = floats(operation.function())
                        .applyAsDouble(left.doubles[fromLeft[i]], right.doubles[fromRight[i]]);
            }
        }
    }

    /** For each element of the result, the element of an operand that broadcasting puts there. */
    static int[] broadcast(Shape operand, Shape result) {
        int[] strides = Values.strides(operand);
        int[] indices = new int[Math.toIntExact(result.elements())];
        for (int i = 0; i < indices.length; i++) {
            int rest = i;
            for (int fromEnd = 1; fromEnd <= result.rank(); fromEnd++) {
                int coordinate = rest % result.intSize(-fromEnd);
                rest /= result.intSize(-fromEnd);
                if (fromEnd <= operand.rank() && operand.size(-fromEnd) != 1) {
                    indices[i] += coordinate * strides[operand.rank() - fromEnd];
                }
            }
        }
        return indices;
    }

    private static DoubleBinaryOperator floats(Elementwise.BinaryFunction function) {
        return switch (function) {
            case ADD -> (a, b) -> a + b;
            case SUBTRACT -> (a, b) -> a - b;
            case MULTIPLY -> (a, b) -> a * b;
            case DIVIDE -> (a, b) -> a / b;
            case MAXIMUM -> Math::max;
            case MINIMUM -> Math::min;
            case GREATER -> (a, b) -> a > b ? 1 : 0;
        };
    }

    private static LongBinaryOperator integers(Elementwise.BinaryFunction function) {
        return switch (function) {
            case ADD -> (a, b) -> a + b;
            case SUBTRACT -> (a, b) -> a - b;
            case MULTIPLY -> (a, b) -> a * b;
            case DIVIDE -> throw new IllegalStateException("the shape rule refuses a division of integers");
            case MAXIMUM -> Math::max;
            case MINIMUM -> Math::min;
            case GREATER -> (a, b) -> a > b ? 1 : 0;
        };
    }

    private static void cast(Conversion.Cast operation, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        Values y = out.get(0);
        for (int i = 0; i < y.elements(); i++) {
            if (y.integer()) {
                y.longs[i] = x.integer() ? x.longs[i] : (long) x.doubles[i];
            } else {
                y.doubles[i] = x.integer() ? x.longs[i] : x.doubles[i];
            }
        }
    }
}
