package org.impasto.nn.style.photoreal;

import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.nn.style.Zca;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.WholeCovariance;
import org.jspecify.annotations.Nullable;

/** The statistics of a map in a region, gathered from tiles. */
final class Measured {
    private final WholeCovariance sums = new WholeCovariance();
    private final Function<Region, @Nullable Tensor> masks;
    private int channels;

    /**
     * Nothing measured yet.
     *
     * @param masks 1 x 1 x h x w for each tile: how much a cell counts; null where all count
     */
    Measured(Function<Region, @Nullable Tensor> masks) {
        this.masks = masks;
    }

    /** Adds a tile, 1 x C x h x w. */
    void add(Region region, Tensor tile) {
        Tensor mask = masks.apply(region);
        channels = tile.shape().intSize(1);
        double pixels = mask == null
                ? tile.shape().size(2) * (double) tile.shape().size(3)
                : mask.to(ElementType.FLOAT64).sum(2, 3).item();
        if (pixels > 0) {
            Zca.Statistics own = mask == null ? Zca.Statistics.of(tile) : Zca.Statistics.of(tile, mask);
            sums.add(own.mean().toDoubles(), own.covariance().toDoubles(), pixels);
        }
    }

    /** The statistics; of an empty region, those of a map of zeros. */
    Zca.Statistics statistics(Backend backend) {
        if (sums.count() == 0) {
            return new Zca.Statistics(
                    Tensor.full(backend, new Spec(Shape.of(channels, 1), ElementType.FLOAT64), 0),
                    Tensor.full(backend, new Spec(Shape.of(channels, channels), ElementType.FLOAT64), 0));
        }
        return new Zca.Statistics(sums.mean(backend), sums.covariance(backend, false));
    }
}
