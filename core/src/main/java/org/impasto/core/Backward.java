package org.impasto.core;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the backward pass of one operation may read: the gradient of its results, the shapes, and those operands and
 * results that it asked to be saved. Tensors live on the backend inside the tape.
 */
public final class Backward {
    private final BackwardPass pass;
    private final TapeNode node;

    Backward(BackwardPass pass, TapeNode node) {
        this.pass = pass;
        this.node = node;
    }

    /** Number of operands. */
    public int inputCount() {
        return node.inputSpecs().size();
    }

    /** Shape and type of an operand. */
    public Spec inputSpec(int index) {
        return node.inputSpecs().get(index);
    }

    /** Shape and type of a result. */
    public Spec outputSpec(int index) {
        return node.outputSpecs().get(index);
    }

    /** Whether a gradient with respect to this operand is wanted. */
    public boolean wants(int input) {
        return node.wants(input);
    }

    /** An operand; an error if it was not saved. */
    public Tensor input(int index) {
        return saved("operand", index, node.savedInputs().get(index));
    }

    /** A result; an error if it was not saved. */
    public Tensor output(int index) {
        return saved("result", index, node.savedOutputs().get(index));
    }

    private Tensor saved(String what, int index, @Nullable Storage storage) {
        if (storage == null) {
            throw new BackendException(
                    node.name() + ": its gradient reads " + what + " " + index + ", which saves() did not ask for");
        }
        return Tensor.owning(pass.backend(), storage.retain());
    }

    /** Gradient of the first result. */
    public Tensor gradient() {
        return gradient(0);
    }

    /** Whether a result took part, so that there is a gradient of it. */
    public boolean reached(int output) {
        return node.gradients().get(output) != null;
    }

    /** Gradient of a result; zeros if it did not take part. */
    public Tensor gradient(int output) {
        Storage gradient = node.gradients().get(output);
        return gradient == null ? pass.zeros(outputSpec(output)) : Tensor.owning(pass.backend(), gradient.retain());
    }

    /**
     * Runs a function again on its inputs and gives the gradients with respect to them; those of parameters that it
     * reads are added to the gradients of the tape.
     *
     * @param inputs tensors of this backward pass
     * @param resultGradients one for each result of the function
     */
    public List<@Nullable Tensor> vjp(
            Function<List<Tensor>, List<Tensor>> function, List<Tensor> inputs, List<Tensor> resultGradients) {
        return pass.vjp(node, function, inputs, input -> true, resultGradients);
    }

    /**
     * Computes something again that the forward pass computed: with the noise of that time, and without a change of
     * buffers. For what is not a function to be differentiated; {@link #vjp} does the same by itself.
     */
    public <T> T again(Supplier<T> work) {
        return Run.current().replay(node.streamPosition(), work);
    }

    /** The gradients of a function of the operands, which must have been saved; without gradients that are not wanted. */
    List<@Nullable Tensor> vjpOfOperands(Function<List<Tensor>, List<Tensor>> function, List<Tensor> resultGradients) {
        List<Tensor> operands =
                IntStream.range(0, inputCount()).mapToObj(this::input).toList();
        return pass.vjp(node, function, operands, this::wants, resultGradients);
    }
}
