package org.impasto.nn.optim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;

/**
 * What optimisers that treat each parameter by itself have in common: all but the rule by which one parameter changes.
 * Each parameter counts its own steps, so one that is thawed late starts like any other.
 */
abstract class SteppedOptimizer implements Optimizer {
    private static final String STEPS = "steps";
    private static final String RATE = "learning_rate";

    private final List<ParameterGroup> groups;
    private final double weightDecay;
    private final List<String> words;
    private final Map<String, Remembered> remembered = new LinkedHashMap<>();
    private double rate;
    private long steps;
    private boolean closed;

    /** What is known of one parameter: its steps, and once it has taken one, a cell for each word. */
    private static final class Remembered {
        private final Parameter parameter;
        private List<Parameter> cells = List.of();
        private long steps;

        Remembered(Parameter parameter) {
            this.parameter = parameter;
        }

        void forget() {
            cells.forEach(Parameter::close);
            cells = List.of();
            steps = 0;
        }
    }

    /**
     * One parameter's turn.
     *
     * @param value of the parameter
     * @param state a tensor for each word, zeros at first
     * @param rate learning rate of its group
     * @param weightDecay of its group
     * @param step number of its steps, this one included
     */
    record Turn(Tensor value, Tensor gradient, List<Tensor> state, double rate, double weightDecay, long step) {}

    /** What a turn ends in: the parameter's new value and a new tensor for each word. */
    record Outcome(Tensor value, List<Tensor> state) {}

    /**
     * An optimiser.
     *
     * @param words names of the tensors that are remembered of each parameter, of its shape
     */
    SteppedOptimizer(List<ParameterGroup> groups, double rate, double weightDecay, List<String> words) {
        this.groups = List.copyOf(groups);
        this.weightDecay = weightDecay;
        this.words = List.copyOf(words);
        setLearningRate(rate);
        for (ParameterGroup group : groups) {
            for (Parameter parameter : group.parameters()) {
                if (remembered.put(parameter.path(), new Remembered(parameter)) != null) {
                    throw new WeightException("optimizer: parameter '" + parameter.path()
                            + "' is there twice; give each one group, and two networks two optimizers");
                }
            }
        }
        if (remembered.isEmpty()) {
            throw new WeightException("optimizer: there is no parameter in its groups; do their prefixes fit?");
        }
    }

    /** Changes one parameter, by operations on plain tensors; a scope around it gives back what is in between. */
    abstract Outcome update(Turn turn);

    @Override
    public final List<ParameterGroup> groups() {
        return groups;
    }

    @Override
    public final double learningRate() {
        return rate;
    }

    @Override
    public final void setLearningRate(double rate) {
        this.rate = Options.notNegative("learning rate", rate);
    }

    @Override
    public final long steps() {
        return steps;
    }

    @Override
    public final void step(Map<Parameter, Tensor> gradients) {
        checkOpen();
        checkGradients(gradients);
        Run.current().throwIfCancelled();
        // Work inside a run of its own, which nobody cancels: no step is left half taken.
        try (Scope scope = Scope.open(Run.inference())) {
            for (ParameterGroup group : groups) {
                double decay = group.weightDecay() == null ? weightDecay : group.weightDecay();
                for (Parameter parameter : group.parameters()) {
                    if (parameter.isTrainable()) {
                        change(parameter, Objects.requireNonNull(gradients.get(parameter)), group.rateFactor(), decay);
                    }
                }
            }
        }
        steps++;
    }

    private void checkGradients(Map<Parameter, Tensor> gradients) {
        List<String> missing = new ArrayList<>();
        for (Remembered each : remembered.values()) {
            Parameter parameter = each.parameter;
            Tensor gradient = gradients.get(parameter);
            if (!parameter.isTrainable()) {
                continue;
            }
            if (gradient == null) {
                missing.add("'" + parameter.path() + "'");
            } else if (!gradient.spec().equals(parameter.spec())) {
                throw new ShapeException("optimizer: gradient of parameter '" + parameter.path() + "' is "
                        + gradient.spec() + ", expected " + parameter.spec());
            }
        }
        if (!missing.isEmpty()) {
            throw new BackendException("optimizer: no gradient reached " + missing.size() + " of " + remembered.size()
                    + " parameters: " + String.join(", ", missing.subList(0, Math.min(4, missing.size())))
                    + "; let the loss depend on them, or freeze them with setTrainable(prefix, false)");
        }
    }

