package org.impasto.nn.style.microast;

import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.Tensor;
import org.impasto.nn.style.AdaIn;
import org.impasto.nn.tiling.ReceptiveField;
import org.impasto.nn.tiling.TileGrid;
import org.impasto.nn.tiling.WholeMoments;

/** A style's statistics and signals, gathered tile by tile: signals are means over pixels, too. */
final class TiledMicroStyle {
    private static final ReceptiveField FIRST = MicroEncoder.firstField();
    private static final ReceptiveField SECOND = MicroEncoder.secondField();

    /** One depth. */
    private static final class Sums {
        final WholeMoments features = new WholeMoments();
        final WholeMoments weight = new WholeMoments();
        final WholeMoments bias = new WholeMoments();

        AdaIn.Style statistics(Backend backend) {
            return AdaIn.Style.of(features.moments(backend, true));
        }

        Modulator.Signal signal(Backend backend) {
            return new Modulator.Signal(
                    weight.moments(backend, false).mean(),
                    bias.moments(backend, false).mean());
        }
    }

    private final MicroAst net;
    private final Tensor picture;
    private final TileGrid grid;

    /** A style, 1 x 3 x H x W in [0, 1]. */
    TiledMicroStyle(MicroAst net, Tensor picture) {
        this.net = net;
        this.picture = picture;
        this.grid = TileGrid.of(picture, SECOND.same(3)); // signals look one cell further
    }

    /** Whether the picture is large enough to be cut. */
    boolean isCut() {
        return !grid.isWhole();
    }

    /** What a code of the style holds. */
    Map<String, Tensor> tensors() {
        Sums shallow = new Sums();
        Sums deep = new Sums();
        grid.forEach(tile -> {
            MicroEncoder.Features features = net.style(tile.input().of(picture));
            MicroAst.Signals maps = net.signalMaps(features);
            shallow.features.add(tile.own(features.first(), FIRST));
            shallow.weight.add(tile.own(maps.shallow().weight(), FIRST));
            shallow.bias.add(tile.own(maps.shallow().bias(), FIRST));
            deep.features.add(tile.own(features.second(), SECOND));
            deep.weight.add(tile.own(maps.deep().weight(), SECOND));
            deep.bias.add(tile.own(maps.deep().bias(), SECOND));
        });
        Backend backend = picture.backend();
        MicroAst.Signals signals = new MicroAst.Signals(shallow.signal(backend), deep.signal(backend));
        return MicroManner.tensors(shallow.statistics(backend), deep.statistics(backend), signals);
    }
}
