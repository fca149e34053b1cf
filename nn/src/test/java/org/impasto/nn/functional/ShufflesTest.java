package org.impasto.nn.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;

class ShufflesTest {
    private static final Backend BACKEND = Backends.standard();

    private static Tensor random(long... sizes) {
        Shape shape = Shape.of(sizes);
        float[] values = new float[(int) shape.elements()];
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return Tensor.of(BACKEND, shape, values);
    }

    @Test
    void shufflesUndoEachOther() {
        Tensor x = random(2, 3, 6, 9);
        assertThat(Shuffles.pixelShuffle(Shuffles.pixelUnshuffle(x, 3), 3).toFloats())
                .isEqualTo(x.toFloats());
        assertThat(Shuffles.depthToSpace(Shuffles.spaceToDepth(x, 3), 3).toFloats())
                .isEqualTo(x.toFloats());
        assertThat(Shuffles.flip(Shuffles.flip(x, 1, 3), 3, 1).toFloats()).isEqualTo(x.toFloats());
        assertThat(Shuffles.roll(Shuffles.roll(x, 3, 100), 3, -100).toFloats()).isEqualTo(x.toFloats());
    }

    @Test
    void rowsAreMovedAndThinnedOut() {
        Tensor x = Tensor.of(BACKEND, Shape.of(5), 0, 1, 2, 3, 4);
        assertThat(Shuffles.flip(x, 0).toFloats()).containsExactly(4, 3, 2, 1, 0);
        assertThat(Shuffles.roll(x, 0, 2).toFloats()).containsExactly(3, 4, 0, 1, 2);
        assertThat(Shuffles.roll(x, 0, -7).toFloats()).containsExactly(2, 3, 4, 0, 1);
        // -2^63 is 2 beyond a multiple of 5.
        assertThat(Shuffles.roll(x, 0, Long.MIN_VALUE).toFloats()).containsExactly(3, 4, 0, 1, 2);
        assertThat(Shuffles.every(x, 0, 1, 3).toFloats()).containsExactly(1, 4);
        assertThat(Shuffles.every(x, 0, 5, 2).shape()).isEqualTo(Shape.of(0));
        assertThat(Shuffles.every(x, 0, 9, 1).shape()).isEqualTo(Shape.of(0));
    }

    @Test
    void sizesThatDoNotDivideAreRefused() {
        Tensor x = random(1, 3, 6, 9);
        assertThatThrownBy(() -> Shuffles.pixelShuffle(x, 2)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Shuffles.pixelUnshuffle(x, 2)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Shuffles.pixelUnshuffle(x, 0)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Shuffles.every(x, 0, -1, 2)).isInstanceOf(ShapeException.class);
    }
}
