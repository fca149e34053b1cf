package org.impasto.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations that move elements without changing them. */
public sealed interface View extends Operation {
    /** The same elements in row-major order under another shape. */
    record Reshape(Shape shape) implements View {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec input = inputs.get(0);
            Checks.that(
                    input.shape().elements() == shape.elements(),
                    this,
                    () -> "shape " + input.shape() + " has " + input.shape().elements() + " elements, " + shape
                            + " has " + shape.elements());
            return List.of(new Spec(shape, input.type()));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(b.gradient().reshape(b.inputSpec(0).shape()));
        }
    }

    /** Axes in another order: axis i of the result is axis {@code order[i]} of the operand. */
    record Permute(List<Integer> order) implements View {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec input = inputs.get(0);
            boolean[] seen = new boolean[input.shape().rank()];
            Checks.that(
                    order.size() == seen.length, this, () -> "order " + order + " does not fit shape " + input.shape());
            long[] sizes = new long[seen.length];
            for (int axis = 0; axis < seen.length; axis++) {
                int from = order.get(axis);
                Checks.that(
                        from >= 0 && from < seen.length && !seen[from], this, () -> order + " is no order of the axes");
                seen[from] = true;
                sizes[axis] = input.shape().size(from);
            }
            return List.of(new Spec(Shape.of(sizes), input.type()));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Integer[] back = new Integer[order.size()];
            for (int axis = 0; axis < back.length; axis++) {
                back[order.get(axis)] = axis;
            }
            return List.of(Tensor.apply(new Permute(Arrays.asList(back)), b.gradient()));
        }
    }

    /** The elements {@code start <= i < start + length} along one axis. */
    record Slice(int axis, long start, long length) implements View {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec input = inputs.get(0);
            Checks.that(
                    axis >= 0 && axis < input.shape().rank(), this, () -> "no axis " + axis + " in " + input.shape());
            Checks.that(
                    start >= 0 && length >= 0 && length <= input.shape().size(axis) - start,
                    this,
                    () -> length + " elements from " + start + " are not all within axis " + axis + " of "
                            + input.shape());
            return List.of(new Spec(input.shape().with(axis, length), input.type()));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Shape whole = b.inputSpec(0).shape();
            Tensor g = b.gradient();
            List<Tensor> parts = new ArrayList<>();
            long after = whole.size(axis) - start - length;
            if (start > 0) {
                parts.add(g.constant(whole.with(axis, start), 0));
            }
            parts.add(g);
            if (after > 0) {
                parts.add(g.constant(whole.with(axis, after), 0));
            }
            return List.of(Tensor.concat(axis, parts));
        }
    }

    /** Tensors behind each other along one axis; the other sizes are equal. */
    record Concat(int axis) implements View {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.that(!inputs.isEmpty(), this, "expected at least one operand");
            Spec first = inputs.get(0);
            Checks.that(
                    axis >= 0 && axis < first.shape().rank(), this, () -> "no axis " + axis + " in " + first.shape());
            long size = 0;
            for (Spec input : inputs) {
                Checks.sameType(this, first, input);
                Checks.that(
                        input.shape().rank() == first.shape().rank()
                                && input.shape()
                                        .with(axis, 0)
                                        .equals(first.shape().with(axis, 0)),
                        this,
                        () -> "shapes " + first.shape() + " and " + input.shape() + " differ outside axis " + axis);
                size += input.shape().size(axis);
            }
            return List.of(new Spec(first.shape().with(axis, size), first.type()));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            List<@Nullable Tensor> gradients = new ArrayList<>();
            long start = 0;
            for (int input = 0; input < b.inputCount(); input++) {
                long length = b.inputSpec(input).shape().size(axis);
                gradients.add(b.wants(input) ? b.gradient().slice(axis, start, length) : null);
                start += length;
            }
            return gradients;
        }
    }
}
