package org.impasto.testing.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.impasto.testing.rules.Samples.assertValues;
import static org.impasto.testing.rules.Samples.random;
import static org.impasto.testing.rules.Samples.vector;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Backward;
import org.impasto.core.Convolution;
import org.impasto.core.CustomFunction;
import org.impasto.core.ElementType;
import org.impasto.core.Operation;
import org.impasto.core.Parameter;
import org.impasto.core.Pooling;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.TapeObserver;
import org.impasto.core.Tensor;
import org.impasto.testing.ObservedBackend;
import org.jspecify.annotations.Nullable;

/** What a tape records, keeps and refuses. */
final class TapeRules {
    private TapeRules() {}

    static List<BackendRule> all() {
        return List.of(
                new BackendRule("a tape keeps only what saves() asks for", TapeRules::savesOnlyWhatIsAsked),
                new BackendRule("the walk back frees as it goes", TapeRules::freesAsItGoes),
                new BackendRule("an operation without a gradient is refused at once", TapeRules::terminal),
                new BackendRule("a gradient cannot read what was not saved", TapeRules::readsOnlyWhatWasSaved),
                new BackendRule("a frozen parameter costs no weight gradient", TapeRules::frozen),
                new BackendRule("gradients of several uses are added", TapeRules::severalUses),
                new BackendRule("a layer with two inputs has gradients for both", TapeRules::twoInputs),
                new BackendRule("an input without influence has a gradient of zeros", TapeRules::noInfluence),
                new BackendRule("what a maximum leaves out has a gradient of zero", TapeRules::leftOut),
                new BackendRule("a function with more than one element is refused", TapeRules::notScalar),
                new BackendRule("integers take part as constants", TapeRules::integers),
                new BackendRule("inputs made on a tape cost no gradient", TapeRules::inputsMadeOnTheTape),
                new BackendRule("a checkpoint spends nothing on constants", TapeRules::constantsOfACheckpoint),
                new BackendRule("an observer sees what a tape computes, also in checkpoints", TapeRules::observer),
                new BackendRule("a tape serves one backward pass of one thread", TapeRules::oneUse));
    }

