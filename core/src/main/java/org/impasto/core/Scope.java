package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How long tensors live: what is made while a scope is the innermost of its thread is given back when it closes.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *   Tensor y = network.forward(x);
 *   return y.toFloats();
 * }
 * }</pre>
 *
 * <p>With no scope open, the garbage collector owns what is made. Closing a scope closes forgotten inner ones; only its
 * own thread may close it.
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<ThreadState> STATE = ThreadLocal.withInitial(ThreadState::new);

    /** What a thread is doing: its innermost scope, and whether its work replays or must not draw noise. */
    static final class ThreadState {
        private @Nullable Scope innermost;
        boolean replaying;
        boolean noiseForbidden;
    }

    private final Thread thread = Thread.currentThread();
    private final @Nullable Scope enclosing;
    private final @Nullable Run run;
    private List<Tensor> tensors = new ArrayList<>();
    private boolean closed;

    private Scope(@Nullable Scope enclosing, @Nullable Run run) {
        this.enclosing = enclosing;
        this.run = run;
    }

    /** Opens a scope inside the innermost one of this thread, with the same run. */
    public static Scope open() {
        ThreadState state = STATE.get();
        return state.innermost = new Scope(state.innermost, boundRun());
    }

    /** Opens a scope inside the innermost one of this thread, and binds a run to it. */
    public static Scope open(Run run) {
        ThreadState state = STATE.get();
        return state.innermost = new Scope(state.innermost, run);
    }

    /** Runs a piece of work in a scope of its own; only its result stays. */
    public static Tensor keeping(Supplier<Tensor> work) {
        try (Scope scope = open()) {
            return scope.keep(work.get());
        }
    }

    /** Runs a piece of work with several results in a scope of its own; only they stay. */
    public static List<Tensor> keepingAll(Supplier<List<Tensor>> work) {
        try (Scope scope = open()) {
            List<Tensor> results = work.get();
            results.forEach(scope::keep);
            return results;
        }
    }

    /** Runs a piece of work with named results in a scope of its own; only they stay. */
    public static <K> Map<K, Tensor> keepingMap(Supplier<Map<K, Tensor>> work) {
        try (Scope scope = open()) {
            Map<K, Tensor> results = work.get();
            results.values().forEach(scope::keep);
            return results;
        }
    }

    /**
     * Hands a tensor of this scope, or of one inside it, to the scope that encloses this one (to the garbage collector if
     * there is none). A tensor that lives longer anyway is left alone.
     */
    public Tensor keep(Tensor tensor) {
        checkUsable("keep a tensor in");
        Scope owner = tensor.owner();
        for (Scope scope = owner; scope != null; scope = scope.enclosing) {
            if (scope == this) {
                tensor.moveTo(enclosing);
                break;
            }
        }
        return tensor;
    }

    /** Gives back everything made in this scope so far but a result and a few others. */
    public Tensor only(Tensor result, Tensor... others) {
        checkUsable("clear");
        List<Tensor> kept = new ArrayList<>();
        List<Tensor> made = tensors;
        tensors = kept;
        List<Tensor> spared = new ArrayList<>(List.of(others));
        spared.add(result);
        for (Tensor tensor : made) {
            if (tensor.owner() == this) {
                if (spared.stream().anyMatch(spare -> spare == tensor)) {
                    kept.add(tensor);
                } else {
                    tensor.giveBack();
                }
            }
        }
        return result;
    }

    /** Gives back everything made in this scope that was not kept. Closing twice does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        checkUsable("close");
        ThreadState state = STATE.get();
        for (Scope scope = state.innermost; scope != null && scope != enclosing; scope = scope.enclosing) {
            scope.closed = true;
            for (Tensor tensor : scope.tensors) {
                if (tensor.owner() == scope) {
                    tensor.giveBack();
                }
            }
            scope.tensors = List.of();
        }
        state.innermost = enclosing;
    }

    private void checkUsable(String action) {
        if (Thread.currentThread() != thread) {
            throw new BackendException("thread '" + Thread.currentThread().getName() + "' tried to " + action
                    + " a scope of thread '" + thread.getName() + "': a scope belongs to the thread that opened it");
        }
        if (closed) {
            throw new BackendException("tried to " + action + " a scope that is closed");
        }
    }

    void own(Tensor tensor) {
        tensors.add(tensor);
    }

    static @Nullable Scope innermost() {
        return STATE.get().innermost;
    }

    static @Nullable Run boundRun() {
        Scope scope = STATE.get().innermost;
        return scope == null ? null : scope.run;
    }

    static ThreadState threadState() {
        return STATE.get();
    }
}
