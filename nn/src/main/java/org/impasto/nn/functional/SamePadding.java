package org.impasto.nn.functional;

import org.impasto.core.Edges;
import org.impasto.core.Padding;
import org.impasto.core.PaddingMode;
import org.impasto.core.Pooling.Window;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;

/**
 * Pooling with the padding that TensorFlow calls SAME, see {@link Edges#same}: of a picture N, C, H, W the result has
 * {@code ceil(H / stride)} rows and {@code ceil(W / stride)} columns. Convolutions take it as a geometry, see {@link
 * org.impasto.core.Convolution.Geometry#same}.
 */
public final class SamePadding {
    private SamePadding() {}

    /** The largest cell of each square window; cells of the padding never are. */
    public static Tensor maxPool2d(Tensor x, int kernel, int stride) {
        return Scope.keeping(() -> {
            Edges edges = Edges.same(x.shape(), kernel, stride);
            Padding.Pad lowest = new Padding.Pad(edges, PaddingMode.ZERO, Double.NEGATIVE_INFINITY);
            Tensor padded = edges.equals(Edges.none()) ? x : Tensor.apply(lowest, x);
            return padded.maxPool2d(window(kernel, stride));
        });
    }

    /** The mean of the cells of each square window that lie inside the picture. */
    public static Tensor avgPool2d(Tensor x, int kernel, int stride) {
        return Scope.keeping(() -> {
            Edges edges = Edges.same(x.shape(), kernel, stride);
            if (edges.equals(Edges.none())) {
                return x.avgPool2d(window(kernel, stride), true);
            }
            // mean with the padding's zeros, over the part of the window that is inside
            Tensor plane = x.constant(x.shape().with(0, 1).with(1, 1), 1);
            Tensor part = plane.pad(edges, PaddingMode.ZERO).avgPool2d(window(kernel, stride), true);
            return x.pad(edges, PaddingMode.ZERO)
                    .avgPool2d(window(kernel, stride), true)
                    .div(part);
        });
    }

    private static Window window(int kernel, int stride) {
        return new Window(kernel, stride, 0, 1, false);
    }
}
