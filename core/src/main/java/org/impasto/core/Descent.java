package org.impasto.core;

import java.util.List;

/** Steps of optimisers, in one pass over a parameter and what is remembered of it. They have no gradient. */
public sealed interface Descent extends Operation {
    /**
     * The step of Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015) with the two corrections of the
     * means worked into the rate and a scale:
     *
     * <pre>{@code
     * m = m + (1 - beta1) (g - m)
     * v = v + (1 - beta2) (g^2 - v)
     * p = p - rate * m / (scale * sqrt(v) + epsilon)
     * }</pre>
     *
     * <p>Operands: p, g, m, v, all of one floating type and shape. Results: the new p, m and v.
     */
    record Adam(double rate, double beta1, double beta2, double scale, double epsilon) implements Descent {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 4);
            Spec value = inputs.get(0);
            Checks.floating(this, "value", value);
            for (Spec other : inputs) {
                Checks.that(other.equals(value), this, () -> "operands differ, expected four alike, found " + inputs);
            }
            return List.of(value, value, value);
        }

        @Override
        public boolean isTerminal() {
            return true;
        }
    }
}
