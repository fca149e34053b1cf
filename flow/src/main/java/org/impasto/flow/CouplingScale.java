package org.impasto.flow;

import java.util.Arrays;
import org.impasto.core.BackendException;
import org.impasto.core.Coupling;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;

/** Refuses what a coupling could not undo. */
final class CouplingScale {
    /** e to the power of this and of its negative are normal float32 numbers. */
    private static final double LARGEST_LOGARITHM = Coupling.LARGEST_LOGARITHM;

    private CouplingScale() {}

    /** An error if a scale is so small or large that dividing by it overflows, or not a number. */
    static void check(Tensor logScale) {
        if (Run.isReplaying()) {
            return; // it was looked at when it was first computed
        }
        try (Scope scope = Scope.open()) {
            double smallest = logScale.plain().min().item();
            double largest = logScale.plain().max().item();
            if (!(smallest >= -LARGEST_LOGARITHM && largest <= LARGEST_LOGARITHM)) {
                throw new BackendException("coupling: its network gives logarithms of scales from " + smallest + " to "
                        + largest + ", expected them within " + -LARGEST_LOGARITHM + " and " + LARGEST_LOGARITHM
                        + ": the scale overflows and cannot be undone; take a smaller learning rate or weights of an"
                        + " earlier step, and look at what comes in");
            }
        }
    }

    /**
     * An error if the flags of a {@link Coupling} are not all 0.
     *
     * @param result finite, or not
     * @param answer of the network: the first half of its channels are logarithms of scales but for {@code shift}
     */
    static void check(Tensor flags, Tensor result, Tensor answer, double shift) {
        if (Run.isReplaying() || Arrays.stream(flags.plain().toLongs()).allMatch(flag -> flag == 0)) {
            return;
        }
        try (Scope scope = Scope.open()) {
            Tensor logits = answer.plain().slice(1, 0, answer.shape().size(1) / 2);
            check(logits.affine(-1, -shift).softplus());
            finite(result);
        }
    }

    /** An error if a number is not finite. */
    static Tensor finite(Tensor result) {
        if (Run.isReplaying()) {
            return result;
        }
        try (Scope scope = Scope.open()) {
            double sum = result.plain().sum().item();
            if (!Double.isFinite(sum)) {
                throw new BackendException("coupling: its result has numbers that are not finite (their sum is " + sum
                        + "): look at what comes in and at the network's weights");
            }
        }
        return result;
    }
}
