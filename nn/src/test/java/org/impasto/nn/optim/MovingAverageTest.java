package org.impasto.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.impasto.core.BackendException;
import org.impasto.core.Scope;
import org.impasto.core.Storage;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MovingAverageTest {
    private static final float[] ZEROS = new float[5];

    @TempDir
    private Path folder;

    @Test
    void theAverageFollowsTheWeights() {
        long before = Storage.live();
        try (Model<Quadratic> model = Quadratic.model();
                Optimizer optimizer = new Sgd(model.weights(), 0.1);
                MovingAverage average = new MovingAverage(model.weights(), 0.75)) {
            double[] expected = new double[5];
            for (int step = 0; step < 6; step++) {
                model.net().train(optimizer, 1);
                average.update();
                for (int i = 0; i < 5; i++) {
                    expected[i] = 0.75 * expected[i] + 0.25 * model.net().values()[i];
                }
            }
            float[] own = model.net().values();
            try (MovingAverage.Swapped averaged = average.swapIn()) {
                float[] found = model.net().values();
                for (int i = 0; i < 5; i++) {
                    assertThat(found[i]).isCloseTo((float) expected[i], within(6 * 3 * 4 * 0x1p-24f));
                }
                assertThatThrownBy(average::update).isInstanceOf(BackendException.class);
            }
            assertThat(model.net().values()).isEqualTo(own);
        }
        assertThat(Storage.live()).isEqualTo(before);
    }

    @Test
    void warmUpForgetsTheFirstWeightsSoon() {
        try (Model<Quadratic> model = Quadratic.model();
                Optimizer optimizer = new Sgd(model.weights(), 0.1);
                MovingAverage average = new MovingAverage(model.weights(), 0.999, true)) {
            model.net().train(optimizer, 1);
            float[] own = model.net().values();
            average.update();
            try (MovingAverage.Swapped averaged = average.swapIn()) {
                assertThat(model.net().values()[0]).isCloseTo(0.9f * own[0], within(1e-6f));
            }
        }
    }

    @Test
    void whatIsFrozenIsTakenAsItIs() {
        try (Model<Quadratic> model = Quadratic.model();
                Optimizer optimizer = new Sgd(model.weights(), 0.1);
                MovingAverage average = new MovingAverage(model.weights(), 0.999)) {
            model.net().train(optimizer, 3);
            model.weights().setTrainable("second.", false);
            average.update();
            float[] own = model.net().values();
            try (MovingAverage.Swapped averaged = average.swapIn()) {
                assertThat(model.net().values()).endsWith(own[2], own[3], own[4]);
                assertThat(model.net().values()[0]).isNotEqualTo(own[0]);
            }
        }
    }

    @Test
    void aSavedAverageIsLoadedLikeAnyWeightsAndARestoredOneGoesOn() {
        try (Model<Quadratic> model = Quadratic.model();
                Optimizer optimizer = new Sgd(model.weights(), 0.1);
                MovingAverage average = new MovingAverage(model.weights(), 0.5);
                MovingAverage restored = new MovingAverage(model.weights(), 0.5);
                Scope scope = Scope.open()) {
            model.net().train(optimizer, 1);
            average.update();
            Path file = folder.resolve("average.safetensors");
            average.save(file);
            restored.restore(average.state());
            average.update();
            restored.update();
            assertThat(Quadratic.copied(restored.state()))
                    .usingRecursiveComparison()
                    .isEqualTo(Quadratic.copied(average.state()));
            assertThat(restored.updates()).isEqualTo(2);
            float[] own = model.net().values();
            assertThat(own).isNotEqualTo(ZEROS);
            try (WeightFile saved = WeightFile.open(file)) {
                assertThat(saved.readFloats("first.weight")[0]).isEqualTo(own[0] / 2);
            }
            assertThatThrownBy(() -> average.restore(optimizer.state())).isInstanceOf(WeightException.class);
        }
    }
}
