package org.impasto.nn.vgg;

import java.util.List;
import org.impasto.core.Pooling.Window;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * The style map S of several feature maps: their Gram matrices (divided by H * W), the larger ones max-pooled to the size
 * of the first with window and stride {@code C / C_first}, then added.
 */
public final class StyleMap {
    private StyleMap() {}

    /**
     * The style map of feature maps whose channel numbers are multiples of the first one's.
     *
     * @param features maps N x C_i x H_i x W_i
     * @return N x C_first x C_first
     */
    public static Tensor of(List<Tensor> features) {
        return Scope.keeping(() -> ofGrams(features.stream().map(Tensor::gram).toList()));
    }

    /**
     * The style map of Gram matrices whose sizes are multiples of the first one's.
     *
     * @param grams matrices N x C_i x C_i, divided by H_i * W_i
     * @return N x C_first x C_first
     */
    public static Tensor ofGrams(List<Tensor> grams) {
        long first = grams.get(0).shape().size(1);
        return Scope.keeping(() -> {
            Tensor sum = grams.get(0);
            for (Tensor gram : grams.subList(1, grams.size())) {
                Shape shape = gram.shape();
                if (shape.size(1) % first != 0) {
                    throw new ShapeException("style map: a Gram matrix " + shape + " is of " + shape.size(1)
                            + " channels, expected a multiple of the first map's " + first);
                }
                int window = Math.toIntExact(shape.size(1) / first);
                Tensor pooled = gram.reshape(shape.size(0), 1, shape.size(1), shape.size(1))
                        .maxPool2d(Window.of(window))
                        .reshape(shape.size(0), first, first);
                sum = sum.add(pooled);
            }
            return sum;
        });
    }
}
