package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.nn.BatchNorm2d;
import org.impasto.nn.GroupNorm;
import org.impasto.nn.InstanceNorm2d;
import org.impasto.nn.Layer;
import org.impasto.nn.LayerNorm;
import org.impasto.nn.Linear;
import org.impasto.nn.Model;
import org.impasto.nn.MultiHeadAttention;
import org.impasto.nn.ParameterSet;
import org.impasto.nn.Parameters;
import org.impasto.testing.GradientCheck;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Layers that normalise, the linear layer and attention: parameters by PyTorch's names, gradients, running statistics. */
class NormalizationLayersTest {
    private static final double EPSILON = 1e-5;

    private record Made(String name, Function<Parameters, Layer> constructor, List<String> parameters, long... shape) {}

    private static Stream<Made> layers() {
        return Stream.of(
                new Made("linear", p -> new Linear(p, 5, 4), List.of("weight", "bias"), 2, 3, 5),
                new Made("linear without bias", p -> new Linear(p, 5, 4, false), List.of("weight"), 3, 5),
                new Made("group", p -> new GroupNorm(p, 2, 6, EPSILON), List.of("weight", "bias"), 2, 6, 3, 4),
                new Made("instance", p -> new InstanceNorm2d(p, 3, EPSILON), List.of("weight", "bias"), 2, 3, 3, 4),
                new Made(
                        "layer", p -> new LayerNorm(p, Shape.of(3, 4), EPSILON), List.of("weight", "bias"), 2, 5, 3, 4),
                new Made(
                        "batch",
                        p -> new BatchNorm2d(p, 3, EPSILON),
                        List.of("weight", "bias", "running_mean", "running_var"),
                        2,
                        3,
                        3,
                        4),
                new Made(
                        "attention",
                        p -> selfAttention(new MultiHeadAttention(p, 6, 2)),
                        List.of("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"),
                        2,
                        4,
                        6));
    }

    private static Layer selfAttention(MultiHeadAttention attention) {
        return x -> attention.forward(x, x, null);
    }

    /** Parameters that are no longer ones and zeros, so that each counts. */
    private static void disturb(ParameterSet weights, Backend backend) {
        for (Parameter parameter : weights.all()) {
            Tensor noise = Tensor.noise(backend, parameter.spec()).affine(0.3, 0);
            parameter.set(parameter.value().add(noise.abs()));
        }
    }

