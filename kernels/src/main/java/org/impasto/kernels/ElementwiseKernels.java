package org.impasto.kernels;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.impasto.core.ElementType;
import org.impasto.core.Elementwise;
import org.impasto.core.Shape;
import org.impasto.core.Spec;

/** interim */
final class ElementwiseKernels {
    private ElementwiseKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(Elementwise.Unary.class, (o, x, out, call) -> unary(switch (o.function()) {
            case ABSOLUTE -> Math::abs;
            case EXPONENTIAL -> Math::exp;
            case LOGARITHM -> Math::log;
            case NEGATE -> v -> -v;
            case RECIPROCAL -> v -> 1 / v;
            case RELU -> v -> v > 0 ? v : Double.isNaN(v) ? v : 0;
            case SIGMOID -> v -> 1 / (1 + Math.exp(-v));
            case SIGN -> Math::signum;
            case SQUARE -> v -> v * v;
            case SQUARE_ROOT -> Math::sqrt;
            case TANH -> Math::tanh;
        }, x, out, call));
        registry.addUnary(Elementwise.LeakyRelu.class, (o, x, out, call) -> unary(v -> v > 0 ? v : o.slope() * v, x, out, call));
        registry.addUnary(Elementwise.Clamp.class, (o, x, out, call) -> unary(v -> Math.max(o.low(), Math.min(o.high(), v)), x, out, call));
        registry.addUnary(Elementwise.Affine.class, (o, x, out, call) -> unary(v -> o.scale() * v + o.shift(), x, out, call));
        registry.addUnary(Elementwise.Power.class, (o, x, out, call) -> unary(v -> Math.pow(v, o.exponent()), x, out, call));
        registry.add(Elementwise.LeakyReluGradient.class, (o, in, out, call) -> binary((x, g) -> x > 0 ? g : o.slope() * g, in, out, call));
        registry.add(Elementwise.Binary.class, (o, in, out, call) -> binary(switch (o.function()) {
            case ADD -> (a, b) -> a + b;
            case SUBTRACT -> (a, b) -> a - b;
            case MULTIPLY -> (a, b) -> a * b;
            case DIVIDE -> (a, b) -> a / b;
            case MAXIMUM -> Math::max;
            case MINIMUM -> Math::min;
            case GREATER -> (a, b) -> a > b ? 1 : 0;
        }, in, out, call));
    }

    private static CpuArray unary(DoubleUnaryOperator f, CpuArray x, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        for (int i = 0; i < to.elements(); i++) {
            set(to, i, f.applyAsDouble(get(from, i)));
        }
        return to;
    }

    private static List<CpuArray> binary(DoubleBinaryOperator f, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray a = call.asPlain(inputs.get(0));
        CpuArray b = call.asPlain(inputs.get(1));
        CpuArray to = call.plain(outputs.get(0));
        for (int i = 0; i < to.elements(); i++) {
            set(to, i, f.applyAsDouble(get(a, index(i, to.shape(), a.shape())), get(b, index(i, to.shape(), b.shape()))));
        }
        return List.of(to);
    }

    private static int index(int i, Shape whole, Shape part) {
        if (whole.equals(part)) {
            return i;
        }
        int index = 0;
        int stride = 1;
        int rest = i;
        for (int axis = 1; axis <= whole.rank(); axis++) {
            int size = whole.intSize(-axis);
            if (axis <= part.rank()) {
                if (part.size(-axis) != 1) {
                    index += rest % size * stride;
                }
                stride *= part.intSize(-axis);
            }
            rest /= size;
        }
        return index;
    }

    static double get(CpuArray array, int index) {
        return array.spec().type() == ElementType.FLOAT32 ? array.floats()[index] : array.doubles()[index];
    }

    static void set(CpuArray array, int index, double value) {
        if (array.spec().type() == ElementType.FLOAT32) {
            array.floats()[index] = (float) value;
        } else {
            array.doubles()[index] = value;
        }
    }
}
