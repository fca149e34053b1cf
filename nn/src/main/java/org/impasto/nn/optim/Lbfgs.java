package org.impasto.nn.optim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;

/**
 * L-BFGS (Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989) with a strong Wolfe line
 * search: minimises a function of tensors that gives the same value for the same point, such as a loss over one picture
 * or over a whole set; batches that change are for the other optimisers.
 *
 * <pre>{@code
 * try (Lbfgs search = Lbfgs.minimising(x -> loss(x), start, Lbfgs.Settings.standard())) {
 *   for (int i = 0; i < 100 && search.iterate(); i++) {}
 *   return search.point().get(0);
 * }
 * }</pre>
 *
 * <p>The first trial step is {@code min(1, 1 / |g|_1)}, later ones are 1, as in PyTorch. Numbers of float64 are computed in
 * float64. Used by one thread at a time.
 */
public final class Lbfgs implements AutoCloseable {
    private final Objective objective;
    private final Settings settings;
    private final List<String> names;
    private final List<Spec> specs;
    private final Backend backend;
    private final HeldVector point;
    private final HeldVector gradient;
    private final CurvatureHistory history;
    private boolean evaluated;
    private double value = Double.NaN;
    private long iterations;
    private long evaluations;

    /** A function with gradients. */
    @FunctionalInterface
    public interface Objective {
        /** Value and gradients at a point. */
        Evaluation evaluate(List<Tensor> point);

        /** Told the point after each iteration, or the one before if it failed. */
        default void settle(List<Tensor> point) {}

        /** A function of tensors to one element, with the gradients of a tape. */
        static Objective of(Function<List<Tensor>, Tensor> function) {
            return point -> {
                Tape.Gradients gradients = Tape.gradients(function, point);
                return new Evaluation(gradients.value().item(), gradients.inputs());
            };
        }
    }

    /**
     * What a function is at a point.
     *
     * @param gradients of the shapes and types of the point's tensors
     */
    public record Evaluation(double value, List<Tensor> gradients) {}

    /**
     * The options.
     *
     * @param history number of past displacements that shape the direction, 1 or more
     * @param mostTrials of the line search after the first, 1 or more
     * @param toleranceGradient the search ends where no element of the gradient is larger
     * @param toleranceChange it ends where value or point change less, or the bracket of the line search is smaller
     */
    public record Settings(int history, int mostTrials, double toleranceGradient, double toleranceChange) {
        /** Checks the numbers. */
        public Settings {
            if (history < 1 || mostTrials < 1) {
                throw new IllegalArgumentException("history is " + history + " and trials are at most " + mostTrials
                        + ", expected 1 or more of both");
            }
            Options.notNegative("tolerance of the gradient", toleranceGradient);
            Options.notNegative("tolerance of a change", toleranceChange);
        }

        /** History 10, 25 trials, tolerances 1e-7 and 1e-9. */
        public static Settings standard() {
            return new Settings(10, 25, 1e-7, 1e-9);
        }

        /** These options with another history. */
        public Settings withHistory(int pairs) {
            return new Settings(pairs, mostTrials, toleranceGradient, toleranceChange);
        }

        /** These options with other tolerances. */
        public Settings withTolerances(double ofGradient, double ofChange) {
            return new Settings(history, mostTrials, ofGradient, ofChange);
        }
    }

    private Lbfgs(Objective objective, List<String> names, List<Tensor> start, Settings settings) {
        if (start.isEmpty()) {
            throw new ShapeException("L-BFGS: the point has no tensors, expected at least one");
        }
        this.objective = objective;
        this.settings = settings;
        this.names = names;
        this.specs = start.stream().map(Tensor::spec).toList();
        try (Scope scope = Scope.open()) {
            TensorVector first =
                    new TensorVector(start.stream().map(Tensor::plain).toList());
            this.backend = first.parts().get(0).backend();
            this.point = new HeldVector("point.", names, first);
            this.gradient = new HeldVector("gradient.", names, first.times(0));
            this.history = new CurvatureHistory(names, settings.history());
        }
    }