    @TestFactory
    Stream<DynamicTest> parametersAreNamedAsInPyTorch() {
        return layers().map(made -> DynamicTest.dynamicTest(made.name(), () -> {
            try (Model<Layer> model = Model.fresh(new ReferenceBackend(), 3, made.constructor())) {
                assertThat(model.weights().all().stream().map(Parameter::path))
                        .containsExactlyElementsOf(made.parameters());
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> gradientsAgreeWithFiniteDifferences() {
        return layers().map(made -> DynamicTest.dynamicTest(made.name(), () -> {
            Backend backend = new ReferenceBackend();
            try (Model<Layer> model = Model.fresh(backend, 3, made.constructor());
                    Scope scope = Scope.open(Run.inference(1))) {
                disturb(model.weights(), backend);
                GradientCheck.check(model.net()::forward, Tensor.noise(backend, Spec.float32(made.shape())));
            }
        }));
    }

    @Test
    void normalisedFeaturesHaveMeanZeroAndVarianceOne() {
        Backend backend = new ReferenceBackend();
        try (Scope scope = Scope.open(Run.inference(2))) {
            Tensor x = Tensor.noise(backend, Spec.float32(2, 4, 5, 6)).affine(3, 100);
            Tensor.Moments moments = x.instanceNorm(0).channelMoments(false);
            for (double mean : moments.mean().toDoubles()) {
                assertThat(mean).isCloseTo(0, within(1e-12));
            }
            for (double variance : moments.variance().toDoubles()) {
                assertThat(variance).isCloseTo(1, within(1e-12));
            }
        }
    }

    @Test
    void batchNormLearnsItsStatisticsInTrainingOnly() {
        Backend backend = new ReferenceBackend();
        try (Model<BatchNorm2d> model = Model.fresh(backend, 3, p -> new BatchNorm2d(p, 1, EPSILON));
                Scope scope = Scope.open(Run.training(1))) {
            Tensor x =
                    Tensor.ofDoubles(backend, Shape.of(2, 1, 1, 2), 1, 3, 5, 7).to(ElementType.FLOAT32);
            Tensor trained = model.net().forward(x);
            assertThat(trained.toDoubles()[0]).isCloseTo(-3 / Math.sqrt(5 + EPSILON), within(1e-12));
            assertThat(value(model, "running_mean")).isCloseTo(0.1 * 4, within(1e-12));
            assertThat(value(model, "running_var")).isCloseTo(0.9 + 0.1 * 20 / 3, within(1e-12));

            try (Scope inference = Scope.open(Run.inference())) {
                double[] y = model.net().forward(x).toDoubles();
                assertThat(y[0]).isCloseTo((1 - 0.4) / Math.sqrt(0.9 + 2.0 / 3 + EPSILON), within(1e-12));
            }
            assertThat(value(model, "running_mean")).isCloseTo(0.1 * 4, within(1e-12));
        }
    }

    @Test
    void batchNormLearnsNothingFromOneValueAChannel() {
        Backend backend = Backends.standard();
        try (Model<BatchNorm2d> model = Model.fresh(backend, 3, p -> new BatchNorm2d(p, 3, EPSILON));
                Scope scope = Scope.open(Run.training(1))) {
            Tensor x = Tensor.of(backend, Shape.of(1, 3, 1, 1), 1, 2, 3);
            assertThatThrownBy(() -> model.net().forward(x))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContainingAll("1x3x1x1", "expected at least 2 in training");
            assertThat(value(model, "running_mean")).isZero();
            assertThat(value(model, "running_var")).isEqualTo(1);
            try (Scope inference = Scope.open(Run.inference())) {
                assertThat(model.net().forward(x).toFloats()).doesNotContain(Float.NaN);
            }
        }
    }

    @Test
    void batchNormLearnsOnceWhereACheckpointComputesTwice() {
        Backend backend = new ReferenceBackend();
        try (Model<BatchNorm2d> model = Model.fresh(backend, 3, p -> new BatchNorm2d(p, 1, EPSILON));
                Scope scope = Scope.open(Run.training(1))) {
            Tensor x = Tensor.of(backend, Shape.of(2, 1, 1, 2), 1, 3, 5, 7);
            Tape.gradients(
                    (Tensor tracked) -> Tensor.checkpoint(in -> model.net().forward(in.get(0)), tracked)
                            .square()
                            .sum(),
                    x);
            assertThat(value(model, "running_mean")).isCloseTo(0.1 * 4, within(1e-12));
        }
    }

    @Test
    void buffersStayFrozen() {
        Backend backend = new ReferenceBackend();
        try (Model<BatchNorm2d> model = Model.fresh(backend, 3, p -> new BatchNorm2d(p, 2, EPSILON))) {
            model.weights().setTrainable("", false);
            model.weights().setTrainable("", true);
            assertThat(model.weights().all().stream()
                            .filter(Parameter::isTrainable)
                            .map(Parameter::path))
                    .containsExactly("weight", "bias");
        }
    }

    private static double value(Model<?> model, String path) {
        Parameter parameter = model.weights().get(path);
        assertThat(parameter).isNotNull();
        return parameter.value().toDoubles()[0];
    }

    @Test
    void aQueryThatSeesNoKeyGetsNothing() {
        Backend backend = new ReferenceBackend();
        try (Scope scope = Scope.open(Run.inference(4))) {
            Tensor q = Tensor.noise(backend, Spec.float32(1, 2, 3));
            Tensor allowed = Tensor.ofLongs(backend, Shape.of(2, 2), 1, 0, 0, 0);
            Tensor y = q.attention(q, q, q.maskOf(allowed), false);
            assertThat(y.toDoubles()).endsWith(0, 0, 0);
            assertThat(y.slice(1, 0, 1).toDoubles())
                    .containsExactly(q.slice(1, 0, 1).toDoubles());
        }
    }

    @Test
    void tokensThatDoNotDivideIntoHeadsAreRefused() {
        Backend backend = new ReferenceBackend();
        try (Model<MultiHeadAttention> model = Model.fresh(backend, 1, p -> new MultiHeadAttention(p, 6, 4));
                Scope scope = Scope.open(Run.inference(1))) {
            Tensor x = Tensor.noise(backend, Spec.float32(1, 2, 6));
            assertThatThrownBy(() -> model.net().forward(x, x, null))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("multiple of 4 heads");
        }
    }
}
