package org.impasto.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;

class GaussianBaselineTest {
    private final Backend backend = Backends.standard();

    /** The entropy of two normal numbers with deviations 40 and 20 and correlation 0.8, in bits each. */
    @Test
    void correlatedNumbersNeedTheBitsOfTheirEntropy() {
        Random random = new Random(7);
        int count = 4000;
        float[] levels = new float[2 * count];
        for (int i = 0; i < count; i++) {
            double first = random.nextGaussian();
            double second = 0.8 * first + 0.6 * random.nextGaussian();
            levels[2 * i] = Math.round(128 + 40 * first);
            levels[2 * i + 1] = Math.round(128 + 20 * second);
        }
        double entropy = Math.log(2 * Math.PI * Math.E) + Math.log(40.0 * 20 * 0.6);
        try (Scope scope = Scope.open()) {
            Tensor pictures = Tensor.of(backend, Shape.of(count, 1, 1, 2), levels);
            Tensor noise = RandomFlows.uniform(backend, 1, count, 1, 1, 2);
            try (GaussianBaseline baseline = GaussianBaseline.fit(pictures)) {
                double bits = baseline.bitsPerDimension(pictures, noise).mean().item();
                // The mean of so many has a deviation of sqrt(1 / count) nats a pair.
                assertThat(bits).isCloseTo(entropy / 2 / Math.log(2), within(5 / Math.sqrt(count) / 2 / Math.log(2)));
            }
        }
    }

    @Test
    void aNumberThatNeverVariedDoesNotRuleOutPictures() {
        Random random = new Random(8);
        float[] levels = new float[400];
        for (int i = 0; i < 200; i++) {
            levels[2 * i] = random.nextInt(256);
            levels[2 * i + 1] = i % 20 == 0 ? 255 : 0; // in some of those that are held out
        }
        try (Scope scope = Scope.open();
                GaussianBaseline baseline = GaussianBaseline.fit(Tensor.of(backend, Shape.of(200, 1, 1, 2), levels))) {
            Tensor lit = Tensor.of(backend, Shape.of(1, 1, 1, 2), 128, 255);
            assertThat(baseline.bitsPerDimension(lit, lit.constant(lit.shape(), 0))
                            .item())
                    .isLessThan(40);
        }
        assertThatThrownBy(() -> GaussianBaseline.fit(Tensor.of(backend, Shape.of(2, 1, 1, 1), 1, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("20 or more");
    }
}
