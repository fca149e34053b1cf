package org.impasto.testing.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.impasto.testing.rules.Samples.assertValues;
import static org.impasto.testing.rules.Samples.random;
import static org.impasto.testing.rules.Samples.vector;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.testing.ReferenceBackend;
import org.jspecify.annotations.Nullable;

/** Parameters hold their values across calls, scopes and threads. */
final class ParameterRules {
    private ParameterRules() {}

    static List<BackendRule> all() {
        return List.of(
                new BackendRule("a parameter holds its value whatever scope is open", ParameterRules::holdsACount),
                new BackendRule("a value read before a swap or a close stays", ParameterRules::valueStays),
                new BackendRule("a closed parameter is a clear error", ParameterRules::closed),
                new BackendRule("a step of gradient descent updates a parameter", ParameterRules::step),
                new BackendRule("averages are swapped in and out", ParameterRules::averages),
                new BackendRule("a value of another shape or backend is refused", ParameterRules::wrongValues),
                new BackendRule("a tape reads a parameter where it lives", ParameterRules::onTapes),
                new BackendRule(
                        "a reader goes on while parameters are swapped and closed", ParameterRules::runningReader));
    }

    private static void holdsACount(Backend backend) {
        long before = Storage.live();
        Parameter w;
        try (Scope scope = Scope.open()) {
            w = new Parameter("w", vector(backend, 1, 2).square());
        }
        assertThat(Storage.live()).isEqualTo(before + 1);
        try (Scope scope = Scope.open()) {
            assertValues(w.value(), 1, 4);
            w.set(vector(backend, 5, 6));
        }
        assertThat(Storage.live()).isEqualTo(before + 1);
        Tensor outside = w.value();
        assertValues(outside, 5, 6);
        w.close();
        assertThat(Storage.live()).isEqualTo(before);
        assertValues(outside, 5, 6);
        // A value made outside every scope belongs to the collector, and to the cell as well.
        Parameter collected = new Parameter("c", vector(backend, 7));
        try (Scope scope = Scope.open()) {
            assertValues(collected.value(), 7);
        }
        assertValues(collected.value(), 7);
        collected.close();
    }

    private static void valueStays(Backend backend) {
        try (Scope scope = Scope.open()) {
            Parameter w = new Parameter("w", vector(backend, 1, 2));
            Tensor old = w.value();
            w.set(vector(backend, 3, 4));
            Tensor newer = w.value();
            try (Scope inner = Scope.open()) {
                w.value();
            }
            w.close();
            assertValues(old.square(), 1, 4);
            assertValues(newer.square(), 9, 16);
        }
    }