    private static void savesOnlyWhatIsAsked(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = random(backend, 1, 1, 2, 3, 3);
            Tensor weight = random(backend, 2, 2, 2, 1, 1);
            List<BiFunction<Tensor, Tensor, Tensor>> steps = List.of(
                    (y, c) -> y.affine(0.5, 1),
                    (y, c) -> y.add(c),
                    (y, c) -> y.sub(c),
                    (y, c) -> y.mul(c),
                    (y, c) -> y.reshape(2, 9).reshape(1, 2, 3, 3),
                    // The weight is not tracked: its own value is kept, the picture is not.
                    (y, c) -> y.conv2d(weight, null, Convolution.Geometry.plain()));
            for (int step = 0; step < steps.size(); step++) {
                assertThat(held(x, 64, steps.get(step))).as("step " + step).isEqualTo(held(x, 4, steps.get(step)));
            }
            // What must be kept is: the measure is able to see it.
            assertThat(held(x, 64, (y, c) -> y.square())).isEqualTo(held(x, 4, (y, c) -> y.square()) + 60);
        }
    }

    /** Storages alive after a chain of steps on a tape whose intermediate tensors are all given back. */
    private static long held(Tensor x, int depth, BiFunction<Tensor, Tensor, Tensor> step) {
        long[] live = new long[1];
        Tensor constant = x.constant(x.shape(), 0.5);
        long before = Storage.live();
        try (Scope outside = Scope.open()) {
            Tape.gradients(
                    tracked -> {
                        try (Scope scope = Scope.open()) {
                            Tensor y = tracked;
                            for (int i = 0; i < depth; i++) {
                                y = scope.only(step.apply(y, constant));
                            }
                            live[0] = Storage.live() - before;
                            return scope.keep(y.sum());
                        }
                    },
                    x);
        }
        return live[0];
    }

    private static void freesAsItGoes(Backend backend) {
        long[] last = new long[1];
        long[] peaks = new long[2];
        long[] ends = new long[2];
        int[] depths = {4, 64};
        ObservedBackend observed = new ObservedBackend(backend, operation -> last[0] = Storage.live());
        for (int i = 0; i < depths.length; i++) {
            int depth = depths[i];
            try (Scope outside = Scope.open()) {
                Tensor x = vector(observed, 1, 2);
                long before = Storage.live();
                observed.reset();
                Tape.gradients(
                        tracked -> {
                            try (Scope scope = Scope.open()) {
                                Tensor y = tracked;
                                for (int step = 0; step < depth; step++) {
                                    y = scope.only(y.tanh());
                                }
                                return scope.keep(y.sum());
                            }
                        },
                        x);
                peaks[i] = observed.peakLive() - before;
                ends[i] = last[0] - before;
            }
        }
        assertThat(ends[1]).as("storages alive at the last operation").isEqualTo(ends[0]);
        assertThat(peaks[1]).as("peak: one result kept for each step").isEqualTo(peaks[0] + 60);
    }

    private static void terminal(Backend backend) {
        try (Scope scope = Scope.open()) {
            // One cell, one window: the gradient of its largest cell is the gradient itself.
            Tensor cell = Tensor.of(backend, Shape.of(1, 1, 1, 1), 4);
            Operation unpooled = new Pooling.MaxPool2dGradient(Pooling.Window.of(1));
            assertThatThrownBy(() -> Tape.gradients(
                            x -> {
                                Tensor unused = Tensor.apply(unpooled, x, x);
                                return x.sum();
                            },
                            cell))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("MaxPool2dGradient")
                    .hasMessageContaining("detach()");
            Tape.Gradients detached = Tape.gradients(
                    x -> Tensor.apply(unpooled, x.detach(), x.detach()).mul(x).sum(), cell);
            assertValues(detached.inputs().get(0), 4);
        }
    }

    private static void readsOnlyWhatWasSaved(Backend backend) {
        CustomFunction forgetful = new CustomFunction() {
            @Override
            public List<Tensor> forward(List<Tensor> inputs) {
                return List.of(inputs.get(0).square());
            }

            @Override
            public Operation.Saves saves() {
                return Operation.Saves.outputs(0);
            }

            @Override
            public List<@Nullable Tensor> backward(Backward backward) {
                assertValues(backward.output(0), 9);
                return List.of(backward.gradient().mul(backward.input(0)));
            }
        };
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 3);
            assertThatThrownBy(() -> Tape.gradients(
                            t -> Tensor.custom(forgetful, t).get(0).sum(), x))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("operand 0")
                    .hasMessageContaining("saves()");
        }
    }

    private static void frozen(Backend backend) {
        ObservedBackend observed = new ObservedBackend(backend);
        try (Scope scope = Scope.open();
                Parameter weight = new Parameter("conv.weight", random(observed, 1, 3, 2, 3, 3));
                Parameter bias = new Parameter("conv.bias", random(observed, 2, 3))) {
            Tensor x = random(observed, 3, 1, 2, 5, 5);
            for (boolean trainable : new boolean[] {true, false, true}) {
                weight.setTrainable(trainable);
                observed.reset();
                Tape.Gradients gradients = Tape.gradients(
                        t -> t.conv2d(weight.on(t), bias.on(t), Convolution.Geometry.plain())
                                .square()
                                .sum(),
                        x);
                assertThat(observed.count(Convolution.WeightGradient.class)).isEqualTo(trainable ? 1 : 0);
                assertThat(observed.count(Convolution.DataGradient.class)).isEqualTo(1);
                assertThat(gradients.parameters().containsKey(weight)).isEqualTo(trainable);
                assertThat(gradients.parameters()).containsKey(bias);
            }
        }
    }

    private static void severalUses(Backend backend) {
        try (Scope scope = Scope.open();
                Parameter w = new Parameter("w", vector(backend, 3, 4))) {
            Tensor x = vector(backend, 1, 2);
            // (x w + x + w)^2 in both places, and the value itself once more.
            Tape.Gradients gradients = Tape.gradients(
                    t -> {
                        Tensor y = t.mul(w.on(t)).add(t).add(w.on(t));
                        return y.square().add(y).sum();
                    },
                    x);
            assertValues(gradients.inputs().get(0), (2 * 7 + 1) * 4, (2 * 14 + 1) * 5);
            assertValues(Objects.requireNonNull(gradients.parameters().get(w)), (2 * 7 + 1) * 2, (2 * 14 + 1) * 3);
        }
    }

    private static void twoInputs(Backend backend) {
        try (Scope scope = Scope.open();
                Parameter w = new Parameter("block.w", vector(backend, 2, -1))) {
            Tensor x = vector(backend, 1, 2);
            Tensor time = vector(backend, 3, 5);
            Tape.Gradients gradients = Tape.gradients(
                    (a, b) -> a.mul(w.on(a)).add(b.square()).mul(a).sum(), x, time);
            assertValues(gradients.inputs().get(0), 2 * 1 * 2 + 9, 2 * 2 * -1 + 25);
            assertValues(gradients.inputs().get(1), 6, 20);
            assertValues(Objects.requireNonNull(gradients.parameters().get(w)), 1, 4);
        }
    }

    private static void noInfluence(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tape.Gradients gradients =
                    Tape.gradients((a, b) -> a.sum(), vector(backend, 1, 2), vector(backend, 3, 4, 5));
            assertValues(gradients.inputs().get(1), 0, 0, 0);
            Tensor constant = vector(backend, 7);
            Tape.Gradients none = Tape.gradients(a -> constant, vector(backend, 1, 2));
            assertValues(none.inputs().get(0), 0, 0);
            assertValues(none.value(), 7);
            assertValues(Tape.gradients(a -> a, vector(backend, 4)).inputs().get(0), 1);
        }
    }

    /** Also where the root of the 0 that stands in its place has an infinite slope. */
    private static void leftOut(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 4, -1, -2);
            Tensor zero = vector(backend, 0);
            List<UnaryOperator<Tensor>> functions = List.of(
                    Tensor::relu,
                    a -> a.clamp(0, 9),
                    a -> a.maximum(zero),
                    a -> zero.maximum(a),
                    a -> a.negate().minimum(zero).negate(),
                    a -> zero.minimum(a.negate()).negate());
            for (UnaryOperator<Tensor> function : functions) {
                Tape.Gradients gradients =
                        Tape.gradients(a -> function.apply(a).sqrt().sum(), x);
                assertValues(gradients.inputs().get(0), 0.25, 0, 0);
            }
            Tape.Gradients broken = Tape.gradients(a -> a.relu().sqrt().sum(), vector(backend, Double.NaN));
            assertThat(broken.inputs().get(0).item()).isNaN();
        }
    }

    private static void notScalar(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1, 2);
            assertThatThrownBy(() -> Tape.gradients(Tensor::square, x))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("one element");
        }
    }

    private static void integers(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1.5, -2.5);
            Tensor counts = Tensor.ofLongs(backend, Shape.of(2), 3, 4);
            Tape.Gradients gradients = Tape.gradients(
                    (a, n) -> a.mul(n.to(ElementType.FLOAT32))
                            .add(a.to(ElementType.INT64).to(ElementType.FLOAT32))
                            .sum(),
                    x,
                    counts);
            assertValues(gradients.value(), 4.5 - 10 + 1 - 2);
            assertValues(gradients.inputs().get(0), 3, 4);
        }
    }

    private static void inputsMadeOnTheTape(Backend backend) {
        List<String> operations = new ArrayList<>();
        ObservedBackend observed = new ObservedBackend(backend, operation -> operations.add(operation.name()));
        long before = Storage.live();
        try (Scope scope = Scope.open();
                Parameter weight = new Parameter("weight", vector(observed, 2, -3))) {
            Tape.Gradients result = Tape.gradients(
                    observed,
                    tape -> weight.on(vector(tape, 5, 7))
                            .mul(vector(tape, 5, 7))
                            .sum());
            assertValues(result.value(), -11);
            assertThat(result.inputs()).isEmpty();
            assertThat(result.parameters()).containsOnlyKeys(weight);
            assertValues(Objects.requireNonNull(result.parameters().get(weight)), 5, 7);
            // One product forwards and one back: none for the input.
            assertThat(operations.stream().filter(operation -> operation.contains("multiply")))
                    .as("%s", operations)
                    .hasSize(2);
        }
        assertThat(Storage.live()).isEqualTo(before);
    }

    private static void constantsOfACheckpoint(Backend backend) {
        ObservedBackend observed = new ObservedBackend(backend);
        long before = Storage.live();
        try (Scope scope = Scope.open();
                Parameter weight = new Parameter("conv.weight", random(observed, 1, 3, 2, 3, 3))) {
            Tensor picture = random(observed, 3, 1, 2, 5, 5);
            Tensor gain = random(observed, 4, 1, 3, 1, 1);
            Function<List<Tensor>, Tensor> network = x -> x.get(0)
                    .conv2d(weight.on(x.get(0)), null, Convolution.Geometry.plain())
                    .mul(x.get(1))
                    .square()
                    .sum();
            Tape.Gradients plain = Tape.gradients((x, g) -> network.apply(List.of(x, g)), picture, gain);
            observed.reset();
            Tape.Gradients found = Tape.gradients(g -> Tensor.checkpoint(network, picture, g), gain);
            assertThat(observed.count(Convolution.DataGradient.class)).isZero();
            assertThat(observed.count(Convolution.WeightGradient.class)).isEqualTo(1);
            assertThat(found.inputs().get(0).toFloats())
                    .isEqualTo(plain.inputs().get(1).toFloats());
            assertThat(Objects.requireNonNull(found.parameters().get(weight)).toFloats())
                    .isEqualTo(Objects.requireNonNull(plain.parameters().get(weight))
                            .toFloats());
        }
        assertThat(Storage.live()).isEqualTo(before);
    }

    private static void observer(Backend backend) {
        List<String> seen = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        TapeObserver observer = new TapeObserver() {
            @Override
            public void read(Parameter parameter) {
                seen.add("read " + parameter.path());
            }

            @Override
            public void computed(int node, String operation, List<Tensor> results) {
                seen.add(results.get(0).toDoubles()[0] + " computed");
                numbers.add(node);
            }

            @Override
            public void differentiated(int node, String operation, List<Tensor> gradients) {
                seen.add(gradients.get(0).toDoubles()[0] + " differentiated");
                numbers.add(node);
            }
        };
        long before = Storage.live();
        try (Scope scope = Scope.open();
                Parameter weight = new Parameter("weight", vector(backend, 2))) {
            Tape.gradients(
                    backend,
                    tape -> {
                        Tensor x = vector(tape, 5);
                        return Tensor.checkpoint(
                                inputs -> inputs.get(0).square().affine(1, 1),
                                weight.on(x).mul(x));
                    },
                    observer);
            assertThat(seen)
                    .containsExactly(
                            "5.0 computed",
                            "read weight",
                            "10.0 computed",
                            "100.0 computed",
                            "101.0 computed",
                            "1.0 differentiated",
                            "20.0 differentiated",
                            "100.0 differentiated");
            // What was given has no number; the walk back has those of the way forwards in reverse.
            assertThat(numbers.get(0)).isEqualTo(-1);
            assertThat(numbers.subList(1, 4)).isSorted().doesNotHaveDuplicates();
            assertThat(numbers.subList(4, 7)).containsExactly(numbers.get(3), numbers.get(2), numbers.get(1));
        }
        assertThat(Storage.live()).isEqualTo(before);
    }

    private static void oneUse(Backend backend) throws InterruptedException {
        try (Scope scope = Scope.open()) {
            AtomicReference<@Nullable Tensor> leaked = new AtomicReference<>();
            AtomicReference<@Nullable Throwable> error = new AtomicReference<>();
            Tape.gradients(
                    t -> {
                        leaked.set(scope.keep(t));
                        Thread thread = new Thread(() -> {
                            try {
                                t.square();
                            } catch (Throwable thrown) {
                                error.set(thrown);
                            }
                        });
                        thread.start();
                        join(thread);
                        return t.square().sum();
                    },
                    vector(backend, 2));
            assertThat(error.get()).isInstanceOf(BackendException.class).hasMessageContaining("belongs to one thread");
            assertThatThrownBy(
                            () -> java.util.Objects.requireNonNull(leaked.get()).square())
                    .isInstanceOf(BackendException.class);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
