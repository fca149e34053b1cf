package org.impasto.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.impasto.core.BackendException;
import org.impasto.core.CancelledException;
import org.impasto.core.ElementType;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.nn.Model;
import org.junit.jupiter.api.Test;

class LbfgsTest {
    private static final Lbfgs.Settings STANDARD = Lbfgs.Settings.standard();

    /** {@code sum 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2}, least at ones. */
    private static Tensor rosenbrock(Tensor x) {
        long last = x.shape().size(0) - 1;
        Tensor left = x.slice(0, 0, last);
        Tensor right = x.slice(0, 1, last);
        return right.sub(left.square())
                .square()
                .affine(100, 0)
                .add(left.affine(-1, 1).square())
                .sum();
    }

    private static Tensor start(ElementType type) {
        return Tensor.ofDoubles(Quadratic.BACKEND, Shape.of(2), -1.2, 1).to(type);
    }

    private static void run(Lbfgs search, int most) {
        for (int i = 0; i < most && search.iterate(); i++) {
            assertThat(search.value()).isNotNaN();
        }
    }

    @Test
    void itFindsTheMinimumInBothPrecisions() {
        long before = Storage.live();
        for (ElementType type : List.of(ElementType.FLOAT64, ElementType.FLOAT32)) {
            try (Scope scope = Scope.open();
                    Lbfgs search = Lbfgs.minimising(LbfgsTest::rosenbrock, start(type), STANDARD)) {
                double last = search.value();
                for (int i = 0; i < 200 && search.iterate(); i++) {
                    assertThat(search.value()).isLessThanOrEqualTo(last);
                    last = search.value();
                }
                // The valley is flat: curvature across it is a thousand times that along it, of 1 about.
                double tolerance = type == ElementType.FLOAT64 ? 1e-4 : 2e-3;
                for (double x : search.point().get(0).toDoubles()) {
                    assertThat(x).isCloseTo(1, within(tolerance));
                }
                assertThat(search.iterations()).isLessThan(200);
                assertThat(search.evaluations()).isGreaterThan(search.iterations());
            }
        }
        assertThat(Storage.live()).isEqualTo(before);
    }

    @Test
    void parametersAreTrained() {
        try (Model<Quadratic> model = Quadratic.model()) {
            long before = Storage.live();
            try (Lbfgs search = Lbfgs.ofParameters(model.weights().all(), model.net()::gradients, STANDARD)) {
                run(search, 50);
                assertThat(model.net().values()).containsExactly(Quadratic.TARGETS, within(1e-4f));
            }
            assertThat(Storage.live()).isEqualTo(before);
        }
    }

    @Test
    void aParameterWithoutGradientIsRefusedByName() {
        try (Model<Quadratic> model = Quadratic.model();
                Lbfgs search = Lbfgs.ofParameters(model.weights().all(), model.net()::gradients, STANDARD)) {
            model.weights().setTrainable("second.", false);
            assertThatThrownBy(search::iterate)
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("'second.weight'");
        }
    }

    @Test
    void aRestoredSearchGoesOnBitByBit() {
        try (Scope scope = Scope.open();
                Lbfgs through = Lbfgs.minimising(LbfgsTest::rosenbrock, start(ElementType.FLOAT32), STANDARD);
                Lbfgs stopped = Lbfgs.minimising(LbfgsTest::rosenbrock, start(ElementType.FLOAT32), STANDARD);
                Lbfgs resumed = Lbfgs.minimising(LbfgsTest::rosenbrock, start(ElementType.FLOAT32), STANDARD)) {
            run(through, 18);
            run(stopped, 12); // more than the history holds
            resumed.restore(stopped.state());
            run(resumed, 6);
            assertThat(resumed.iterations()).isEqualTo(18);
            assertThat(Quadratic.copied(resumed.state()))
                    .usingRecursiveComparison()
                    .isEqualTo(Quadratic.copied(through.state()));
            try (Lbfgs shorter =
                    Lbfgs.minimising(LbfgsTest::rosenbrock, start(ElementType.FLOAT32), STANDARD.withHistory(5))) {
                assertThatThrownBy(() -> shorter.restore(through.state()))
                        .isInstanceOf(WeightException.class)
                        .hasMessageContaining("history");
            }
        }
    }

    @Test
    void aCancelledIterationChangesNothing() {
        Run run = Run.inference();
        long before = Storage.live();
        try (Model<Quadratic> model = Quadratic.model();
                Scope scope = Scope.open(run)) {
            List<String> evaluations = new ArrayList<>();
            try (Lbfgs search = Lbfgs.ofParameters(
                    model.weights().all(),
                    () -> {
                        evaluations.add("one");
                        if (evaluations.size() == 3) {
                            run.cancel();
                        }
                        return model.net().gradients();
                    },
                    STANDARD)) {
                double value = search.value();
                assertThatThrownBy(() -> run(search, 50)).isInstanceOf(CancelledException.class);
                assertThat(search.iterations()).isLessThan(3);
                assertThat(search.value()).isLessThanOrEqualTo(value);
                float[] point = new float[5];
                System.arraycopy(search.point().get(0).toFloats(), 0, point, 0, 2);
                System.arraycopy(search.point().get(1).toFloats(), 0, point, 2, 3);
                assertThat(model.net().values()).isEqualTo(point);
            }
        }
        assertThat(Storage.live()).isEqualTo(before);
    }

    /** A wall: right of 1 the function is not a number, and the way down leads there. */
    @Test
    void itGoesRoundWhatIsNotANumber() {
        try (Scope scope = Scope.open();
                Lbfgs search = Lbfgs.minimising(
                        x -> x.affine(-1, 1).log().affine(-0.01, 0).sub(x).sum(),
                        Tensor.ofDoubles(Quadratic.BACKEND, Shape.of(1), 0),
                        STANDARD)) {
            run(search, 100);
            assertThat(search.point().get(0).item()).isCloseTo(0.99, within(1e-5));
        }
        try (Scope scope = Scope.open();
                Lbfgs search = Lbfgs.minimising(
                        x -> x.log().sum(), Tensor.ofDoubles(Quadratic.BACKEND, Shape.of(1), -1), STANDARD)) {
            assertThatThrownBy(search::iterate)
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("NaN");
        }
    }

    @Test
    void theLineSearchEndsWhereTheConditionsHold() {
        DoubleUnaryOperator function = t -> -t / (t * t + 2); // least at the root of 2: More and Thuente, 1994
        DoubleUnaryOperator slope = t -> (t * t - 2) / ((t * t + 2) * (t * t + 2));
        for (double first : new double[] {1e-3, 0.1, 1, 10, 1000}) {
            StrongWolfe.Line<String> line =
                    t -> new StrongWolfe.Trial<>(t, function.applyAsDouble(t), slope.applyAsDouble(t), "at " + t);
            StrongWolfe.Trial<String> found = new StrongWolfe<>(line, line.at(0), 25, 1e-12).search(first);
            // From far beyond, PyTorch's way is content with any decrease.
            assertThat(found.value()).as("from " + first).isLessThan(first < 100 ? -1e-4 * found.step() / 2 : 0);
            assertThat(Math.abs(found.slope())).as("from " + first).isLessThanOrEqualTo(0.9 / 2);
            assertThat(found.gradient()).isEqualTo("at " + found.step());
        }
    }
}
