package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations that find places along an axis, or move elements by their places. */
public sealed interface Selection extends Operation {
    /**
     * Where the largest element along an axis stands, as INT64; the axis becomes 1. The first of equal elements wins; an
     * element that is not a number counts as the largest.
     */
    record ArgMaximum(int axis) implements Selection {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec x = inputs.get(0);
            Checks.floating(this, "operand", x);
            Checks.that(axis >= 0 && axis < x.shape().rank(), this, () -> "no axis " + axis + " in " + x.shape());
            Checks.that(x.shape().size(axis) > 0, this, () -> "axis " + axis + " of " + x.shape() + " is empty");
            return List.of(new Spec(x.shape().with(axis, 1), ElementType.INT64));
        }
    }

    /**
     * Layers of an axis chosen by their places: operands x and indices (INT64, rank 1); layer i of the result is layer
     * {@code indices[i]} of x. Places may repeat; one beyond the axis is a {@link ShapeException}.
     */
    record IndexSelect(int axis) implements Selection {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Spec x = inputs.get(0);
            Checks.that(axis >= 0 && axis < x.shape().rank(), this, () -> "no axis " + axis + " in " + x.shape());
            checkIndices(this, inputs.get(1));
            return List.of(new Spec(x.shape().with(axis, inputs.get(1).shape().size(0)), x.type()));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Operation add = new IndexAdd(axis, b.inputSpec(0).shape().size(axis));
            return forFirst(Tensor.apply(add, b.gradient(), b.input(1)));
        }
    }

    /**
     * Layers added up at places of an axis: operands x and indices (INT64, rank 1); layer j of the result is the sum of
     * the layers i of x with {@code indices[i] == j}, in their order, and 0 where there is none. The reverse of
     * {@link IndexSelect}.
     *
     * @param size size of the axis in the result
     */
    record IndexAdd(int axis, long size) implements Selection {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            Spec x = inputs.get(0);
            Checks.floating(this, "operand", x);
            Checks.that(axis >= 0 && axis < x.shape().rank(), this, () -> "no axis " + axis + " in " + x.shape());
            Checks.that(size >= 0, this, () -> "size " + size + " is negative");
            checkIndices(this, inputs.get(1));
            long places = inputs.get(1).shape().size(0);
            Checks.that(
                    x.shape().size(axis) == places,
                    this,
                    () -> "axis " + axis + " of " + x.shape() + " has not one layer for each of " + places
                            + " indices");
            return List.of(new Spec(x.shape().with(axis, size), x.type()));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return forFirst(b.gradient().indexSelect(axis, b.input(1)));
        }
    }

    private static List<@Nullable Tensor> forFirst(Tensor gradient) {
        List<@Nullable Tensor> gradients = new ArrayList<>();
        gradients.add(gradient);
        gradients.add(null);
        return gradients;
    }

    private static void checkIndices(Operation operation, Spec indices) {
        Checks.that(
                indices.type() == ElementType.INT64 && indices.shape().rank() == 1,
                operation,
                () -> "indices are " + indices + ", expected INT64 of rank 1");
    }

    /** A place along an axis as an int; a {@link ShapeException} if it is beyond the axis. */
    static int place(Operation operation, long index, int size) {
        if (index < 0 || index >= size) {
            throw new ShapeException(
                    operation.name() + ": index " + index + " is not within 0 to " + (size - 1) + ", the axis");
        }
        return (int) index;
    }
}
