package org.impasto.nn.tiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.impasto.nn.tiling.TestPictures.difference;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.CancelledException;
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.Vgg19F3;
import org.impasto.nn.vgg.VggVariant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Features, Gram matrices and statistics of tiles are those of the whole picture. */
class TiledVggTest {
    private static final List<String> TAPS = List.of("relu1_1", "pool1", "relu2_2", "pool2", "relu3_1", "pool3");
    /** Seven convolutions of up to 9 x 32 products that are added in another order; 2^-24 times some tens. */
    private static final double TOLERANCE = 3e-6;

    private final Backend backend = Backends.standard();
    private final long live = Storage.live();

    @AfterEach
    void nothingIsHeld() {
        assertThat(Storage.live()).isEqualTo(live);
    }

    private static VggVariant variant(PaddingMode padding, boolean ceil) {
        VggVariant narrow = VggVariant.torchvision(new int[] {2, 2, 2}, new int[] {8, 16, 32});
        String colour = padding == PaddingMode.REFLECT ? "colour" : "";
        return new VggVariant("narrow", narrow.blocks(), colour, padding, ceil, !ceil, "", List.of());
    }

    private static List<VggVariant> variants() {
        List<VggVariant> variants = new ArrayList<>();
        for (PaddingMode padding : List.of(PaddingMode.ZERO, PaddingMode.REFLECT)) {
            variants.add(variant(padding, false));
            variants.add(variant(padding, true));
        }
        return variants;
    }

    @Test
    void featuresOfTilesAreThoseOfTheWhole() {
        for (VggVariant variant : variants()) {
            try (Model<Vgg> vgg = Model.fresh(backend, 5, p -> new Vgg(p, variant));
                    Scope scope = Scope.open()) {
                for (int[] size : new int[][] {{67, 45}, {64, 96}, {33, 100}, {16, 17}}) {
                    Tensor picture = TestPictures.random(backend, 11, 1, 3, size[0], size[1]);
                    Map<String, Tensor> whole = vgg.net().features(picture, TAPS);
                    for (int tile : new int[] {8, 24, 40, 1000}) {
                        try (Scope run = Scope.open(Run.inference().withTileSize(tile))) {
                            Map<String, Tensor> tiled = vgg.net().features(picture, TAPS);
                            assertThat(tiled.keySet()).containsExactlyElementsOf(whole.keySet());
                            whole.forEach((name, map) -> {
                                assertThat(tiled.get(name).shape()).isEqualTo(map.shape());
                                assertThat(difference(tiled.get(name), map))
                                        .as("%s %s of %dx%d in tiles of %d", variant, name, size[1], size[0], tile)
                                        .isLessThan(TOLERANCE);
                            });
                        }
                    }
                }
            }
        }
    }

    @Test
    void statisticsOfTilesAreThoseOfTheWhole() {
        try (Model<Vgg> vgg = Model.fresh(backend, 5, p -> new Vgg(p, variant(PaddingMode.REFLECT, true)));
                Scope scope = Scope.open()) {
            Tensor picture = TestPictures.random(backend, 12, 2, 3, 67, 45);
            Tensor one = TestPictures.random(backend, 13, 1, 3, 67, 45);
            List<String> taps = List.of("relu2_1", "pool3");
            Map<String, Tensor> grams = vgg.net().grams(picture, taps);
            Tensor features = vgg.net().feature(picture, "relu2_1");
            Tensor.Moments moments = features.channelMoments(true);
            Tensor single = vgg.net().feature(one, "relu2_1");
            WholeMoments wholeMoments = new WholeMoments();
            WholeCovariance wholeCovariance = new WholeCovariance();
            try (Scope run = Scope.open(Run.inference().withTileSize(16))) {
                vgg.net()
                        .grams(picture, taps)
                        .forEach((name, gram) ->
                                assertThat(difference(gram, grams.get(name))).isLessThan(TOLERANCE));
                vgg.net().forEachTile(picture, List.of("relu2_1"), (name, place, cells) -> wholeMoments.add(cells));
                vgg.net().forEachTile(one, List.of("relu2_1"), (name, place, cells) -> wholeCovariance.add(cells));
            }
            Tensor.Moments merged = wholeMoments.moments(backend, true);
            assertThat(wholeMoments.count()).isEqualTo(34 * 23);
            assertThat(difference(merged.mean(), moments.mean())).isLessThan(TOLERANCE);
            assertThat(difference(merged.variance(), moments.variance())).isLessThan(TOLERANCE);
            assertThat(difference(wholeCovariance.covariance(backend, true), single.covariance(true)))
                    .isLessThan(TOLERANCE);
            assertThat(wholeCovariance.mean(backend).toDoubles()[0])
                    .isCloseTo(single.mean(2, 3).toDoubles()[0], within(1e-5));
        }
    }

