package org.impasto.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.flow.RandomFlows.Kind;
import org.impasto.nn.Model;
import org.impasto.nn.functional.Matrices;
import org.impasto.testing.GradientCheck;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Determinants against numeric Jacobians, and gradients against finite differences, both in float64 throughout. */
class DeterminantTest {
    private static final double STEP = 1e-5; // central differences: error about STEP^2 and 2^-53 / STEP
    private static final double TOLERANCE = 1e-7;

    private final Backend backend = new ReferenceBackend();

    @TestFactory
    Stream<DynamicTest> theDeterminantIsThatOfTheJacobian() {
        return Stream.of(Kind.values())
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (Scope scope = Scope.open();
                            Model<Invertible> model =
                                    RandomFlows.model(backend, 5, 1, p -> kind.build(p, 4, 2, 3, 3))) {
                        compare(model.net(), RandomFlows.uniform(backend, 6, 2, 4, 2, 3));
                    }
                }));
    }

    @Test
    void chainsSqueezesAndLogitsToo() {
        try (Scope scope = Scope.open();
                Model<Invertible> model = RandomFlows.model(
                        backend,
                        7,
                        1,
                        p -> InvertibleSequence.of(
                                new Logit(0.01),
                                new Squeeze(),
                                Kind.GLOW_STEP.build(p.in("a"), 4, 1, 2, 3),
                                Kind.CHANNEL_MASK.build(p.in("b"), 4, 1, 2, 3)))) {
            compare(model.net(), RandomFlows.uniform(backend, 8, 3, 1, 2, 4));
        }
    }

    private void compare(Invertible layer, Tensor x) {
        double[] values = x.toDoubles();
        int samples = x.shape().intSize(0);
        int size = values.length / samples;
        double[] found = layer.forward(x).logDet().toDoubles();
        double[][] jacobians = new double[samples][size * size];
        for (int i = 0; i < size; i++) {
            double[] above = moved(layer, values, x.shape(), samples, size, i, STEP);
            double[] below = moved(layer, values, x.shape(), samples, size, i, -STEP);
            for (int sample = 0; sample < samples; sample++) {
                for (int j = 0; j < size; j++) {
                    jacobians[sample][j * size + i] =
                            (above[sample * size + j] - below[sample * size + j]) / (2 * STEP);
                }
            }
        }
        for (int sample = 0; sample < samples; sample++) {
            double expected = Matrices.logDeterminant(
                            Tensor.ofDoubles(backend, Shape.of(size, size), jacobians[sample]))
                    .logarithm()
                    .item();
            assertThat(found[sample]).as("sample " + sample).isCloseTo(expected, within(TOLERANCE * size));
        }
    }

    private double[] moved(
            Invertible layer, double[] values, Shape shape, int samples, int size, int index, double step) {
        double[] moved = values.clone();
        for (int sample = 0; sample < samples; sample++) {
            moved[sample * size + index] += step;
        }
        return layer.forward(Tensor.ofDoubles(backend, shape, moved)).y().toDoubles();
    }

    @TestFactory
    Stream<DynamicTest> gradientsOfResultDeterminantAndInverse() {
        return Stream.of(Kind.values())
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (Scope scope = Scope.open();
                            Model<Invertible> model =
                                    RandomFlows.model(backend, 9, 1, p -> kind.build(p, 4, 2, 3, 3))) {
                        Invertible layer = model.net();
                        Tensor x = RandomFlows.uniform(backend, 10, 2, 4, 2, 3);
                        GradientCheck.check(t -> layer.forward(t).y(), x);
                        GradientCheck.check(t -> layer.forward(t).logDet(), x);
                        GradientCheck.check(layer::inverse, x);
                    }
                }));
    }

    @Test
    void gradientsOfAChainThatWalksBack() {
        try (Scope scope = Scope.open();
                Model<InvertibleSequence> model = RandomFlows.model(
                        backend,
                        11,
                        1,
                        p -> RandomFlows.chain(
                                p, List.of(Kind.GLOW_STEP, Kind.CHECKERBOARD, Kind.FULL_MATRIX), 4, 2, 3, 3))) {
            Tensor x = RandomFlows.uniform(backend, 12, 2, 4, 2, 3);
            GradientCheck.check(t -> model.net().forward(t).y(), x);
            GradientCheck.check(t -> model.net().forward(t).logDet(), x);
        }
    }
}
