package org.impasto.kernels;

import java.util.List;
import org.impasto.core.Conversion;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.View;
import org.impasto.kernels.internal.layout.BlockedLayout;

/** Elements moved, and converted, without computing. */
final class ViewKernels {
    private ViewKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(View.Reshape.class, (reshape, x, output, call) -> reshape(x, output, call));
        registry.addUnary(View.Permute.class, ViewKernels::permute);
        registry.addUnary(View.Slice.class, ViewKernels::slice);
        registry.add(View.Concat.class, ViewKernels::concat);
        registry.addUnary(Conversion.Cast.class, ViewKernels::cast);
    }

    private static CpuArray reshape(CpuArray x, Spec output, KernelCall call) {
        if (!x.isBlocked()) {
            return x.reshaped(output);
        }
        CpuArray plain = call.plain(x.spec());
        call.toPlain(x, plain);
        return plain.reshaped(output);
    }

    private static CpuArray permute(View.Permute permute, CpuArray x, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        int rank = output.shape().rank();
        if (to.elements() == 0 || rank == 0) {
            System.arraycopy(from.values(), 0, to.values(), 0, to.elements());
            return to;
        }
        int[] strides = strides(x.shape());
        int[] steps = new int[rank]; // how far a step along an axis of the result moves in the operand
        for (int axis = 0; axis < rank; axis++) {
            steps[axis] = strides[permute.order().get(axis)];
        }
        int last = output.shape().intSize(rank - 1);
        int step = steps[rank - 1];
        int rows = to.elements() / last;
        call.workers().run(rows == 0 ? 0 : (rows + 63) / 64, call.run(), (piece, worker) -> {
            for (int row = piece * 64; row < Math.min(rows, piece * 64 + 64); row++) {
                int source = 0;
                int rest = row;
                for (int axis = rank - 2; axis >= 0; axis--) {
                    int size = output.shape().intSize(axis);
                    source += rest % size * steps[axis];
                    rest /= size;
                }
                copyStrided(from.values(), source, step, to.values(), row * last, last);
            }
        });
        return to;
    }

    private static void copyStrided(Object from, int source, int step, Object to, int target, int count) {
        if (step == 1) {
            System.arraycopy(from, source, to, target, count);
        } else if (from instanceof float[] floats) {
            for (int i = 0; i < count; i++) {
                ((float[]) to)[target + i] = floats[source + i * step];
            }
        } else if (from instanceof double[] doubles) {
            for (int i = 0; i < count; i++) {
                ((double[]) to)[target + i] = doubles[source + i * step];
            }
        } else {
            for (int i = 0; i < count; i++) {
                ((long[]) to)[target + i] = ((long[]) from)[source + i * step];
            }
        }
    }

    private static int[] strides(Shape shape) {
        int[] strides = new int[shape.rank()];
        int stride = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape.intSize(axis);
        }
        return strides;
    }

    private static CpuArray slice(View.Slice slice, CpuArray x, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        int inner = product(x.shape(), slice.axis() + 1, x.shape().rank());
        int outer = product(x.shape(), 0, slice.axis());
        int row = Math.toIntExact(slice.length()) * inner;
        int stride = x.size(slice.axis()) * inner;
        for (int i = 0; i < outer; i++) {
            System.arraycopy(
                    from.values(), i * stride + Math.toIntExact(slice.start()) * inner, to.values(), i * row, row);
        }
        return to;
    }

    private static List<CpuArray> concat(
            View.Concat concat, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        Shape shape = outputs.get(0).shape();
        // Along rows or columns blocks stay whole.
        boolean blocked = concat.axis() >= 2 && inputs.stream().allMatch(CpuArray::isBlocked);
        CpuArray to = blocked ? call.blocked(outputs.get(0)) : call.plain(outputs.get(0));
        int inner = product(shape, concat.axis() + 1, shape.rank()) * (blocked ? BlockedLayout.BLOCK : 1);
        int outer = blocked
                ? shape.intSize(0) * BlockedLayout.blocks(shape.intSize(1)) * product(shape, 2, concat.axis())
                : product(shape, 0, concat.axis());
        int stride = shape.intSize(concat.axis()) * inner;
        int start = 0;
        for (CpuArray input : inputs) {
            CpuArray from = blocked ? input : call.asPlain(input);
            int row = input.size(concat.axis()) * inner;
            for (int i = 0; i < outer; i++) {
                System.arraycopy(from.values(), i * row, to.values(), i * stride + start, row);
            }
            start += row;
        }
        return List.of(to);
    }

    private static int product(Shape shape, int fromAxis, int toAxis) {
        int product = 1;
        for (int axis = fromAxis; axis < toAxis; axis++) {
            product *= shape.intSize(axis);
        }
        return product;
    }

    private static CpuArray cast(Conversion.Cast cast, CpuArray x, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        int count = from.elements();
        ElementType source = x.spec().type();
        if (source == cast.type()) {
            System.arraycopy(from.values(), 0, to.values(), 0, count);
            return to;
        }
        for (int i = 0; i < count; i++) {
            double value = source == ElementType.INT64
                    ? from.longs()[i]
                    : source == ElementType.FLOAT32 ? from.floats()[i] : from.doubles()[i];
            switch (cast.type()) {
                case FLOAT32 -> to.floats()[i] = (float) value;
                case FLOAT64 -> to.doubles()[i] = value;
                default -> to.longs()[i] = (long) value;
            }
        }
        return to;
    }
}
