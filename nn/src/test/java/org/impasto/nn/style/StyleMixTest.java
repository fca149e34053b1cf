package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StyleMixTest {
    private final StyleCode style = new StyleCode("adain", Map.of());

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void strengthIsAPartOfOne(double strength) {
        assertThatThrownBy(() -> StyleMix.of(style).withStrength(strength))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("strength is " + strength + ", expected 0 to 1");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void weightsAreFiniteAndNotNegative(double weight) {
        assertThatThrownBy(() -> StyleMix.of(style).and(style, weight))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight of a style is " + weight + ", expected 0 or more");
    }

    @Test
    void oneStyleHasToCount() {
        List<StyleMix.Part> parts = List.of(new StyleMix.Part(style, 0, null), new StyleMix.Part(style, 0, null));
        assertThatThrownBy(() -> new StyleMix(parts, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a mix of 2 styles, expected one with a weight above 0");
        assertThatThrownBy(() -> new StyleMix(List.of(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a mix of 0 styles, expected one with a weight above 0");
    }
}
