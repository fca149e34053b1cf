package org.impasto.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something computed: what made it, from which nodes, and what the walk back needs. */
final class TapeNode {
    private final @Nullable Operation operation;
    private final @Nullable CustomFunction custom;
    private final @Nullable Parameter parameter;
    private final List<@Nullable Source> sources;
    private final List<Spec> inputSpecs;
    private final List<Spec> outputSpecs;
    private final List<@Nullable Storage> savedInputs;
    private final List<@Nullable Storage> savedOutputs;
    private final long streamPosition;
    private final List<@Nullable Storage> gradients;

    private TapeNode(
            @Nullable Operation operation,
            @Nullable CustomFunction custom,
            @Nullable Parameter parameter,
            List<@Nullable Source> sources,
            List<Spec> inputSpecs,
            List<Spec> outputSpecs,
            long streamPosition) {
        this.operation = operation;
        this.custom = custom;
        this.parameter = parameter;
        this.sources = sources;
        this.inputSpecs = inputSpecs;
        this.outputSpecs = outputSpecs;
        this.savedInputs = nulls(inputSpecs.size());
        this.savedOutputs = nulls(outputSpecs.size());
        this.gradients = nulls(outputSpecs.size());
        this.streamPosition = streamPosition;
    }

    /** An input of the tape. */
    static TapeNode input(Spec spec) {
        return new TapeNode(null, null, null, List.of(), List.of(), List.of(spec), 0);
    }

    /** A trainable parameter. */
    static TapeNode of(Parameter parameter) {
        return new TapeNode(null, null, parameter, List.of(), List.of(), List.of(parameter.spec()), 0);
    }

    /** The results of an operation. */
    static TapeNode of(
            Operation operation, List<@Nullable Source> sources, List<Spec> inputSpecs, List<Spec> outputSpecs) {
        return new TapeNode(
                operation,
                null,
                null,
                sources,
                inputSpecs,
                outputSpecs,
                Run.current().streamPosition());
    }

    /**
     * The results of a custom function.
     *
     * @param streamPosition where the run drew noise as the function began, for when it is computed again
     */
    static TapeNode of(
            CustomFunction custom,
            List<@Nullable Source> sources,
            List<Spec> inputSpecs,
            List<Spec> outputSpecs,
            long streamPosition) {
        return new TapeNode(null, custom, null, sources, inputSpecs, outputSpecs, streamPosition);
    }

    String name() {
        return operation != null ? operation.name() : custom != null ? "a custom function" : "a leaf";
    }

    @Nullable
    Parameter parameter() {
        return parameter;
    }

    /** Where an operand came from; null if no gradient is to flow there. */
    List<@Nullable Source> sources() {
        return sources;
    }

    boolean wants(int input) {
        return sources.get(input) != null;
    }

    List<Spec> inputSpecs() {
        return inputSpecs;
    }

    List<Spec> outputSpecs() {
        return outputSpecs;
    }

    List<@Nullable Storage> savedInputs() {
        return savedInputs;
    }

    List<@Nullable Storage> savedOutputs() {
        return savedOutputs;
    }

    void save(Operation.Saves saves, List<Storage> inputs, List<Storage> outputs) {
        for (int input = 0; input < inputs.size(); input++) {
            if (saves.keepsInput(input)) {
                savedInputs.set(input, inputs.get(input).retain());
            }
        }
        for (int output = 0; output < outputs.size(); output++) {
            if (saves.keepsOutput(output)) {
                savedOutputs.set(output, outputs.get(output).retain());
            }
        }
    }

    long streamPosition() {
        return streamPosition;
    }

    /** What has come back to the results so far. */
    List<@Nullable Storage> gradients() {
        return gradients;
    }

    /** Whether it was computed from something: no input and no parameter. */
    boolean isComputed() {
        return operation != null || custom != null;
    }

    /** The gradients of the operands, from those of the results. */
    List<@Nullable Tensor> differentiate(Backward backward) {
        return operation != null
                ? operation.gradient(backward)
                : Objects.requireNonNull(custom).backward(backward);
    }

    boolean hasGradient() {
        for (Storage gradient : gradients) {
            if (gradient != null) {
                return true;
            }
        }
        return false;
    }

    void releaseAll() {
        release(savedInputs);
        release(savedOutputs);
        release(gradients);
    }

    private static void release(List<@Nullable Storage> storages) {
        for (int i = 0; i < storages.size(); i++) {
            Storage storage = storages.get(i);
            if (storage != null) {
                storages.set(i, null);
                storage.release();
            }
        }
    }

    private static List<@Nullable Storage> nulls(int count) {
        return new ArrayList<>(Arrays.asList(new @Nullable Storage[count]));
    }

    /** One result of a node. */
    record Source(TapeNode node, int output) {}
}
