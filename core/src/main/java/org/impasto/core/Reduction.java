package org.impasto.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations that reduce axes to size 1. */
public sealed interface Reduction extends Operation {
    /** The axes, from 0, that become 1. */
    List<Integer> axes();

    @Override
    default List<Spec> outputs(List<Spec> inputs) {
        Checks.operands(this, inputs, 1);
        Spec input = inputs.get(0);
        Checks.floating(this, "operand", input);
        Shape shape = input.shape();
        long[] sizes = shape.toArray();
        for (int axis : axes()) {
            Checks.that(
                    axes().indexOf(axis) == axes().lastIndexOf(axis), this, () -> "axes " + axes() + " name one twice");
            Checks.that(axis >= 0 && axis < shape.rank(), this, () -> "no axis " + axis + " in " + shape);
            Checks.that(
                    this instanceof Sum || shape.size(axis) > 0,
                    this,
                    () -> "axis " + axis + " of " + shape + " is empty");
            sizes[axis] = 1;
        }
        return List.of(new Spec(Shape.of(sizes), input.type()));
    }

    /** The sum over the axes; 0 over an empty axis. */
    record Sum(List<Integer> axes) implements Reduction {
        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(b.gradient().expand(b.inputSpec(0).shape()));
        }
    }

    /** The largest element; NaN if one is. The gradient is shared equally by equal largest elements. */
    record Maximum(List<Integer> axes) implements Reduction {
        @Override
        public Saves saves(Wanted wanted) {
            return new Saves(List.of(0), List.of(0));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor largest = b.output(0).greater(b.input(0)).affine(-1, 1);
            return List.of(largest.mul(b.gradient().div(Tensor.apply(new Sum(axes), largest))));
        }
    }

    /** The smallest element; NaN if one is. The gradient is shared equally by equal smallest elements. */
    record Minimum(List<Integer> axes) implements Reduction {
        @Override
        public Saves saves(Wanted wanted) {
            return new Saves(List.of(0), List.of(0));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor smallest = b.input(0).greater(b.output(0)).affine(-1, 1);
            return List.of(smallest.mul(b.gradient().div(Tensor.apply(new Sum(axes), smallest))));
        }
    }
}
