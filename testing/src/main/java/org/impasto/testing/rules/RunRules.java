package org.impasto.testing.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.impasto.testing.rules.Samples.assertClose;
import static org.impasto.testing.rules.Samples.random;
import static org.impasto.testing.rules.Samples.vector;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.CancelledException;
import org.impasto.core.Convolution;
import org.impasto.core.CounterRandom;
import org.impasto.core.Edges;
import org.impasto.core.Operation;
import org.impasto.core.PaddingMode;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.testing.ObservedBackend;
import org.jspecify.annotations.Nullable;

/** Progress, cancellation, failures and noise. */
final class RunRules {
    private RunRules() {}

    static List<BackendRule> all() {
        return List.of(
                new BackendRule("progress reaches the listener of the bound run", RunRules::progress),
                new BackendRule("a cancelled run computes nothing", RunRules::cancelledBefore),
                new BackendRule("a run is cancelled from another thread", RunRules::cancelledByOther),
                new BackendRule("a cancellation at any operation frees everything", RunRules::cancelledAnywhere),
                new BackendRule("a failure at any operation frees everything", RunRules::failingAnywhere),
                new BackendRule("noise depends on seed and stream alone", RunRules::noise),
                new BackendRule("noise without a seeded run is an error", RunRules::noiseWithoutRun));
    }

    private static void progress(Backend backend) {
        List<Double> told = new ArrayList<>();
        Run run = Run.inference().onProgress(told::add);
        try (Scope scope = Scope.open(run)) {
            Tensor y = vector(backend, 1);
            for (int step = 1; step <= 4; step++) {
                try (Scope inner = Scope.open()) {
                    y = inner.keep(y.affine(2, 0));
                    Run.current().report(step / 4.0);
                }
            }
            assertClose(y.toDoubles(), 16);
        }
        assertThat(told).containsExactly(0.25, 0.5, 0.75, 1.0);
        assertThat(Run.current()).isNotSameAs(run);
        run.cancel();
        assertThatThrownBy(() -> run.report(1)).isInstanceOf(CancelledException.class);
        assertThat(told).hasSize(4);
        // The run of those who bound none cannot be cancelled by one of them for all.
        Run.current().cancel();
        assertThat(Run.current().isCancelled()).isFalse();
    }

    private static void cancelledBefore(Backend backend) {
        Run run = Run.inference();
        try (Scope scope = Scope.open(run)) {
            Tensor x = random(backend, 1, 1, 3, 8, 8);
            Tensor weight = random(backend, 2, 3, 3, 3, 3);
            run.cancel();
            assertThatThrownBy(() ->
                            x.conv2d(weight, null, Convolution.Geometry.plain()).toFloats())
                    .isInstanceOf(CancelledException.class);
        }
    }

    private static void cancelledByOther(Backend backend) throws InterruptedException {
        Run run = Run.inference();
        AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
        AtomicLong rounds = new AtomicLong();
        Thread worker = new Thread(() -> {
            try (Scope scope = Scope.open(run)) {
                Tensor x = vector(backend, 1, 2, 3);
                while (true) {
                    try (Scope inner = Scope.open()) {
                        Tape.gradients(t -> t.tanh().square().sum(), x);
                    }
                    rounds.incrementAndGet();
                }
            } catch (Throwable error) {
                end.set(error);
            }
        });
        worker.start();
        while (rounds.get() < 3 && worker.isAlive()) {
            Thread.onSpinWait();
        }
        run.cancel();
        worker.join();
        assertThat(end.get()).isInstanceOf(CancelledException.class);
    }

    private static void cancelledAnywhere(Backend backend) {
        AtomicReference<@Nullable Run> current = new AtomicReference<>();
        int cancelled = everywhere(backend, current::set, operation -> {
            Run run = current.get();
            if (run != null) {
                run.cancel();
            }
        });
        assertThat(cancelled).isGreaterThan(40);
    }

