package org.impasto.testing.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.impasto.testing.rules.Samples.assertValues;
import static org.impasto.testing.rules.Samples.vector;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Scope;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/** Scopes govern how long tensors live. */
final class ScopeRules {
    private ScopeRules() {}

    static List<BackendRule> all() {
        return List.of(
                new BackendRule("a tensor used after its scope is a clear error", ScopeRules::useAfterScope),
                new BackendRule("keep hands a tensor to the enclosing scope", ScopeRules::keep),
                new BackendRule(
                        "keep reaches through inner scopes, and leaves outer tensors alone", ScopeRules::keepDeep),
                new BackendRule("only gives back all but what is named", ScopeRules::only),
                new BackendRule("keeping frees intermediate results", ScopeRules::keeping),
                new BackendRule("closing a scope closes forgotten inner ones", ScopeRules::forgotten),
                new BackendRule("only its thread may close a scope", ScopeRules::otherThread),
                new BackendRule("a closed scope is not used", ScopeRules::closed),
                new BackendRule("a scope frees after a failure", ScopeRules::failure),
                new BackendRule("values saved by a tape outlive the scope they were made in", ScopeRules::tapeAlive),
                new BackendRule("without a scope nothing is counted and tensors work", ScopeRules::noScope));
    }

    private static void useAfterScope(Backend backend) {
        Tensor leaked;
        try (Scope scope = Scope.open()) {
            leaked = vector(backend, 1, 2);
        }
        for (Runnable use : List.<Runnable>of(leaked::toFloats, leaked::square, () -> leaked.add(leaked))) {
            assertThatThrownBy(use::run)
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("after its scope was closed")
                    .hasMessageContaining("keep");
        }
    }

    private static void keep(Backend backend) {
        try (Scope outer = Scope.open()) {
            long before = Storage.live();
            Tensor kept;
            try (Scope inner = Scope.open()) {
                Tensor x = vector(backend, 1, 2);
                kept = inner.keep(x.add(x));
            }
            assertThat(Storage.live()).isEqualTo(before + 1);
            assertValues(kept, 2, 4);
            assertValues(kept.square(), 4, 16);
        }
    }

    private static void keepDeep(Backend backend) {
        try (Scope outer = Scope.open()) {
            Tensor mine = vector(backend, 5);
            Tensor kept;
            try (Scope middle = Scope.open()) {
                try (Scope inner = Scope.open()) {
                    kept = middle.keep(vector(backend, 7));
                    inner.keep(mine);
                    assertThatThrownBy(() -> Scope.keeping(() -> {
                                throw new IllegalStateException("stop");
                            }))
                            .hasMessage("stop");
                }
                assertValues(kept, 7);
            }
            assertValues(kept, 7);
            assertValues(mine, 5);
        }
    }

    private static void only(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1, 2);
            Tensor skip = x.add(x);
            Tensor y = skip.square();
            long before = Storage.live();
            assertThat(scope.only(y, skip)).isSameAs(y);
            assertThat(Storage.live()).isEqualTo(before - 1);
            assertValues(y, 4, 16);
            assertValues(skip, 2, 4);
            assertThatThrownBy(x::toFloats).isInstanceOf(BackendException.class);
        }
    }

    private static void keeping(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 3);
            long before = Storage.live();
            assertValues(Scope.keeping(() -> x.square().square().square()), 6561);
            assertThat(Storage.live()).isEqualTo(before + 1);
            List<Tensor> two =
                    Scope.keepingAll(() -> List.of(x.square(), x.square().square()));
            assertThat(Storage.live()).isEqualTo(before + 3);
            assertValues(two.get(1), 81);
            Map<String, Tensor> named =
                    Scope.keepingMap(() -> Map.of("y", x.square().negate()));
            assertThat(Storage.live()).isEqualTo(before + 4);
            assertValues(Objects.requireNonNull(named.get("y")), -9);
            assertThat(Scope.keeping(() -> x)).isSameAs(x);
            assertValues(x, 3);
        }
    }

    private static void forgotten(Backend backend) {
        long before = Storage.live();
        Scope outer = Scope.open();
        Tensor a = vector(backend, 1);
        Scope inner = Scope.open();
        Tensor b = vector(backend, 2);
        outer.close();
        assertThat(Storage.live()).isEqualTo(before);
        assertThatThrownBy(a::toFloats).isInstanceOf(BackendException.class);
        assertThatThrownBy(b::toFloats).isInstanceOf(BackendException.class);
        inner.close();
        outer.close();
        assertThat(Storage.live()).isEqualTo(before);
    }

    private static void otherThread(Backend backend) throws InterruptedException {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1);
            AtomicReference<@Nullable Throwable> error = new AtomicReference<>();
            Thread thread = new Thread(() -> {
                try {
                    scope.close();
                } catch (Throwable thrown) {
                    error.set(thrown);
                }
            });
            thread.start();
            thread.join();
            assertThat(error.get())
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("belongs to the thread that opened it");
            assertValues(x.square(), 1);
        }
    }

    private static void closed(Backend backend) {
        Scope scope = Scope.open();
        scope.close();
        try (Scope open = Scope.open()) {
            Tensor x = vector(backend, 1);
            assertThatThrownBy(() -> scope.keep(x))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> scope.only(x))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("closed");
        }
    }

    private static void failure(Backend backend) {
        long before = Storage.live();
        assertThatThrownBy(() -> {
                    try (Scope scope = Scope.open()) {
                        Tensor x = vector(backend, 1, 2);
                        x.square().add(vector(backend, 1, 2, 3));
                    }
                })
                .hasMessageContaining("do not broadcast");
        assertThat(Storage.live()).isEqualTo(before);
    }

    private static void tapeAlive(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 2, -3);
            Tape.Gradients gradients = Tape.gradients(
                    tracked -> {
                        Tensor y = Scope.keeping(() -> tracked.square().square());
                        Tensor z = Scope.keeping(() -> y.mul(y.affine(1, 1)));
                        return Scope.keeping(z::sum);
                    },
                    x);
            // z = x^8 + x^4
            assertValues(gradients.inputs().get(0), 8 * 128 + 4 * 8, -8 * 2187 - 4 * 27);
        }
    }

    private static void noScope(Backend backend) {
        long before = Storage.live();
        Tensor x = vector(backend, 1, 2);
        Tensor y = x.add(x).square();
        assertThat(Storage.live()).isEqualTo(before);
        Tensor kept;
        try (Scope scope = Scope.open()) {
            kept = scope.keep(y.negate());
            assertValues(x.mul(y), 4, 32);
        }
        assertValues(kept, -4, -16);
        assertValues(y, 4, 16);
        Tape.Gradients gradients = Tape.gradients(t -> t.square().sum(), x);
        assertValues(gradients.inputs().get(0), 2, 4);
        assertThat(Storage.live()).isEqualTo(before);
    }
}
