package org.impasto.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void countsElementsAndPrintsItsSizes() {
        assertThat(Shape.of(1, 3, 4, 5).elements()).isEqualTo(60);
        assertThat(Shape.of(0, Long.MAX_VALUE, 2).elements()).isZero();
        assertThat(Shape.scalar().elements()).isOne();
        assertThat(Shape.of(1, 3, 4, 5)).hasToString("1x3x4x5");
        assertThat(Shape.of(2, 7).size(-1)).isEqualTo(7);
    }

    @Test
    void refusesNegativeOverflowingAndMissingSizes() {
        assertThatThrownBy(() -> Shape.of(2, -1))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("axis 1 is -1");
        assertThatThrownBy(() -> Shape.of(Long.MAX_VALUE, 3)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Shape.of(2, 3).size(2))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("axis 2")
                .hasMessageContaining("2x3");
    }
}