    private void change(Parameter parameter, Tensor gradient, double rateFactor, double decay) {
        Remembered own = remembered(parameter);
        try (Scope scope = Scope.open()) {
            List<Tensor> state = new ArrayList<>();
            for (int i = 0; i < words.size(); i++) {
                state.add(
                        own.cells.isEmpty()
                                ? Tensor.full(parameter.backend(), parameter.spec(), 0)
                                : own.cells.get(i).value());
            }
            Outcome outcome = update(
                    new Turn(parameter.value(), gradient.plain(), state, rate * rateFactor, decay, own.steps + 1));
            if (own.cells.isEmpty()) {
                own.cells = cells(parameter, outcome.state());
            } else {
                for (int i = 0; i < words.size(); i++) {
                    own.cells.get(i).set(outcome.state().get(i));
                }
            }
            parameter.set(outcome.value());
            own.steps++;
        }
    }

    private List<Parameter> cells(Parameter parameter, List<Tensor> values) {
        List<Parameter> cells = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            cells.add(new Parameter(words.get(i) + "." + parameter.path(), values.get(i)));
        }
        return cells;
    }

    private Remembered remembered(Parameter parameter) {
        return Objects.requireNonNull(remembered.get(parameter.path()));
    }

    // ---- state

    @Override
    public final Map<String, Tensor> state() {
        checkOpen();
        Map<String, Tensor> state = new LinkedHashMap<>();
        Backend backend = remembered.values().iterator().next().parameter.backend();
        state.put(STEPS, Tensor.ofLongs(backend, Shape.scalar(), steps));
        state.put(RATE, Tensor.ofDoubles(backend, Shape.scalar(), rate));
        remembered.forEach((path, own) -> {
            state.put(STEPS + "." + path, Tensor.ofLongs(backend, Shape.scalar(), own.steps));
            own.cells.forEach(cell -> state.put(cell.path(), cell.value()));
        });
        return state;
    }

    @Override
    public final void restore(Map<String, Tensor> state) {
        checkOpen();
        StateTensors given = new StateTensors("optimizer", state);
        long restoredSteps = given.count(STEPS);
        double restoredRate = Options.notNegative("learning rate of the state", given.number(RATE));
        Map<String, Long> stepsByPath = new HashMap<>();
        Map<String, List<Tensor>> valuesByPath = new HashMap<>();
        for (Map.Entry<String, Remembered> entry : remembered.entrySet()) {
            String path = entry.getKey();
            Spec spec = entry.getValue().parameter.spec();
            long own = given.count(STEPS + "." + path);
            stepsByPath.put(path, own);
            List<Tensor> values = new ArrayList<>();
            for (String word : own == 0 ? List.<String>of() : words) {
                values.add(given.tensor(
                        word + "." + path, spec, entry.getValue().parameter.backend()));
            }
            valuesByPath.put(path, values);
        }
        given.checkAllTaken();
        remembered.forEach((path, own) -> {
            own.forget();
            own.steps = Objects.requireNonNull(stepsByPath.get(path));
            List<Tensor> values = Objects.requireNonNull(valuesByPath.get(path));
            own.cells = values.isEmpty() ? List.of() : cells(own.parameter, values);
        });
        steps = restoredSteps;
        rate = restoredRate;
    }

    private void checkOpen() {
        if (closed) {
            throw new BackendException("an optimizer was used after it was closed");
        }
    }

    @Override
    public final void close() {
        closed = true;
        remembered.values().forEach(Remembered::forget);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + " of " + remembered.size() + " parameters, rate " + rate + ", " + steps
                + " steps, remembers " + new TreeSet<>(words);
    }
}
