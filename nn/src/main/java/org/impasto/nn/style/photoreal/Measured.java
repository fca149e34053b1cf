package org.impasto.nn.style.photoreal;

import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.Tensor;
import org.impasto.nn.style.Zca;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.WholeCovariance;
import org.jspecify.annotations.Nullable;

/** The statistics of a map in a region, gathered from tiles. */
final class Measured {
    private final WholeCovariance sums = new WholeCovariance();
    private final Function<Region, @Nullable Tensor> masks;

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
        if (mask == null) {
            Zca.Statistics own = Zca.Statistics.of(tile);
            double pixels = tile.shape().size(2) * (double) tile.shape().size(3);
            sums.add(own.mean().toDoubles(), own.covariance().toDoubles(), pixels);
        } else {
            sums.add(tile, mask);
        }
    }

    /** The statistics; of an empty region, those of a map of zeros. */
    Zca.Statistics statistics(Backend backend) {
        return new Zca.Statistics(sums.mean(backend), sums.covariance(backend, false));
    }
}