    /** Exactly: of the same values, cut apart and merged in float64. */
    @Test
    void mergingAddsNoError() {
        try (Scope scope = Scope.open()) {
            Tensor map = TestPictures.random(backend, 3, 1, 5, 30, 41).affine(1, 1000);
            WholeMoments moments = new WholeMoments();
            WholeCovariance covariance = new WholeCovariance();
            WholeGram gram = new WholeGram();
            WholeMap copy = new WholeMap(map.shape());
            for (Tile tile :
                    TileGrid.ofSize(30, 41, 7, ReceptiveField.identity()).tiles()) {
                Tensor cells = tile.core().of(map);
                moments.add(cells);
                covariance.add(cells);
                gram.add(cells);
                copy.put(tile.core(), cells);
            }
            assertThat(copy.tensor(backend).toFloats()).isEqualTo(map.toFloats());
            Tensor.Moments expected = map.channelMoments(false);
            // Means of tiles are float32, 1000 with an error of 3e-5: against a deviation of 0.3 that is 1e-4.
            assertThat(difference(moments.moments(backend, false).mean(), expected.mean()))
                    .isLessThan(1.2e-7);
            assertThat(difference(moments.moments(backend, false).variance(), expected.variance()))
                    .isLessThan(1e-4);
            assertThat(difference(covariance.covariance(backend, false), map.covariance(false)))
                    .isLessThan(1e-9);
            assertThat(difference(gram.gram(backend), map.gram())).isLessThan(2.4e-7);
        }
    }

    @Test
    void styleMapsOfTilesAreThoseOfTheWhole() {
        VggVariant variant = variant(PaddingMode.ZERO, false);
        for (Vgg19F3.Resolution resolution : Vgg19F3.Resolution.values()) {
            try (Model<Vgg19F3> net = Model.fresh(backend, 5, p -> new Vgg19F3(p, variant, resolution));
                    Scope scope = Scope.open()) {
                Tensor picture = TestPictures.random(backend, 12, 1, 3, 90, 77);
                Tensor whole = net.net().styleMap(picture);
                try (Scope run = Scope.open(Run.inference().withTileSize(24))) {
                    assertThat(difference(net.net().styleMap(picture), whole)).isLessThan(TOLERANCE);
                }
            }
        }
    }

    @Test
    void gradientsAreThoseOfTheWhole() {
        try (Model<Vgg> vgg = Model.fresh(backend, 5, p -> new Vgg(p, variant(PaddingMode.REFLECT, true)));
                Scope scope = Scope.open()) {
            Tensor picture = TestPictures.random(backend, 12, 1, 3, 33, 45);
            Tensor whole = gradient(vgg.net(), picture);
            try (Scope run = Scope.open(Run.inference().withTileSize(16))) {
                assertThat(gradient(vgg.net(), picture).toFloats()).isEqualTo(whole.toFloats());
            }
        }
    }

    private static Tensor gradient(Vgg vgg, Tensor picture) {
        return Tape.gradients(x -> vgg.feature(x, "relu3_1").square().sum(), picture)
                .inputs()
                .get(0);
    }

    @Test
    void aCancelledRunStopsAndHoldsNothing() {
        try (Model<Vgg> vgg = Model.fresh(backend, 5, p -> new Vgg(p, variant(PaddingMode.ZERO, false)));
                Scope scope = Scope.open()) {
            Tensor picture = TestPictures.random(backend, 12, 1, 3, 64, 96);
            long before = Storage.live();
            List<Double> told = new ArrayList<>();
            try (Scope run = Scope.open(Run.inference().withTileSize(32).onProgress(told::add))) {
                vgg.net().features(picture, TAPS);
            }
            assertThat(told).isSorted().hasSize(6).endsWith(1.0);
            for (int stop = 0; stop < 5; stop++) {
                int last = stop;
                List<Double> heard = new ArrayList<>();
                Run[] run = new Run[1];
                run[0] = Run.inference().withTileSize(32).onProgress(fraction -> {
                    heard.add(fraction);
                    if (heard.size() > last) {
                        run[0].cancel();
                    }
                });
                assertThatThrownBy(() -> {
                            try (Scope inner = Scope.open(run[0])) {
                                vgg.net().grams(picture, TAPS);
                            }
                        })
                        .isInstanceOf(CancelledException.class);
                assertThat(heard).hasSize(stop + 1);
                assertThat(Storage.live()).isEqualTo(before);
            }
        }
    }
}
