package org.impasto.nn;

import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
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

    /** (..., in) to (..., out), rank 2 or more. */
    @Override
    public Tensor forward(Tensor x) {
        return Scope.keeping(() -> {
            Tensor y = x.matmul(weight.on(x), false, true);
            return bias == null ? y : y.add(bias.on(x));
        });
    }
}
