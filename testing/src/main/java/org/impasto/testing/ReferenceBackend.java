package org.impasto.testing;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Operation;
import org.impasto.core.Run;
import org.impasto.core.Spec;
import org.impasto.core.Storage;

/**
 * Every operation as a plain loop in doubles: what other backends are measured against. Declared element types are kept,
 * but floats are stored and computed as doubles, so one program runs here and on a fast backend. Memory that was given
 * back is filled with NaN, and using it is an error.
 */
public final class ReferenceBackend implements Backend {
    private static final Map<Class<?>, ReferenceKernel<?>> KERNELS = kernels();

    private final AtomicLong liveBytes = new AtomicLong();
    private final AtomicLong peakBytes = new AtomicLong();

    private static Map<Class<?>, ReferenceKernel<?>> kernels() {
        Registry registry = new Registry();
        ReferenceAttention.register(registry);
        ReferenceConvolution.register(registry);
        ReferenceCoupling.register(registry);
        ReferenceDescent.register(registry);
        ReferenceElementwise.register(registry);
        ReferenceFactorization.register(registry);
        ReferenceFiltering.register(registry);
        ReferenceGeneration.register(registry);
        ReferenceLinearAlgebra.register(registry);
        ReferenceNormalization.register(registry);
        ReferencePadding.register(registry);
        ReferencePooling.register(registry);
        ReferenceReduction.register(registry);
        ReferenceResampling.register(registry);
        ReferenceScan.register(registry);
        ReferenceSelection.register(registry);
        ReferenceStatistics.register(registry);
        ReferenceView.register(registry);
        return Map.copyOf(registry.kernels);
    }

    /** Kernels by the class of the operation's record. */
    static final class Registry {
        private final Map<Class<?>, ReferenceKernel<?>> kernels = new HashMap<>();

        <O extends Operation> void put(Class<O> operation, ReferenceKernel<O> kernel) {
            if (kernels.put(operation, kernel) != null) {
                throw new IllegalStateException("two kernels for " + operation);
            }
        }
    }

    /** The records that this backend computes. */
    public static Set<Class<?>> operations() {
        return KERNELS.keySet();
    }

    @Override
    public Storage create(Spec spec, Buffer values) {
        Values made = allocate(spec);
        int elements = made.elements();
        if (values.remaining() < elements) {
            throw new BackendException(
                    "expected " + elements + " values for " + spec + ", found " + values.remaining());
        }
        if (made.integer()) {
            if (!(values instanceof LongBuffer longs)) {
                throw wrongBuffer(spec, values);
            }
            longs.duplicate().get(made.longs);
        } else if (values instanceof DoubleBuffer doubles) {
            doubles.duplicate().get(made.doubles);
        } else if (values instanceof FloatBuffer floats) {
            for (int i = 0; i < elements; i++) {
                made.doubles[i] = floats.get(floats.position() + i);
            }
        } else {
            throw wrongBuffer(spec, values);
        }
        return new Held(made);
    }

    @Override
    public void read(Storage storage, Buffer into) {
        Values held = values(storage, "read");
        int elements = held.elements();
        if (into.remaining() < elements) {
            throw new BackendException(
                    "expected room for " + elements + " values of " + held.spec() + ", found " + into.remaining());
        }
        if (held.integer()) {
            if (!(into instanceof LongBuffer longs)) {
                throw wrongBuffer(held.spec(), into);
            }
            longs.duplicate().put(held.longs);
        } else if (into instanceof DoubleBuffer doubles) {
            doubles.duplicate().put(held.doubles);
        } else if (into instanceof FloatBuffer floats) {
            for (int i = 0; i < elements; i++) {
                floats.put(floats.position() + i, (float) held.doubles[i]);
            }
        } else {
            throw wrongBuffer(held.spec(), into);
        }
    }

    private static BackendException wrongBuffer(Spec spec, Buffer buffer) {
        return new BackendException("values of " + spec + " cross in a "
                + (spec.type().isFloating() ? "FloatBuffer or DoubleBuffer" : "LongBuffer") + ", found "
                + buffer.getClass().getSimpleName());
    }

    @Override
    public List<Storage> run(Operation operation, List<Storage> inputs, List<Spec> outputs, Run run) {
        run.throwIfCancelled();
        List<Values> operands = new ArrayList<>();
        for (Storage input : inputs) {
            operands.add(values(input, operation.name()));
        }
        List<Values> results = new ArrayList<>();
        for (Spec output : outputs) {
            results.add(allocate(output));
        }
        compute(operation, operands, results);
        for (Storage input : inputs) {
            values(input, operation.name());
        }
        run.throwIfCancelled();
        List<Storage> storages = new ArrayList<>();
        for (Values result : results) {
            storages.add(new Held(result));
        }
        return storages;
    }

    @SuppressWarnings("unchecked") // The registry's only way in pairs a record's class with a kernel for it.
    private static <O extends Operation> void compute(O operation, List<Values> inputs, List<Values> outputs) {
        ReferenceKernel<O> kernel = (ReferenceKernel<O>) KERNELS.get(operation.getClass());
        if (kernel == null) {
            throw new BackendException(operation.name() + ": the reference backend has no kernel for it");
        }
        kernel.compute(operation, inputs, outputs);
    }

    private static Values allocate(Spec spec) {
        if (!spec.type().isComputable() || spec.shape().elements() > Integer.MAX_VALUE - 8) {
            throw new BackendException("the reference backend holds FLOAT32, FLOAT64 and INT64 tensors of at most "
                    + (Integer.MAX_VALUE - 8) + " elements, found " + spec);
        }
        return new Values(spec);
    }

    private Values values(Storage storage, String user) {
        if (!(storage instanceof Held held) || held.backend() != this) {
            throw new BackendException(user + ": a storage of another backend reached the reference backend");
        }
        if (held.freed) {
            throw new BackendException(user + ": a storage of " + held.spec() + " was used after it was given back");
        }
        return held.values;
    }

    /** Bytes of all storages that have not been given back, eight an element. */
    public long liveBytes() {
        return liveBytes.get();
    }

    /** The largest {@link #liveBytes()} since the last {@link #resetPeak()}. */
    public long peakBytes() {
        return peakBytes.get();
    }

    /** Begins a new measurement of {@link #peakBytes()}. */
    public void resetPeak() {
        peakBytes.set(liveBytes.get());
    }

    @Override
    public String describe() {
        return "reference (plain loops in float64, one thread)";
    }

    private final class Held extends Storage {
        private final Values values;
        private volatile boolean freed;

        Held(Values values) {
            super(values.spec());
            this.values = values;
            long live = liveBytes.addAndGet(8L * values.elements());
            peakBytes.accumulateAndGet(live, Math::max);
        }

        ReferenceBackend backend() {
            return ReferenceBackend.this;
        }

        @Override
        protected void free() {
            freed = true;
            values.poison();
            liveBytes.addAndGet(-8L * values.elements());
        }
    }
}
