package org.impasto.nn.optim;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.BackendException;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.ParameterSet;

/**
 * An exponential moving average of the weights of a network: {@code a = decay * a + (1 - decay) * p} after each step. Of what
 * is frozen, and of buffers, the average is the current value.
 *
 * <pre>{@code
 * try (MovingAverage.Swapped averaged = average.swapIn()) {
 *   model.net().forward(x);   // with the averages
 * }
 * }</pre>
 *
 * <p>Used by one thread at a time; other threads may go on reading the network meanwhile.
 */
public final class MovingAverage implements AutoCloseable {
    private static final String UPDATES = "updates";
    private static final String AVERAGE = "average.";

    private final ParameterSet weights;
    private final double decay;
    private final boolean warmUp;
    private final Map<Parameter, Parameter> averages = new LinkedHashMap<>();
    private long updates;
    private boolean swapped;

    /** The averages in the network's parameters, until it is closed. */
    public interface Swapped extends AutoCloseable {
        /** Puts the network's own weights back. */
        @Override
        void close();
    }

    /** An average that begins with the weights as they are. */
    public MovingAverage(ParameterSet weights, double decay) {
        this(weights, decay, false);
    }

    /**
     * An average that begins with the weights as they are.
     *
     * @param decay what the average keeps of its past at each update, from 0 to below 1
     * @param warmUp whether to keep less at first, at most {@code (1 + n) / (10 + n)} at update n from 0 on, so that the
     *     first weights are soon forgotten
     */
    public MovingAverage(ParameterSet weights, double decay, boolean warmUp) {
        this.weights = weights;
        this.decay = Options.decay("decay", decay);
        this.warmUp = warmUp;
        try (Scope scope = Scope.open()) {
            for (Parameter parameter : weights.all()) {
                averages.put(parameter, new Parameter(AVERAGE + parameter.path(), parameter.value()));
            }
        }
    }

    /** Number of updates. */
    public long updates() {
        return updates;
    }

    /** Takes the current weights into the average. */
    public void update() {
        checkOwnWeights("updated");
        double kept = warmUp ? Math.min(decay, (1.0 + updates) / (10 + updates)) : decay;
        try (Scope scope = Scope.open(Run.inference())) { // which nobody cancels: no update is left half done
            averages.forEach((parameter, average) -> {
                try (Scope each = Scope.open()) {
                    average.set(
                            parameter.isTrainable()
                                    ? Updates.average(average.value(), parameter.value(), kept)
                                    : parameter.value());
                }
            });
        }
        updates++;
    }

    /** Puts the averages into the network's parameters until the result is closed. */
    public Swapped swapIn() {
        checkOwnWeights("swapped in");
        exchange();
        swapped = true;
        return () -> {
            if (swapped) {
                exchange();
                swapped = false;
            }
        };
    }

    private void exchange() {
        try (Scope scope = Scope.open()) {
            averages.forEach((parameter, average) -> {
                Tensor own = parameter.value();
                parameter.set(average.value());
                average.set(own);
            });
        }
    }

    /** Writes the averages to a safetensors file that the network's class can load. */
    public void save(Path path) {
        if (swapped) {
            weights.save(path);
            return;
        }
        try (Swapped averaged = swapIn()) {
            weights.save(path);
        }
    }

    /** The averages and the number of updates, for the caller's scope: what a run which is resumed needs. */
    public Map<String, Tensor> state() {
        checkOwnWeights("stored");
        Map<String, Tensor> state = new LinkedHashMap<>();
        averages.values().forEach(average -> state.put(average.path(), average.value()));
        if (!averages.isEmpty()) {
            state.put(
                    UPDATES, Tensor.ofLongs(averages.values().iterator().next().backend(), Shape.scalar(), updates));
        }
        return state;
    }

    /**
     * Continues from a state.
     *
     * @throws org.impasto.core.WeightException if it is that of other weights; then nothing has changed
     */
    public void restore(Map<String, Tensor> state) {
        checkOwnWeights("restored");
        try (Scope scope = Scope.open()) {
            StateTensors given = new StateTensors("moving average", state);
            Map<Parameter, Tensor> values = new LinkedHashMap<>();
            averages.values()
                    .forEach(average ->
                            values.put(average, given.tensor(average.path(), average.spec(), average.backend())));
            long restored = averages.isEmpty() ? 0 : given.count(UPDATES);
            given.checkAllTaken();
            values.forEach(Parameter::set);
            updates = restored;
        }
    }

    private void checkOwnWeights(String action) {
        if (swapped) {
            throw new BackendException("a moving average cannot be " + action
                    + " while the network has the averages: close what swapIn() gave first");
        }
    }

    /** Gives the averages back; the network gets its own weights back first. */
    @Override
    public void close() {
        if (swapped) {
            exchange();
            swapped = false;
        }
        averages.values().forEach(Parameter::close);
    }
}
