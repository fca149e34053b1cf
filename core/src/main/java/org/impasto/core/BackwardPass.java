package org.impasto.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.impasto.core.TapeNode.Source;
import org.jspecify.annotations.Nullable;

/** The walk back along a tape: from gradients of results to those of inputs and of parameters. */
final class BackwardPass implements AutoCloseable {
    private final Tape tape;
    private final Map<Parameter, Storage> parameterGradients = new LinkedHashMap<>();

    BackwardPass(Tape tape) {
        this.tape = tape;
    }

    /** The backend inside the tape, where gradients live. */
    Backend backend() {
        return tape.inner();
    }

    /** Zeros, of no tape. */
    Tensor zeros(Spec spec) {
        return Tensor.full(tape.plainBackend(), spec, 0);
    }

    /**
     * Ends the tape's recording and walks back; what the tape saved is given back on the way.
     *
     * @param seeds gradients of the results
     * @param inputs of the tape
     * @return gradients of the inputs, null where none came back
     */
    List<@Nullable Tensor> walk(List<Tensor> results, List<Tensor> seeds, List<Tensor> inputs) {
        List<TapeNode> nodes = tape.endRecording();
        Set<TapeNode> wantedInputs = new HashSet<>();
        for (Tensor input : inputs) {
            Source source = tape.sourceOf(input);
            if (source != null) {
                wantedInputs.add(source.node());
            }
        }
        for (int result = 0; result < results.size(); result++) {
            Tensor value = results.get(result);
            Source source = value.backend() == tape ? tape.sourceOf(value) : null;
            if (source != null) {
                accumulate(source, seeds.get(result));
            }
        }
        Run run = Run.current();
        for (int index = nodes.size() - 1; index >= 0; index--) {
            run.throwIfCancelled();
            TapeNode node = nodes.get(index);
            if (!node.hasGradient()) {
                node.releaseAll();
                continue;
            }
            Parameter parameter = node.parameter();
            if (parameter != null) {
                addTo(parameter, Objects.requireNonNull(node.gradients().get(0)));
            } else if (node.isComputed()) {
                walkThrough(node, index);
            }
            if (!wantedInputs.contains(node)) {
                node.releaseAll();
            }
        }
        List<@Nullable Tensor> gradients = new ArrayList<>();
        for (Tensor input : inputs) {
            Source source = tape.sourceOf(input);
            Storage gradient = source == null ? null : source.node().gradients().get(source.output());
            gradients.add(gradient == null ? null : Tensor.owning(tape.inner(), gradient.retain()));
        }
        return gradients;
    }

    private void walkThrough(TapeNode node, int index) {
        try (Scope scope = Scope.open()) {
            List<@Nullable Tensor> gradients = node.differentiate(new Backward(this, node));
            if (gradients.size() != node.sources().size()) {
                throw new ShapeException(node.name() + ": expected a gradient (or null) for each of "
                        + node.sources().size() + " operands, found " + gradients.size());
            }
            TapeObserver observer = tape.observer();
            if (observer != null) {
                observer.differentiated(
                        index,
                        node.name(),
                        gradients.stream().filter(Objects::nonNull).toList());
            }
            for (int input = 0; input < gradients.size(); input++) {
                Source source = node.sources().get(input);
                Tensor gradient = gradients.get(input);
                if (source != null && gradient != null) {
                    if (!gradient.spec().equals(node.inputSpecs().get(input))) {
                        throw new ShapeException(node.name() + ": gradient of operand " + input + " is "
                                + gradient.spec() + ", expected "
                                + node.inputSpecs().get(input));
                    }
                    accumulate(source, gradient);
                }
            }
        }
    }

    private void accumulate(Source source, Tensor gradient) {
        List<@Nullable Storage> gradients = source.node().gradients();
        Storage old = gradients.get(source.output());
        gradients.set(source.output(), sum(old, gradient));
        if (old != null) {
            old.release();
        }
    }

    private void addTo(Parameter parameter, Storage gradient) {
        try (Scope scope = Scope.open()) {
            Tensor added = Tensor.owning(tape.inner(), gradient.retain());
            Storage old = parameterGradients.get(parameter);
            parameterGradients.put(parameter, sum(old, added));
            if (old != null) {
                old.release();
            }
        }
    }

    /** Old plus new, with a count of its own. The old one's stays, because the addition may fail. */
    private Storage sum(@Nullable Storage old, Tensor gradient) {
        Tensor added = tape.onInner(gradient);
        Tensor total =
                old == null ? added : Tensor.owning(tape.inner(), old.retain()).add(added);
        return total.storage().retain();
    }

    /** See {@link Backward#vjp}. */
    List<@Nullable Tensor> vjp(
            TapeNode node,
            Function<List<Tensor>, List<Tensor>> function,
            List<Tensor> inputs,
            IntPredicate wanted,
            List<Tensor> resultGradients) {
        return Run.current().replay(node.streamPosition(), () -> {
            try (Scope scope = Scope.open();
                    Tape again = new Tape(tape.inner(), null);
                    BackwardPass pass = new BackwardPass(again)) {
                List<Tensor> tracked = again.track(inputs, wanted);
                List<Tensor> results = function.apply(tracked);
                if (results.size() != resultGradients.size()) {
                    throw new ShapeException("vjp: the function has " + results.size() + " results, found "
                            + resultGradients.size() + " gradients");
                }
                List<@Nullable Tensor> gradients = pass.walk(results, resultGradients, tracked);
                gradients.stream().filter(Objects::nonNull).forEach(scope::keep);
                pass.parameterGradients.forEach(this::addTo);
                return gradients;
            }
        });
    }

    /** The gradients of the parameters, for the caller's scope. */
    Map<Parameter, Tensor> takeParameterGradients() {
        Map<Parameter, Tensor> taken = new LinkedHashMap<>();
        parameterGradients.forEach(
                (parameter, gradient) -> taken.put(parameter, Tensor.owning(tape.inner(), gradient)));
        parameterGradients.clear();
        return taken;
    }

    /** Gives back the gradients that nobody took. */
    @Override
    public void close() {
        parameterGradients.values().forEach(Storage::release);
        parameterGradients.clear();
    }
}
