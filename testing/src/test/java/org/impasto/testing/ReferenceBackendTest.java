package org.impasto.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.ElementType;
import org.impasto.core.Operation;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;

class ReferenceBackendTest {
    /** Hands storages to a test as a careless backend would. */
    private static final class Leaky implements Backend {
        private final ReferenceBackend backend = new ReferenceBackend();
        private final List<Storage> leaked = new ArrayList<>();

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
            leaked.addAll(inputs);
            return backend.run(operation, inputs, outputs, run);
        }

        @Override
        public String describe() {
            return "leaky";
        }
    }

    @Test
    void memoryUsedAfterItWasGivenBackIsAnError() {
        Leaky leaky = new Leaky();
        try (Scope scope = Scope.open()) {
            Tensor.of(leaky, Shape.of(2), 1, 2).square();
            leaky.read(leaky.leaked.get(0), FloatBuffer.allocate(2));
            assertThat(leaky.backend.liveBytes()).isEqualTo(32);
        }
        assertThat(leaky.backend.liveBytes()).isZero();
        assertThat(leaky.backend.peakBytes()).isEqualTo(32);
        assertThatThrownBy(() -> leaky.read(leaky.leaked.get(0), FloatBuffer.allocate(2)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("after it was given back");
        assertThatThrownBy(() -> new ReferenceBackend().read(leaky.leaked.get(0), FloatBuffer.allocate(2)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("another backend");
    }

    @Test
    void valuesCrossFromTheBuffersPositionOn() {
        ReferenceBackend backend = new ReferenceBackend();
        Spec spec = Spec.float32(2);
        for (Buffer from : List.of(
                FloatBuffer.wrap(new float[] {9, 1, 2, 9}).position(1),
                DoubleBuffer.wrap(new double[] {9, 1, 2, 9}).position(1))) {
            Storage storage = backend.create(spec, from);
            assertThat(from.position()).isEqualTo(1);
            double[] doubles = new double[4];
            backend.read(storage, DoubleBuffer.wrap(doubles).position(2));
            assertThat(doubles).containsExactly(0, 0, 1, 2);
            float[] floats = new float[3];
            backend.read(storage, FloatBuffer.wrap(floats).position(1));
            assertThat(floats).containsExactly(0, 1, 2);
        }
        Spec integers = new Spec(Shape.of(2), ElementType.INT64);
        Storage storage = backend.create(integers, LongBuffer.wrap(new long[] {1L << 60, -1}));
        long[] longs = new long[2];
        backend.read(storage, LongBuffer.wrap(longs));
        assertThat(longs).containsExactly(1L << 60, -1);
    }

    @Test
    void buffersThatDoNotFitAreRefused() {
        ReferenceBackend backend = new ReferenceBackend();
        Spec spec = Spec.float32(3);
        assertThatThrownBy(() -> backend.create(spec, FloatBuffer.allocate(2)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("expected 3 values");
        assertThatThrownBy(() -> backend.create(spec, LongBuffer.allocate(3)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("FloatBuffer or DoubleBuffer");
        Storage storage = backend.create(spec, FloatBuffer.allocate(3));
        assertThatThrownBy(() -> backend.read(storage, DoubleBuffer.allocate(2)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("room for 3");
        assertThatThrownBy(() -> backend.create(new Spec(Shape.of(1), ElementType.FLOAT16), FloatBuffer.allocate(1)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("FLOAT16");
        assertThatThrownBy(() -> backend.create(Spec.float32(1L << 40), FloatBuffer.allocate(1)))
                .isInstanceOf(BackendException.class);
    }

    @Test
    void nanIsNotLost() {
        ReferenceBackend backend = new ReferenceBackend();
        try (Scope scope = Scope.open()) {
            Tensor x = Tensor.of(backend, Shape.of(1, 1, 2, 2), 1, Float.NaN, 3, 2);
            assertThat(x.max().item()).isNaN();
            assertThat(x.relu().toFloats()[1]).isNaN();
            assertThat(x.clamp(0, 1).toFloats()[1]).isNaN();
            assertThat(x.maxPool2d(org.impasto.core.Pooling.Window.of(2)).item())
                    .isNaN();
            assertThat(x.maximum(x.constant(Shape.scalar(), 2)).toFloats()[1]).isNaN();
        }
    }
}
