package org.impasto.nn.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.UnaryOperator;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;

class ReductionsTest {
    private static final Backend BACKEND = Backends.standard();

    private static Tensor row(float... values) {
        return Tensor.of(BACKEND, Shape.of(1, values.length), values);
    }

    private static float[] gradient(UnaryOperator<Tensor> function, Tensor x) {
        return Tape.gradients((Tensor tracked) -> function.apply(tracked).sum(), x)
                .inputs()
                .get(0)
                .toFloats();
    }

    @Test
    void vectorsOfZerosHaveFiniteGradients() {
        Tensor zeros = row(0, 0, 0);
        assertThat(Reductions.norm(zeros, 2, 1).item()).isZero();
        assertThat(gradient(x -> Reductions.norm(x, 2, 1), zeros)).containsOnly(0f);
        assertThat(gradient(x -> Reductions.norm(x, 3, 1), zeros)).containsOnly(0f);
        assertThat(gradient(x -> Reductions.standardDeviation(x, true, 1), row(7, 7, 7)))
                .containsOnly(0f);
        assertThat(Reductions.l2Normalize(zeros, 1, 1e-12).toFloats()).containsOnly(0f);
        assertThat(gradient(x -> Reductions.l2Normalize(x, 1, 0.5), zeros)).containsOnly(2f);
        assertThat(gradient(x -> Reductions.unitNormalize(x, 1, 0.5), zeros)).containsOnly(2f);
        assertThat(gradient(x -> Losses.cosineDistance(x, row(1, 2, 3), 1), zeros))
                .doesNotContain(Float.NaN);
    }

    /** The square of the least norm would be 0 in float32. */
    @Test
    void theLeastNormMayBeTiny() {
        Tensor zeros = row(0, 0, 0);
        assertThat(Reductions.l2Normalize(zeros, 1, 1e-30).toFloats()).containsOnly(0f);
        assertThat(gradient(x -> Reductions.l2Normalize(x, 1, 1e-30), zeros)).containsOnly(1e30f);
        assertThat(Reductions.l2Normalize(row(3e-10f, 4e-10f), 1, 1e-30).toFloats())
                .containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
        assertThat(Reductions.l2Normalize(row(3, 4), 1, 10).toFloats()).containsExactly(0.3f, 0.4f);
        assertThat(gradient(x -> Reductions.l2Normalize(x, 1, 10), row(3, 4))).containsOnly(0.1f);
    }

    @Test
    void infiniteElementsDoNotSpoilALogarithmOfSums() {
        float infinity = Float.POSITIVE_INFINITY;
        assertThat(Reductions.logSumExp(row(-infinity, -infinity), 1).item()).isEqualTo(-infinity);
        assertThat(Reductions.logSumExp(row(0, infinity), 1).item()).isEqualTo(infinity);
        assertThat(Reductions.logSumExp(row(1000, -infinity), 1).item()).isEqualTo(1000);
        assertThat(Reductions.logSumExp(row(0, Float.NaN), 1).item()).isNaN();
        assertThat(gradient(x -> Reductions.logSumExp(x, 1), row(1000, -infinity)))
                .containsExactly(1f, 0f);
    }

    @Test
    void noNamedAxisMeansAll() {
        Tensor x = row(1, 2, 3, 4);
        assertThat(Reductions.variance(x, true).shape()).isEqualTo(Shape.scalar());
        assertThat(Reductions.variance(x, false).item()).isEqualTo(1.25);
        assertThat(Reductions.norm(x, Double.POSITIVE_INFINITY).item()).isEqualTo(4);
    }

    @Test
    void refusesWhatHasNoValue() {
        assertThatThrownBy(() -> Reductions.variance(row(1), true, 1)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Reductions.norm(row(1), 0.5, 1)).isInstanceOf(ShapeException.class);
        Tensor labels = Tensor.ofLongs(BACKEND, Shape.of(1), 3);
        assertThatThrownBy(() -> Losses.crossEntropy(row(1, 2, 3), labels))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("label 3 of row 0");
        assertThatThrownBy(() -> Losses.meanSquaredError(row(1, 2), row(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> row(1, 2).indexSelect(1, 2)).isInstanceOf(ShapeException.class);
    }
}