    /** A search for the least value of a function of several tensors of one floating type. */
    public static Lbfgs minimising(Objective objective, List<Tensor> start, Settings settings) {
        List<String> names =
                IntStream.range(0, start.size()).mapToObj(Integer::toString).toList();
        return new Lbfgs(objective, names, start, settings);
    }

    /** A search for the least value of a function of one tensor. */
    public static Lbfgs minimising(UnaryOperator<Tensor> function, Tensor start, Settings settings) {
        return minimising(Objective.of(inputs -> function.apply(inputs.get(0))), List.of(start), settings);
    }

    /**
     * A search over the parameters that are trainable now, which have the point's values after each iteration.
     *
     * @param loss value and gradients for the parameters' current values
     */
    public static Lbfgs ofParameters(
            Collection<Parameter> parameters, Supplier<Tape.Gradients> loss, Settings settings) {
        List<Parameter> trained =
                parameters.stream().filter(Parameter::isTrainable).toList();
        if (trained.isEmpty()) {
            throw new WeightException("L-BFGS: there is no trainable parameter; do prefixes fit, is all frozen?");
        }
        try (Scope scope = Scope.open()) {
            return new Lbfgs(
                    new ParameterObjective(trained, loss),
                    trained.stream().map(Parameter::path).toList(),
                    trained.stream().map(Parameter::value).toList(),
                    settings);
        }
    }

    /** The point, for the caller's scope. */
    public List<Tensor> point() {
        return point.value().parts();
    }

    /** The function's value at the point. */
    public double value() {
        evaluateStart();
        return value;
    }

    /** Number of iterations. */
    public long iterations() {
        return iterations;
    }

    /** Number of times the function was evaluated. */
    public long evaluations() {
        return evaluations;
    }

    /**
     * One iteration: a direction, and a line search along it. After an error, or when the run is cancelled meanwhile,
     * all is as before.
     *
     * @return false if the point is a minimum as far as the tolerances tell; further iterations are of no use
     */
    public boolean iterate() {
        evaluateStart();
        try (Scope scope = Scope.open()) {
            TensorVector g = gradient.value();
            if (g.largestMagnitude() <= settings.toleranceGradient()) {
                return false;
            }
            TensorVector direction = history.direction(g);
            double slope = g.dot(direction);
            if (slope > -settings.toleranceChange() && !history.isEmpty()) {
                history.forget(); // which no longer tell a way down
                direction = g.times(-1);
                slope = g.dot(direction);
            }
            if (slope > -settings.toleranceChange()) {
                return false;
            }
            double firstStep = history.isEmpty() ? Math.min(1, 1 / g.sumOfMagnitudes()) : 1;
            return walk(point.value(), g, direction, slope, firstStep);
        } finally {
            settle();
        }
    }

    private void settle() {
        try (Scope scope = Scope.open()) {
            objective.settle(point());
        }
    }

    private boolean walk(TensorVector x, TensorVector g, TensorVector direction, double slope, double firstStep) {
        double largest = direction.largestMagnitude();
        StrongWolfe.Line<TensorVector> line = step -> {
            Evaluated at = evaluate(x.plus(step, direction));
            return new StrongWolfe.Trial<>(step, at.value, at.gradient.dot(direction), at.gradient);
        };
        StrongWolfe.Trial<TensorVector> found = new StrongWolfe<>(
                        line,
                        new StrongWolfe.Trial<>(0, value, slope, g),
                        settings.mostTrials(),
                        settings.toleranceChange() / largest)
                .search(firstStep);
        if (found.step() == 0) {
            boolean again = !history.isEmpty(); // then straight down once more
            history.forget();
            return again;
        }
        TensorVector displacement = direction.times(found.step());
        TensorVector next = x.plus(1, displacement);
        TensorVector change = found.gradient().minus(g);
        history.add(displacement, change); // computes, and so may be cancelled: nothing has changed before
        double before = value;
        point.set(next);
        gradient.set(found.gradient());
        value = found.value();
        iterations++;
        return largest * found.step() > settings.toleranceChange()
                && Math.abs(value - before) >= settings.toleranceChange();
    }

