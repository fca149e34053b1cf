package org.impasto.testing.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.impasto.testing.rules.Samples.assertClose;
import static org.impasto.testing.rules.Samples.assertValues;
import static org.impasto.testing.rules.Samples.random;
import static org.impasto.testing.rules.Samples.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Backward;
import org.impasto.core.CustomFunction;
import org.impasto.core.Operation;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.testing.ObservedBackend;
import org.impasto.testing.ReferenceBackend;
import org.jspecify.annotations.Nullable;

/** Checkpoints and functions with a backward pass of their own. */
final class CustomRules {
    private CustomRules() {}

    static List<BackendRule> all() {
        return List.of(
                new BackendRule("a checkpointed block has equal gradients", CustomRules::checkpoint),
                new BackendRule("a checkpoint keeps its inputs only", CustomRules::checkpointForgets),
                new BackendRule("a checkpoint draws its noise again", CustomRules::checkpointReplaysNoise),
                new BackendRule("a checkpoint inside a checkpoint", CustomRules::nestedCheckpoints),
                new BackendRule(
                        "second derivatives pass through checkpoints and customs", CustomRules::secondDerivatives),
                new BackendRule("noise inside a custom function is refused", CustomRules::noiseRefused),
                new BackendRule("an invertible layer recomputes its input", CustomRules::invertible),
                new BackendRule("memory of an invertible chain does not grow with depth", CustomRules::chainMemory),
                new BackendRule("a captured tracked tensor is refused", CustomRules::captured),
                new BackendRule("a custom's wrong gradients are refused", CustomRules::wrongGradients),
                new BackendRule("a custom's tensors of another backend are refused", CustomRules::foreign),
                new BackendRule("off the tape a custom function is plain", CustomRules::plain));
    }

    private static void checkpoint(Backend backend) {
        try (Scope scope = Scope.open();
                Parameter w = new Parameter("w", random(backend, 1, 3, 3))) {
            Function<List<Tensor>, Tensor> block = in ->
                    in.get(0).matmul(w.on(in.get(0))).tanh().mul(in.get(1)).matmul(w.on(in.get(0)));
            List<Tensor> inputs = List.of(random(backend, 2, 4, 3), random(backend, 3, 4, 3));
            Tape.Gradients kept =
                    Tape.gradients((List<Tensor> in) -> block.apply(in).square().sum(), inputs);
            Tape.Gradients again = Tape.gradients(
                    (List<Tensor> in) -> Tensor.checkpoint(block, in.get(0), in.get(1))
                            .square()
                            .sum(),
                    inputs);
            assertValues(again.value(), kept.value().item());
            assertValues(again.inputs().get(0), kept.inputs().get(0).toDoubles());
            assertValues(again.inputs().get(1), kept.inputs().get(1).toDoubles());
            assertValues(gradient(again, w), gradient(kept, w).toDoubles());
        }
    }

    private static Tensor gradient(Tape.Gradients gradients, Parameter parameter) {
        Tensor gradient = gradients.parameters().get(parameter);
        assertThat(gradient).as("gradient of " + parameter.path()).isNotNull();
        if (gradient == null) {
            throw new AssertionError();
        }
        return gradient;
    }

    private static void checkpointForgets(Backend backend) {
        long[] held = new long[3];
        int[] depths = {2, 50, 50};
        for (int i = 0; i < 3; i++) {
            int index = i;
            try (Scope scope = Scope.open()) {
                Function<List<Tensor>, Tensor> block = in -> squashed(in.get(0), depths[index]);
                long before = Storage.live();
                Tape.gradients(
                        x -> {
                            Tensor y = index == 2 ? block.apply(List.of(x)) : Tensor.checkpoint(block, x);
                            held[index] = Storage.live() - before;
                            return y.sum();
                        },
                        vector(backend, 1, 2));
            }
        }
        assertThat(held[1]).isEqualTo(held[0]);
        assertThat(held[2]).as("without a checkpoint").isGreaterThan(held[1] + 40);
    }

    private static Tensor squashed(Tensor x, int depth) {
        try (Scope scope = Scope.open()) {
            Tensor y = x;
            for (int i = 0; i < depth; i++) {
                y = scope.only(y.tanh());
            }
            return scope.keep(y);
        }
    }

