package org.impasto.testing;

import java.nio.Buffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.impasto.core.Backend;
import org.impasto.core.Operation;
import org.impasto.core.Run;
import org.impasto.core.Spec;
import org.impasto.core.Storage;

/**
 * Another backend, watched: it counts operations, notes the most storages alive, and tells a listener of each operation
 * before it runs, which may throw to play a failure. Tensors of the backend beneath are not tensors of this one.
 */
public final class ObservedBackend implements Backend {
    private final Backend backend;
    private final Consumer<Operation> listener;
    private final Map<Class<?>, Long> counts = new ConcurrentHashMap<>();
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong peakLive = new AtomicLong();

    /** A backend whose operations are counted. */
    public ObservedBackend(Backend backend) {
        this(backend, operation -> {});
    }

    /** A backend whose operations are counted and told to a listener before they run. */
    public ObservedBackend(Backend backend, Consumer<Operation> listener) {
        this.backend = backend;
        this.listener = listener;
    }

    /** How many operations of a kind ran. */
    public long count(Class<? extends Operation> operation) {
        return counts.getOrDefault(operation, 0L);
    }

    /** How many operations ran. */
    public long total() {
        return total.get();
    }

    /** The largest {@link Storage#live()} seen after an operation since the last {@link #reset()}. */
    public long peakLive() {
        return peakLive.get();
    }

    /** Forgets all counts. */
    public void reset() {
        counts.clear();
        total.set(0);
        peakLive.set(0);
    }

    @Override
    public Storage create(Spec spec, Buffer values) {
        return backend.create(spec, values);
    }

    @Override
    public void read(Storage storage, Buffer into) {
        backend.read(storage, into);
    }

    @Override
    public List<Storage> run(Operation operation, List<Storage> inputs, List<Spec> outputs, Run run) {
        total.incrementAndGet();
        counts.merge(operation.getClass(), 1L, Long::sum);
        listener.accept(operation);
        List<Storage> results = backend.run(operation, inputs, outputs, run);
        peakLive.accumulateAndGet(Storage.live(), Math::max);
        return results;
    }

    @Override
    public String describe() {
        return "observed " + backend.describe();
    }
}
