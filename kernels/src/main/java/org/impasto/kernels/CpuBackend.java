package org.impasto.kernels;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.BackendOptions;
import org.impasto.core.ElementType;
import org.impasto.core.Operation;
import org.impasto.core.Run;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Storage;
import org.impasto.kernels.CpuArray.Layout;
import org.impasto.kernels.internal.convolution.KernelWarmUp;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.provider.VectorSupport;
import org.jspecify.annotations.Nullable;

/**
 * Computes on the processor's cores, in pure Java: float32, float64 for linear algebra, elementwise operations,
 * reductions and matrix products, int64 for indices. Results are equal bit by bit for any number of threads.
 */
public final class CpuBackend implements Backend {
    private static final int COPIED_PER_PIECE = 1 << 18;

    private final KernelRegistry kernels;
    private final Workers workers;
    private final ArrayPool pool;
    private final ConvolutionSettings convolution;

    /** Made on first use, when the provider is known to work: a static initialiser that fails hides its reason. */
    private static final class Registered {
        private static final KernelRegistry KERNELS = new KernelRegistry();

        private Registered() {}
    }

    private static KernelRegistry kernels() {
        VectorSupport.chosen(); // refuses a provider that cannot work
        return Registered.KERNELS;
    }

    /** A backend with its own pool of arrays; see {@link org.impasto.core.Backends#open}. */
    public CpuBackend(BackendOptions options) {
        if (options.preparedWeightBytes() < 0) {
            throw new BackendException(
                    "budget for prepared weights is " + options.preparedWeightBytes() + " bytes, expected 0 or more");
        }
        if (options.threads() < 0) {
            throw new BackendException("number of threads is " + options.threads()
                    + ", expected 1 or more, or 0 for one" + " a processor");
        }
        int threads = options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads();
        Executor executor = options.executor() == null ? new WorkerThreads(threads - 1) : options.executor();
        this.kernels = kernels();
        this.workers = new Workers(executor, threads);
        this.pool = new ArrayPool(Runtime.getRuntime().maxMemory() / 2);
        this.convolution = new ConvolutionSettings(options.exactConvolution(), options.preparedWeightBytes());
        if (options.warmUp()) {
            KernelWarmUp.start();
        }
    }

    /** The records that this backend has a kernel for. */
    public static Set<Class<?>> operations() {
        return kernels().operations();
    }

    /** Bytes of arrays that were given back and wait for their next use. */
    public long idleBytes() {
        return pool.idleBytes();
    }

    @Override
    public Storage create(Spec spec, Buffer values) {
        int count = values.remaining();
        if (count < spec.shape().elements()) {
            throw new BackendException(
                    "a tensor of " + spec + " needs " + spec.shape().elements() + " values, found " + count);
        }
        Object array = pool.take(spec.type(), spec.shape().elements());
        if (array instanceof float[] floats) {
            if (values instanceof FloatBuffer buffer) {
                copy(floats.length, (from, length) -> buffer.get(buffer.position() + from, floats, from, length));
            } else {
                DoubleBuffer buffer = expect(DoubleBuffer.class, values, spec).duplicate();
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = (float) buffer.get();
                }
            }
        } else if (array instanceof double[] doubles) {
            if (values instanceof DoubleBuffer buffer) {
                buffer.duplicate().get(doubles);
            } else {
                FloatBuffer buffer = expect(FloatBuffer.class, values, spec).duplicate();
                for (int i = 0; i < doubles.length; i++) {
                    doubles[i] = buffer.get();
                }
            }
        } else {
            expect(LongBuffer.class, values, spec).duplicate().get((long[]) array);
        }
        return new CpuStorage(new CpuArray(spec, array, Layout.PLAIN), pool);
    }

    @Override
    public Storage share(Shape shape, float[] values) {
        Spec spec = new Spec(shape, ElementType.FLOAT32);
        return CpuStorage.shared(new CpuArray(spec, values, Layout.PLAIN));
    }

    @Override
    public float @Nullable [] shared(Storage storage) {
        return storage instanceof CpuStorage own && own.isShared() ? own.array().floats() : null;
    }

    @Override
    public void read(Storage storage, Buffer into) {
        CpuArray array = array(storage);
        int count = array.elements();
        if (into.remaining() < count) {
            throw new BackendException("a tensor of " + array.spec() + " has " + count
                    + " values, the buffer has room for " + into.remaining());
        }
        try (KernelCall call = call(Run.inference())) {
            CpuArray plain = call.asPlain(array);
            if (plain.values() instanceof float[] floats) {
                if (into instanceof FloatBuffer buffer) {
                    copy(count, (from, length) -> buffer.put(buffer.position() + from, floats, from, length));
                } else {
                    DoubleBuffer buffer =
                            expect(DoubleBuffer.class, into, array.spec()).duplicate();
                    for (int i = 0; i < count; i++) {
                        buffer.put(floats[i]);
                    }
                }
            } else if (plain.values() instanceof double[] doubles) {
                if (into instanceof DoubleBuffer buffer) {
                    buffer.duplicate().put(doubles, 0, count);
                } else {
                    FloatBuffer buffer =
                            expect(FloatBuffer.class, into, array.spec()).duplicate();
                    for (int i = 0; i < count; i++) {
                        buffer.put((float) doubles[i]);
                    }
                }
            } else {
                expect(LongBuffer.class, into, array.spec()).duplicate().put(plain.longs(), 0, count);
            }
        }
    }

    /** Copies large arrays with all threads: one cannot use the memory's whole rate. */
    private void copy(int count, Stretch stretch) {
        int pieces = (int) (((long) count + COPIED_PER_PIECE - 1) / COPIED_PER_PIECE);
        workers.run(pieces, Run.inference(), (piece, worker) -> {
            int from = piece * COPIED_PER_PIECE;
            stretch.copy(from, Math.min(COPIED_PER_PIECE, count - from));
        });
    }

    private interface Stretch {
        void copy(int from, int length);
    }

    private static <B extends Buffer> B expect(Class<B> type, Buffer buffer, Spec spec) {
        if (!type.isInstance(buffer)) {
            throw new BackendException("values of " + spec + " cross in a " + type.getSimpleName() + ", found a "
                    + buffer.getClass().getSimpleName());
        }
        return type.cast(buffer);
    }

    @Override
    public List<Storage> run(Operation operation, List<Storage> inputs, List<Spec> outputs, Run run) {
        List<CpuArray> arrays = new ArrayList<>();
        for (Storage input : inputs) {
            arrays.add(array(input));
        }
        try (KernelCall call = call(run)) {
            List<Storage> results = new ArrayList<>();
            for (CpuArray result : kernels.compute(operation, arrays, outputs, call)) {
                results.add(storage(result, inputs));
            }
            return results;
        }
    }

    private KernelCall call(Run run) {
        return new KernelCall(pool, workers, convolution, run);
    }

    private Storage storage(CpuArray result, List<Storage> inputs) {
        for (Storage input : inputs) {
            CpuStorage operand = (CpuStorage) input;
            if (operand.array().values() == result.values()) {
                return new CpuStorage(result, operand);
            }
        }
        return new CpuStorage(result, pool);
    }

    private static CpuArray array(Storage storage) {
        if (storage instanceof CpuStorage cpu) {
            return cpu.array();
        }
        throw new BackendException("a storage of another backend was given to the CPU backend");
    }

    @Override
    public String describe() {
        return "CPU, " + VectorSupport.describe() + ", " + workers.count() + " threads";
    }
}
