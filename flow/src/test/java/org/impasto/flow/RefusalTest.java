package org.impasto.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.junit.jupiter.api.Test;

/** What cannot be undone is refused when a layer is built, and when its weights have become so. */
class RefusalTest {
    private final Backend backend = Backends.standard();
    private final Tensor x = RandomFlows.uniform(backend, 1, 1, 4, 2, 2);

    /** Weights of a file in which one is replaced. */
    private static ParameterSource with(String path, float... values) {
        ParameterSource fresh = ParameterSource.fresh(1);
        return (where, name, shape, init) ->
                name.equals(path) ? Tensor.of(where, shape, values) : fresh.value(where, name, shape, init);
    }

    private static void set(Model<?> model, String path, float... values) {
        Parameter parameter = Objects.requireNonNull(model.weights().get(path));
        parameter.set(Tensor.of(parameter.backend(), parameter.spec().shape(), values));
    }

    private static void refused(Class<? extends Exception> type, ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(type).hasMessageContainingAll(words);
    }

    private void refusedBothWays(Class<? extends Exception> type, Invertible layer, String... words) {
        try (Scope scope = Scope.open()) {
            refused(type, () -> layer.forward(x), words);
            refused(type, () -> layer.inverse(x), words);
        }
    }

    @Test
    void aScaleOfZero() {
        for (float scale : new float[] {0, Float.NaN, Float.POSITIVE_INFINITY, 1e-45f}) {
            refused(
                    WeightException.class,
                    () -> Model.build(backend, with("scale", 1, scale, 1, 1), p -> new ActNorm(p, 4)),
                    "scale",
                    "channel 1");
            try (Model<ActNorm> model = Model.fresh(backend, 1, p -> new ActNorm(p, 4))) {
                set(model, "scale", 1, 1, 1, scale);
                refusedBothWays(WeightException.class, model.net(), "scale", "channel 3");
            }
        }
    }

    @Test
    void aShiftThatIsNotFinite() {
        for (float loc : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            refused(
                    WeightException.class,
                    () -> Model.build(backend, with("loc", 0, 0, loc, 0), p -> new ActNorm(p, 4)),
                    "loc",
                    "channel 2");
            try (Model<ActNorm> model = Model.fresh(backend, 1, p -> new ActNorm(p, 4))) {
                set(model, "loc", 0, loc, 0, 0);
                refusedBothWays(WeightException.class, model.net(), "loc", "channel 1");
            }
        }
        try (Scope scope = Scope.open();
                Model<ActNorm> model = Model.fresh(backend, 1, p -> new ActNorm(p, 4))) {
            Tensor huge = x.to(ElementType.FLOAT64).affine(1e30, 1e39);
            refused(WeightException.class, () -> model.net().initialize(huge), "loc");
            assertThat(model.net().isInitialized()).isFalse();
            assertThat(model.net().forward(x).y().toDoubles()).containsExactly(x.toDoubles()); // as it was
        }
    }

    @Test
    void aMatrixThatIsNearlySingular() {
        float[][] matrices = {
            {1, 2, 3, 4, 2, 4, 6, 8, 0, 1, 0, 0, 0, 0, 1, 0},
            {1, 2, 3, 4, 2, 4, 6, 8.000001f, 0, 1, 0, 0, 0, 0, 1, 0},
            new float[16],
            {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, Float.NaN}
        };
        for (float[] matrix : matrices) {
            refused(
                    WeightException.class,
                    () -> Model.build(backend, with("weight", matrix), p -> new InvertibleConvolution1x1(p, 4)),
                    "weight",
                    "singular");
            try (Model<InvertibleConvolution1x1> model =
                    Model.fresh(backend, 1, p -> new InvertibleConvolution1x1(p, 4))) {
                set(model, "weight", matrix);
                refusedBothWays(WeightException.class, model.net(), "weight", "singular");
            }
        }
    }

    @Test
    void factorsThatOverflowOrAreNoPermutation() {
        for (float scale : new float[] {-60, 100, 800, Float.NaN}) {
            refused(
                    WeightException.class,
                    () -> Model.build(backend, with("w_s", 0, scale, 0, 0), p -> new LuConvolution1x1(p, 4)),
                    "w_s",
                    "singular");
            try (Model<LuConvolution1x1> model = Model.fresh(backend, 1, p -> new LuConvolution1x1(p, 4))) {
                set(model, "w_s", 0, 0, scale, 0);
                refusedBothWays(WeightException.class, model.net(), "w_s", "singular");
            }
        }
        float[] twice = new float[16];
        Arrays.fill(twice, 0, 2, 1);
        refused(
                WeightException.class,
                () -> Model.build(backend, with("w_p", twice), p -> new LuConvolution1x1(p, 4)),
                "w_p",
                "permutation");
        refused(
                WeightException.class,
                () -> Model.build(backend, with("s_sign", 1, 0.5f, 1, 1), p -> new LuConvolution1x1(p, 4)),
                "s_sign",
                "0.5");
    }

