package org.impasto.kernels;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Elementwise.Affine;
import org.impasto.core.Elementwise.Binary;
import org.impasto.core.Elementwise.BinaryFunction;
import org.impasto.core.Elementwise.Clamp;
import org.impasto.core.Elementwise.Elu;
import org.impasto.core.Elementwise.LeakyRelu;
import org.impasto.core.Elementwise.LeakyReluGradient;
import org.impasto.core.Elementwise.Power;
import org.impasto.core.Elementwise.Unary;
import org.impasto.core.Elementwise.UnaryFunction;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.elementwise.BinaryOperation;
import org.impasto.kernels.internal.elementwise.Elementwise;
import org.impasto.kernels.internal.elementwise.UnaryOperation;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.provider.VectorSupport;

/** Functions of elements. Blocked maps stay blocked where every operand can be read that way. */
final class ElementwiseKernels {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int REPEATED_BLOCKS = 64; // of a number a channel, so that runs are long
    private static final int NUMBERS_PER_PIECE = 1 << 15;

    private static final Elementwise FUNCTIONS = new Elementwise(VectorSupport.isVector());

    private ElementwiseKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(
                Unary.class,
                (o, x, out, call) -> o.function() == UnaryFunction.SIGN
                        ? sign(x, call)
                        : unary(operation(o.function()), 0, 0, keepsZero(o.function()), x, call));
        registry.addUnary(
                LeakyRelu.class, (o, x, out, call) -> unary(UnaryOperation.LEAKY_RELU, o.slope(), 0, true, x, call));
        registry.addUnary(Elu.class, (o, x, out, call) -> unary(UnaryOperation.ELU, o.alpha(), 0, true, x, call));
        registry.addUnary(
                Clamp.class,
                (o, x, out, call) ->
                        unary(UnaryOperation.CLAMP, o.low(), o.high(), o.low() <= 0 && o.high() >= 0, x, call));
        registry.addUnary(
                Affine.class,
                (o, x, out, call) -> unary(UnaryOperation.AFFINE, o.scale(), o.shift(), o.shift() == 0, x, call));
        registry.addUnary(
                Power.class,
                (o, x, out, call) -> unary(UnaryOperation.POWER, o.exponent(), 0, o.exponent() > 0, x, call));
        registry.add(
                LeakyReluGradient.class,
                (o, inputs, outputs, call) -> List.of(gate(o.slope(), inputs.get(0), inputs.get(1), call)));
        registry.add(
                Binary.class,
                (o, inputs, outputs, call) ->
                        List.of(binary(o.function(), inputs.get(0), inputs.get(1), outputs.get(0), call)));
    }

    private static UnaryOperation operation(UnaryFunction function) {
        return switch (function) {
            case ABSOLUTE -> UnaryOperation.ABSOLUTE;
            case COSINE -> UnaryOperation.COSINE;
            case ERROR_FUNCTION -> UnaryOperation.ERROR_FUNCTION;
            case EXPONENTIAL -> UnaryOperation.EXPONENTIAL;
            case GELU -> UnaryOperation.GELU;
            case LOGARITHM -> UnaryOperation.LOGARITHM;
            case LOGARITHM_OF_ONE_PLUS -> UnaryOperation.LOGARITHM_OF_ONE_PLUS;
            case NEGATE -> UnaryOperation.NEGATE;
            case RECIPROCAL -> UnaryOperation.RECIPROCAL;
            case RECIPROCAL_SQUARE_ROOT -> UnaryOperation.RECIPROCAL_SQUARE_ROOT;
            case RELU -> UnaryOperation.RELU;
            case SIGMOID -> UnaryOperation.SIGMOID;
            case SIGN -> throw new IllegalArgumentException("sign has a loop of its own");
            case SILU -> UnaryOperation.SILU;
            case SINE -> UnaryOperation.SINE;
            case SOFTPLUS -> UnaryOperation.SOFTPLUS;
            case SQUARE -> UnaryOperation.SQUARE;
            case SQUARE_ROOT -> UnaryOperation.SQUARE_ROOT;
            case TANH -> UnaryOperation.HYPERBOLIC_TANGENT;
        };
    }

    /** Whether zero stays zero, so that the lanes above the last channel do. */
    private static boolean keepsZero(UnaryFunction function) {
        return switch (function) {
            case ABSOLUTE,
                    ERROR_FUNCTION,
                    GELU,
                    LOGARITHM_OF_ONE_PLUS,
                    NEGATE,
                    RELU,
                    SIGN,
                    SILU,
                    SINE,
                    SQUARE,
                    SQUARE_ROOT,
                    TANH -> true;
            case COSINE, EXPONENTIAL, LOGARITHM, RECIPROCAL, RECIPROCAL_SQUARE_ROOT, SIGMOID, SOFTPLUS -> false;
        };
    }

    private static CpuArray unary(
            UnaryOperation operation, double p, double q, boolean keepsZero, CpuArray x, KernelCall call) {
        CpuArray y = call.like(x, x.spec());
        if (x.spec().type() == ElementType.FLOAT32) {
            int length = x.floats().length;
            FUNCTIONS.unary(
                    operation, (float) p, (float) q, length, x.floats(), 0, y.floats(), 0, call.workers(), call.run());
            if (!keepsZero) {
                clearLanes(y);
            }
        } else {
            FUNCTIONS.unary(operation, p, q, x.elements(), x.doubles(), 0, y.doubles(), 0, call.workers(), call.run());
        }
        return y;
    }

    private static CpuArray sign(CpuArray x, KernelCall call) {
        CpuArray y = call.like(x, x.spec());
        if (x.spec().type() == ElementType.FLOAT32) {
            for (int i = 0; i < y.floats().length; i++) {
                y.floats()[i] = Math.signum(x.floats()[i]);
            }
        } else {
            for (int i = 0; i < y.doubles().length; i++) {
                y.doubles()[i] = Math.signum(x.doubles()[i]);
            }
        }
        return y;
    }

    /** Zeros the lanes above the last channel of a blocked map. */
    static void clearLanes(CpuArray y) {
        int filled = y.isBlocked() ? y.size(1) % BLOCK : 0;
        if (filled == 0) {
            return;
        }
        int blocks = BlockedLayout.blocks(y.size(1));
        int pixels = KernelCall.pixels(y);
        for (int image = 0; image < y.size(0); image++) {
            int last = (image * blocks + blocks - 1) * pixels;
            for (int pixel = last; pixel < last + pixels; pixel++) {
                Arrays.fill(y.floats(), pixel * BLOCK + filled, (pixel + 1) * BLOCK, 0f);
            }
        }
    }

    private static CpuArray gate(double slope, CpuArray x, CpuArray gradient, KernelCall call) {
        boolean blocked = x.isBlocked() || gradient.isBlocked();
        CpuArray signs = blocked ? call.asBlocked(x) : x;
        CpuArray g = blocked ? call.asBlocked(gradient) : gradient;
        CpuArray y = call.like(signs, x.spec());
        if (x.spec().type() == ElementType.FLOAT32) {
            int length = y.floats().length;
            FUNCTIONS.gate((float) slope, length, signs.floats(), g.floats(), y.floats(), call.workers(), call.run());
            return y;
        }
        int length = y.doubles().length;
        int pieces = (int) ((length + NUMBERS_PER_PIECE - 1L) / NUMBERS_PER_PIECE);
        call.workers().run(pieces, call.run(), (piece, worker) -> {
            int from = piece * NUMBERS_PER_PIECE;
            for (int i = from; i < from + Math.min(NUMBERS_PER_PIECE, length - from); i++) {
                double value = g.doubles()[i];
                y.doubles()[i] = signs.doubles()[i] <= 0 ? slope == 0 ? 0 : slope * value : value;
            }
        });
        return y;
    }

    private static CpuArray binary(BinaryFunction function, CpuArray a, CpuArray b, Spec output, KernelCall call) {
        if (output.type() == ElementType.INT64) {
            return LongArithmetic.binary(function, a, b, output, call);
        }
        BinaryOperation operation = BinaryOperation.valueOf(function.name());
        if (output.shape().rank() == 4 && (a.isBlocked() || b.isBlocked())) {
            if (staysBlocked(a, output) && staysBlocked(b, output)) {
                return blockedBinary(operation, a, b, output, call);
            }
        }
        CpuArray left = call.asPlain(a);
        CpuArray right = call.asPlain(b);
        CpuArray y = call.plain(output);
        if (output.type() == ElementType.FLOAT32) {
            FUNCTIONS.binary(
                    operation,
                    sizes(output.shape()),
                    left.floats(),
                    0,
                    sizes(a.shape()),
                    right.floats(),
                    0,
                    sizes(b.shape()),
                    y.floats(),
                    0,
                    call.workers(),
                    call.run());
        } else {
            FUNCTIONS.binary(
                    operation,
                    sizes(output.shape()),
                    left.doubles(),
                    0,
                    sizes(a.shape()),
                    right.doubles(),
                    0,
                    sizes(b.shape()),
                    y.doubles(),
                    0,
                    call.workers(),
                    call.run());
        }
        return y;
    }

    private static boolean staysBlocked(CpuArray operand, Spec output) {
        return operand.shape().equals(output.shape()) || isScalar(operand) || isPerChannel(operand, output);
    }

    private static boolean isScalar(CpuArray operand) {
        return operand.shape().elements() == 1 && !operand.isBlocked();
    }

    /** Whether the operand is one number a channel: (N or 1) x C x 1 x 1. */
    private static boolean isPerChannel(CpuArray operand, Spec output) {
        Shape shape = operand.shape();
        return shape.rank() == 4
                && shape.size(1) == output.shape().size(1)
                && shape.size(2) == 1
                && shape.size(3) == 1
                && (shape.size(0) == 1 || shape.size(0) == output.shape().size(0));
    }

    private static CpuArray blockedBinary(
            BinaryOperation operation, CpuArray a, CpuArray b, Spec output, KernelCall call) {
        CpuArray y = call.blocked(output);
        boolean flat =
                (a.shape().equals(output.shape()) || isScalar(a)) && (b.shape().equals(output.shape()) || isScalar(b));
        if (flat) {
            int[] all = {y.floats().length};
            int[] one = {1};
            CpuArray left = isScalar(a) ? a : call.asBlocked(a);
            CpuArray right = isScalar(b) ? b : call.asBlocked(b);
            FUNCTIONS.binary(
                    operation,
                    all,
                    left.floats(),
                    0,
                    isScalar(a) ? one : all,
                    right.floats(),
                    0,
                    isScalar(b) ? one : all,
                    y.floats(),
                    0,
                    call.workers(),
                    call.run());
        } else {
            perChannel(operation, call.asBlocked(a), call.asBlocked(b), y, call);
        }
        clearLanes(y);
        return y;
    }

    /** Each plane of a block is combined with a run that repeats the block's sixteen numbers. */
    private static void perChannel(BinaryOperation operation, CpuArray a, CpuArray b, CpuArray y, KernelCall call) {
        int blocks = BlockedLayout.blocks(y.size(1));
        int plane = KernelCall.pixels(y) * BLOCK;
        int run = Math.min(plane, REPEATED_BLOCKS * BLOCK);
        int rows = plane / run;
        for (int image = 0; image < y.size(0); image++) {
            for (int block = 0; block < blocks; block++) {
                int target = (image * blocks + block) * plane;
                Part left = part(a, y, image, block, run);
                Part right = part(b, y, image, block, run);
                combine(operation, rows, run, left, right, 0, y, target, call);
                int rest = plane - rows * run;
                if (rest > 0) {
                    combine(operation, 1, rest, left, right, rows * run, y, target, call);
                }
            }
        }
    }

    private static void combine(
            BinaryOperation operation,
            int rows,
            int length,
            Part a,
            Part b,
            int from,
            CpuArray y,
            int target,
            KernelCall call) {
        int[] shape = {rows, length};
        FUNCTIONS.binary(
                operation,
                shape,
                a.values,
                a.repeats ? 0 : a.offset + from,
                a.repeats ? new int[] {length} : shape,
                b.values,
                b.repeats ? 0 : b.offset + from,
                b.repeats ? new int[] {length} : shape,
                y.floats(),
                target + from,
                call.workers(),
                call.run());
    }

    /** One block's plane of an operand, or a run that repeats its number a channel. */
    private record Part(float[] values, int offset, boolean repeats) {}

    private static Part part(CpuArray operand, CpuArray y, int image, int block, int run) {
        int blocks = BlockedLayout.blocks(y.size(1));
        if (operand.shape().equals(y.shape())) {
            return new Part(operand.floats(), (image * blocks + block) * KernelCall.pixels(y) * BLOCK, false);
        }
        int source = ((operand.size(0) == 1 ? 0 : image) * blocks + block) * BLOCK;
        float[] repeated = new float[run];
        for (int at = 0; at < run; at += BLOCK) {
            System.arraycopy(operand.floats(), source, repeated, at, BLOCK);
        }
        return new Part(repeated, 0, true);
    }

    static int[] sizes(Shape shape) {
        int[] sizes = new int[shape.rank()];
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = shape.intSize(axis);
        }
        return sizes;
    }
}