    private static void checkpointReplaysNoise(Backend backend) {
        Run run = Run.training(5);
        try (Scope scope = Scope.open(run)) {
            Tensor x = vector(backend, 1, 1, 1, 1);
            x.noise(x.shape());
            Tensor[] between = new Tensor[1];
            Tape.Gradients gradients = Tape.gradients(
                    t -> {
                        Tensor y = Tensor.checkpoint(
                                in -> in.get(0)
                                        .mul(in.get(0).noise(x.shape()))
                                        .mul(in.get(0).noise(x.shape())),
                                t);
                        between[0] = t.noise(x.shape()).sum();
                        return y.sum();
                    },
                    x);
            // The function is x n m, so its value at ones is the sum of the gradients if the noise was the same.
            assertValues(gradients.inputs().get(0).sum(), gradients.value().item());
            assertThat(Math.abs(gradients.value().item())).isGreaterThan(1e-3);
            assertThat(run.streamPosition())
                    .as("streams drawn: the replay took none")
                    .isEqualTo(4);
            assertThat(Run.isReplaying()).isFalse();
        }
    }

    private static void nestedCheckpoints(Backend backend) {
        try (Scope scope = Scope.open(Run.training(3));
                Parameter w = new Parameter("w", vector(backend, 0.5, -0.25))) {
            List<Boolean> replays = new ArrayList<>();
            Function<List<Tensor>, Tensor> inner = in -> {
                replays.add(Run.isReplaying());
                return in.get(0)
                        .mul(w.on(in.get(0)))
                        .add(in.get(0).noise(in.get(0).shape()))
                        .square();
            };
            Function<List<Tensor>, Tensor> outer =
                    in -> Tensor.checkpoint(inner, in.get(0).tanh()).mul(in.get(0));
            Tensor x = vector(backend, 1, 2);
            Tape.Gradients again =
                    Tape.gradients(t -> Tensor.checkpoint(outer, t).sum(), x);
            assertThat(replays).containsExactly(false, true, true);
            Tape.Gradients kept;
            try (Scope same = Scope.open(Run.training(3))) {
                kept = Tape.gradients(t -> inner.apply(List.of(t.tanh())).mul(t).sum(), x);
                assertValues(again.value(), kept.value().item());
                assertValues(again.inputs().get(0), kept.inputs().get(0).toDoubles());
                assertValues(gradient(again, w), gradient(kept, w).toDoubles());
            }
        }
    }

    private static void secondDerivatives(Backend backend) {
        try (Scope scope = Scope.open();
                Parameter w = new Parameter("w", vector(backend, 0.5, -0.7))) {
            AdditiveCoupling coupling = new AdditiveCoupling(List.of(w));
            List<UnaryOperator<Tensor>> functions = List.of(
                    x -> Tensor.checkpoint(in -> coupling.plainly(in.get(0)), x),
                    x -> Tensor.custom(coupling, x).get(0));
            Tensor x = random(backend, 7, 3, 4);
            UnaryOperator<Tensor> plainly = coupling::plainly;
            Tape.Gradients expected = gradientOfGradient(plainly, x);
            for (UnaryOperator<Tensor> function : functions) {
                Tape.Gradients found = gradientOfGradient(function, x);
                assertValues(found.inputs().get(0), expected.inputs().get(0).toDoubles());
                assertValues(gradient(found, w), gradient(expected, w).toDoubles());
            }
        }
    }

    private static Tape.Gradients gradientOfGradient(UnaryOperator<Tensor> function, Tensor x) {
        return Tape.gradients(
                y -> Tape.gradients(z -> function.apply(z).square().sum(), y)
                        .inputs()
                        .get(0)
                        .square()
                        .sum(),
                x);
    }

    private static CustomFunction custom(UnaryOperator<Tensor> forward) {
        return new CustomFunction() {
            @Override
            public List<Tensor> forward(List<Tensor> inputs) {
                return List.of(forward.apply(inputs.get(0)));
            }

            @Override
            public Operation.Saves saves() {
                return Operation.Saves.nothing();
            }

            @Override
            public List<@Nullable Tensor> backward(Backward backward) {
                return List.of(backward.gradient());
            }
        };
    }

