package org.impasto.testing.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.impasto.testing.rules.Samples.assertClose;
import static org.impasto.testing.rules.Samples.assertValues;
import static org.impasto.testing.rules.Samples.random;
import static org.impasto.testing.rules.Samples.vector;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Convolution;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.testing.ReferenceBackend;

/** An operation runs on the outermost backend among its operands. */
final class DispatchRules {
    private static final Convolution.Geometry SAME =
            Convolution.Geometry.plain().padded(Edges.all(1), PaddingMode.REFLECT);

    private DispatchRules() {}

    static List<BackendRule> all() {
        return List.of(
                new BackendRule("each operand may be the only tracked one", DispatchRules::eachOperandAlone),
                new BackendRule("plain operands give plain results", DispatchRules::plainStaysPlain),
                new BackendRule("nested tapes give second derivatives", DispatchRules::secondDerivative),
                new BackendRule("an inner tape takes outer tensors as constants", DispatchRules::mixedDerivative),
                new BackendRule("unrelated backends are refused", DispatchRules::unrelatedBackends),
                new BackendRule("what no operation could take is refused in words", DispatchRules::refusals),
                new BackendRule("repeating keeps each number as it is", DispatchRules::repeated),
                new BackendRule("detach stops the gradient, on the tape", DispatchRules::detach),
                new BackendRule("fused and plain convolution agree on and off a tape", DispatchRules::fused));
    }

    private static void eachOperandAlone(Backend backend) {
        List<Function<List<Tensor>, Tensor>> functions = List.of(
                x -> x.get(0).mul(x.get(1)).add(x.get(2)),
                x -> x.get(0).sub(x.get(1)).div(x.get(2).square().affine(1, 1)),
                x -> x.get(0).matmul(x.get(1), false, true).matmul(x.get(2)),
                x -> Tensor.concat(0, x).square(),
                x -> x.get(0)
                        .reshape(1, 1, 3, 3)
                        .conv2d(
                                x.get(1).reshape(1, 1, 3, 3),
                                x.get(2).reshape(9).slice(0, 4, 1),
                                SAME));
        for (int f = 0; f < functions.size(); f++) {
            Function<List<Tensor>, Tensor> function = functions.get(f);
            try (Scope scope = Scope.open()) {
                List<Tensor> operands =
                        List.of(random(backend, 1, 3, 3), random(backend, 2, 3, 3), random(backend, 3, 3, 3));
                Tape.Gradients together = Tape.gradients(
                        (List<Tensor> x) -> function.apply(x).square().sum(), operands);
                for (int i = 0; i < operands.size(); i++) {
                    int tracked = i;
                    Tape.Gradients alone = Tape.gradients(
                            x -> {
                                List<Tensor> mixed = new ArrayList<>(operands);
                                mixed.set(tracked, x);
                                return function.apply(mixed).square().sum();
                            },
                            operands.get(i));
                    assertClose(
                            alone.inputs().get(0).toDoubles(),
                            together.inputs().get(i).toDoubles());
                    assertThat(alone.inputs().get(0).toDoubles())
                            .as("function " + f + ", operand " + i)
                            .isNotEqualTo(new double[9]);
                }
            }
        }
    }

