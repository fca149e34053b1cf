package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.impasto.nn.style.TiledRuns.difference;
import static org.impasto.nn.style.TiledRuns.inTiles;
import static org.impasto.nn.style.TiledRuns.mask;
import static org.impasto.nn.style.TiledRuns.mixes;
import static org.impasto.nn.style.TiledRuns.stopsEverywhere;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.style.microast.MicroAst;
import org.impasto.nn.style.microast.MicroAstTransfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks that normalise by the whole picture, tile by tile. */
class TiledNetworksTest {
    /**
     * Sixteen convolutions, in which up to 1152 products of numbers up to some five deviations are added in another order:
     * some 2^-24 * 10 * 5 for each, and normalisations keep the deviation at 1.
     */
    private static final double TOLERANCE = 5e-5;

    private final Backend backend = Backends.standard();
    private final long live = Storage.live();

    @AfterEach
    void nothingIsHeld() {
        assertThat(Storage.live()).isEqualTo(live);
    }

    private Tensor picture(long seed, int height, int width) {
        Random random = new Random(seed);
        float[] values = new float[3 * height * width];
        for (int i = 0; i < values.length; i++) {
            // Light and colours differ from place to place, so statistics of tiles are not those of the whole.
            values[i] = (float)
                    (0.3 + 0.3 * Math.sin(i % width * 0.1 + seed) + 0.4 * random.nextFloat() * i / values.length);
        }
        return Tensor.of(backend, Shape.of(1, 3, height, width), values);
    }

    /** Sides of any remainder by four: paddings differ, and so does what is cut off. */
    @ParameterizedTest
    @EnumSource
    void aFeedForwardNetwork(FeedForward.Form form) {
        try (Model<FeedForward> model = Model.fresh(backend, 3, p -> new FeedForward(p, form));
                Scope scope = Scope.open()) {
            for (int[] size : new int[][] {{45, 58}, {44, 59}, {9, 67}}) {
                Tensor content = picture(1, size[0], size[1]);
                Tensor whole = model.net().stylized(content);
                for (int tile : new int[] {8, 27}) {
                    List<Double> told = new ArrayList<>();
                    Tensor found = inTiles(tile, told, () -> model.net().stylized(content));
                    assertThat(difference(found, whole))
                            .as("%d x %d, tiles of %d", size[1], size[0], tile)
                            .isLessThan(TOLERANCE);
                    assertThat(told).isSorted().hasSizeGreaterThan(30).endsWith(1.0);
                }
            }
        }
    }

    @Test
    void microAstWithStylesMasksAndStrengths() {
        try (MicroAstTransfer transfer = new MicroAstTransfer(Model.fresh(backend, 4, MicroAst::new));
                Scope scope = Scope.open();
                StyleCode first = transfer.prepare(picture(5, 40, 52));
                StyleCode second = transfer.prepare(picture(6, 36, 37))) {
            for (int[] size : new int[][] {{45, 59}, {9, 70}}) {
                Tensor content = picture(1, size[0], size[1]);
                Tensor mask = mask(backend, size[0], size[1]);
                for (StyleMix mix : mixes(first, second, mask)) {
                    Tensor whole = transfer.stylize(content, mix);
                    for (int tile : new int[] {8, 27}) {
                        List<Double> told = new ArrayList<>();
                        Tensor found = inTiles(tile, told, () -> transfer.stylize(content, mix));
                        assertThat(difference(found, whole))
                                .as("%s, %d x %d, tiles of %d", mix, size[1], size[0], tile)
                                .isLessThan(TOLERANCE);
                        assertThat(told).isSorted().hasSizeGreaterThan(8).endsWith(1.0);
                    }
                }
            }
        }
    }

    @Test
    void aMicroAstStyleIsMeasuredInTiles() {
        try (MicroAstTransfer transfer = new MicroAstTransfer(Model.fresh(backend, 4, MicroAst::new));
                Scope scope = Scope.open()) {
            Tensor style = picture(5, 61, 74);
            try (StyleCode whole = transfer.prepare(style);
                    Scope run = Scope.open(Run.inference().withTileSize(16));
                    StyleCode found = transfer.prepare(style)) {
                assertThat(found.names()).isEqualTo(whole.names());
                for (String name : whole.names()) {
                    assertThat(difference(found.get(name), whole.get(name)))
                            .as(name)
                            .isLessThan(TOLERANCE);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledRunStopsAndHoldsNothing(FeedForward.Form form) {
        try (Model<FeedForward> model = Model.fresh(backend, 3, p -> new FeedForward(p, form));
                MicroAstTransfer transfer = new MicroAstTransfer(Model.fresh(backend, 4, MicroAst::new));
                Scope scope = Scope.open();
                StyleCode style = transfer.prepare(picture(5, 40, 52))) {
            Tensor content = picture(1, 30, 50);
            stopsEverywhere(25, 3, () -> model.net().stylized(content));
            stopsEverywhere(
                    25, 3, () -> transfer.stylize(content, StyleMix.of(style).withStrength(0.5)));
        }
    }
}