    private static void closed(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1, 2);
            Parameter w = new Parameter("block.conv.weight", x);
            w.close();
            w.close();
            for (Runnable use : List.<Runnable>of(
                    w::value,
                    () -> w.on(x),
                    () -> w.set(x),
                    () -> Tape.gradients(t -> t.mul(w.on(t)).sum(), x))) {
                assertThatThrownBy(use::run)
                        .isInstanceOf(BackendException.class)
                        .hasMessageContaining("block.conv.weight")
                        .hasMessageContaining("closed");
            }
        }
    }

    private static void step(Backend backend) {
        try (Parameter w = new Parameter("w", outside(backend))) {
            long before = Storage.live();
            double expected = 4;
            for (int step = 0; step < 10; step++) {
                try (Scope scope = Scope.open()) {
                    // The loss is (3 w - 6)^2, its derivative 6 (3 w - 6).
                    Tape.Gradients gradients = Tape.gradients(
                            x -> x.mul(w.on(x)).affine(1, -6).square().sum(), vector(backend, 3));
                    Tensor gradient = gradients.parameters().get(w);
                    assertThat(gradient).isNotNull();
                    if (gradient != null) {
                        w.set(w.value().sub(gradient.affine(0.03, 0)));
                    }
                }
                expected -= 0.03 * 6 * (3 * expected - 6);
                assertThat(Storage.live()).isEqualTo(before);
            }
            try (Scope scope = Scope.open()) {
                assertValues(w.value(), expected);
                assertThat(w.value().item()).isBetween(1.9, 2.1);
            }
        }
    }

    private static Tensor outside(Backend backend) {
        try (Scope scope = Scope.open()) {
            return scope.keep(vector(backend, 4));
        }
    }

    private static void averages(Backend backend) {
        try (Scope scope = Scope.open();
                Parameter w = new Parameter("w", vector(backend, 1, 2));
                Parameter average = new Parameter("average.w", vector(backend, 1, 2))) {
            for (double next : new double[] {2, 3}) {
                try (Scope step = Scope.open()) {
                    w.set(w.value().affine(next, 0));
                    average.set(average.value().affine(0.5, 0).add(w.value().affine(0.5, 0)));
                }
            }
            assertValues(w.value(), 6, 12);
            assertValues(average.value(), (1 * 0.5 + 1) * 0.5 + 3, (2 * 0.5 + 2) * 0.5 + 6);
            Tensor running = w.value();
            try (Scope swap = Scope.open()) {
                Tensor trained = w.value();
                Tensor averaged = average.value();
                w.set(averaged);
                average.set(trained);
            }
            assertValues(running, 6, 12);
            assertValues(w.value(), 3.75, 7.5);
            assertValues(average.value(), 6, 12);
        }
    }

    private static void wrongValues(Backend backend) {
        try (Scope scope = Scope.open();
                Parameter w = new Parameter("head.w", vector(backend, 1, 2))) {
            assertThatThrownBy(() -> w.set(vector(backend, 1, 2, 3)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("head.w")
                    .hasMessageContaining("3")
                    .hasMessageContaining("2");
            Tensor foreign = vector(new ReferenceBackend(), 1, 2);
            assertThatThrownBy(() -> w.set(foreign))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("head.w");
            assertThatThrownBy(() -> w.on(foreign))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("head.w");
            assertValues(w.value(), 1, 2);
        }
    }

    private static void onTapes(Backend backend) {
        try (Scope scope = Scope.open();
                Parameter w = new Parameter("w", vector(backend, 3))) {
            Tensor x = vector(backend, 2);
            assertThat(w.on(x).backend()).isSameAs(backend);
            // f = x w^2; df/dx = w^2; its gradients: 0 for x, 2 w for w.
            Tape.Gradients outer = Tape.gradients(
                    t -> {
                        assertThat(w.on(t).backend()).isSameAs(t.backend());
                        Tape.Gradients inner =
                                Tape.gradients(s -> s.mul(w.on(s)).mul(w.on(s)).sum(), t);
                        Tensor ofW = inner.parameters().get(w);
                        assertThat(ofW).isNotNull();
                        if (ofW != null) {
                            assertValues(ofW, 12);
                        }
                        return inner.inputs().get(0).sum();
                    },
                    x);
            assertValues(outer.inputs().get(0), 0);
            Tensor ofW = outer.parameters().get(w);
            assertThat(ofW).isNotNull();
            if (ofW != null) {
                assertValues(ofW, 6);
            }
            // A value put in place on a tape arrives as a plain one.
            Tape.gradients(
                    t -> {
                        w.set(t.affine(10, 0));
                        return t.sum();
                    },
                    x);
            assertValues(w.value(), 20);
            assertThat(w.value().backend()).isSameAs(backend);
        }
    }

    private static void runningReader(Backend backend) throws InterruptedException {
        int swaps = 300;
        int readers = 2;
        List<Parameter> weights;
        try (Scope scope = Scope.open()) {
            weights = List.of(
                    new Parameter("a", full(backend, 0)),
                    new Parameter("b", full(backend, 0)),
                    new Parameter("c", full(backend, 0)));
        }
        CountDownLatch reading = new CountDownLatch(readers);
        AtomicInteger completed = new AtomicInteger();
        AtomicReference<@Nullable Throwable> wrong = new AtomicReference<>();
        AtomicInteger closedErrors = new AtomicInteger();
        Runnable reader = () -> {
            try {
                while (true) {
                    try (Scope scope = Scope.open()) {
                        for (Parameter weight : weights) {
                            Tensor value = weight.value();
                            double[] elements = value.add(value).affine(0.5, 0).toDoubles();
                            for (double element : elements) {
                                // Every value ever set is a whole number, equal in all elements.
                                if (element != elements[0] || element != Math.rint(element)) {
                                    throw new AssertionError("read " + elements[0] + " and " + element);
                                }
                            }
                        }
                        completed.incrementAndGet();
                    }
                    reading.countDown();
                }
            } catch (BackendException error) {
                if (String.valueOf(error.getMessage()).contains("was used after its model was closed")) {
                    closedErrors.incrementAndGet();
                } else {
                    wrong.set(error);
                }
            } catch (Throwable error) {
                wrong.set(error);
            } finally {
                reading.countDown();
            }
        };
        Thread[] threads = new Thread[readers];
        for (int i = 0; i < readers; i++) {
            threads[i] = new Thread(reader, "reader " + i);
            threads[i].start();
        }
        reading.await();
        for (int swap = 1; swap <= swaps; swap++) {
            try (Scope scope = Scope.open()) {
                for (Parameter weight : weights) {
                    weight.set(full(backend, swap));
                }
            }
        }
        weights.forEach(Parameter::close);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong.get()).as("what a reader met").isNull();
        assertThat(closedErrors.get()).as("readers that ended in a clear error").isEqualTo(readers);
        assertThat(completed.get()).isGreaterThanOrEqualTo(readers);
    }

    private static Tensor full(Backend backend, double value) {
        return random(backend, 1, 33, 16).affine(0, value);
    }
}
