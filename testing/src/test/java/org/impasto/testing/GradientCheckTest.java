package org.impasto.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.impasto.core.Backward;
import org.impasto.core.CustomFunction;
import org.impasto.core.Operation;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GradientCheckTest {
    private final ReferenceBackend backend = new ReferenceBackend();
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private Tensor vector(double... values) {
        return Tensor.ofDoubles(backend, Shape.of(values.length), values);
    }

    @Test
    void passesALayerWithParametersAndNoise() {
        try (Parameter gain = new Parameter("gain", vector(0.5, 2))) {
            assertThatCode(() -> GradientCheck.check(
                            x -> x.mul(gain.on(x)).tanh().add(x.noise(x.shape()).mul(gain.on(x))), vector(1, -2)))
                    .doesNotThrowAnyException();
            assertThat(gain.value().toDoubles()).containsExactly(0.5, 2);
        }
    }

    @Test
    void catchesAGradientThatIsAThousandthWrong() {
        assertThatThrownBy(() -> GradientCheck.check(x -> squareWith(2.002, x), vector(1, -2, 3)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("input 0")
                .hasMessageContaining("element 0 of 3");
        assertThatCode(() -> GradientCheck.check(x -> squareWith(2, x), vector(1, -2, 3)))
                .doesNotThrowAnyException();
    }

    @Test
    void catchesAWrongGradientOfAParameter() {
        try (Parameter weight = new Parameter("head.weight", vector(1, 2))) {
            assertThatThrownBy(() -> GradientCheck.check(
                            x -> squareWith(1.9, weight.on(x)).mul(x), vector(3, 4)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("head.weight");
            assertThat(weight.value().toDoubles()).containsExactly(1, 2);
        }
    }

    @Test
    void seesSmallGradientsBesideALargeValue() {
        // The value is a million; a gradient of 1 that is reported as 0 is not lost in it.
        assertThatThrownBy(
                        () -> GradientCheck.check(x -> x.detach().affine(1, 1e6).add(vector(0)), vector(1)))
                .isInstanceOf(AssertionError.class);
    }

    private static Tensor squareWith(double factor, Tensor x) {
        CustomFunction square = new CustomFunction() {
            @Override
            public List<Tensor> forward(List<Tensor> inputs) {
                return List.of(inputs.get(0).square());
            }

            @Override
            public Operation.Saves saves() {
                return Operation.Saves.inputs(0);
            }

            @Override
            public List<Tensor> backward(Backward backward) {
                return List.of(backward.gradient().mul(backward.input(0)).affine(factor, 0));
            }
        };
        return Tensor.custom(square, x).get(0);
    }
}