    private static void noiseRefused(Backend backend) {
        try (Scope scope = Scope.open(Run.training(1))) {
            Tensor x = vector(backend, 1, 2);
            CustomFunction noisy = custom(t -> t.add(t.noise(t.shape())));
            assertThatThrownBy(() ->
                            Tape.gradients(t -> Tensor.custom(noisy, t).get(0).sum(), x))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("noise")
                    .hasMessageContaining("custom function");
            // A checkpoint inside a custom function could not draw again either.
            CustomFunction hidden =
                    custom(t -> Tensor.checkpoint(in -> in.get(0).add(in.get(0).noise(t.shape())), t));
            assertThatThrownBy(() ->
                            Tape.gradients(t -> Tensor.custom(hidden, t).get(0).sum(), x))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("noise");
            assertThatThrownBy(() -> Tape.gradients(
                            t -> Tape.gradients(
                                            s -> Tensor.custom(hidden, s).get(0).sum(), t)
                                    .value(),
                            x))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("noise");
            assertValues(x.noise(x.shape()).mul(x.constant(x.shape(), 0)), 0, 0);
        }
    }

    private static void invertible(Backend backend) {
        try (Scope scope = Scope.open();
                Parameter w = new Parameter("w", vector(backend, 0.5, -0.7))) {
            AdditiveCoupling coupling = new AdditiveCoupling(List.of(w));
            Tensor x = random(backend, 7, 3, 4);
            Tape.Gradients plain =
                    Tape.gradients(t -> coupling.plainly(t).square().square().sum(), x);
            Tape.Gradients custom = Tape.gradients(
                    t -> Tensor.custom(coupling, t).get(0).square().square().sum(), x);
            assertThat(coupling.backwardPasses()).isEqualTo(1);
            assertValues(custom.value(), plain.value().item());
            assertValues(custom.inputs().get(0), plain.inputs().get(0).toDoubles());
            assertValues(gradient(custom, w), gradient(plain, w).toDoubles());
        }
    }

    private static void chainMemory(Backend backend) {
        ObservedBackend observed = new ObservedBackend(backend);
        int[] depths = {4, 64};
        long[] peaks = new long[2];
        for (int i = 0; i < depths.length; i++) {
            List<Parameter> weights = new ArrayList<>();
            try (Scope scope = Scope.open()) {
                for (int block = 0; block < depths[i]; block++) {
                    weights.add(new Parameter(
                            "block." + block, random(observed, 10 + block, 2).affine(0.2, 0)));
                    // What the walk back gives to the parameters is not memory of the chain.
                    weights.get(block).setTrainable(false);
                }
                scope.only(weights.get(0).value());
                AdditiveCoupling chain = new AdditiveCoupling(weights);
                Tensor x = random(observed, 7, 3, 4);
                long before = Storage.live();
                observed.reset();
                Tape.Gradients custom = Tape.gradients(
                        t -> Tensor.custom(chain, t).get(0).square().sum(), x);
                peaks[i] = observed.peakLive() - before;
                assertThat(chain.backwardPasses()).isEqualTo(1);
                weights.forEach(weight -> weight.setTrainable(true));
                Tape.Gradients trained = Tape.gradients(
                        t -> Tensor.custom(chain, t).get(0).square().sum(), x);
                Tape.Gradients plain =
                        Tape.gradients(t -> chain.plainly(t).square().sum(), x);
                assertValues(custom.inputs().get(0), plain.inputs().get(0).toDoubles());
                for (Parameter weight : weights) {
                    assertClose(
                            gradient(trained, weight).toDoubles(),
                            gradient(plain, weight).toDoubles());
                }
            } finally {
                weights.forEach(Parameter::close);
            }
        }
        assertThat(peaks[1])
                .as("peak of live storages for depths " + Arrays.toString(depths))
                .isEqualTo(peaks[0]);
    }

