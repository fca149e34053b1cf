package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;

class ContentColorsTest {
    private static final int PIXELS = 400;

    private final Backend backend = Backends.standard();

    @Test
    void lumaIsTheOnesAndHueTheOthers() {
        try (Scope scope = Scope.open()) {
            float[] stylized = random(1);
            float[] content = random(2);
            float[] kept = kept(stylized, content);
            for (int i = 0; i < PIXELS; i++) {
                double luma = luma(stylized, i);
                assertThat(luma(kept, i)).isCloseTo(luma, within(1e-6));
                double own = luma(content, i);
                // The chroma is the content's, or the part of it that has room.
                double largest = 0;
                double part = 0;
                for (int c = 0; c < 3; c++) {
                    double chroma = content[c * PIXELS + i] - own;
                    if (Math.abs(chroma) > Math.abs(largest)) {
                        largest = chroma;
                        part = (kept[c * PIXELS + i] - luma) / chroma;
                    }
                }
                assertThat(part).isBetween(0.0, 1 + 1e-4);
                boolean touches = false;
                for (int c = 0; c < 3; c++) {
                    double value = kept[c * PIXELS + i];
                    assertThat(value).isBetween(0.0, 1.0);
                    assertThat(value).isCloseTo(luma + part * (content[c * PIXELS + i] - own), within(1e-5));
                    touches |= value < 1e-5 || value > 1 - 1e-5;
                }
                assertThat(touches || part > 1 - 1e-4).as("pixel " + i).isTrue();
            }
        }
    }

    @Test
    void theSamePictureStaysAndGrayStaysGray() {
        try (Scope scope = Scope.open()) {
            float[] picture = random(3);
            assertThat(kept(picture, picture))
                    .usingComparatorWithPrecision(1e-6f)
                    .containsExactly(picture);
            float[] gray = new float[3 * PIXELS];
            Arrays.fill(gray, 0.5f);
            float[] found = kept(picture, gray);
            for (int i = 0; i < PIXELS; i++) {
                assertThat(found[i]).isCloseTo((float) luma(picture, i), within(1e-6f));
                assertThat(found[i + PIXELS]).isCloseTo(found[i], within(1e-6f));
            }
            Tensor other = Tensor.full(backend, new Spec(Shape.of(1, 3, 2, 2), ElementType.FLOAT32), 0.5);
            assertThatThrownBy(() -> ContentColors.kept(other, tensor(picture)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("1x3x2x2");
        }
    }

    private float[] kept(float[] stylized, float[] content) {
        return ContentColors.kept(tensor(stylized), tensor(content)).toFloats();
    }

    private Tensor tensor(float[] values) {
        return Tensor.of(backend, Shape.of(1, 3, 20, 20), values);
    }

    private static double luma(float[] picture, int i) {
        return 0.299 * picture[i] + 0.587 * picture[i + PIXELS] + 0.114 * picture[i + 2 * PIXELS];
    }

    private static float[] random(long seed) {
        Random random = new Random(seed);
        float[] values = new float[3 * PIXELS];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }
}
