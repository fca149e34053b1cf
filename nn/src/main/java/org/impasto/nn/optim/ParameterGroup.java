package org.impasto.nn.optim;

import java.util.Collection;
import java.util.List;
import org.impasto.core.Parameter;
import org.impasto.nn.ParameterSet;
import org.jspecify.annotations.Nullable;

/**
 * Parameters that an optimiser treats alike.
 *
 * @param parameters those that are trained, and any others, which are left alone until they are thawed
 * @param rateFactor what the optimiser's learning rate is multiplied by, 0 or more
 * @param weightDecay of this group, 0 or more; null for the optimiser's own
 */
public record ParameterGroup(
        List<Parameter> parameters,
        double rateFactor,
        @Nullable Double weightDecay) {
    /** Checks and copies. */
    public ParameterGroup {
        parameters = List.copyOf(parameters);
        if (!(rateFactor >= 0 && rateFactor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("rate factor is " + rateFactor + ", expected 0 or more");
        }
        if (weightDecay != null && !(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("weight decay is " + weightDecay + ", expected 0 or more");
        }
    }

    /** A group with the optimiser's own rate and decay. */
    public static ParameterGroup of(Collection<Parameter> parameters) {
        return new ParameterGroup(List.copyOf(parameters), 1, null);
    }

    /** The group of all parameters of a network. */
    public static ParameterGroup of(ParameterSet weights) {
        return of(weights.all());
    }

    /** The group of a network's parameters whose path begins with a prefix. */
    public static ParameterGroup of(ParameterSet weights, String prefix) {
        return of(weights.all().stream()
                .filter(parameter -> parameter.path().startsWith(prefix))
                .toList());
    }

    /** This group with a learning rate that is a multiple of the optimiser's. */
    public ParameterGroup withRateFactor(double factor) {
        return new ParameterGroup(parameters, factor, weightDecay);
    }

    /** This group with a weight decay of its own. */
    public ParameterGroup withWeightDecay(double decay) {
        return new ParameterGroup(parameters, rateFactor, decay);
    }
}
