package org.impasto.flow;

import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.Parameters;

/** Flows whose weights are random numbers throughout, also where a fresh one has zeros. */
final class RandomFlows {
    private RandomFlows() {}

    /** A fresh network with noise added to each weight; matrices stay far from singular. */
    static <N> Model<N> model(Backend backend, long seed, double noise, Function<Parameters, N> constructor) {
        Model<N> model = Model.fresh(backend, seed, constructor);
        Random random = new Random(seed);
        for (Parameter parameter : model.weights().all()) {
            if (parameter.isTrainable()) {
                add(parameter, random, parameter.path().contains("invconv") ? noise / 4 : noise);
            }
        }
        return model;
    }

    private static void add(Parameter parameter, Random random, double noise) {
        try (Scope scope = Scope.open()) {
            double[] values = parameter.value().toDoubles();
            double fanIn =
                    Math.sqrt(values.length / (double) parameter.spec().shape().size(0));
            double deviation = parameter.path().endsWith("weight") ? noise / fanIn : noise / 3;
            for (int i = 0; i < values.length; i++) {
                values[i] += deviation * random.nextGaussian();
            }
            parameter.set(Tensor.from(parameter.backend(), parameter.spec(), DoubleBuffer.wrap(values)));
        }
    }

    static Tensor uniform(Backend backend, long seed, long... shape) {
        double[] values = new double[(int) Shape.of(shape).elements()];
        Random random = new Random(seed);
        Arrays.setAll(values, i -> random.nextDouble());
        return Tensor.from(backend, new Spec(Shape.of(shape), ElementType.FLOAT64), DoubleBuffer.wrap(values));
    }

    /** A picture of 8-bit levels in [0, 1], float32, in which each of the 256 levels occurs if there is room. */
    static Tensor levels(Backend backend, Random random, long... shape) {
        float[] values = new float[(int) Shape.of(shape).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i < 256 ? i : random.nextInt(256)) / 255f;
        }
        return Tensor.of(backend, Shape.of(shape), values);
    }

    /** Every kind of layer for pictures of such a shape, by name. */
    enum Kind {
        ACT_NORM,
        FULL_MATRIX,
        LU_MATRIX,
        AFFINE,
        ADDITIVE,
        CHECKERBOARD,
        CHECKERBOARD_INVERTED,
        CHANNEL_MASK,
        CHANNEL_MASK_INVERTED,
        GLOW_STEP;

        Invertible build(Parameters p, int channels, int height, int width, int hidden) {
            return switch (this) {
                case ACT_NORM -> new ActNorm(p, channels);
                case FULL_MATRIX -> new InvertibleConvolution1x1(p.in("invconv"), channels);
                case LU_MATRIX -> new LuConvolution1x1(p.in("invconv"), channels);
                case AFFINE -> AffineCoupling.glow(p, channels, hidden);
                case ADDITIVE -> AdditiveCoupling.glow(p, channels, hidden);
                case CHECKERBOARD -> masked(p, Mask.checkerboard(height, width), channels, hidden);
                case CHECKERBOARD_INVERTED ->
                    masked(p, Mask.checkerboard(height, width).inverted(), channels, hidden);
                case CHANNEL_MASK -> masked(p, Mask.channels(channels), channels, hidden);
                case CHANNEL_MASK_INVERTED -> masked(p, Mask.channels(channels).inverted(), channels, hidden);
                case GLOW_STEP -> new GlowStep(p, channels, hidden, true, true);
            };
        }

        private static Invertible masked(Parameters p, Mask mask, int channels, int hidden) {
            return new MaskCoupling(
                    p, mask, channels, room -> new GatedConvNet(room, channels, hidden, 2 * channels, 1));
        }
    }

    /** A chain of layers, each in a room of its own. */
    static InvertibleSequence chain(Parameters p, List<Kind> kinds, int channels, int height, int width, int hidden) {
        List<Invertible> layers = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            layers.add(kinds.get(i).build(p.in("flows." + i), channels, height, width, hidden));
        }
        return new InvertibleSequence(layers);
    }
}
