package org.impasto.nn.optim;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;

/**
 * Keeps gradients within bounds, between {@code Tape.gradients} and {@link Optimizer#step}. Results belong to the caller's
 * scope.
 */
public final class GradientClipping {
    /** As in PyTorch: keeps the quotient finite. */
    private static final double LEAST_NORM = 1e-6;

    private GradientClipping() {}

    /** The root of the sum of squares of all elements of all gradients, worked out in float64. */
    public static double globalNorm(Map<Parameter, Tensor> gradients) {
        double sum = 0;
        for (Tensor gradient : gradients.values()) {
            try (Scope scope = Scope.open()) {
                sum += gradient.to(ElementType.FLOAT64).square().sum().item();
            }
        }
        return Math.sqrt(sum);
    }

    /**
     * All gradients times one factor, at most 1, so that their {@link #globalNorm} is at most {@code maximum}. Where it is
     * not a number, neither are the results.
     */
    public static Map<Parameter, Tensor> byGlobalNorm(Map<Parameter, Tensor> gradients, double maximum) {
        Options.positive("largest norm", maximum);
        double norm = globalNorm(gradients);
        double factor = maximum / (norm + LEAST_NORM);
        return factor >= 1 ? gradients : each(gradients, gradient -> gradient.affine(factor, 0));
    }

    /** Each element kept within {@code -limit} and {@code limit}. */
    public static Map<Parameter, Tensor> byValue(Map<Parameter, Tensor> gradients, double limit) {
        Options.positive("limit", limit);
        return each(gradients, gradient -> gradient.clamp(-limit, limit));
    }

    private static Map<Parameter, Tensor> each(Map<Parameter, Tensor> gradients, UnaryOperator<Tensor> function) {
        Map<Parameter, Tensor> results = new LinkedHashMap<>();
        gradients.forEach((parameter, gradient) -> results.put(parameter, function.apply(gradient)));
        return results;
    }
}
