package org.impasto.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations whose results run along an axis, each element made of those before it. */
public sealed interface Scan extends Operation {
    /**
     * The sum of the elements up to each place of an axis, itself among them.
     *
     * @param fromEnd whether it runs from the last element to the first
     */
    record CumulativeSum(int axis, boolean fromEnd) implements Scan {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec x = inputs.get(0);
            Checks.floating(this, "operand", x);
            Checks.that(axis >= 0 && axis < x.shape().rank(), this, () -> "no axis " + axis + " in " + x.shape());
            return List.of(x);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(Tensor.apply(new CumulativeSum(axis, !fromEnd), b.gradient()));
        }
    }
}
