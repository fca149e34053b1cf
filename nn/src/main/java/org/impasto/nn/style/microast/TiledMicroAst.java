package org.impasto.nn.style.microast;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.impasto.core.Backend;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.style.AdaIn;
import org.impasto.nn.style.StyleMix;
import org.impasto.nn.tiling.ReceptiveField;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.StoredMap;
import org.impasto.nn.tiling.Tile;
import org.impasto.nn.tiling.TileGrid;
import org.impasto.nn.tiling.WholeMap;
import org.impasto.nn.tiling.WholeMoments;

/**
 * A content through {@link MicroAst} tile by tile, in three sweeps: what gets a style's statistics has to be measured
 * everywhere first, at two depths. Two maps of 16 bytes a pixel are stored between sweeps, in temporary files where the
 * heap is small.
 */
final class TiledMicroAst {
    private static final ReceptiveField ENCODER = MicroEncoder.secondField();
    private static final ReceptiveField RESIDUAL = MicroDecoder.residualField();
    private static final ReceptiveField LAST = RESIDUAL.then(MicroDecoder.pictureField());

    private final MicroAst net;
    private final Tensor picture;
    private final MicroManner manner;
    private final Backend backend;
    private final TileGrid grid;
    private final Shape features;

    /** A content of whole cells, 1 x 3 x H x W in [0, 1]. */
    TiledMicroAst(MicroAst net, Tensor picture, MicroManner manner) {
        this.net = net;
        this.picture = picture;
        this.manner = manner;
        this.backend = picture.backend();
        this.grid = TileGrid.of(picture, ENCODER);
        this.features = Shape.of(1, 64, ENCODER.size(grid.height()), ENCODER.size(grid.width()));
    }

    /** Whether the picture is large enough to be cut. */
    boolean isCut() {
        return !grid.isWhole();
    }

    /** The picture in the styles' manner, clamped. */
    Tensor stylized() {
        try (StoredMap encoded = StoredMap.of(features);
                StoredMap decoded = StoredMap.of(features);
                Scope scope = Scope.open()) {
            Sums deep = new Sums();
            sweep(0, 0.4, tile -> {
                Tensor own = tile.own(net.content(tile.input().of(picture)).second(), ENCODER);
                encoded.put(tile.result(ENCODER), own);
                deep.add(own, tile.result(ENCODER));
            });
            MicroManner.Measured found = deep.measured();
            Sums shallow = new Sums();
            sweep(0.4, 0.6, tile -> {
                Region place = tile.result(ENCODER);
                Region needed = input(RESIDUAL, place);
                Tensor x = net.deep(styled(encoded, needed, found, "deep"), signal(needed, "deep"));
                Tensor own = RESIDUAL.cut(x, needed, place);
                decoded.put(place, own);
                shallow.add(own, place);
            });
            MicroManner.Measured foundThen = shallow.measured();
            WholeMap result = new WholeMap(picture.shape());
            sweep(0.6, 1, tile -> {
                Region needed = input(LAST, tile.core());
                Tensor y = Scope.keeping(
                        () -> net.shallow(styled(decoded, needed, foundThen, "shallow"), signal(needed, "shallow")));
                result.put(
                        tile.core(),
                        LAST.cut(net.picture(y), needed, tile.core()).clamp(0, 1));
            });
            return scope.keep(result.tensor(backend));
        }
    }

    private Region input(ReceptiveField field, Region place) {
        return field.input(place, features.intSize(2), features.intSize(3));
    }

    private Tensor styled(StoredMap map, Region region, MicroManner.Measured measured, String depth) {
        return Scope.keeping(() -> {
            Tensor x = map.get(backend, region);
            return manner.applied(x, shares(x, region), measured, depth);
        });
    }

    private Modulator.Signal signal(Region region, String depth) {
        return manner.signal(shares(picture, region), depth);
    }

    /** @param like a tensor of the type and backend of features */
    private StyleMix.Shares shares(Tensor like, Region region) {
        Tensor cells = like.constant(Shape.of(1, 1, region.height(), region.width()), 0);
        return manner.mix().within(region, MicroAstTransfer.CELL).shares(cells, MicroAstTransfer.CELL);
    }

    private void sweep(double from, double to, Consumer<Tile> work) {
        try (Scope scope = Scope.open(Run.current().part(from, to))) {
            grid.forEach(work);
        }
    }

    /** The statistics of a map, gathered from tiles. */
    private final class Sums {
        private final WholeMoments whole = new WholeMoments();
        private final List<WholeMoments> parts = new ArrayList<>();

        Sums() {
            manner.mix().parts().forEach(part -> parts.add(part.mask() == null ? whole : new WholeMoments()));
        }

        void add(Tensor tile, Region place) {
            whole.add(tile);
            StyleMix.Shares shares = shares(tile, place);
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i) != whole) {
                    parts.get(i).add(tile, shares.regions().get(i));
                }
            }
        }

        MicroManner.Measured measured() {
            return new MicroManner.Measured(
                    style(whole), parts.stream().map(this::style).toList());
        }

        private AdaIn.Style style(WholeMoments moments) {
            return AdaIn.Style.of(moments.moments(backend, true));
        }
    }
}
