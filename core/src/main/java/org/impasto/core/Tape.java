package org.impasto.core;

import java.nio.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.impasto.core.TapeNode.Source;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation: a backend that decorates another and records what runs on it.
 *
 * <p>A tape belongs to one thread and serves one backward pass. Everyday code uses {@link #gradients}, which lifts the
 * inputs, runs the function, walks back and closes the tape. Tapes nest: the inner backend of one may be another.
 */
public final class Tape implements Decorator, AutoCloseable {
    private final Backend inner;
    private final @Nullable TapeObserver observer;
    private final Thread thread = Thread.currentThread();
    private final List<TapeNode> nodes = new ArrayList<>();
    private final Map<Parameter, TapeNode> leaves = new LinkedHashMap<>();
    private final Set<Storage> counted = Collections.newSetFromMap(new IdentityHashMap<>());
    private long keptBytes;
    private boolean insideCustom;
    private boolean walked;

    Tape(Backend inner, @Nullable TapeObserver observer) {
        this.inner = inner;
        this.observer = observer;
    }

    /** Gradients of a scalar function of one tensor, and of the parameters it reads. */
    public static Gradients gradients(UnaryOperator<Tensor> function, Tensor x) {
        return gradients((List<Tensor> inputs) -> function.apply(inputs.get(0)), List.of(x));
    }

    /** Gradients of a scalar function of two tensors, and of the parameters it reads. */
    public static Gradients gradients(BinaryOperator<Tensor> function, Tensor x, Tensor y) {
        return gradients((List<Tensor> inputs) -> function.apply(inputs.get(0), inputs.get(1)), List.of(x, y));
    }

    /**
     * Gradients of a scalar function, with respect to its inputs and to the trainable parameters that it reads.
     *
     * @param function from tensors of a tape to one element
     */
    public static Gradients gradients(Function<List<Tensor>, Tensor> function, List<Tensor> inputs) {
        return gradients(
                new Tape(Tensor.outermost(() -> "gradients", inputs), null), (t, x) -> function.apply(x), inputs);
    }

    /**
     * Gradients of a scalar function with respect to the trainable parameters that it reads.
     *
     * @param backend where the parameters live
     * @param function gets the tape, as the backend to make its input tensors on, and gives one element; the inputs are
     *     constants, so nothing is spent on their gradients
     */
    public static Gradients gradients(Backend backend, Function<Backend, Tensor> function) {
        return gradients(new Tape(backend, null), (tape, none) -> function.apply(tape), List.of());
    }

    /** The same under an observer's eyes, slowly: for diagnosis. */
    public static Gradients gradients(Backend backend, Function<Backend, Tensor> function, TapeObserver observer) {
        return gradients(new Tape(backend, observer), (tape, none) -> function.apply(tape), List.of());
    }

    private static Gradients gradients(
            Tape tape, BiFunction<Tape, List<Tensor>, Tensor> function, List<Tensor> inputs) {
        try (Scope scope = Scope.open();
                tape;
                BackwardPass pass = new BackwardPass(tape)) {
            List<Tensor> tracked = tape.track(inputs, input -> true);
            Tensor value = function.apply(tape, tracked);
            if (value.shape().elements() != 1) {
                throw new ShapeException("gradients: the function's value is " + value.spec()
                        + ", expected one element;" + " reduce it with sum() or mean()");
            }
            Tensor seed = Tensor.full(tape.plainBackend(), value.spec(), 1);
            List<@Nullable Tensor> ofInputs = pass.walk(List.of(value), List.of(seed), tracked);
            List<Tensor> complete = new ArrayList<>();
            for (int input = 0; input < inputs.size(); input++) {
                Tensor gradient = ofInputs.get(input);
                complete.add(scope.keep(
                        gradient != null
                                ? gradient
                                : pass.zeros(inputs.get(input).spec())));
            }
            Map<Parameter, Tensor> ofParameters = pass.takeParameterGradients();
            ofParameters.values().forEach(scope::keep);
            return new Gradients(scope.keep(tape.innerValue(value)), complete, ofParameters);
        }
    }

    /** A function's value and its gradients, for the caller's scope. */
    public record Gradients(Tensor value, List<Tensor> inputs, Map<Parameter, Tensor> parameters) {}

    // ---- the graph

    private TrackedStorage tracked(Storage storage) {
        TrackedStorage tracked = (TrackedStorage) storage;
        if (tracked.tape() != this) {
            throw new BackendException("a tensor of another tape was used on this one");
        }
        return tracked;
    }

    private TapeNode recorded(TapeNode node) {
        nodes.add(node);
        return node;
    }

    /**
     * The inputs on this tape.
     *
     * @param wanted which inputs get gradients; the others are constants
     */
    List<Tensor> track(List<Tensor> inputs, IntPredicate wanted) {
        List<Tensor> leavesOfInputs = new ArrayList<>();
        for (int index = 0; index < inputs.size(); index++) {
            Tensor input = inputs.get(index);
            Storage storage = Tensor.liftFrom(inner, input.backend(), input.storage());
            Source source = input.type().isFloating() && wanted.test(index)
                    ? new Source(recorded(TapeNode.input(input.spec())), 0)
                    : null;
            leavesOfInputs.add(Tensor.owning(this, new TrackedStorage(this, storage, source)));
        }
        return leavesOfInputs;
    }

    /** The leaf of a parameter, or a constant if it is frozen. */
    Tensor leaf(Parameter parameter) {
        checkThread();
        checkNotCaptured(parameter.path());
        if (observer != null) {
            observer.read(parameter);
        }
        Storage value = parameter.on(inner).storage().retain();
        counted.add(value); // held by the parameter in any case
        Source source = null;
        if (parameter.isTrainable()) {
            TapeNode node = leaves.get(parameter);
            if (node == null) {
                node = recorded(TapeNode.of(parameter));
                leaves.put(parameter, node);
            }
            source = new Source(node, 0);
        }
        return Tensor.owning(this, new TrackedStorage(this, value, source));
    }

    // ---- the backend

    @Override
    public Backend inner() {
        return inner;
    }

    Backend plainBackend() {
        Backend plain = inner;
        while (plain instanceof Decorator decorator) {
            plain = decorator.inner();
        }
        return plain;
    }

    @Override
    public Storage lift(Storage plain) {
        return new TrackedStorage(this, plain.retain(), null);
    }

    @Override
    public Storage create(Spec spec, Buffer values) {
        return constant(inner.create(spec, values));
    }

    @Override
    public Storage share(Shape shape, float[] values) {
        return constant(inner.share(shape, values));
    }

    private Storage constant(Storage given) {
        if (observer != null) {
            observeComputed("values given", -1, List.of(given));
        }
        return new TrackedStorage(this, given, null);
    }

    @Override
    public void read(Storage storage, Buffer into) {
        inner.read(tracked(storage).inner(), into);
    }

    @Override
    public List<Storage> run(Operation operation, List<Storage> inputs, List<Spec> outputs, Run run) {
        checkThread();
        checkNotCaptured(operation.name());
        List<Storage> innerInputs = new ArrayList<>();
        List<@Nullable Source> sources = new ArrayList<>();
        List<Spec> inputSpecs = new ArrayList<>();
        boolean anyTracked = false;
        for (Storage input : inputs) {
            TrackedStorage tracked = tracked(input);
            innerInputs.add(tracked.inner());
            sources.add(tracked.source());
            inputSpecs.add(tracked.spec());
            anyTracked |= tracked.source() != null;
        }
        if (anyTracked && operation.isTerminal()) {
            throw new BackendException(operation.name() + " has no gradient: detach() its operands or do without it");
        }
        List<Storage> results = inner.run(operation, innerInputs, outputs, run);
        TapeNode node = null;
        if (anyTracked) {
            node = recorded(TapeNode.of(operation, sources, inputSpecs, outputs));
            node.save(operation.saves(index -> sources.get(index) != null), innerInputs, results);
            count(node);
        }
        if (observer != null) {
            observeComputed(operation.name(), node == null ? -1 : nodes.size() - 1, results);
        }
        return wrap(results, node);
    }

    /** Counts what a node saved, each storage once. */
    private void count(TapeNode node) {
        for (List<@Nullable Storage> saved : List.of(node.savedInputs(), node.savedOutputs())) {
            for (Storage storage : saved) {
                if (storage != null && counted.add(storage)) {
                    keptBytes += storage.spec().shape().elements()
                            * storage.spec().type().bytes();
                }
            }
        }
    }

    /**
     * Bytes of the results that were kept so far for the walk back, parameters left out: who computes something again on the
     * way back to save memory can look here whether that is needed.
     */
    public long keptBytes() {
        return keptBytes;
    }

    private List<Storage> wrap(List<Storage> results, @Nullable TapeNode node) {
        List<Storage> wrapped = new ArrayList<>();
        for (int output = 0; output < results.size(); output++) {
            Storage result = results.get(output);
            boolean flows = node != null && result.spec().type().isFloating();
            wrapped.add(new TrackedStorage(this, result, flows && node != null ? new Source(node, output) : null));
        }
        return wrapped;
    }

    List<Tensor> custom(CustomFunction function, List<Tensor> operands) {
        checkThread();
        checkNotCaptured("a custom function");
        List<@Nullable Source> sources = new ArrayList<>();
        List<Spec> inputSpecs = new ArrayList<>();
        List<Storage> results = new ArrayList<>();
        TapeNode node;
        try (Scope scope = Scope.open()) {
            List<Storage> innerInputs = new ArrayList<>();
            List<Tensor> innerTensors = new ArrayList<>();
            for (Tensor operand : operands) {
                TrackedStorage tracked = tracked(
                        operand.backend() == this
                                ? operand.storage()
                                : lifted(operand).storage());
                innerInputs.add(tracked.inner());
                innerTensors.add(Tensor.owning(inner, tracked.inner().retain()));
                sources.add(tracked.source());
                inputSpecs.add(operand.spec());
            }
            // Recorded even if no operand is tracked: the function may read trainable parameters.
            Scope.ThreadState state = Scope.threadState();
            boolean outerForbidden = state.noiseForbidden;
            long streamPosition = Run.current().streamPosition();
            List<Tensor> innerResults;
            insideCustom = true;
            state.noiseForbidden = outerForbidden || !function.replays();
            try {
                innerResults = innerTensors.isEmpty()
                        ? function.forward(innerTensors)
                        : Tensor.custom(function, innerTensors.toArray(new Tensor[0]));
            } finally {
                insideCustom = false;
                state.noiseForbidden = outerForbidden;
            }
            List<Spec> outputSpecs = new ArrayList<>();
            List<Tensor> resultsOnInner = new ArrayList<>();
            for (Tensor result : innerResults) {
                if (result.backend() == this) {
                    throw captured("its result");
                }
                resultsOnInner.add(onInner(result));
                outputSpecs.add(result.spec());
            }
            // Only now, when nothing can fail any more, are counts taken that no scope gives back.
            resultsOnInner.forEach(result -> results.add(result.storage().retain()));
            node = recorded(TapeNode.of(function, sources, inputSpecs, outputSpecs, streamPosition));
            node.save(function.saves(), innerInputs, results);
            count(node);
            if (observer != null) {
                observeComputed(node.name(), nodes.size() - 1, results);
            }
        }
        List<Tensor> tensors = new ArrayList<>();
        for (Storage storage : wrap(results, node)) {
            tensors.add(Tensor.owning(this, storage));
        }
        return tensors;
    }

    private Tensor lifted(Tensor operand) {
        return Tensor.owning(this, Tensor.liftFrom(this, operand.backend(), operand.storage()));
    }

    private void checkNotCaptured(String what) {
        if (insideCustom) {
            throw captured(what);
        }
    }

    private static BackendException captured(String what) {
        return new BackendException("a custom function captured a tensor of the tape (in " + what
                + "): pass it as an input, so that its gradient is not lost");
    }

    private void checkThread() {
        if (Thread.currentThread() != thread) {
            throw new BackendException("a tape of thread '" + thread.getName() + "' was used by thread '"
                    + Thread.currentThread().getName() + "': a tape belongs to one thread");
        }
        if (walked) {
            throw new BackendException("a tape was used after its backward pass: it serves one");
        }
    }

    /** What was recorded, in order; nothing more can be. */
    List<TapeNode> endRecording() {
        checkThread();
        counted.clear(); // so that what is freed on the way back can be collected
        walked = true;
        return nodes;
    }

    /** Where a tensor of this tape came from; null if no gradient is to flow there. */
    @Nullable
    Source sourceOf(Tensor tensor) {
        return tracked(tensor.storage()).source();
    }

    @Nullable
    TapeObserver observer() {
        return observer;
    }

    private void observeComputed(String operation, int index, List<Storage> results) {
        try (Scope scope = Scope.open()) {
            List<Tensor> tensors = results.stream()
                    .map(result -> Tensor.owning(inner, result.retain()))
                    .toList();
            Objects.requireNonNull(observer).computed(index, operation, tensors);
        }
    }

    Tensor onInner(Tensor tensor) {
        if (!Tensor.reaches(inner, tensor.backend())) {
            throw new BackendException(
                    "a function of a tape on " + inner.describe() + " gave a tensor of another backend, "
                            + tensor.backend().describe() + "; compute it from the function's inputs");
        }
        return tensor.backend() == inner
                ? tensor
                : Tensor.owning(inner, Tensor.liftFrom(inner, tensor.backend(), tensor.storage()));
    }

    private Tensor innerValue(Tensor value) {
        return value.backend() == this
                ? Tensor.owning(inner, tracked(value.storage()).inner().retain())
                : value;
    }

    /** Gives back what the tape saved. */
    @Override
    public void close() {
        walked = true;
        nodes.forEach(TapeNode::releaseAll);
    }

    @Override
    public String describe() {
        return "a tape on " + inner.describe();
    }
}
