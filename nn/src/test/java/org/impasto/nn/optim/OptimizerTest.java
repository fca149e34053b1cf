package org.impasto.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.impasto.core.BackendException;
import org.impasto.core.CancelledException;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OptimizerTest {
    private static final int STEPS = 7;

    /** Roundings of a float32 step, in units in the last place of numbers of about 4, a dozen for each step. */
    private static final double TOLERANCE = STEPS * 12 * 4 * 0x1p-24;

    /** Every rule, with options that use all it can do, beside the same in doubles for one number. */
    enum Rule {
        SGD {
            @Override
            Optimizer open(List<ParameterGroup> groups) {
                return new Sgd(groups, 0.1, Sgd.Settings.standard().withWeightDecay(0.03));
            }

            @Override
            double step(double p, double g, double[] m, int t, double rate, double decay) {
                return p - rate * (g + decay * p);
            }
        },
        SGD_MOMENTUM {
            @Override
            Optimizer open(List<ParameterGroup> groups) {
                return new Sgd(
                        groups, 0.1, Sgd.Settings.standard().withMomentum(0.8).withWeightDecay(0.03));
            }

            @Override
            double step(double p, double g, double[] m, int t, double rate, double decay) {
                m[0] = (t == 1 ? 0 : 0.8 * m[0]) + g + decay * p;
                return p - rate * m[0];
            }
        },
        SGD_NESTEROV {
            @Override
            Optimizer open(List<ParameterGroup> groups) {
                return new Sgd(
                        groups, 0.1, Sgd.Settings.standard().withNesterov(0.8).withWeightDecay(0.03));
            }

            @Override
            double step(double p, double g, double[] m, int t, double rate, double decay) {
                double decayed = g + decay * p;
                m[0] = (t == 1 ? 0 : 0.8 * m[0]) + decayed;
                return p - rate * (decayed + 0.8 * m[0]);
            }
        },
        ADAM {
            @Override
            Optimizer open(List<ParameterGroup> groups) {
                return new Adam(
                        groups,
                        0.1,
                        Adam.Settings.standard().withBetas(0.7, 0.9).withWeightDecay(0.03));
            }

            @Override
            double step(double p, double g, double[] m, int t, double rate, double decay) {
                return adam(p, g + decay * p, m, t, rate);
            }
        },
        ADAM_W {
            @Override
            Optimizer open(List<ParameterGroup> groups) {
                return new AdamW(
                        groups,
                        0.1,
                        Adam.Settings.standard().withBetas(0.7, 0.9).withWeightDecay(0.03));
            }

            @Override
            double step(double p, double g, double[] m, int t, double rate, double decay) {
                return adam(p * (1 - rate * decay), g, m, t, rate);
            }
        },
        RMS_PROP {
            @Override
            Optimizer open(List<ParameterGroup> groups) {
                return new RmsProp(
                        groups,
                        0.1,
                        RmsProp.Settings.standard()
                                .withAlpha(0.9)
                                .withEpsilon(1e-3)
                                .withMomentum(0.5)
                                .withWeightDecay(0.03)
                                .withCentering());
            }

            @Override
            double step(double p, double g, double[] m, int t, double rate, double decay) {
                double decayed = g + decay * p;
                m[0] = 0.9 * m[0] + 0.1 * decayed * decayed;
                m[1] = 0.9 * m[1] + 0.1 * decayed;
                m[2] = 0.5 * m[2] + decayed / (Math.sqrt(m[0] - m[1] * m[1]) + 1e-3);
                return p - rate * m[2];
            }
        };

        abstract Optimizer open(List<ParameterGroup> groups);

        /** The parameter after a step; memory is kept in m. */
        abstract double step(double p, double g, double[] m, int t, double rate, double decay);

        Optimizer open(ParameterSet weights) {
            return open(List.of(ParameterGroup.of(weights)));
        }

        private static double adam(double p, double g, double[] m, int t, double rate) {
            m[0] = 0.7 * m[0] + 0.3 * g;
            m[1] = 0.9 * m[1] + 0.1 * g * g;
            double mean = m[0] / (1 - Math.pow(0.7, t));
            double root = Math.sqrt(m[1] / (1 - Math.pow(0.9, t)));
            return p - rate * mean / (root + 1e-8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void stepsAreThoseOfTheFormula(Rule rule) {
        try (Model<Quadratic> model = Quadratic.model();
                Optimizer optimizer = rule.open(List.of(
                        ParameterGroup.of(model.weights(), "first.").withRateFactor(0.5),
                        ParameterGroup.of(model.weights(), "second.").withWeightDecay(0.2)))) {
            model.net().train(optimizer, STEPS);
            float[] found = model.net().values();
            for (int i = 0; i < found.length; i++) {
                double p = 0;
                double[] memory = new double[3];
                for (int t = 1; t <= STEPS; t++) {
                    double g = Quadratic.CURVATURES[i] * (p - Quadratic.TARGETS[i]);
                    p = rule.step(p, g, memory, t, i < 2 ? 0.05 : 0.1, i < 2 ? 0.03 : 0.2);
                }
                assertThat(found[i]).as("number " + i).isCloseTo((float) p, within((float) TOLERANCE));
            }
            assertThat(optimizer.steps()).isEqualTo(STEPS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRestoredOptimizerGoesOnBitByBit(Rule rule) {
        try (Model<Quadratic> one = Quadratic.model();
                Model<Quadratic> other = Quadratic.model();
                Optimizer through = rule.open(one.weights());
                Optimizer stopped = rule.open(other.weights());
                Optimizer resumed = rule.open(other.weights());
                Scope scope = Scope.open()) {
            through.setLearningRate(0.07);
            stopped.setLearningRate(0.07);
            one.net().train(through, 2 * STEPS);
            other.net().train(stopped, STEPS);
            resumed.restore(stopped.state());
            assertThat(resumed.steps()).isEqualTo(STEPS);
            assertThat(resumed.learningRate()).isEqualTo(0.07);
            other.net().train(resumed, STEPS);
            assertThat(other.net().values()).isEqualTo(one.net().values());
            assertThat(Quadratic.copied(resumed.state()))
                    .usingRecursiveComparison()
                    .isEqualTo(Quadratic.copied(through.state()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLeftBehind(Rule rule) {
        long before = Storage.live();
        try (Model<Quadratic> model = Quadratic.model()) {
            long ofModel = Storage.live();
            try (Optimizer optimizer = rule.open(model.weights())) {
                model.net().train(optimizer, 1);
                long afterOne = Storage.live();
                model.net().train(optimizer, 50);
                assertThat(Storage.live()).isEqualTo(afterOne);
                try (Scope scope = Scope.open()) {
                    optimizer.restore(optimizer.state());
                }
                assertThat(Storage.live()).isEqualTo(afterOne);
            }
            assertThat(Storage.live()).isEqualTo(ofModel);
        }
        assertThat(Storage.live()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsFrozenStaysAndGoesOnWhenThawed(Rule rule) {
        try (Model<Quadratic> model = Quadratic.model();
                Model<Quadratic> alone = Quadratic.model();
                Optimizer optimizer = rule.open(model.weights());
                Optimizer optimizerAlone = rule.open(alone.weights())) {
            model.weights().setTrainable("second.", false);
            model.net().train(optimizer, 3); // no gradient reaches the frozen one, and none is asked for
            assertThat(model.net().values()).endsWith(0, 0, 0);
            model.weights().setTrainable("first.", false);
            model.weights().setTrainable("second.", true);
            float[] between = model.net().values();
            model.net().train(optimizer, STEPS);
            alone.net().train(optimizerAlone, STEPS);
            // A thawed parameter starts like one of a new optimizer, and what froze has not moved.
            assertThat(model.net().values()).startsWith(between[0], between[1]);
            for (int i = 2; i < 5; i++) {
                assertThat(model.net().values()[i]).isEqualTo(alone.net().values()[i]);
            }
            model.weights().setTrainable("first.", true);
            model.weights().setTrainable("second.", false);
            model.net().train(optimizer, STEPS - 3);
            // And what was thawed again goes on where it was.
            assertThat(model.net().values()).isEqualTo(alone.net().values());
        }
    }

    @Test
    void aParameterWithoutGradientIsRefusedByName() {
        try (Model<Quadratic> model = Quadratic.model();
                Optimizer optimizer = new Adam(model.weights(), 0.1);
                Scope scope = Scope.open()) {
            Map<Parameter, Tensor> gradients =
                    new LinkedHashMap<>(model.net().gradients().parameters());
            Parameter second = model.weights().get("second.weight");
            Tensor gradient = gradients.remove(second);
            assertThatThrownBy(() -> optimizer.step(gradients))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("'second.weight'")
                    .hasMessageContaining("freeze");
            gradients.put(second, gradient.to(ElementType.FLOAT64));
            assertThatThrownBy(() -> optimizer.step(gradients))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("'second.weight'")
                    .hasMessageContaining("FLOAT64");
            assertThat(model.net().values()).containsOnly(0);
            assertThat(optimizer.steps()).isZero();
        }
    }

    @Test
    void aCancelledRunTakesNoStep() {
        Run run = Run.training(1);
        try (Model<Quadratic> model = Quadratic.model();
                Optimizer optimizer = new Adam(model.weights(), 0.1);
                Scope scope = Scope.open(run)) {
            Map<Parameter, Tensor> gradients = model.net().gradients().parameters();
            run.cancel();
            assertThatThrownBy(() -> optimizer.step(gradients)).isInstanceOf(CancelledException.class);
            assertThat(model.net().values()).containsOnly(0);
        }
    }

    @Test
    void aForeignStateIsRefusedAndNothingChanges() {
        try (Model<Quadratic> model = Quadratic.model();
                Optimizer adam = new Adam(model.weights(), 0.1);
                Optimizer sgd =
                        new Sgd(model.weights(), 0.1, Sgd.Settings.standard().withMomentum(0.9));
                Scope scope = Scope.open()) {
            model.net().train(adam, 2);
            Map<String, double[]> before = Quadratic.copied(adam.state());
            assertThatThrownBy(() -> sgd.restore(adam.state()))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("momentum.first.weight");
            Map<String, Tensor> misshapen = new LinkedHashMap<>(adam.state());
            misshapen.put("first_moment.second.weight", Tensor.of(Quadratic.BACKEND, Shape.of(4), new float[4]));
            assertThatThrownBy(() -> adam.restore(misshapen))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("first_moment.second.weight")
                    .hasMessageContaining("is 4 FLOAT32, expected 3 FLOAT32");
            Map<String, Tensor> more = new LinkedHashMap<>(adam.state());
            more.put("first_moment.third.weight", Tensor.of(Quadratic.BACKEND, Shape.of(4), new float[4]));
            assertThatThrownBy(() -> adam.restore(more))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("first_moment.third.weight");
            Map<String, Tensor> fewer = new LinkedHashMap<>(adam.state());
            fewer.remove("steps.second.weight");
            assertThatThrownBy(() -> adam.restore(fewer))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("steps.second.weight");
            assertThat(Quadratic.copied(adam.state()))
                    .usingRecursiveComparison()
                    .isEqualTo(before);
        }
    }

    @Test
    void groupsAreChecked() {
        try (Model<Quadratic> model = Quadratic.model()) {
            ParameterGroup all = ParameterGroup.of(model.weights());
            ParameterGroup first = ParameterGroup.of(model.weights(), "first.");
            assertThatThrownBy(() -> new Adam(List.of(all, first), 0.1, Adam.Settings.standard()))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("'first.weight'");
            ParameterGroup none = ParameterGroup.of(model.weights(), "thrid.");
            assertThatThrownBy(() -> new Adam(List.of(none), 0.1, Adam.Settings.standard()))
                    .isInstanceOf(WeightException.class);
            Optimizer closed = new Adam(model.weights(), 0.1);
            closed.close();
            assertThatThrownBy(() -> closed.step(Map.of())).isInstanceOf(BackendException.class);
            Stream.of(-0.1, Double.NaN, Double.POSITIVE_INFINITY)
                    .forEach(rate -> assertThatThrownBy(() -> new Adam(model.weights(), rate))
                            .isInstanceOf(IllegalArgumentException.class));
        }
    }
}
