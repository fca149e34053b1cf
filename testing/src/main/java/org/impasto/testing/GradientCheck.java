package org.impasto.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;

/**
 * Compares the gradients of a function of tensors, with respect to its inputs and to the parameters that it reads, with
 * central finite differences. Inputs and parameters live on a {@link ReferenceBackend}, whose doubles make the
 * comparison sharp whatever types are declared.
 *
 * <p>Noise that the function draws is the same in every call. The functions of a layer that kink (ReLU, max pooling) are
 * to be tried away from their kinks.
 */
public final class GradientCheck {
    private static final double STEP = 1e-5;
    /** The truncation error of a central difference is STEP^2 times a third derivative; this leaves room for large ones. */
    private static final double RELATIVE = 1e-6;
    /** Rounding of the value (a few 2^-53) over twice the step. */
    private static final double OF_VALUE = 1e-9;

    private static final double FINER = 64;
    private static final int PROBES = 48;

    private GradientCheck() {}

    /** Checks a function of one tensor; an {@link AssertionError} says where gradients differ. */
    public static void check(UnaryOperator<Tensor> function, Tensor x) {
        check((List<Tensor> inputs) -> function.apply(inputs.get(0)), x);
    }

    /** Checks a function of several tensors; an {@link AssertionError} says where gradients differ. */
    public static void check(Function<List<Tensor>, Tensor> function, Tensor... inputs) {
        check(PROBES, function, inputs);
    }

    /** Checks at most that many elements of each tensor. */
    static void check(int mostProbes, Function<List<Tensor>, Tensor> function, Tensor... inputs) {
        List<double[]> points = new ArrayList<>();
        for (Tensor input : inputs) {
            points.add(input.type().isFloating() ? input.toDoubles() : new double[0]);
        }
        try (Scope scope = Scope.open(run())) {
            Tape.Gradients gradients =
                    Tape.gradients((List<Tensor> tracked) -> objective(function, tracked), List.of(inputs));
            double value = gradients.value().item();
            for (int i = 0; i < inputs.length; i++) {
                int index = i;
                if (inputs[i].type().isFloating()) {
                    compare(
                            "input " + i,
                            mostProbes,
                            gradients.inputs().get(i).toDoubles(),
                            points.get(i),
                            value,
                            moved -> {
                                List<Tensor> changed = new ArrayList<>(List.of(inputs));
                                changed.set(index, tensor(inputs[index].backend(), inputs[index], moved));
                                return objective(function, changed).item();
                            });
                }
            }
            for (Map.Entry<Parameter, Tensor> entry : gradients.parameters().entrySet()) {
                checkParameter(mostProbes, function, List.of(inputs), entry.getKey(), entry.getValue(), value);
            }
        }
    }

    private static void checkParameter(
            int mostProbes,
            Function<List<Tensor>, Tensor> function,
            List<Tensor> inputs,
            Parameter parameter,
            Tensor gradient,
            double value) {
        Tensor before = parameter.value();
        try {
            compare(
                    "parameter " + parameter.path(),
                    mostProbes,
                    gradient.toDoubles(),
                    before.toDoubles(),
                    value,
                    moved -> {
                        parameter.set(tensor(parameter.backend(), before, moved));
                        return objective(function, inputs).item();
                    });
        } finally {
            parameter.set(before);
        }
    }

    /** The sum of all results, each times a number of its own, so that no error cancels. */
    private static Tensor objective(Function<List<Tensor>, Tensor> function, List<Tensor> inputs) {
        Tensor y = function.apply(inputs);
        Random random = new Random(y.shape().hashCode());
        double[] cotangent = new double[Math.toIntExact(y.shape().elements())];
        for (int i = 0; i < cotangent.length; i++) {
            cotangent[i] = (0.5 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1);
        }
        Backend plain = y.plain().backend();
        return y.to(ElementType.FLOAT64)
                .mul(Tensor.ofDoubles(plain, y.shape(), cotangent))
                .sum();
    }

    private interface Objective {
        double at(double[] moved);
    }

    private static void compare(
            String what, int mostProbes, double[] gradient, double[] point, double value, Objective objective) {
        double largest = 0;
        for (double element : gradient) {
            largest = Math.max(largest, Math.abs(element));
        }
        int probes = Math.min(mostProbes, point.length);
        for (int probe = 0; probe < probes; probe++) {
            int i = probes == 1 ? 0 : (int) ((long) probe * (point.length - 1) / (probes - 1));
            double difference = difference(objective, point, i, STEP);
            boolean near = near(difference, gradient[i], largest, OF_VALUE * (1 + Math.abs(value)));
            // A step may cross a kink; one that is much smaller seldom does, and a wrong gradient stays wrong.
            if (!near) {
                difference = difference(objective, point, i, STEP / FINER);
                near = near(difference, gradient[i], largest, FINER * OF_VALUE * (1 + Math.abs(value)));
            }
            if (!near) {
                throw new AssertionError("gradient of " + what + " differs at element " + i + " of " + point.length
                        + ": expected " + difference + " by finite differences, found " + gradient[i]);
            }
        }
    }

    private static boolean near(double difference, double gradient, double largest, double rounding) {
        return Math.abs(difference - gradient) <= RELATIVE * Math.max(largest, Math.abs(difference)) + rounding;
    }

    private static double difference(Objective objective, double[] point, int i, double relativeStep) {
        double step = relativeStep * Math.max(1, Math.abs(point[i]));
        return (at(objective, point, i, step) - at(objective, point, i, -step)) / (2 * step);
    }

    private static double at(Objective objective, double[] point, int i, double step) {
        double[] moved = point.clone();
        moved[i] += step;
        try (Scope scope = Scope.open(run())) {
            return objective.at(moved);
        }
    }

    /** A fresh run, so that noise begins with the same stream in every call. */
    private static Run run() {
        return Run.current().isTraining() ? Run.training(1) : Run.inference(1);
    }

    /** On the reference backend a cast to float32 keeps the doubles, so the small steps survive. */
    private static Tensor tensor(Backend backend, Tensor like, double[] values) {
        Shape shape = like.shape();
        return Tensor.ofDoubles(backend, shape, values).to(like.type());
    }
}
