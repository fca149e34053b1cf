package org.impasto.flow;

import org.impasto.core.BackendException;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.nn.Parameters;
import org.impasto.nn.functional.Matrices;
import org.jspecify.annotations.Nullable;

/**
 * A matrix W that mixes the channels of each pixel, {@code y = W x} (Kingma and Dhariwal, Glow, 2018, section 3.2),
 * with the weight {@code weight} of shape (C, C, 1, 1), a random rotation at first. The logarithm of the determinant
 * is {@code H W log |det W|}.
 *
 * <p>The matrix is factorised in float64, once for as long as the weight stays the same; a matrix that is singular or
 * nearly so is a {@link WeightException}. See {@link LuConvolution1x1} for the form without a determinant to compute.
 */
public final class InvertibleConvolution1x1 implements Invertible {
    private final Parameter weight;
    private final int channels;
    private volatile @Nullable ChannelMatrix factored;

    /** A layer for that many channels. */
    public InvertibleConvolution1x1(Parameters p, int channels) {
        this.channels = channels;
        this.weight = p.get("weight", Shape.of(channels, channels, 1, 1), Rotations.matrix());
        factored();
    }

    /** The matrix of the current weight with its inverse; safe for use by several threads, each may work it out. */
    private ChannelMatrix factored() {
        try (Scope scope = Scope.open()) {
            Tensor value = weight.value();
            float[] current = value.toFloats();
            ChannelMatrix known = factored;
            if (known == null || !known.isOf(current)) {
                Tensor matrix = value.to(ElementType.FLOAT64).reshape(channels, channels);
                try {
                    known = ChannelMatrix.of(
                            weight.path(),
                            current,
                            matrix,
                            Matrices.inverse(matrix),
                            Matrices.logDeterminant(matrix).logarithm().item());
                } catch (BackendException zeroPivot) {
                    throw ChannelMatrix.singular(weight.path(), String.valueOf(zeroPivot.getMessage()));
                }
                factored = known;
            }
            return known;
        }
    }

    /** The matrix where x lives, (C, C) in float64. */
    private Tensor matrix(Tensor x) {
        return weight.on(x).to(ElementType.FLOAT64).reshape(channels, channels);
    }

    @Override
    public Result forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor state = LogDeterminants.state(x);
            ChannelMatrix known = factored();
            double pixels = LogDeterminants.pixels(state);
            if (isRecorded(state)) {
                Tensor matrix = matrix(state);
                Tensor logDet = Matrices.logDeterminant(matrix).logarithm().affine(pixels, 0);
                return new Result(
                        scope.keep(ChannelMatrix.apply(matrix, state)),
                        scope.keep(LogDeterminants.same(state, logDet)));
            }
            return new Result(
                    scope.keep(ChannelMatrix.apply(known.matrix(state.backend()), state)),
                    scope.keep(LogDeterminants.same(state, pixels * known.logDet())));
        }
    }

    @Override
    public Tensor inverse(Tensor y) {
        return Scope.keeping(() -> {
            Tensor state = LogDeterminants.state(y);
            ChannelMatrix known = factored();
            Tensor inverse = isRecorded(state) ? Matrices.inverse(matrix(state)) : known.inverse(state.backend());
            return ChannelMatrix.apply(inverse, state);
        });
    }

    /** Whether gradients with respect to the weight may be wanted. */
    static boolean isRecorded(Tensor x) {
        return x.plain() != x;
    }
}
