package org.impasto.kernels;

import org.impasto.core.Elementwise.BinaryFunction;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;

/** Functions of two int64 tensors, which are indices and small: plain loops. */
final class LongArithmetic {
    private LongArithmetic() {}

    static CpuArray binary(BinaryFunction function, CpuArray a, CpuArray b, Spec output, KernelCall call) {
        CpuArray y = call.plain(output);
        for (int i = 0; i < y.elements(); i++) {
            long left = a.longs()[index(i, output.shape(), a.shape())];
            long right = b.longs()[index(i, output.shape(), b.shape())];
            y.longs()[i] = switch (function) {
                case ADD -> left + right;
                case SUBTRACT -> left - right;
                case MULTIPLY -> left * right;
                case DIVIDE -> quotient(left, right);
                case MAXIMUM -> Math.max(left, right);
                case MINIMUM -> Math.min(left, right);
                case GREATER -> left > right ? 1 : 0;
            };
        }
        return y;
    }

    private static long quotient(long left, long right) {
        if (right == 0) {
            throw new ShapeException("divide: an INT64 divisor is 0");
        }
        return left / right;
    }

    /** Where the broadcast operand's number for element i of the result lies. */
    private static int index(int i, Shape result, Shape operand) {
        int index = 0;
        int stride = 1;
        int rest = i;
        for (int fromEnd = 1; fromEnd <= operand.rank(); fromEnd++) {
            int size = result.intSize(-fromEnd);
            if (operand.size(-fromEnd) != 1) {
                index += rest % size * stride;
            }
            stride *= operand.intSize(-fromEnd);
            rest /= size;
        }
        return index;
    }
}
