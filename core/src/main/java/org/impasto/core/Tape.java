package org.impasto.core;

import java.nio.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
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
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Parameter, Node> leaves = new LinkedHashMap<>();
    private final Map<Parameter, Storage> parameterGradients = new LinkedHashMap<>();
    private final Set<Storage> counted = Collections.newSetFromMap(new IdentityHashMap<>());
    private long keptBytes;
    private boolean insideCustom;
    private boolean walked;

    private Tape(Backend inner, @Nullable TapeObserver observer) {
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
                tape) {
            List<Tensor> tracked = tape.track(inputs);
            Tensor value = function.apply(tape, tracked);
            if (value.shape().elements() != 1) {
                throw new ShapeException("gradients: the function's value is " + value.spec()
                        + ", expected one element;" + " reduce it with sum() or mean()");
            }
            Tensor seed = Tensor.full(tape.plainBackend(), value.spec(), 1);
            List<@Nullable Tensor> ofInputs = tape.walkBack(List.of(value), List.of(seed), tracked);
            List<Tensor> complete = new ArrayList<>();
            for (int input = 0; input < inputs.size(); input++) {
                Tensor gradient = ofInputs.get(input);
                complete.add(scope.keep(
                        gradient != null
                                ? gradient
                                : Tensor.full(
                                        tape.plainBackend(), inputs.get(input).spec(), 0)));
            }
            Map<Parameter, Tensor> ofParameters = tape.takeParameterGradients();
            ofParameters.values().forEach(scope::keep);
            return new Gradients(scope.keep(tape.innerValue(value)), complete, ofParameters);
        }
    }

    /** A function's value and its gradients, for the caller's scope. */
    public record Gradients(Tensor value, List<Tensor> inputs, Map<Parameter, Tensor> parameters) {}

    // ---- the graph

    /** Something computed: what made it, from which nodes, and what the walk back needs. */
    static final class Node {
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

        Node(
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

        String name() {
            return operation != null ? operation.name() : custom != null ? "a custom function" : "a leaf";
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
    }

    /** One result of a node. */
    record Source(Node node, int output) {}

    /** A storage of a tape: one of the inner backend, and where it came from if a gradient is to flow there. */
    static final class Tracked extends Storage {
        private final Tape tape;
        private final Storage inner;
        private final @Nullable Source source;

        /** Takes over one count of the inner storage. */
        Tracked(Tape tape, Storage inner, @Nullable Source source) {
            super(inner.spec());
            this.tape = tape;
            this.inner = inner;
            this.source = source;
        }

        Storage inner() {
            return inner;
        }

        @Override
        protected void free() {
            inner.release();
        }

        @Override
        void leftToCollector() {
            inner.leaveToCollector();
        }
    }

    private Tracked tracked(Storage storage) {
        Tracked tracked = (Tracked) storage;
        if (tracked.tape != this) {
            throw new BackendException("a tensor of another tape was used on this one");
        }
        return tracked;
    }

    private Node newNode(
            @Nullable Operation operation,
            @Nullable CustomFunction custom,
            @Nullable Parameter parameter,
            List<@Nullable Source> sources,
            List<Spec> inputSpecs,
            List<Spec> outputSpecs) {
        Node node = new Node(
                operation,
                custom,
                parameter,
                sources,
                inputSpecs,
                outputSpecs,
                Run.current().streamPosition());
        nodes.add(node);
        return node;
    }

    private List<Tensor> track(List<Tensor> inputs) {
        return track(inputs, input -> true);
    }

    /** @param wanted which inputs get gradients; the others are constants */
    private List<Tensor> track(List<Tensor> inputs, IntPredicate wanted) {
        List<Tensor> leavesOfInputs = new ArrayList<>();
        for (int index = 0; index < inputs.size(); index++) {
            Tensor input = inputs.get(index);
            Storage storage = Tensor.liftFrom(inner, input.backend(), input.storage());
            Source source = input.type().isFloating() && wanted.test(index)
                    ? new Source(newNode(null, null, null, List.of(), List.of(), List.of(input.spec())), 0)
                    : null;
            leavesOfInputs.add(Tensor.owning(this, new Tracked(this, storage, source)));
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
            Node node = leaves.get(parameter);
            if (node == null) {
                node = newNode(null, null, parameter, List.of(), List.of(), List.of(parameter.spec()));
                leaves.put(parameter, node);
            }
            source = new Source(node, 0);
        }
        return Tensor.owning(this, new Tracked(this, value, source));
    }

    // ---- the backend

    @Override
    public Backend inner() {
        return inner;
    }

    boolean isObserved() {
        return observer != null;
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
        return new Tracked(this, plain.retain(), null);
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
        return new Tracked(this, given, null);
    }

    @Override
    public void read(Storage storage, Buffer into) {
        inner.read(tracked(storage).inner, into);
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
            Tracked tracked = tracked(input);
            innerInputs.add(tracked.inner);
            sources.add(tracked.source);
            inputSpecs.add(tracked.spec());
            anyTracked |= tracked.source != null;
        }
        if (anyTracked && operation.isTerminal()) {
            throw new BackendException(operation.name() + " has no gradient: detach() its operands or do without it");
        }
        List<Storage> results = inner.run(operation, innerInputs, outputs, run);
        Node node = null;
        if (anyTracked) {
            node = newNode(operation, null, null, sources, inputSpecs, outputs);
            node.save(operation.saves(index -> sources.get(index) != null), innerInputs, results);
            count(node);
        }
        if (observer != null) {
            observeComputed(operation.name(), node == null ? -1 : nodes.size() - 1, results);
        }
        return wrap(results, node);
    }

    /** Counts what a node saved, each storage once. */
    private void count(Node node) {
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

    private List<Storage> wrap(List<Storage> results, @Nullable Node node) {
        List<Storage> wrapped = new ArrayList<>();
        for (int output = 0; output < results.size(); output++) {
            Storage result = results.get(output);
            boolean flows = node != null && result.spec().type().isFloating();
            wrapped.add(new Tracked(this, result, flows && node != null ? new Source(node, output) : null));
        }
        return wrapped;
    }

    List<Tensor> custom(CustomFunction function, List<Tensor> operands) {
        checkThread();
        checkNotCaptured("a custom function");
        List<@Nullable Source> sources = new ArrayList<>();
        List<Spec> inputSpecs = new ArrayList<>();
        List<Storage> results = new ArrayList<>();
        Node node;
        try (Scope scope = Scope.open()) {
            List<Storage> innerInputs = new ArrayList<>();
            List<Tensor> innerTensors = new ArrayList<>();
            for (Tensor operand : operands) {
                Tracked tracked = tracked(
                        operand.backend() == this
                                ? operand.storage()
                                : lifted(operand).storage());
                innerInputs.add(tracked.inner);
                innerTensors.add(Tensor.owning(inner, tracked.inner.retain()));
                sources.add(tracked.source);
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
            node = new Node(null, function, null, sources, inputSpecs, outputSpecs, streamPosition);
            nodes.add(node);
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

    // ---- the walk back

    private List<@Nullable Tensor> walkBack(List<Tensor> results, List<Tensor> seeds, List<Tensor> inputs) {
        checkThread();
        counted.clear(); // so that what is freed on the way can be collected
        Set<Node> wantedInputs = new HashSet<>();
        for (Tensor input : inputs) {
            Source source = tracked(input.storage()).source;
            if (source != null) {
                wantedInputs.add(source.node());
            }
        }
        for (int result = 0; result < results.size(); result++) {
            Tensor value = results.get(result);
            if (value.backend() == this && tracked(value.storage()).source != null) {
                accumulate(Objects.requireNonNull(tracked(value.storage()).source), seeds.get(result));
            }
        }
        walked = true;
        Run run = Run.current();
        for (int index = nodes.size() - 1; index >= 0; index--) {
            run.throwIfCancelled();
            Node node = nodes.get(index);
            if (!node.hasGradient()) {
                node.releaseAll();
                continue;
            }
            if (node.parameter != null) {
                addTo(parameterGradients, node.parameter, Objects.requireNonNull(node.gradients.get(0)));
            } else if (node.operation != null || node.custom != null) {
                walkThrough(node, index);
            }
            if (!wantedInputs.contains(node)) {
                node.releaseAll();
            }
        }
        List<@Nullable Tensor> gradients = new ArrayList<>();
        for (Tensor input : inputs) {
            Source source = tracked(input.storage()).source;
            Storage gradient = source == null ? null : source.node().gradients.get(source.output());
            gradients.add(gradient == null ? null : Tensor.owning(inner, gradient.retain()));
        }
        return gradients;
    }

    private void walkThrough(Node node, int index) {
        try (Scope scope = Scope.open()) {
            Backward backward = new Backward(this, node, node.gradients);
            List<@Nullable Tensor> gradients;
            if (node.operation != null) {
                gradients = node.operation.gradient(backward);
            } else {
                gradients = Objects.requireNonNull(node.custom).backward(backward);
            }
            if (gradients.size() != node.sources.size()) {
                throw new ShapeException(node.name() + ": expected a gradient (or null) for each of "
                        + node.sources.size() + " operands, found " + gradients.size());
            }
            if (observer != null) {
                observer.differentiated(
                        index,
                        node.name(),
                        gradients.stream().filter(Objects::nonNull).toList());
            }
            for (int input = 0; input < node.sources.size(); input++) {
                Source source = node.sources.get(input);
                Tensor gradient = gradients.get(input);
                if (source != null && gradient != null) {
                    if (!gradient.spec().equals(node.inputSpecs.get(input))) {
                        throw new ShapeException(node.name() + ": gradient of operand " + input + " is "
                                + gradient.spec() + ", expected " + node.inputSpecs.get(input));
                    }
                    accumulate(source, gradient);
                }
            }
        }
    }

    private void observeComputed(String operation, int index, List<Storage> results) {
        try (Scope scope = Scope.open()) {
            List<Tensor> tensors = results.stream()
                    .map(result -> Tensor.owning(inner, result.retain()))
                    .toList();
            Objects.requireNonNull(observer).computed(index, operation, tensors);
        }
    }

    private void accumulate(Source source, Tensor gradient) {
        List<@Nullable Storage> gradients = source.node().gradients;
        Storage old = gradients.get(source.output());
        gradients.set(source.output(), sum(old, gradient));
        if (old != null) {
            old.release();
        }
    }

    private void addTo(Map<Parameter, Storage> gradients, Parameter parameter, Storage gradient) {
        try (Scope scope = Scope.open()) {
            Tensor added = Tensor.owning(inner, gradient.retain());
            Storage old = gradients.get(parameter);
            gradients.put(parameter, sum(old, added));
            if (old != null) {
                old.release();
            }
        }
    }

    /** Old plus new, with a count of its own. The old one's stays, because the addition may fail. */
    private Storage sum(@Nullable Storage old, Tensor gradient) {
        Tensor added = onInner(gradient);
        Tensor total = old == null ? added : Tensor.owning(inner, old.retain()).add(added);
        return total.storage().retain();
    }

    private Tensor onInner(Tensor tensor) {
        if (!Tensor.reaches(inner, tensor.backend())) {
            throw new BackendException(
                    "a function of a tape on " + inner.describe() + " gave a tensor of another backend, "
                            + tensor.backend().describe() + "; compute it from the function's inputs");
        }
        return tensor.backend() == inner
                ? tensor
                : Tensor.owning(inner, Tensor.liftFrom(inner, tensor.backend(), tensor.storage()));
    }

    List<@Nullable Tensor> vjp(
            Node node,
            Function<List<Tensor>, List<Tensor>> function,
            List<Tensor> inputs,
            IntPredicate wanted,
            List<Tensor> resultGradients) {
        Run run = Run.current();
        return run.replay(node.streamPosition, () -> {
            try (Scope scope = Scope.open();
                    Tape again = new Tape(inner, null)) {
                List<Tensor> tracked = again.track(inputs, wanted);
                List<Tensor> results = function.apply(tracked);
                if (results.size() != resultGradients.size()) {
                    throw new ShapeException("vjp: the function has " + results.size() + " results, found "
                            + resultGradients.size() + " gradients");
                }
                List<@Nullable Tensor> gradients = again.walkBack(results, resultGradients, tracked);
                gradients.stream().filter(Objects::nonNull).forEach(scope::keep);
                again.parameterGradients.forEach(
                        (parameter, gradient) -> addTo(parameterGradients, parameter, gradient));
                return gradients;
            }
        });
    }

    private Map<Parameter, Tensor> takeParameterGradients() {
        Map<Parameter, Tensor> taken = new LinkedHashMap<>();
        parameterGradients.forEach((parameter, gradient) -> taken.put(parameter, Tensor.owning(inner, gradient)));
        parameterGradients.clear();
        return taken;
    }

    private Tensor innerValue(Tensor value) {
        return value.backend() == this
                ? Tensor.owning(inner, tracked(value.storage()).inner.retain())
                : value;
    }

    /** Gives back what the tape saved. */
    @Override
    public void close() {
        walked = true;
        nodes.forEach(Node::releaseAll);
        parameterGradients.values().forEach(Storage::release);
        parameterGradients.clear();
    }

    @Override
    public String describe() {
        return "a tape on " + inner.describe();
    }
}
