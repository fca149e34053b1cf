package org.impasto.nn.vgg;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.Pooling.Window;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Model;
import org.impasto.nn.Parameters;

/**
 * The first three blocks of VGG-19 as an encoder of style: three maps, one after each pooling.
 *
 * <p>For a picture of 512 x 512 and the published widths the maps are 64x256x256, 128x128x128 and 256x64x64. The
 * published description of this encoder states 64x128x128, 128x64x64 and 256x32x32, which is what one more halving of the
 * picture gives: {@link Resolution#HALVED}.
 */
public final class Vgg19F3 {
    private static final List<String> TAPS = List.of("pool1", "pool2", "pool3");

    /** Whether the picture is halved before the first block. */
    public enum Resolution {
        /** The picture enters as it is. */
        FULL,
        /** The picture is halved by 2x2 means first, as the published sizes of the maps imply. */
        HALVED
    }

    private final Vgg vgg;
    private final Resolution resolution;

    /** An encoder of a variant, of which the first three blocks are used. */
    public Vgg19F3(Parameters p, VggVariant variant, Resolution resolution) {
        this.vgg = new Vgg(p, variant.firstBlocks(TAPS.size()));
        this.resolution = resolution;
    }

    /** An encoder with the weights of a VGG file, which must hold three whole blocks; what is deeper is left alone. */
    public static Model<Vgg19F3> load(Backend backend, Path path, Resolution resolution) {
        try (WeightFile file = WeightFile.open(path)) {
            VggVariant found = VggVariant.of(file);
            if (found.wholeBlocks() < TAPS.size()) {
                throw new WeightException(path + ": " + found.name() + ": " + found.ending()
                        + "; expected the first three blocks whole, because pool3 stands behind them");
            }
            VggVariant variant = found.firstBlocks(TAPS.size());
            return Vgg.load(backend, file, variant, p -> new Vgg19F3(p, variant, resolution));
        }
    }

    /** The maps after the three poolings; N x 3 x H x W in [0, 1] enters. */
    public List<Tensor> features(Tensor picture) {
        return Scope.keepingAll(() -> {
            Map<String, Tensor> maps = vgg.features(entering(picture), TAPS);
            return TAPS.stream().map(maps::get).toList();
        });
    }

    private Tensor entering(Tensor picture) {
        return resolution == Resolution.HALVED ? picture.avgPool2d(Window.of(2), false) : picture;
    }

    /** The style map of a picture: see {@link StyleMap}. */
    public Tensor styleMap(Tensor picture) {
        return Scope.keeping(() ->
                StyleMap.ofGrams(List.copyOf(vgg.grams(entering(picture), TAPS).values())));
    }
}
