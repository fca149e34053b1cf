package org.impasto.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;

class TensorFromBufferTest {
    private final Backend backend = new ReferenceBackend();

    @Test
    void copiesTheValuesFromPositionToLimit() {
        FloatBuffer direct = ByteBuffer.allocateDirect(5 * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer()
                .put(new float[] {9, 1, 2, 3, 4})
                .position(1);
        Tensor tensor = Tensor.from(backend, Spec.float32(2, 2), direct);
        direct.put(1, 7);
        assertThat(tensor.toFloats()).containsExactly(1, 2, 3, 4);
        assertThat(direct.position()).isEqualTo(1);
    }

    @Test
    void takesLongsForIndices() {
        LongBuffer longs = LongBuffer.wrap(new long[] {Long.MAX_VALUE, -1});
        Tensor tensor = Tensor.from(backend, new Spec(Shape.of(2), ElementType.INT64), longs);
        assertThat(tensor.toLongs()).containsExactly(Long.MAX_VALUE, -1);
    }

    @Test
    void refusesAnotherCountOrKindOfValues() {
        assertThatThrownBy(() -> Tensor.from(backend, Spec.float32(2, 2), FloatBuffer.allocate(5)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("2x2 has 4 elements, found 5");
        assertThatThrownBy(() -> Tensor.from(backend, Spec.float32(2), LongBuffer.allocate(2)))
                .isInstanceOf(BackendException.class);
    }
}
