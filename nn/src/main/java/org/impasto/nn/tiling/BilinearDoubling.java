package org.impasto.nn.tiling;

import org.impasto.core.Resampling.Filter;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/** A map at twice its height and width, linear between the centres of neighbouring cells, with repeated edges. */
public final class BilinearDoubling {
    /** How far it reaches: half a cell to each side. */
    public static final ReceptiveField FIELD =
            ReceptiveField.identity().enlarged(2).same(3);

    private BilinearDoubling() {}

    /** The doubled map, N x C x 2H x 2W. */
    public static Tensor of(Tensor x) {
        Shape shape = x.shape();
        return x.resize(2 * shape.size(2), 2 * shape.size(3), Filter.BILINEAR);
    }
}
