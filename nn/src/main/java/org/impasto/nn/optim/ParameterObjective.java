package org.impasto.nn.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.impasto.core.BackendException;
import org.impasto.core.Parameter;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;

/** A loss as a function of the parameters it reads, which get the values of each point. */
final class ParameterObjective implements Lbfgs.Objective {
    private final List<Parameter> parameters;
    private final Supplier<Tape.Gradients> loss;

    ParameterObjective(List<Parameter> parameters, Supplier<Tape.Gradients> loss) {
        this.parameters = parameters;
        this.loss = loss;
    }

    @Override
    public Lbfgs.Evaluation evaluate(List<Tensor> point) {
        settle(point);
        Tape.Gradients found = loss.get();
        List<Tensor> gradients = new ArrayList<>();
        for (Parameter parameter : parameters) {
            Tensor gradient = found.parameters().get(parameter);
            if (gradient == null) {
                throw new BackendException("L-BFGS: no gradient reached parameter '" + parameter.path()
                        + "'; let the loss depend on it, or freeze it before the search begins");
            }
            gradients.add(gradient);
        }
        return new Lbfgs.Evaluation(found.value().item(), gradients);
    }

    @Override
    public void settle(List<Tensor> point) {
        for (int i = 0; i < parameters.size(); i++) {
            parameters.get(i).set(point.get(i));
        }
    }
}
