package org.impasto.nn.style.photoreal;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.Filtering.Border;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.functional.Filters;
import org.impasto.nn.style.PictureSizes;
import org.impasto.nn.style.StyleCode;
import org.impasto.nn.style.StyleMix;
import org.impasto.nn.style.StyleTransfer;
import org.impasto.nn.style.Zca;
import org.impasto.nn.tiling.ReceptiveField;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.StoredMap;
import org.impasto.nn.tiling.TileGrid;
import org.impasto.nn.tiling.WholeMap;

/**
 * Photorealistic transfer by {@link PcaDistilled}, then smoothed by a guided filter whose guide is the content, as
 * published: colours and light of the style, edges of the content. The strength mixes features at each of the four levels.
 *
 * <p>Large pictures are computed tile by tile, with statistics of the whole picture, in several passes; what passes need of
 * earlier ones and does not fit into the heap lies in temporary files.
 */
public final class PhotorealisticTransfer implements StyleTransfer {
    /** The radius of the guided filter in the published results. */
    public static final int RADIUS = 30;

    /** The variance of the guide below which a window counts as flat in the published results. */
    private static final double REGULARIZATION = 0.02 * 0.02;

    /** The filter reaches far and has few channels, so its tiles are larger than those of networks. */
    private static final long FILTERED_PIXELS = 1L << 20;

    /** Of the network, tiles of this many pixels: small enough that their arrays are used again rather than collected. */
    private static final long TILE_PIXELS = 1L << 18;

    private final Model<PcaDistilled> model;
    private final int radius;
    private final String name;

    /**
     * The method with a network, which closing it gives back.
     *
     * @param radius of the guided filter; 0 leaves it out
     */
    public PhotorealisticTransfer(Model<PcaDistilled> model, int radius) {
        this.model = model;
        this.radius = radius;
        this.name = "photorealistic with " + model.net().backbone().name().toLowerCase(Locale.ROOT);
    }

    /** The method with published weights of either backbone, and the published smoothing. */
    public static PhotorealisticTransfer load(Backend backend, Path encoder, Path decoder) {
        return new PhotorealisticTransfer(PcaDistilled.load(backend, encoder, decoder), RADIUS);
    }

    @Override
    public StyleCode prepare(Tensor style) {
        PictureSizes.check("style", style);
        try (Scope scope = Scope.open();
                Staged staged = staged(style, 0)) {
            staged.encode();
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (int level = 0; level < PcaDistilled.LEVELS; level++) {
                Zca.Style found = Zca.Style.of(staged.statistics(level));
                tensors.put(level + ".mean", found.mean());
                tensors.put(level + ".colouring", found.colouring());
            }
            return new StyleCode(name, tensors);
        }
    }

    @Override
    public Tensor stylize(Tensor content, StyleMix mix) {
        mix.check(content, name);
        if (mix.strength() == 0) {
            return content;
        }
        int cell = model.net().backbone().cell();
        return Scope.keeping(() -> {
            try (Staged staged = staged(content, 0.9)) {
                staged.encode();
                return finished(staged, content, mix, staged.decode(mix.whole(cell, 2 * cell)));
            }
        });
    }

    private Staged staged(Tensor picture, double progress) {
        ReceptiveField field = ReceptiveField.identity();
        for (int level = 0; level < PcaDistilled.LEVELS; level++) {
            field = field.then(model.net().encoderField(level));
        }
        int cell = model.net().backbone().cell();
        Shape whole = PictureSizes.whole(picture.shape(), cell, 2 * cell);
        TileGrid grid = TileGrid.of(picture.backend(), whole, TileGrid.PIXELS, TILE_PIXELS, field);
        return new Staged(model.net(), picture, grid, progress);
    }

    /** The decoded picture in the content's size, smoothed, where masks cover the content. */
    private Tensor finished(Staged staged, Tensor content, StyleMix mix, StoredMap decoded) {
        Shape shape = content.shape();
        int reach = (int) Math.min(radius, Math.min(shape.size(2), shape.size(3)));
        ReceptiveField field = ReceptiveField.identity().same(2 * reach + 1).same(2 * reach + 1);
        TileGrid grid = staged.grid().isWhole()
                ? TileGrid.ofPixels(shape.intSize(2), shape.intSize(3), Long.MAX_VALUE, field)
                : TileGrid.of(content, TileGrid.PIXELS, FILTERED_PIXELS, field);
        Backend backend = content.backend();
        if (grid.isWhole()) {
            Tensor result =
                    smoothed(content, decoded.get(backend, grid.tiles().get(0).core()), reach);
            Run.current().report(1);
            return mix.laidOver(content, result);
        }
        WholeMap result = new WholeMap(shape);
        try (Scope scope = Scope.open(Run.current().part(0.9, 1))) {
            grid.forEach(tile -> {
                Tensor y = decoded.get(backend, tile.input());
                Tensor own = tile.own(smoothed(tile.input().of(content), y, reach), field);
                Region core = tile.core();
                result.put(core, mix.within(core, 1).laidOver(core.of(content), own));
            });
        }
        return result.tensor(backend);
    }

    private static Tensor smoothed(Tensor content, Tensor y, int reach) {
        return reach == 0
                ? y
                : Filters.guidedFilter(content, y, reach, REGULARIZATION, Border.SYMMETRIC)
                        .clamp(0, 1);
    }

    @Override
    public void close() {
        model.close();
    }
}
