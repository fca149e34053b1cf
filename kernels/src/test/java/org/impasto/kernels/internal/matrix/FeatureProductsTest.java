package org.impasto.kernels.internal.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.widths.WidthLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureProductsTest {
    static List<Integer> widths() {
        return WidthLoader.widths();
    }

    @ParameterizedTest
    @MethodSource("widths")
    void agreesWithFloat64LoopsAtEveryWidth(int bits) throws Exception {
        WidthLoader.run(bits, FeatureChecks.class, "vector");
    }

    @Test
    void plainLoopsAgreeWithFloat64Loops() {
        FeatureChecks.plain();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isEqualForAnyNumberOfThreads(boolean vector) {
        FeatureChecks.threads(vector);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noPixelsGiveZeros(boolean vector) {
        float[] gram = new float[9];
        Arrays.fill(gram, 5);
        new FeatureProducts(vector)
                .gram(new float[0], 0, 3, 0, false, 1, gram, 0, new Workers(Runnable::run, 1), Run.inference());
        assertThat(gram).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void notANumberStaysWithItsChannel(boolean vector) {
        int channels = 9;
        float[] x = new float[channels * 40];
        Arrays.fill(x, 1);
        x[4 * 40 + 39] = Float.NaN;
        float[] gram = new float[channels * channels];
        new FeatureProducts(vector)
                .gram(x, 0, channels, 40, false, 1, gram, 0, new Workers(Runnable::run, 1), Run.inference());
        for (int i = 0; i < channels; i++) {
            for (int j = 0; j < channels; j++) {
                float expected = i == 4 || j == 4 ? Float.NaN : 40;
                assertThat(Float.valueOf(gram[i * channels + j])).isEqualTo(Float.valueOf(expected));
            }
        }
    }
}
