package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;

import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.Span;
import org.junit.jupiter.api.Test;

class PictureSizesTest {
    private final Backend backend = Backends.standard();

    /** Of a picture 2 x 3 in cells of 4 everything beyond is its last row and column again. */
    @Test
    void partsOfAWholeAreReadWithoutIt() {
        try (Scope scope = Scope.open()) {
            Tensor picture = Tensor.of(backend, Shape.of(1, 1, 2, 3), 1, 2, 3, 4, 5, 6);
            Tensor whole = PictureSizes.whole(picture, 4, 8);
            assertThat(whole.shape()).isEqualTo(Shape.of(1, 1, 8, 8));
            for (int top = 0; top < 8; top++) {
                for (int left = 0; left < 8; left++) {
                    for (int side = 1; side <= 8 - Math.max(top, left); side++) {
                        Region region = new Region(new Span(top, top + side), new Span(left, left + side));
                        Tensor part = PictureSizes.part(picture, region);
                        assertThat(part.toFloats())
                                .as("%s", region)
                                .isEqualTo(region.of(whole).toFloats());
                    }
                }
            }
            assertThat(whole.toFloats()[63]).isEqualTo(6);
            assertThat(whole.toFloats()[7]).isEqualTo(3);
        }
    }
}
