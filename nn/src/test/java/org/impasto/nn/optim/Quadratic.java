package org.impasto.nn.optim;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.nn.Init;
import org.impasto.nn.Model;
import org.impasto.nn.Parameters;

/** {@code sum c (x - t)^2 / 2} over two parameters of a small network, whose gradient is {@code c (x - t)}. */
final class Quadratic {
    static final Backend BACKEND = Backends.standard();
    static final float[] CURVATURES = {1, 4, 0.5f, 2, 3};
    static final float[] TARGETS = {1, -2, 0.25f, 3, -0.5f};

    private final Parameter first;
    private final Parameter second;

    private Quadratic(Parameters p) {
        first = p.in("first").get("weight", Shape.of(2), Init.zeros());
        second = p.in("second").get("weight", Shape.of(3), Init.zeros());
    }

    static Model<Quadratic> model() {
        return Model.fresh(BACKEND, 1, Quadratic::new);
    }

    /** The loss, weighted by one tracked number. */
    private Tensor loss(Tensor one) {
        return part(first, 0, one).add(part(second, 2, one));
    }

    private static Tensor part(Parameter parameter, int from, Tensor one) {
        int size = parameter.spec().shape().intSize(0);
        Tensor curvatures = Tensor.of(BACKEND, Shape.of(size), Arrays.copyOfRange(CURVATURES, from, from + size));
        Tensor targets = Tensor.of(BACKEND, Shape.of(size), Arrays.copyOfRange(TARGETS, from, from + size));
        return parameter.on(one).sub(targets).square().mul(curvatures).sum().affine(0.5, 0);
    }

    Tape.Gradients gradients() {
        return Tape.gradients((UnaryOperator<Tensor>) this::loss, Tensor.of(BACKEND, Shape.of(1), 1));
    }

    /** Takes steps; each in a scope of its own, as in a training loop. */
    void train(Optimizer optimizer, int steps) {
        for (int step = 0; step < steps; step++) {
            try (Scope scope = Scope.open()) {
                optimizer.step(gradients().parameters());
            }
        }
    }

    /** The five numbers. */
    float[] values() {
        try (Scope scope = Scope.open()) {
            float[] values = Arrays.copyOf(first.value().toFloats(), CURVATURES.length);
            System.arraycopy(second.value().toFloats(), 0, values, 2, 3);
            return values;
        }
    }

    /** A state as arrays, which outlives every scope. */
    static Map<String, double[]> copied(Map<String, Tensor> state) {
        Map<String, double[]> copy = new LinkedHashMap<>();
        state.forEach((name, tensor) -> copy.put(
                name,
                tensor.type() == ElementType.INT64
                        ? Arrays.stream(tensor.toLongs()).asDoubleStream().toArray()
                        : tensor.toDoubles()));
        return copy;
    }
}
