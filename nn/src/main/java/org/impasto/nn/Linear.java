package org.impasto.nn;

import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/** {@code x W' + b} of the last axis, with parameters {@code weight} (out, in) and {@code bias} as in PyTorch. */
public final class Linear implements Layer {
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /** A layer with a bias. */
    public Linear(Parameters p, int in, int out) {
        this(p, in, out, true);
    }

    /** A layer with or without a bias. */
    public Linear(Parameters p, int in, int out, boolean biased) {
        weight = p.get("weight", Shape.of(out, in), Init.kaiming());
        bias = biased ? p.get("bias", Shape.of(out), Init.zeros()) : null;
    }

    /** (..., in) to (..., out). */
    @Override
    public Tensor forward(Tensor x) {
        return apply(x, weight.on(x), bias == null ? null : bias.on(x));
    }

    /**
     * The layer as a function of its weights.
     *
     * @param x (..., in)
     * @param weight (out, in)
     * @param bias (out), or null
     * @return (..., out)
     */
    public static Tensor apply(Tensor x, Tensor weight, @Nullable Tensor bias) {
        Shape shape = x.shape();
        if (weight.shape().rank() != 2
                || shape.rank() < 1
                || shape.size(-1) != weight.shape().size(1)) {
            throw new ShapeException("linear: operand " + shape + " and weight " + weight.shape()
                    + " do not fit: expected (..., in) and (out, in)");
        }
        return Scope.keeping(() -> {
            // All leading axes as rows of one product.
            long rows = shape.with(-1, 1).elements();
            Tensor y = x.reshape(rows, shape.size(-1)).matmul(weight, false, true);
            Tensor shifted = bias == null ? y : y.add(bias);
            return shifted.reshape(shape.with(-1, weight.shape().size(0)));
        });
    }
}
