package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.impasto.nn.style.TiledRuns.difference;
import static org.impasto.nn.style.TiledRuns.inTiles;
import static org.impasto.nn.style.TiledRuns.mask;
import static org.impasto.nn.style.TiledRuns.mixes;
import static org.impasto.nn.style.TiledRuns.stopsEverywhere;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightWriter;
import org.impasto.nn.Model;
import org.impasto.nn.style.FeatureTransfer.Method;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggDecoder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures made tile by tile are those made as a whole. */
class TiledTransferTest {
    /** Features differ by some 1e-6 of the largest; whitening multiplies what it finds small. */
    private static final double TOLERANCE = 3e-5;

    /** Name, input and output channels, size of the kernel: poolings round up. */
    private static final Object[][] NORMALISED = {
        {"0", 3, 3, 1}, {"2", 3, 8, 3}, {"5", 8, 8, 3}, {"9", 8, 12, 3}, {"12", 12, 12, 3}, {"16", 12, 16, 3}
    };

    private static final Object[][] INVERTOR_3 = {
        {"1", 16, 12, 3}, {"5", 12, 12, 3}, {"8", 12, 8, 3}, {"12", 8, 8, 3}, {"15", 8, 3, 3}
    };

    private static final Object[][] INVERTOR_2 = {{"1", 12, 8, 3}, {"5", 8, 8, 3}, {"8", 8, 3, 3}};

    private static final Object[][] INVERSE = {
        {"inverse.conv1", 16, 12, 3},
        {"inverse.conv2", 12, 12, 3},
        {"inverse.conv3", 12, 12, 3},
        {"inverse.conv4", 12, 8, 3},
        {"inverse.conv5", 8, 8, 3},
        {"inverse.conv6", 8, 8, 3},
        {"inverse.conv7", 8, 4, 3},
        {"inverse.conv8", 4, 4, 3},
        {"inverse.conv9", 4, 3, 3}
    };

    /** Poolings round down. */
    private static final Object[][] THIN = {
        {"conv0", 3, 3, 1},
        {"conv11", 3, 8, 3},
        {"conv12", 8, 8, 3},
        {"conv21", 8, 12, 3},
        {"conv22", 12, 12, 3},
        {"conv31", 12, 16, 3}
    };

    private static final Object[][] THIN_DECODER = {
        {"conv31", 16, 12, 3}, {"conv22", 12, 12, 3}, {"conv21", 12, 8, 3}, {"conv12", 8, 8, 3}, {"conv11", 8, 3, 3}
    };

    @TempDir
    Path folder;

    private final Backend backend = Backends.standard();
    private final long live = Storage.live();

    @AfterEach
    void nothingIsHeld() {
        assertThat(Storage.live()).isEqualTo(live);
    }

    private Path file(String name, Object[]... layers) {
        Path path = folder.resolve(name + ".safetensors");
        WeightWriter writer = WeightWriter.to(path);
        Random random = new Random(7);
        for (Object[] layer : layers) {
            int in = (int) layer[1];
            int out = (int) layer[2];
            int size = (int) layer[3];
            float[] weight = new float[in * out * size * size];
            for (int i = 0; i < weight.length; i++) {
                weight[i] = (float) (random.nextGaussian() * Math.sqrt(2.0 / (in * size * size)));
            }
            writer.floats(layer[0] + ".weight", Shape.of(out, in, size, size), weight);
            writer.floats(layer[0] + ".bias", Shape.of(out), new float[out]);
        }
        writer.write();
        return path;
    }

