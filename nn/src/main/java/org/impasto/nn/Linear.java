package org.impasto.nn;

import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/** A linear map of the last axis with weights {@code weight} (out, in) and {@code bias} (out), as in PyTorch. */
public final class Linear implements Layer {
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /** A map from vectors of length {@code in} to vectors of length {@code out}. */
    public Linear(Parameters p, int in, int out) {
        this(p, in, out, true);
    }

    /** The same with or without a bias. */
    public Linear(Parameters p, int in, int out, boolean biased) {
        this.weight = p.get("weight", Shape.of(out, in), Init.kaiming());
        this.bias = biased ? p.get("bias", Shape.of(out), Init.zeros()) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        return apply(x, weight.on(x), bias == null ? null : bias.on(x));
    }

    /**
     * x weight^T + bias.
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
            long in = shape.size(-1);
            long out = weight.shape().size(0);
            long rows = in == 0 ? shape.with(-1, 1).elements() : shape.elements() / in;
            Tensor y = x.reshape(rows, in).matmul(weight, false, true);
            return (bias == null ? y : y.add(bias)).reshape(shape.with(-1, out));
        });
    }
}
