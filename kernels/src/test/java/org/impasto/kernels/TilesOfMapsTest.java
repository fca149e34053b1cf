package org.impasto.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.impasto.core.BackendOptions;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.ElementType;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;

/** What tiles need of the backend: parts of maps, arrays read where they are, idle arrays that give way. */
class TilesOfMapsTest {
    private final CpuBackend backend = new CpuBackend(BackendOptions.cpu().withThreads(2));

    private static float[] random(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() + 1;
        }
        return values;
    }

    @Test
    void sharedArraysAreReadAndLeftAlone() {
        float[] values = random(1, 600);
        float[] before = values.clone();
        try (Scope scope = Scope.open()) {
            Tensor shared = Tensor.sharing(backend, Shape.of(1, 2, 20, 15), values);
            assertThat(shared.toFloats()).isEqualTo(values);
            assertThat(shared.reshape(30, 20).affine(2, 0).toFloats()[599]).isEqualTo(2 * values[599]);
        }
        assertThat(backend.idleBytes()).isEqualTo(600 * 4);
        try (Scope scope = Scope.open()) { // of the same length, in arrays that were given back
            Tensor.of(backend, Shape.of(600), new float[600]);
            Tensor.of(backend, Shape.of(600), new float[600]);
        }
        assertThat(values).isEqualTo(before);
    }

    @Test
    void onlySharedArraysAreHandedOut() {
        try (Scope scope = Scope.open()) {
            float[] values = {1, 2, 3, 4, 5, 6};
            Tensor shared = Tensor.sharing(backend, Shape.of(2, 3), values);
            assertThat(shared.sharedFloats()).isSameAs(values);
            assertThat(shared.reshape(3, 2).sharedFloats()).isSameAs(values);
            Tensor computed = shared.affine(1, 0);
            assertThat(computed.sharedFloats()).isEqualTo(values).isNotSameAs(computed.sharedFloats());
        }
    }

    /** A convolution leaves blocks, of which a part is cut as it is; the same part of the plain map is the expected one. */
    @Test
    void partsOfBlockedMapsAreThoseOfPlainOnes() {
        try (Scope scope = Scope.open()) {
            Tensor picture = Tensor.of(backend, Shape.of(2, 5, 13, 17), random(2, 2 * 5 * 13 * 17));
            Tensor weight = Tensor.of(backend, Shape.of(21, 5, 3, 3), random(3, 21 * 5 * 9));
            Tensor map = picture.conv2d(weight, null, Geometry.plain().padded(Edges.all(1), PaddingMode.ZERO));
            Tensor plain = Tensor.of(backend, map.shape(), map.toFloats());
            for (Edges edges : new Edges[] {new Edges(-2, -3, -4, -1), new Edges(0, -16, -12, 0), Edges.none()}) {
                Tensor part = map.pad(edges, PaddingMode.ZERO);
                assertThat(part.toFloats())
                        .isEqualTo(plain.pad(edges, PaddingMode.ZERO).toFloats());
                // with functions of which zero is not zero, the lanes above the last channel come into play
                assertThat(part.affine(1, 1).gram().toFloats())
                        .isEqualTo(map.pad(edges, PaddingMode.ZERO)
                                .affine(1, 1)
                                .gram()
                                .toFloats());
            }
        }
    }

    @Test
    void idleArraysAreUsedAgain() {
        ArrayPool pool = new ArrayPool(1 << 20);
        Object array = pool.take(ElementType.FLOAT32, 1000);
        pool.giveBack(ElementType.FLOAT32, array);
        assertThat(pool.idleBytes()).isEqualTo(4000);
        assertThat(pool.take(ElementType.FLOAT32, 1000)).isSameAs(array);
        assertThat(pool.idleBytes()).isZero();
        for (int i = 0; i < 400; i++) {
            pool.giveBack(ElementType.FLOAT32, new float[1000]);
        }
        assertThat(pool.idleBytes()).isBetween(1_040_000L, 1L << 20);
    }
}