    private Tensor picture(long seed, int height, int width) {
        Random random = new Random(seed);
        float[] values = new float[3 * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return Tensor.of(backend, Shape.of(1, 3, height, width), values);
    }

    private void tilesGiveTheWhole(FeatureTransfer transfer) {
        try (Scope scope = Scope.open();
                StyleCode first = transfer.prepare(picture(1, 40, 52));
                StyleCode second = transfer.prepare(picture(2, 36, 37))) {
            for (int[] size : new int[][] {{45, 59}, {9, 70}}) {
                Tensor content = picture(3, size[0], size[1]);
                Tensor mask = mask(backend, size[0], size[1]);
                for (StyleMix mix : mixes(first, second, mask)) {
                    Tensor whole = transfer.stylize(content, mix);
                    assertThat(whole.toFloats()).doesNotContain(Float.NaN);
                    for (int tile : new int[] {8, 30}) {
                        Tensor found = inTiles(tile, new ArrayList<>(), () -> transfer.stylize(content, mix));
                        assertThat(difference(found, whole))
                                .as("%s, %d x %d, tiles of %d", mix, size[1], size[0], tile)
                                .isLessThan(TOLERANCE);
                    }
                }
            }
        }
    }

    @Test
    void meansAndDeviationsWherePoolingRoundsUp() {
        try (FeatureTransfer transfer =
                FeatureTransfer.load(backend, Method.ADAIN, file("encoder", NORMALISED), file("decoder", INVERTOR_3))) {
            tilesGiveTheWhole(transfer);
        }
    }

    @Test
    void meansAndDeviationsWherePoolingRoundsDown() {
        try (FeatureTransfer transfer =
                FeatureTransfer.load(backend, Method.ADAIN, file("encoder", THIN), file("decoder", THIN_DECODER))) {
            tilesGiveTheWhole(transfer);
        }
    }

    @Test
    void throughAnInverseNetwork() {
        try (FeatureTransfer transfer =
                FeatureTransfer.load(backend, Method.WCT, file("encoder", NORMALISED), file("inverse", INVERSE))) {
            tilesGiveTheWhole(transfer);
        }
    }

    @Test
    void covariancesAtSeveralLevels() {
        try (FeatureTransfer transfer = FeatureTransfer.load(
                backend,
                Method.WCT,
                List.of(file("encoder", NORMALISED), file("decoder3", INVERTOR_3), file("decoder2", INVERTOR_2)))) {
            tilesGiveTheWhole(transfer);
        }
    }

    /** A swap jumps where two patches match equally well within rounding; of these pictures no patch does. */
    @Test
    void patchesOfTheStyle() {
        Path encoderFile = file("encoder", NORMALISED);
        try (Model<Vgg> encoder = Vgg.load(backend, encoderFile);
                FeatureTransfer transfer =
                        FeatureTransfer.load(backend, Method.SWAP, encoderFile, file("decoder", INVERTOR_3))) {
            try (Scope scope = Scope.open()) {
                for (Tensor style : List.of(picture(1, 40, 52), picture(2, 36, 37))) {
                    for (Tensor content : List.of(picture(3, 45, 59), picture(3, 9, 70))) {
                        Tensor whole = PictureSizes.whole(content, 1, 12);
                        assertThat(leastMargin(
                                        encoder.net().feature(whole, "relu3_1"),
                                        encoder.net().feature(style, "relu3_1")))
                                .isGreaterThan(1e-5);
                    }
                }
            }
            tilesGiveTheWhole(transfer);
        }
    }

    /** How much better the best patch matches than the second, at least, as a part of how well that matches. */
    private static double leastMargin(Tensor content, Tensor style) {
        double[][] patches = patches(content);
        double[][] candidates = patches(style);
        double least = Double.POSITIVE_INFINITY;
        for (double[] patch : patches) {
            double best = 0;
            double second = 0;
            for (double[] candidate : candidates) {
                double product = 0;
                double square = 0;
                for (int i = 0; i < patch.length; i++) {
                    product += patch[i] * candidate[i];
                    square += candidate[i] * candidate[i];
                }
                double score = product / Math.sqrt(square);
                second = Math.max(second, Math.min(score, best));
                best = Math.max(best, score);
            }
            least = Math.min(least, (best - second) / best);
        }
        return least;
    }

    private static double[][] patches(Tensor features) {
        int channels = features.shape().intSize(1);
        int rows = features.shape().intSize(2);
        int columns = features.shape().intSize(3);
        float[] values = features.toFloats();
        double[][] patches = new double[(rows - 2) * (columns - 2)][channels * 9];
        for (int p = 0; p < patches.length; p++) {
            for (int i = 0; i < channels * 9; i++) {
                int row = p / (columns - 2) + i / 3 % 3;
                patches[p][i] = values[(i / 9 * rows + row) * columns + p % (columns - 2) + i % 3];
            }
        }
        return patches;
    }

    @Test
    void searchingForPatchesTellsItsProgress() {
        try (FeatureTransfer transfer = FeatureTransfer.load(
                        backend, Method.SWAP, file("encoder", NORMALISED), file("decoder", INVERTOR_3));
                Scope scope = Scope.open();
                StyleCode first = transfer.prepare(picture(1, 120, 132));
                StyleCode second = transfer.prepare(picture(2, 36, 37))) {
            Tensor content = picture(3, 40, 60);
            StyleMix mix = StyleMix.of(first).and(second, 1).and(first, mask(backend, 40, 60));
            for (int tile : new int[] {0, 20}) {
                List<Double> told = new ArrayList<>();
                inTiles(tile, told, () -> transfer.stylize(content, mix));
                assertThat(told).isSorted().hasSizeGreaterThan(6).endsWith(1.0);
                assertThat(told.stream().filter(fraction -> fraction > 0.1 && fraction < 0.9))
                        .hasSizeGreaterThan(3);
            }
        }
    }

    @Test
    void stylesAreMeasuredInTilesToo() {
        try (FeatureTransfer transfer = FeatureTransfer.load(
                        backend, Method.WCT, file("encoder", NORMALISED), file("decoder", INVERTOR_3));
                Scope scope = Scope.open()) {
            Tensor content = picture(3, 48, 52);
            Tensor style = picture(4, 90, 77);
            Tensor whole = transfer.stylize(content, style, 1);
            List<Double> told = new ArrayList<>();
            Tensor found = inTiles(16, told, () -> transfer.stylize(content, style, 1));
            assertThat(difference(found, whole)).isLessThan(TOLERANCE);
            assertThat(told).isSorted().hasSizeGreaterThan(30).endsWith(1.0);
        }
    }

    /** To the bit: whether features are kept depends on the heap. */
    @Test
    void encodingAgainGivesTheSame() {
        try (Model<Vgg> encoder = Vgg.load(backend, file("encoder", NORMALISED));
                Model<VggDecoder> decoder = VggDecoder.load(backend, file("decoder", INVERTOR_3));
                FeatureTransfer transfer = FeatureTransfer.load(
                        backend, Method.ADAIN, file("encoder", NORMALISED), file("decoder", INVERTOR_3));
                Scope scope = Scope.open(Run.inference().withTileSize(20));
                StyleCode style = transfer.prepare(picture(1, 40, 52))) {
            TiledTransfer tiled = Objects.requireNonNull(TiledTransfer.of(
                    picture(3, 61, 75),
                    new FeatureTransfer.Level(encoder.net(), decoder.net(), "relu3_1", 4),
                    FeatureTransform.ADAIN));
            Tensor kept = tiled.transferred(StyleMix.of(style), Long.MAX_VALUE);
            Tensor again = tiled.transferred(StyleMix.of(style), 0);
            assertThat(again.toFloats()).isEqualTo(kept.toFloats());
        }
    }

    @Test
    void aCancelledRunStopsAndHoldsNothing() {
        try (FeatureTransfer transfer = FeatureTransfer.load(
                        backend, Method.ADAIN, file("encoder", NORMALISED), file("decoder", INVERTOR_3));
                Scope scope = Scope.open();
                StyleCode style = transfer.prepare(picture(1, 40, 52))) {
            Tensor content = picture(3, 40, 60);
            stopsEverywhere(20, 1, () -> transfer.stylize(content, StyleMix.of(style)));
        }
    }
}