    @Test
    void aCouplingScaleThatOverflows() {
        for (float bias : new float[] {-2000, Float.NEGATIVE_INFINITY, Float.NaN}) {
            try (Model<AffineCoupling> model = Model.fresh(backend, 1, p -> AffineCoupling.glow(p, 4, 3))) {
                set(model, "net.4.conv.bias", bias, 0, 0, 0);
                refusedBothWays(BackendException.class, model.net(), "coupling");
            }
        }
        refused(
                WeightException.class,
                () -> Model.build(backend, with("scaling_factor", 0, 6, 0, 0), this::masked),
                "scaling_factor",
                "overflow");
        try (Model<MaskCoupling> model = Model.fresh(backend, 1, this::masked)) {
            set(model, "scaling_factor", 0, 0, 0, 90);
            refusedBothWays(WeightException.class, model.net(), "scaling_factor", "overflow");
        }
        try (Model<MaskCoupling> model = Model.fresh(backend, 1, this::masked)) {
            set(model, "network.nn.2.bias", 0, 0, 0, 0, 0, 0, Float.NaN, 0);
            refusedBothWays(BackendException.class, model.net(), "not finite");
        }
        try (Model<AdditiveCoupling> model = Model.fresh(backend, 1, p -> AdditiveCoupling.glow(p, 4, 3))) {
            set(model, "net.4.conv.bias", Float.POSITIVE_INFINITY, 0);
            refusedBothWays(BackendException.class, model.net(), "not finite");
        }
    }

    /** Near a refusal, and none: such a scale is 1, and its logarithm 0. */
    @Test
    void anInfiniteLogitIsAScaleOfOne() {
        try (Scope scope = Scope.open();
                Model<AffineCoupling> model = Model.fresh(backend, 1, p -> AffineCoupling.glow(p, 4, 3))) {
            set(model, "net.4.conv.bias", Float.POSITIVE_INFINITY, 90, 0, 0); // two logits, two shifts
            Invertible.Result result = model.net().forward(x);
            assertThat(result.logDet().toDoubles()).containsExactly(new double[] {0}, within(1e-12));
            assertThat(model.net().inverse(result.y()).toDoubles()).containsExactly(x.toDoubles());
        }
    }

    private MaskCoupling masked(org.impasto.nn.Parameters p) {
        return new MaskCoupling(p, Mask.channels(4), 4, room -> new GatedConvNet(room, 4, 3, 8, 0));
    }

    @Test
    void shapesAndArguments() {
        refused(
                WeightException.class,
                () -> Model.build(backend, with("mask", 1, 2, 0, 0), this::masked),
                "mask",
                "expected 0 and 1");
        refused(ShapeException.class, () -> InvertibleSequence.of(), "no layers");
        refused(ShapeException.class, () -> new Logit(0), "alpha");
        refused(ShapeException.class, () -> UniformDequantization.unit(1), "levels");
        refused(ShapeException.class, () -> UniformDequantization.centred(65537), "2 to 65536"); // too fine for float64
        refused(ShapeException.class, () -> Mask.checkerboard(-1, 3), "-1x3");
        refused(ShapeException.class, () -> Mask.checkerboard(4, 0), "4x0");
        refused(ShapeException.class, () -> Mask.channels(1), "channels");
        refused(ShapeException.class, () -> new Glow.Options(3, 0, 1, 1, true, true), "steps");
        try (Scope scope = Scope.open();
                Model<Glow> glow = Model.fresh(backend, 1, p -> new Glow(p, Glow.Options.of(3, 1, 2, 4)));
                Model<AffineCoupling> coupling = Model.fresh(backend, 1, p -> AffineCoupling.glow(p, 6, 3));
                Model<ActNorm> norm = Model.fresh(backend, 1, p -> new ActNorm(p, 4))) {
            Tensor odd = RandomFlows.uniform(backend, 1, 1, 3, 6, 8);
            refused(ShapeException.class, () -> glow.net().encode(odd), "multiples of 4");
            refused(ShapeException.class, () -> glow.net().decode(java.util.List.of(odd)), "one for each level");
            refused(
                    ShapeException.class,
                    () -> glow.net().decode(java.util.List.of(odd, odd)),
                    "[1x3x6x8, 1x3x6x8]",
                    "[1x6x12x16, 1x24x6x8]");
            refused(
                    ShapeException.class,
                    () -> UniformDequantization.unit(256)
                            .forward(x, x.slice(0, 0, 1).slice(1, 0, 1)),
                    "noise has shape 1x1x2x2, expected 1x4x2x2");
            refused(ShapeException.class, () -> glow.net().sample(odd, Shape.of(1, 3, 8, 8), -1), "temperature");
            refused(ShapeException.class, () -> coupling.net().forward(x), "channels");
            refused(ShapeException.class, () -> coupling.net().forward(x.slice(1, 0, 1)), "2 channels or more");
            refused(
                    ShapeException.class,
                    () -> norm.net().initialize(x.slice(2, 0, 1).slice(3, 0, 1)),
                    "deviation");
            refused(BackendException.class, () -> new Logit(1e-5).forward(x.affine(1, 1)), "[0, 1]");
            refused(ShapeException.class, () -> norm.net().forward(odd), "actnorm", "expected N, 4, H, W");
            Tensor wide = RandomFlows.uniform(backend, 1, 1, 3, 8, 12);
            Tensor square = RandomFlows.uniform(backend, 1, 1, 3, 8, 8);
            refused(ShapeException.class, () -> glow.net().interpolate(square, wide, 0.5), "the same shape");
            for (int bins : new int[] {1, 3, 512}) {
                refused(ShapeException.class, () -> Dequantization.levels(square, bins), "power of 2");
            }
        }
    }
}
