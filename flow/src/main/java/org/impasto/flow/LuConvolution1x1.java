package org.impasto.flow;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Backward;
import org.impasto.core.Buffer;
import org.impasto.core.CustomFunction;
import org.impasto.core.ElementType;
import org.impasto.core.Operation;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.nn.Parameters;
import org.jspecify.annotations.Nullable;

/**
 * A matrix that mixes the channels of each pixel in the form {@code W = P L (U + diag(s))} (Kingma and Dhariwal, Glow,
 * 2018, equation 10): L has ones on its diagonal, {@code s = sign exp(w_s)}, the permutation P and the signs stay as
 * they were drawn. The logarithm of the determinant is {@code H W sum(w_s)}.
 *
 * <p>Names and shapes are those of glow-pytorch: weights {@code w_l} and {@code w_u} (C, C), of which only the
 * triangle below and above the diagonal counts (the rest has to be finite), {@code w_s} (C); buffers {@code w_p} (C, C) and {@code s_sign} (C).
 * Its files also hold constant masks, see {@link Glow#names}. A matrix that is nearly singular is a {@link
 * WeightException}.
 */
public final class LuConvolution1x1 implements Invertible {
    private final int channels;
    private final Buffer permutation;
    private final Parameter lower;
    private final Parameter logScale;
    private final Parameter upper;
    private final Buffer sign;
    private volatile @Nullable ChannelMatrix factored;

    /** A layer for that many channels, at first a random rotation. */
    public LuConvolution1x1(Parameters p, int channels) {
        this.channels = channels;
        Shape square = Shape.of(channels, channels);
        permutation = p.buffer("w_p", square, Rotations.factor(Rotations.Factor.PERMUTATION));
        lower = p.get("w_l", square, Rotations.factor(Rotations.Factor.LOWER));
        logScale = p.get("w_s", Shape.of(channels), Rotations.factor(Rotations.Factor.LOG_SCALE));
        upper = p.get("w_u", square, Rotations.factor(Rotations.Factor.UPPER));
        sign = p.buffer("s_sign", Shape.of(channels), Rotations.factor(Rotations.Factor.SIGN));
        try (Scope scope = Scope.open()) {
            checkPermutation(permutation.value().toFloats());
            checkSigns(sign.value().toFloats());
        }
        factored();
    }

    private void checkPermutation(float[] values) {
        float[] columns = new float[channels];
        for (int row = 0; row < channels; row++) {
            int ones = 0;
            for (int column = 0; column < channels; column++) {
                float value = values[row * channels + column];
                if (value == 1) {
                    ones++;
                    columns[column]++;
                } else if (value != 0) {
                    ones = channels + 1;
                }
            }
            if (ones != 1) {
                throw new WeightException(permutation.cell().path() + ": row " + row
                        + " is not that of a permutation: expected one 1 and else zeros");
            }
        }
        for (int column = 0; column < channels; column++) {
            if (columns[column] != 1) {
                throw new WeightException(permutation.cell().path() + ": column " + column
                        + " is not that of a permutation: expected one 1 and else zeros");
            }
        }
    }

    private void checkSigns(float[] values) {
        for (float value : values) {
            if (Math.abs(value) != 1) {
                throw new WeightException(sign.cell().path() + ": holds " + value + ", expected -1 or 1");
            }
        }
    }

    // ---- the matrix

    /** The factors in float64: P, L with its diagonal, U with its diagonal. */
    private record Factors(Tensor permutation, Tensor lower, Tensor upper) {
        Tensor matrix() {
            return permutation.matmul(lower).matmul(upper);
        }

        Tensor inverse() {
            Tensor below = lower.triangularSolve(permutation.transposed(), true, false, true);
            return upper.triangularSolve(below, false, false, false);
        }
    }

    private Factors factors(Tensor p, Tensor l, Tensor s, Tensor u, Tensor signs) {
        Backend backend = p.plain().backend();
        Tensor identity = triangle(backend, 0, 1, 0);
        Tensor diagonal = s.to(ElementType.FLOAT64).exp().mul(signs.to(ElementType.FLOAT64));
        return new Factors(
                p.to(ElementType.FLOAT64),
                l.to(ElementType.FLOAT64).mul(triangle(backend, 1, 0, 0)).add(identity),
                u.to(ElementType.FLOAT64)
                        .mul(triangle(backend, 0, 0, 1))
                        .add(identity.mul(diagonal.reshape(1, channels))));
    }

    private Tensor triangle(Backend backend, double below, double diagonal, double above) {
        double[] values = new double[channels * channels];
        for (int row = 0; row < channels; row++) {
            Arrays.fill(values, row * channels, row * channels + row, below);
            values[row * channels + row] = diagonal;
            Arrays.fill(values, row * channels + row + 1, (row + 1) * channels, above);
        }
        return Tensor.ofDoubles(backend, Shape.of(channels, channels), values);
    }

