package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.UnaryOperator;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.Matrices;
import org.impasto.testing.GradientCheck;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.Test;

class MatricesTest {
    private final Backend backend = Backends.standard();

    private static Tensor symmetric(Tensor a) {
        return a.add(a.transposed()).affine(0.5, 0);
    }

    private static Tensor square(Backend backend, double... values) {
        int n = (int) Math.round(Math.sqrt(values.length));
        return Tensor.ofDoubles(backend, Shape.of(n, n), values);
    }

    @Test
    void rootsOfRepeatedEigenvaluesHaveTheirGradient() {
        try (Scope scope = Scope.open(Run.inference(1))) {
            // Eigenvalues 2, 2, 5: finite differences split the pair.
            Tensor a = square(new ReferenceBackend(), 3, 1, 1, 1, 3, 1, 1, 1, 3);
            GradientCheck.check(x -> Matrices.squareRoot(symmetric(x), 0).matrix(), a);
            GradientCheck.check(x -> Matrices.inverseSquareRoot(symmetric(x), 0).matrix(), a);
            GradientCheck.check(
                    x -> Matrices.squareRoot(symmetric(x), 0).eigenvalues().sum(), a);
        }
    }

    @Test
    void directionsLeftOutHaveTheirGradient() {
        try (Scope scope = Scope.open(Run.inference(1))) {
            // Eigenvalues 0.6, 4, 4.4 and a threshold of 1; those left out still turn.
            Tensor a = square(new ReferenceBackend(), 4, 0.5, 0.2, 0.5, 1, 0.9, 0.2, 0.9, 4);
            GradientCheck.check(x -> Matrices.squareRoot(symmetric(x), 1).matrix(), a);
            GradientCheck.check(x -> Matrices.inverseSquareRoot(symmetric(x), 1).matrix(), a);
        }
    }

    /** It would need a gradient of the eigenvectors, which there is none of where eigenvalues repeat. */
    @Test
    void rootsHaveNoSecondDerivative() {
        try (Scope scope = Scope.open()) {
            Tensor a = square(backend, 4, 1, 1, 3);
            UnaryOperator<Tensor> slope = x -> Tape.gradients(
                            y -> Matrices.squareRoot(y, 0).matrix().square().sum(), x)
                    .inputs()
                    .get(0);
            assertThat(slope.apply(a).toDoubles()).containsExactly(new double[] {1, 0, 0, 1}, within(1e-12));
            assertThatThrownBy(() -> Tape.gradients(x -> slope.apply(x).square().sum(), a))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("second derivative");
        }
    }

    /** Each channel's gradient is a mix of centred channels, so it sums to nothing; a rounded mean would leave a part. */
    @Test
    void theGradientOfACovarianceKnowsNoMean() {
        try (Scope scope = Scope.open(Run.inference(1))) {
            Tensor x = Tensor.noise(backend, Spec.float32(1, 3, 20, 20)).affine(1, 1000);
            double[] gradient = Tape.gradients(y -> y.covariance(true).square().sum(), x)
                    .inputs()
                    .get(0)
                    .toDoubles();
            for (int channel = 0; channel < 3; channel++) {
                double sum = 0;
                double size = 0;
                for (int i = channel * 400; i < (channel + 1) * 400; i++) {
                    sum += gradient[i];
                    size += Math.abs(gradient[i]);
                }
                // Each number is rounded a few times, at 2^-24 each.
                assertThat(sum).isCloseTo(0, within(size * 8 * 0x1p-24));
            }
        }
    }

    @Test
    void aZeroMatrixHasAZeroRootAndNoNaN() {
        try (Scope scope = Scope.open()) {
            Tensor zero = square(backend, 0, 0, 0, 0);
            assertThat(Matrices.squareRoot(zero, 0).matrix().toDoubles()).containsOnly(0);
            assertThat(Matrices.inverseSquareRoot(zero, 0).matrix().toDoubles()).containsOnly(0);
            Tensor gradient = Tape.gradients(
                            x -> Matrices.inverseSquareRoot(x, 0).matrix().sum(), zero)
                    .inputs()
                    .get(0);
            assertThat(gradient.toDoubles()).containsOnly(0);
        }
    }