    private static void captured(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1, 2);
            Tensor y = vector(backend, 3, 4);
            long before = Storage.live();
            for (int kind = 0; kind < 4; kind++) {
                int way = kind;
                assertThatThrownBy(() -> Tape.gradients(
                                (a, b) -> {
                                    if (way == 0) {
                                        return Tensor.checkpoint(in -> in.get(0).mul(b), a)
                                                .sum();
                                    }
                                    if (way == 1) {
                                        return Tensor.custom(custom(in -> b), a)
                                                .get(0)
                                                .sum();
                                    }
                                    if (way == 2) {
                                        return Tensor.custom(custom(in -> Tensor.checkpoint(i -> i.get(0), b)), a)
                                                .get(0)
                                                .sum();
                                    }
                                    return Tensor.custom(twoResults(b), a)
                                            .get(0)
                                            .sum();
                                },
                                x,
                                y))
                        .as("way " + way)
                        .isInstanceOf(BackendException.class)
                        .hasMessageContaining("captured")
                        .hasMessageContaining("pass it as an input");
                assertThat(Storage.live()).as("way " + way).isEqualTo(before);
            }
            // An input of the outer tape, a captured tensor of an inner one.
            assertThatThrownBy(() -> Tape.gradients(
                            a -> Tape.gradients(
                                            b -> b.mul(Tensor.checkpoint(
                                                            in -> in.get(0).mul(b), a))
                                                    .sum(),
                                            a)
                                    .inputs()
                                    .get(0)
                                    .sum(),
                            x))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("captured");
            assertThat(Storage.live()).isEqualTo(before);
            // Plain tensors may be captured: they are constants.
            Tape.Gradients gradients = Tape.gradients(
                    a -> Tensor.checkpoint(in -> in.get(0).mul(y), a).sum(), x);
            assertValues(gradients.inputs().get(0), 3, 4);
        }
    }

    private static CustomFunction twoResults(Tensor second) {
        return new CustomFunction() {
            @Override
            public List<Tensor> forward(List<Tensor> inputs) {
                return List.of(inputs.get(0).tanh(), second);
            }

            @Override
            public Operation.Saves saves() {
                return Operation.Saves.nothing();
            }

            @Override
            public List<@Nullable Tensor> backward(Backward backward) {
                return List.of(backward.gradient());
            }
        };
    }

    private static void wrongGradients(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1, 2);
            List<List<@Nullable Tensor>> wrong = List.of(List.of(), List.of(vector(backend, 1)), List.of(x, x));
            for (List<@Nullable Tensor> gradients : wrong) {
                CustomFunction function = new CustomFunction() {
                    @Override
                    public List<Tensor> forward(List<Tensor> inputs) {
                        return List.of(inputs.get(0).tanh());
                    }

                    @Override
                    public Operation.Saves saves() {
                        return Operation.Saves.nothing();
                    }

                    @Override
                    public List<@Nullable Tensor> backward(Backward backward) {
                        return gradients;
                    }
                };
                assertThatThrownBy(() -> Tape.gradients(
                                t -> Tensor.custom(function, t).get(0).sum(), x))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining("a custom function")
                        .hasMessageContaining("gradient");
            }
        }
    }

    private static void foreign(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1, 2);
            Tensor other = vector(new ReferenceBackend(), 1, 2);
            long before = Storage.live();
            CustomFunction givesOther = custom(t -> other);
            CustomFunction otherGradient = new CustomFunction() {
                @Override
                public List<Tensor> forward(List<Tensor> inputs) {
                    return List.of(inputs.get(0).tanh());
                }

                @Override
                public Operation.Saves saves() {
                    return Operation.Saves.nothing();
                }

                @Override
                public List<@Nullable Tensor> backward(Backward backward) {
                    return List.of(other);
                }
            };
            for (CustomFunction function : List.of(givesOther, otherGradient)) {
                assertThatThrownBy(() -> Tape.gradients(
                                t -> Tensor.custom(function, t).get(0).sum(), x))
                        .isInstanceOf(BackendException.class)
                        .hasMessageContaining("another backend");
                assertThat(Storage.live()).isEqualTo(before);
            }
        }
    }

    private static void plain(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1, 2);
            long before = Storage.live();
            Tensor y = Tensor.custom(custom(t -> t.square().square()), x).get(0);
            assertValues(y, 1, 16);
            assertThat(Storage.live()).isEqualTo(before + 1);
            assertValues(Tensor.checkpoint(in -> in.get(0).square(), x), 1, 4);
        }
    }
}
