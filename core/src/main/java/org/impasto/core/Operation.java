package org.impasto.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One computation on tensors, as a value: its options, its shape rule, its gradient. The records of this sealed family
 * are the primitives that a backend computes; everything else is code on {@link Tensor}s.
 *
 * <p>All checks of arguments stand in the shape rule, once, for every backend. The gradient is a vector-Jacobian product
 * written with tensors; it can read only what {@link #saves} asked to be saved.
 */
public sealed interface Operation
        permits Attention,
                Conversion,
                Convolution,
                Coupling,
                Descent,
                Elementwise,
                Factorization,
                Filtering,
                Generation,
                LinearAlgebra,
                Normalization,
                Padding,
                Pooling,
                Reduction,
                Resampling,
                Scan,
                Selection,
                Statistics,
                View {
    /** Shapes and types of the results; a {@link ShapeException} if the operands or options do not fit. */
    List<Spec> outputs(List<Spec> inputs);

    /** What the gradient needs of the operands and results, given which operands a gradient is wanted for. */
    default Saves saves(Wanted wanted) {
        return Saves.nothing();
    }

    /** Gradients with respect to the operands, in their order; null where none is wanted or none exists. */
    default List<@Nullable Tensor> gradient(Backward backward) {
        throw new BackendException(name() + " has no gradient");
    }

    /** Whether this operation has no gradient: it occurs inside gradients only, or in a step of an optimiser. */
    default boolean isTerminal() {
        return false;
    }

    /** What a tape runs in the stead of a fused operation; null if the operation has a gradient of its own. */
    default @Nullable Tensor unfused(List<Tensor> operands) {
        return null;
    }

    /** The name that errors use. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** Which operands a gradient is wanted for. */
    @FunctionalInterface
    interface Wanted {
        /** Whether the gradient with respect to that operand is wanted. */
        boolean input(int index);
    }

    /** Indices of the operands and of the results that a gradient needs. */
    record Saves(List<Integer> inputs, List<Integer> outputs) {
        private static final int EVERY = -1;
        private static final Saves NOTHING = new Saves(List.of(), List.of());

        /** Nothing but shapes. */
        public static Saves nothing() {
            return NOTHING;
        }

        /** These operands. */
        public static Saves inputs(Integer... indices) {
            return new Saves(List.of(indices), List.of());
        }

        /** All operands, however many there are. */
        public static Saves everyInput() {
            return inputs(EVERY);
        }

        /** These results. */
        public static Saves outputs(Integer... indices) {
            return new Saves(List.of(), List.of(indices));
        }

        boolean keepsInput(int index) {
            return inputs.contains(index) || inputs.contains(EVERY);
        }

        boolean keepsOutput(int index) {
            return outputs.contains(index);
        }
    }
}
