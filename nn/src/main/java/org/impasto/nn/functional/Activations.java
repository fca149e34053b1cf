package org.impasto.nn.functional;

import java.util.Arrays;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Activations that are made of others; those with a pass of their own are methods of {@link Tensor} ({@code relu},
 * {@code leakyRelu}, {@code elu}, {@code sigmoid}, {@code tanh}, {@code gelu}, {@code silu}, {@code softplus}). Each gives the shape of
 * its operand.
 */
public final class Activations {
    private Activations() {}

    /** x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): the approximation of GELU that many language models use. */
    public static Tensor geluTanh(Tensor x) {
        return Scope.keeping(() -> {
            double scale = Math.sqrt(2 / Math.PI);
            // (1 + tanh(u)) / 2 is sigmoid(2 u), which loses no digits where it is small.
            Tensor factor = x.square().affine(2 * scale * 0.044715, 2 * scale);
            return x.mul(factor.mul(x).sigmoid());
        });
    }

    /** x sigmoid(1.702 x): the approximation of GELU in CLIP. */
    public static Tensor quickGelu(Tensor x) {
        return Scope.keeping(() -> x.mul(x.affine(1.702, 0).sigmoid()));
    }

    /** x tanh(softplus(x)): Misra, Mish, 2019. */
    public static Tensor mish(Tensor x) {
        return Scope.keeping(() -> x.mul(x.softplus().tanh()));
    }

    /** x relu6(x + 3) / 6: Howard and others, MobileNetV3, 2019. */
    public static Tensor hardSwish(Tensor x) {
        return Scope.keeping(() -> x.mul(relu6(x.affine(1, 3))).affine(1.0 / 6, 0));
    }

    /** min(max(x, 0), 6). */
    public static Tensor relu6(Tensor x) {
        return x.clamp(0, 6);
    }

    /**
     * x where positive, else slope x with a slope for each channel: He and others, PReLU, 2015.
     *
     * @param x features (N, C, ...)
     * @param slope (C), or (1) for one slope
     */
    public static Tensor prelu(Tensor x, Tensor slope) {
        long channels = slope.shape().elements();
        if (slope.shape().rank() != 1
                || x.shape().rank() < 2
                || (channels != 1 && channels != x.shape().size(1))) {
            throw new ShapeException("prelu: features " + x.shape() + " and slopes " + slope.shape()
                    + " do not fit: expected features (N, C, ...) and one slope, or one for each channel");
        }
        return Scope.keeping(() -> {
            long[] sizes = new long[x.shape().rank()];
            Arrays.fill(sizes, 1);
            sizes[1] = channels;
            return x.relu().add(x.clamp(Double.NEGATIVE_INFINITY, 0).mul(slope.reshape(Shape.of(sizes))));
        });
    }
}