    private static void failingAnywhere(Backend backend) {
        int failed = everywhere(backend, run -> {}, operation -> {
            throw new Broken("played failure in " + operation.name());
        });
        assertThat(failed).isGreaterThan(40);
    }

    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    /** Runs a small training step and breaks it at its first operation, at its second, and so on; how often it broke. */
    private static int everywhere(Backend backend, Consumer<Run> begin, Consumer<Operation> breaking) {
        AtomicLong countdown = new AtomicLong(Long.MAX_VALUE);
        ObservedBackend observed = new ObservedBackend(backend, operation -> {
            if (countdown.decrementAndGet() == 0) {
                breaking.accept(operation);
            }
        });
        int broken = 0;
        try (Scope outer = Scope.open();
                Parameter weight = parameter("weight", observed, 4, 4, 3, 3);
                Parameter gain = parameter("gain", observed, 2, 1, 1)) {
            Tensor x = random(observed, 3, 1, 4, 5, 5);
            long before = Storage.live();
            for (int at = 1; ; at++) {
                Run run = Run.training(1);
                begin.accept(run);
                countdown.set(at);
                boolean stopped = false;
                try (Scope scope = Scope.open(run)) {
                    step(x, weight, gain);
                } catch (CancelledException | Broken expected) {
                    stopped = true;
                }
                assertThat(Storage.live())
                        .as("storages held after a break at operation " + at)
                        .isEqualTo(before);
                if (countdown.get() > 0) {
                    assertThat(stopped).isFalse();
                    return broken;
                }
                broken += stopped ? 1 : 0;
            }
        }
    }

    private static Parameter parameter(String path, Backend backend, long... sizes) {
        try (Scope scope = Scope.open()) {
            return new Parameter(path, random(backend, path.hashCode(), sizes));
        }
    }

    private static void step(Tensor picture, Parameter weight, Parameter gain) {
        Convolution.Geometry same = Convolution.Geometry.plain().padded(Edges.all(1), PaddingMode.REFLECT);
        AdditiveCoupling coupling = new AdditiveCoupling(List.of(gain, gain));
        Tape.Gradients gradients = Tape.gradients(
                x -> {
                    Tensor y = Scope.keeping(() -> x.conv2d(
                            weight.on(x), null, same, Convolution.Activation.RELU, Convolution.FusedPooling.CEIL));
                    Tensor z = Tensor.checkpoint(
                            in -> in.get(0)
                                    .add(in.get(0).noise(in.get(0).shape()))
                                    .tanh()
                                    .mul(in.get(0)),
                            y);
                    Tensor flowed = Tensor.custom(coupling, z).get(0);
                    // A gradient inside a gradient: its square is a penalty.
                    Tensor slope = Tape.gradients(t -> t.mul(t).mul(t).sum(), flowed)
                            .inputs()
                            .get(0);
                    return flowed.add(y).square().sum().add(slope.square().sum());
                },
                picture);
        gradients.parameters().forEach((parameter, gradient) -> {
            assertThat(gradient.spec()).isEqualTo(parameter.spec());
            parameter.set(parameter.value().sub(gradient.affine(1e-9, 0)));
        });
    }

    private static void noise(Backend backend) {
        double[] expected = new double[35];
        CounterRandom.normal(11, 1, 0, expected);
        for (int repeat = 0; repeat < 2; repeat++) {
            try (Scope scope = Scope.open(Run.inference(11))) {
                Tensor x = vector(backend, 1);
                double[] first = x.noise(Shape.of(5, 7)).toDoubles();
                double[] second = x.noise(Shape.of(5, 7)).toDoubles();
                assertClose(second, expected);
                assertThat(first).isNotEqualTo(second);
                Run.current().continueAtStream(1);
                assertThat(x.noise(Shape.of(5, 7)).toDoubles()).isEqualTo(second);
            }
        }
        try (Scope scope = Scope.open(Run.inference(12))) {
            Tensor x = vector(backend, 1);
            Run.current().continueAtStream(1);
            assertThat(x.noise(Shape.of(5, 7)).toDoubles()).isNotEqualTo(expected);
        }
    }

    private static void noiseWithoutRun(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1);
            assertThatThrownBy(() -> x.noise(x.shape()))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("seed");
        }
        try (Scope scope = Scope.open(Run.inference())) {
            Tensor x = vector(backend, 1);
            assertThatThrownBy(() -> x.noise(x.shape()))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("seed");
        }
    }
}