    private ChannelMatrix factored() {
        try (Scope scope = Scope.open()) {
            return factored(lower.value(), logScale.value(), upper.value());
        }
    }

    private ChannelMatrix factored(Tensor l, Tensor s, Tensor u) {
        try (Scope scope = Scope.open()) {
            Tensor p = permutation.value();
            Tensor signs = sign.value();
            float[] current = joined(p, l, s, u, signs);
            ChannelMatrix known = factored;
            if (known == null || !known.isOf(current)) {
                Factors factors = factors(p, l, s, u, signs);
                double logDet = s.to(ElementType.FLOAT64).sum().item();
                try {
                    known = ChannelMatrix.of(logScale.path(), current, factors.matrix(), factors.inverse(), logDet);
                } catch (BackendException zeroPivot) {
                    throw ChannelMatrix.singular(logScale.path(), String.valueOf(zeroPivot.getMessage()));
                }
                factored = known;
            }
            return known;
        }
    }

    private static float[] joined(Tensor... parts) {
        FloatBuffer all = FloatBuffer.allocate(Arrays.stream(parts)
                .mapToInt(part -> (int) part.shape().elements())
                .sum());
        for (Tensor part : parts) {
            all.put(part.toFloats());
        }
        return all.array();
    }

    /** The matrix W, (C, C) in float64, for the caller's scope. */
    public Tensor matrix() {
        return factored().matrix(lower.backend());
    }

    /**
     * From the weights w_l, w_s and w_u to W and to the logarithms of the determinant, (N): as one function, since a tape
     * would record some twenty operations on small matrices.
     */
    private final class Composition implements CustomFunction {
        private final long images;
        private final double pixels;

        Composition(long images, double pixels) {
            this.images = images;
            this.pixels = pixels;
        }

        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            ChannelMatrix known = factored(inputs.get(0), inputs.get(1), inputs.get(2));
            Backend backend = inputs.get(0).backend();
            Spec each = new Spec(Shape.of(images), ElementType.FLOAT64);
            return List.of(known.matrix(backend), Tensor.full(backend, each, pixels * known.logDet()));
        }

        @Override
        public Operation.Saves saves() {
            return Operation.Saves.everyInput();
        }

        /** With H = P' dW: {@code dL = H U'} below the diagonal, {@code dU = L' H} on and above it. */
        @Override
        public List<@Nullable Tensor> backward(Backward b) {
            return Scope.keepingAll(() -> {
                Factors factors = factors(permutation.value(), b.input(0), b.input(1), b.input(2), sign.value());
                Backend backend = factors.permutation().plain().backend();
                Tensor turned = factors.permutation().matmul(b.gradient(0), true, false);
                Tensor ofLower = turned.matmul(factors.upper(), false, true).mul(triangle(backend, 1, 0, 0));
                Tensor ofUpper = factors.lower().matmul(turned, true, false);
                Tensor diagonal = triangle(backend, 0, 1, 0);
                // The slope of sign exp(w_s) is that number itself, which stands on U's diagonal.
                Tensor ofScale =
                        ofUpper.mul(factors.upper()).mul(diagonal).sum(0).reshape(channels);
                Tensor ofLogDet = b.gradient(1).sum(0).affine(pixels, 0);
                return List.of(
                        ofLower.to(lower.spec().type()),
                        ofScale.add(ofLogDet).to(logScale.spec().type()),
                        ofUpper.mul(triangle(backend, 0, 0, 1)).to(upper.spec().type()));
            });
        }
    }

    // ---- both directions

    @Override
    public Result forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor state = LogDeterminants.state(x);
            double pixels = LogDeterminants.pixels(state);
            if (!lower.isTrainable() && !logScale.isTrainable() && !upper.isTrainable()) {
                ChannelMatrix known = factored();
                return new Result(
                        scope.keep(ChannelMatrix.apply(known.matrix(state.backend()), state)),
                        scope.keep(LogDeterminants.same(state, pixels * known.logDet())));
            }
            Composition composition = new Composition(state.shape().size(0), pixels);
            List<Tensor> results = Tensor.custom(composition, lower.on(state), logScale.on(state), upper.on(state));
            return new Result(scope.keep(ChannelMatrix.apply(results.get(0), state)), scope.keep(results.get(1)));
        }
    }

    @Override
    public Tensor inverse(Tensor y) {
        return Scope.keeping(() -> {
            Tensor state = LogDeterminants.state(y);
            ChannelMatrix known = factored();
            Tensor inverse = InvertibleConvolution1x1.isRecorded(state)
                    ? factors(
                                    permutation.on(state),
                                    lower.on(state),
                                    logScale.on(state),
                                    upper.on(state),
                                    sign.on(state))
                            .inverse()
                    : known.inverse(state.backend());
            return ChannelMatrix.apply(inverse, state);
        });
    }
}