    @Test
    void determinantsInversesAndSolutionsHaveTheirGradients() {
        try (Scope scope = Scope.open(Run.inference(3))) {
            Backend reference = new ReferenceBackend();
            Tensor a = Tensor.noise(reference, new Spec(Shape.of(2, 4, 4), ElementType.FLOAT64));
            Tensor b = Tensor.noise(reference, new Spec(Shape.of(4, 3), ElementType.FLOAT64));
            GradientCheck.check(x -> Matrices.logDeterminant(x).logarithm(), a);
            GradientCheck.check(Matrices::determinant, a);
            GradientCheck.check(Matrices::inverse, a);
            GradientCheck.check(Matrices::trace, a);
            GradientCheck.check(x -> Matrices.solve(x.get(0), x.get(1)), a, b);
        }
    }

    @Test
    void aLargeInverseIsOne() {
        try (Scope scope = Scope.open(Run.inference(4))) {
            int n = 200;
            Tensor a = Tensor.noise(backend, new Spec(Shape.of(n, n), ElementType.FLOAT64));
            Tensor difference = a.matmul(Matrices.inverse(a)).sub(a.identity(n));
            // Random matrices have condition numbers of about n, which now and then are a hundred times that.
            assertThat(difference.abs().max().item()).isLessThan(1e-9);
        }
    }

    @Test
    void aSingularMatrixHasNoInverseButADeterminant() {
        try (Scope scope = Scope.open()) {
            Tensor singular = square(backend, 1, 2, 3, 2, 4, 6, 1, 0, 5);
            Matrices.SignAndLog determinant = Matrices.logDeterminant(singular);
            assertThat(determinant.sign().item()).isZero();
            assertThat(determinant.logarithm().item()).isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(Matrices.determinant(singular).item()).isZero();
            assertThatThrownBy(() -> Matrices.inverse(singular))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("pivot 2 is 0")
                    .hasMessageContaining("singular");
        }
    }

    @Test
    void aSingularMatrixHasNoGradientOfItsDeterminant() {
        try (Scope scope = Scope.open()) {
            Tensor singular = square(backend, 1, 2, 3, 2, 4, 6, 1, 0, 5);
            assertThatThrownBy(() -> Tape.gradients(Matrices::determinant, singular))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("singular");
        }
    }

    @Test
    void onlySquareMatricesHaveATrace() {
        try (Scope scope = Scope.open()) {
            Tensor six = Tensor.of(backend, Shape.of(6), 1, 2, 3, 4, 5, 6);
            assertThat(Matrices.trace(six.slice(0, 0, 4).reshape(1, 2, 2)).toFloats())
                    .containsExactly(5);
            for (Tensor other :
                    new Tensor[] {six.reshape(1, 6), six.reshape(6, 1), six.reshape(2, 3), six, six.sum()}) {
                assertThatThrownBy(() -> Matrices.trace(other))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContainingAll(other.shape().toString(), "expected (..., n, n)");
            }
        }
    }

    @Test
    void anIndefiniteMatrixHasNoCholeskyFactor() {
        try (Scope scope = Scope.open()) {
            // Only the lower triangle is read.
            assertThat(square(backend, 4, 99, 2, 2).cholesky().toDoubles()).containsExactly(2, 0, 1, 1);
            assertThatThrownBy(() -> square(backend, 4, 2, 2, 1).cholesky())
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("pivot 1 is 0.0")
                    .hasMessageContaining("not positive definite");
        }
    }

    @Test
    void notANumberIsRefusedOrStays() {
        long before = Storage.live();
        try (Scope scope = Scope.open()) {
            Tensor broken = square(backend, 1, Double.NaN, Double.NaN, 1);
            assertThatThrownBy(broken::cholesky).hasMessageContaining("pivot 1 is NaN");
            assertThatThrownBy(() -> Matrices.squareRoot(broken, 0)).isInstanceOf(BackendException.class);
            assertThat(Matrices.determinant(broken).item()).isNaN();
            assertThat(Matrices.inverse(broken).toDoubles()).contains(Double.NaN);
        }
        assertThat(Storage.live()).isEqualTo(before);
    }

    @Test
    void float32MatricesGiveFloat32Results() {
        try (Scope scope = Scope.open()) {
            Tensor a = Tensor.of(backend, Shape.of(2, 2), 4, 0, 0, 9);
            assertThat(Matrices.squareRoot(a, 0).matrix().toFloats()).containsExactly(2, 0, 0, 3);
            assertThat(Matrices.inverse(a).type()).isEqualTo(ElementType.FLOAT32);
            assertThat(Matrices.determinant(a).item()).isCloseTo(36, within(1e-5));
        }
    }
}
