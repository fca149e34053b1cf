package org.impasto.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Likelihoods from several samples of the noise. */
class ImageFlowTest {
    private static final int SIDE = 6;
    private static final int SAMPLES = 3;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void likelihoodsOfSamplesAreAveraged(boolean variational) {
        Backend backend = Backends.standard();
        try (Model<ImageFlow> model =
                        Model.fresh(backend, 3, p -> ImageFlow.checkerboards(p, SIDE, SIDE, variational));
                Scope scope = Scope.open()) {
            Tensor levels = levels(backend, 2);
            double[] expected = new double[2];
            try (Scope noise = Scope.open(Run.inference(5))) {
                for (int i = 0; i < SAMPLES; i++) {
                    double[] bits =
                            model.net().encode(levels).bitsPerDimension().toDoubles();
                    for (int image = 0; image < 2; image++) {
                        expected[image] += Math.pow(2, -bits[image] * SIDE * SIDE) / SAMPLES;
                    }
                }
            }
            double[] found;
            try (Scope noise = Scope.open(Run.inference(5))) {
                found = model.net().bitsPerDimension(levels, SAMPLES).toDoubles();
            }
            for (int image = 0; image < 2; image++) {
                double bits = -Math.log(expected[image]) / Math.log(2) / (SIDE * SIDE);
                // The likelihood is about 2^-300: its few roundings are relative, so absolute in its logarithm.
                assertThat(found[image]).isCloseTo(bits, within(1e-13));
            }
            assertThatThrownBy(() -> model.net().bitsPerDimension(levels, 0))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("0 samples, expected 1 or more");
        }
    }

    private static Tensor levels(Backend backend, int count) {
        Random random = new Random(11);
        float[] levels = new float[count * SIDE * SIDE];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = random.nextInt(256);
        }
        return Tensor.of(backend, Shape.of(count, 1, SIDE, SIDE), levels);
    }
}
