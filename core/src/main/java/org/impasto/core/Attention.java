package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attention, without ever holding the scores of all heads at once. */
public sealed interface Attention extends Operation {
    /**
     * {@code softmax(q k' * scale + mask) v} of each head (Vaswani et al., "Attention Is All You Need", 2017). Operands: q
     * (..., L, D), k (..., S, D), v (..., S, E) and, if there is one, a mask that broadcasts to (..., L, S); the leading
     * axes of q, k and v are equal. Result (..., L, E).
     *
     * <p>Minus infinity in the mask forbids a key. A query that may see no key at all gets zeros, as in PyTorch.
     *
     * @param scale usually {@code 1 / sqrt(D)}
     * @param causal whether query i sees keys 0 to i only
     */
    record ScaledDotProduct(double scale, boolean causal) implements Attention {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.that(
                    inputs.size() == 3 || inputs.size() == 4,
                    this,
                    () -> "expected 3 or 4 operands (queries, keys, values, mask), found " + inputs.size() + " "
                            + inputs);
            return List.of(result(this, inputs, inputs.size() == 4 ? inputs.get(3) : null));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.everyInput();
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            boolean masked = b.inputCount() == 4;
            List<Tensor> operands = new ArrayList<>(List.of(b.input(0), b.input(1), b.input(2), b.gradient()));
            if (masked) {
                operands.add(b.input(3));
            }
            boolean ofMask = masked && b.wants(3);
            List<Tensor> found = Tensor.applyAll(new ScaledDotProductGradient(scale, causal, ofMask), operands);
            List<@Nullable Tensor> gradients = new ArrayList<>();
            for (int i = 0; i < b.inputCount(); i++) {
                gradients.add(b.wants(i) ? found.get(i) : null);
            }
            return gradients;
        }
    }

    /**
     * Operands q, k, v, the gradient of the result and, if there is one, the mask of a {@link ScaledDotProduct}; results:
     * the gradients of q, k and v. The softmax is computed again, head by head.
     *
     * @param ofMask whether a fourth result is the gradient of the mask
     */
    record ScaledDotProductGradient(double scale, boolean causal, boolean ofMask) implements Attention {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.that(
                    inputs.size() == 4 || inputs.size() == 5,
                    this,
                    () -> "expected 4 or 5 operands (queries, keys, values, gradient, mask), found " + inputs.size()
                            + " " + inputs);
            Spec result = result(this, inputs, inputs.size() == 5 ? inputs.get(4) : null);
            Checks.sameType(this, inputs.get(0), inputs.get(3));
            Checks.gradient(this, inputs.get(3), result.shape());
            Checks.that(!ofMask || inputs.size() == 5, this, "there is no mask to have a gradient");
            List<Spec> gradients = new ArrayList<>(inputs.subList(0, 3));
            if (ofMask) {
                gradients.add(inputs.get(4));
            }
            return List.copyOf(gradients);
        }

        @Override
        public boolean isTerminal() {
            return true;
        }
    }

    private static Spec result(Operation operation, List<Spec> inputs, @Nullable Spec mask) {
        Spec q = inputs.get(0);
        Spec k = inputs.get(1);
        Spec v = inputs.get(2);
        Checks.floating(operation, "queries", q);
        Checks.sameType(operation, q, k);
        Checks.sameType(operation, q, v);
        int rank = q.shape().rank();
        boolean fit = rank >= 2 && k.shape().rank() == rank && v.shape().rank() == rank;
        for (int axis = 0; fit && axis < rank - 2; axis++) {
            fit = q.shape().size(axis) == k.shape().size(axis)
                    && q.shape().size(axis) == v.shape().size(axis);
        }
        Checks.that(
                fit
                        && q.shape().size(-1) == k.shape().size(-1)
                        && k.shape().size(-2) == v.shape().size(-2),
                operation,
                () -> "queries " + q.shape() + ", keys " + k.shape() + " and values " + v.shape()
                        + " do not fit, expected (..., L, D), (..., S, D) and (..., S, E)");
        Checks.that(
                q.shape().size(-1) > 0 && k.shape().size(-2) > 0, operation, () -> "keys " + k.shape() + " are empty");
        if (mask != null) {
            Checks.sameType(operation, q, mask);
            Shape scores = q.shape().with(-1, k.shape().size(-2));
            Checks.that(
                    mask.shape().rank() <= rank
                            && Elementwise.broadcast(operation, mask.shape(), scores)
                                    .equals(scores),
                    operation,
                    () -> "mask has shape " + mask.shape() + ", expected one that broadcasts to " + scores);
        }
        return new Spec(q.shape().with(-1, v.shape().size(-1)), q.type());
    }
}
