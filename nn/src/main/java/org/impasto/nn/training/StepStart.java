package org.impasto.nn.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Tensor;
import org.impasto.nn.ParameterSet;

/**
 * What a forward pass changes by itself: buffers such as running statistics, and the run's place in its noise. A step that
 * does not end goes back to it.
 */
final class StepStart {
    private final Run run;
    private final long stream;
    private final Map<Parameter, Tensor> untrained = new LinkedHashMap<>();

    private StepStart(Run run) {
        this.run = run;
        this.stream = run.streamPosition();
    }

    /** The state now; it holds storages of the caller's scope, no copies. */
    static StepStart of(ParameterSet weights, Run run) {
        StepStart start = new StepStart(run);
        for (Parameter parameter : weights.all()) {
            if (!parameter.isTrainable()) {
                start.untrained.put(parameter, parameter.value());
            }
        }
        return start;
    }

    /** Puts the state back. */
    void restore() {
        untrained.forEach(Parameter::set);
        run.continueAtStream(stream);
    }
}
