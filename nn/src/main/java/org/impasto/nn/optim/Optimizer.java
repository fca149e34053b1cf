package org.impasto.nn.optim;

import java.util.List;
import java.util.Map;
import org.impasto.core.Parameter;
import org.impasto.core.Tensor;

/**
 * Changes parameters by their gradients, step by step.
 *
 * <pre>{@code
 * try (Optimizer adam = new Adam(model.weights(), 1e-3)) {
 *   for (Batch batch : batches) {
 *     try (Scope scope = Scope.open(run)) {
 *       adam.step(Tape.gradients(x -> loss(x), batch.x()).parameters());
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>Parameters that are frozen are left alone, whether they were from the start or only are now; what is remembered of
 * them stays for when they are thawed. An optimiser is used by one thread at a time.
 */
public interface Optimizer extends AutoCloseable {
    /** The parameters, by their options. */
    List<ParameterGroup> groups();

    /**
     * Takes one step. It is taken whole or, after an error, not at all: a run that is cancelled meanwhile lets it end.
     *
     * @param gradients of the parameters, as {@code Tape.Gradients.parameters()} gives them; those of parameters that no
     *     group holds are ignored
     * @throws org.impasto.core.BackendException if a trainable parameter of a group has no gradient; the message names it
     * @throws org.impasto.core.ShapeException if a gradient is not of its parameter's shape and type
     */
    void step(Map<Parameter, Tensor> gradients);

    /** The learning rate of the next step; a group's rate is this times its factor. */
    double learningRate();

    /** Sets the learning rate of the next steps, 0 or more. */
    void setLearningRate(double rate);

    /** Number of steps taken. */
    long steps();

    /**
     * Everything that a run which is resumed needs beside the parameters: tensors by name, of float32, float64 and int64,
     * for the caller's scope. Names are made of a word, a dot and the path of a parameter.
     */
    Map<String, Tensor> state();

    /**
     * Continues from a state of an optimiser of the same kind and parameters; what this one had is given back.
     *
     * @throws org.impasto.core.WeightException if the state has tensors that this optimiser does not know, lacks some, or
     *     has them in other shapes or types; then nothing has changed
     */
    void restore(Map<String, Tensor> state);

    /** Gives back what is remembered; the parameters keep their values. */
    @Override
    void close();
}