    private static void plainStaysPlain(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1, 2);
            assertThat(x.square().backend()).isSameAs(backend);
            Tape.gradients(
                    tracked -> {
                        assertThat(x.square().backend()).isSameAs(backend);
                        assertThat(x.mul(tracked).backend()).isSameAs(tracked.backend());
                        assertThat(tracked.mul(x).backend()).isSameAs(tracked.backend());
                        assertThat(tracked.plain().backend()).isSameAs(backend);
                        return tracked.sum();
                    },
                    x);
        }
    }

    private static void secondDerivative(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1, -2, 0.5);
            Tape.Gradients outer = Tape.gradients(
                    y -> Tape.gradients(z -> z.mul(z).mul(z).sum(), y)
                            .inputs()
                            .get(0)
                            .sum(),
                    x);
            assertValues(outer.value(), 3 * (1 + 4 + 0.25));
            assertValues(outer.inputs().get(0), 6, -12, 3);
            Tape.Gradients ofExponential = Tape.gradients(
                    y -> Tape.gradients(z -> z.exp().tanh().sum(), y)
                            .inputs()
                            .get(0)
                            .sum(),
                    vector(backend, 0.3));
            double e = Math.exp(0.3);
            double t = Math.tanh(e);
            assertValues(ofExponential.inputs().get(0), (1 - t * t) * (e - 2 * t * e * e));
        }
    }

    private static void mixedDerivative(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 2, 3);
            Tensor y = vector(backend, 5, -7);
            // d/dx of d/dy of (x y^2) is 2 y, its derivative by y is 2 x.
            Tape.Gradients outer = Tape.gradients(
                    (a, b) -> Tape.gradients(z -> a.mul(z.square()).sum(), b)
                            .inputs()
                            .get(0)
                            .sum(),
                    x,
                    y);
            assertValues(outer.inputs().get(0), 10, -14);
            assertValues(outer.inputs().get(1), 4, 6);
            // A tape on plain y is no tape on the one of x: not a constant in silence, but an error.
            assertThatThrownBy(() -> Tape.gradients(
                            a -> Tape.gradients(z -> a.mul(z.square()).sum(), y)
                                    .inputs()
                                    .get(0)
                                    .sum(),
                            x))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("unrelated");
        }
    }

    private static void refusals(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor whole = Tensor.ofLongs(backend, Shape.of(2), 3, 4);
            Tensor x = vector(backend, 1, 2);
            refused(() -> Tensor.concat(0, List.of()), "concat", "at least one");
            refused(() -> Tensor.concat(7, List.of(x)), "7");
            refused(() -> x.identity(70_000), "70000", "46340");
            refused(whole::toFloats, "INT64", "toLongs()");
            refused(whole::toDoubles, "INT64", "to(type)");
        }
    }

    private static void refused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessageContainingAll(words);
    }

    private static void repeated(Backend backend) {
        try (Scope scope = Scope.open()) {
            float[] values = {-0.0f, 0.0f, Float.NaN, Float.MIN_VALUE, Float.NEGATIVE_INFINITY};
            float[] found = Tensor.of(backend, Shape.of(1, 5), values)
                    .expand(Shape.of(2, 5))
                    .toFloats();
            for (int i = 0; i < found.length; i++) {
                assertThat(Float.floatToIntBits(found[i])).isEqualTo(Float.floatToIntBits(values[i % 5]));
            }
        }
    }

    private static void unrelatedBackends(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 1, 2);
            Tensor other = vector(new ReferenceBackend(), 1, 2);
            assertThatThrownBy(() -> x.add(other))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("unrelated backends");
            assertThatThrownBy(
                            () -> Tape.gradients(tracked -> tracked.mul(other).sum(), x))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("unrelated backends");
        }
    }

    private static void detach(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = vector(backend, 2, 3);
            Tape.Gradients gradients = Tape.gradients(
                    tracked -> {
                        assertThat(tracked.detach().backend()).isSameAs(tracked.backend());
                        return tracked.mul(tracked.detach()).sum();
                    },
                    x);
            assertValues(gradients.value(), 13);
            assertValues(gradients.inputs().get(0), 2, 3);
        }
    }

    private static void fused(Backend backend) {
        try (Scope scope = Scope.open()) {
            Tensor x = random(backend, 1, 1, 3, 5, 7);
            Tensor weight = random(backend, 2, 4, 3, 3, 3);
            Tensor bias = random(backend, 3, 4);
            Function<Tensor, Tensor> function = picture ->
                    picture.conv2d(weight, bias, SAME, Convolution.Activation.RELU, Convolution.FusedPooling.CEIL);
            Tensor apart = x.conv2d(weight, bias, SAME)
                    .relu()
                    .maxPool2d(new org.impasto.core.Pooling.Window(2, 2, 0, 1, true));
            assertValues(function.apply(x), apart.toDoubles());
            Tape.gradients(
                    tracked -> {
                        Tensor y = function.apply(tracked);
                        assertValues(y, apart.toDoubles());
                        return y.sum();
                    },
                    x);
        }
    }
}
