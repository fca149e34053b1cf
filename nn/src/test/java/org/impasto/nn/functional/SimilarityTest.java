package org.impasto.nn.functional;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.impasto.nn.functional.Similarity.SsimOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarityTest {
    @ParameterizedTest
    @CsvSource({
        "10, 1.5, 1",
        "0, 1.5, 1",
        "-3, 1.5, 1",
        "11, 0, 1",
        "11, NaN, 1",
        "11, Infinity, 1",
        "11, 1.5, Infinity"
    })
    void optionsThatAreNoWindowAreRefused(int window, double sigma, double range) {
        assertThatThrownBy(() -> new SsimOptions(window, sigma, 0.01, 0.03, range))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("window " + window, "sigma " + sigma, "range " + range);
    }
}