    // ---- the function

    private record Evaluated(double value, TensorVector gradient) {}

    private void evaluateStart() {
        if (evaluated) {
            return;
        }
        try (Scope scope = Scope.open()) {
            Evaluated first = evaluate(point.value());
            if (!Double.isFinite(first.value)) {
                throw new BackendException("L-BFGS: the function's value at the start is " + first.value
                        + ", expected a number; begin elsewhere");
            }
            value = first.value;
            gradient.set(first.gradient);
            evaluated = true;
        } finally {
            settle();
        }
    }

    private Evaluated evaluate(TensorVector at) {
        Run.current().throwIfCancelled();
        try (Scope scope = Scope.open()) {
            Evaluation evaluation = objective.evaluate(at.parts());
            evaluations++;
            List<Tensor> gradients =
                    evaluation.gradients().stream().map(Tensor::plain).toList();
            List<Spec> found = gradients.stream().map(Tensor::spec).toList();
            if (!found.equals(specs)) {
                throw new ShapeException("L-BFGS: gradients are " + found + ", expected those of the point: " + specs);
            }
            gradients.forEach(scope::keep);
            return new Evaluated(evaluation.value(), new TensorVector(gradients));
        }
    }

    // ---- state

    /** Everything that a search which is resumed needs, for the caller's scope. */
    public Map<String, Tensor> state() {
        evaluateStart();
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put("iterations", Tensor.ofLongs(backend, Shape.scalar(), iterations));
        state.put("evaluations", Tensor.ofLongs(backend, Shape.scalar(), evaluations));
        state.put("pairs", Tensor.ofLongs(backend, Shape.scalar(), history.size()));
        state.put("value", Tensor.ofDoubles(backend, Shape.scalar(), value));
        point.into(state, "point.", names);
        gradient.into(state, "gradient.", names);
        history.into(state);
        return state;
    }

    /**
     * Continues from a state of a search over tensors of the same shapes.
     *
     * @throws WeightException if the state is another one; then nothing has changed
     */
    public void restore(Map<String, Tensor> state) {
        StateTensors given = new StateTensors("L-BFGS", state);
        try (Scope scope = Scope.open()) {
            long count = given.count("pairs");
            if (count > settings.history()) {
                throw new WeightException(
                        "L-BFGS: the state has a history of " + count + ", expected at most " + settings.history());
            }
            long restoredIterations = given.count("iterations");
            long restoredEvaluations = given.count("evaluations");
            double restoredValue = given.number("value");
            TensorVector restoredPoint = vector(given, "point.");
            TensorVector restoredGradient = vector(given, "gradient.");
            List<TensorVector> displacements = new ArrayList<>();
            List<TensorVector> changes = new ArrayList<>();
            for (int number = 0; number < count; number++) {
                displacements.add(vector(given, CurvatureHistory.DISPLACEMENT + number + "."));
                changes.add(vector(given, CurvatureHistory.CHANGE + number + "."));
            }
            given.checkAllTaken();
            history.forget();
            for (int number = 0; number < count; number++) {
                history.add(displacements.get(number), changes.get(number));
            }
            point.set(restoredPoint);
            gradient.set(restoredGradient);
            value = restoredValue;
            iterations = restoredIterations;
            evaluations = restoredEvaluations;
            evaluated = true;
        }
        settle();
    }

    private TensorVector vector(StateTensors given, String prefix) {
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            parts.add(given.tensor(prefix + names.get(i), specs.get(i), backend));
        }
        return new TensorVector(parts);
    }

    /** Gives back the point and what is remembered. */
    @Override
    public void close() {
        history.forget();
        point.close();
        gradient.close();
    }
}
