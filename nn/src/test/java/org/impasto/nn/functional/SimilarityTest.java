package org.impasto.nn.functional;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.impasto.nn.functional.Similarity.SsimOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarityTest {
    @ParameterizedTest
    @CsvSource({
        "10, 1.5, 0.01, 1",
        "0, 1.5, 0.01, 1",
        "-3, 1.5, 0.01, 1",
        "11, 0, 0.01, 1",
        "11, NaN, 0.01, 1",
        "11, Infinity, 0.01, 1",
        "11, 1.5, NaN, 1",
        "11, 1.5, -0.01, 1",
        "11, 1.5, 0.01, Infinity",
        "11, 1.5, 0.01, 1e30"
    })
    void optionsWithoutMeaningAreRefused(int window, double sigma, double k1, double range) {
        assertThatThrownBy(() -> new SsimOptions(window, sigma, k1, 0.03, range))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("window " + window, "sigma " + sigma, "k1 " + k1, "range " + range);
    }
}
