package org.impasto.nn.tiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps that are written tile by tile and read in other regions. */
class StoredMapTest {
    private static final Shape SHAPE = Shape.of(1, 3, 23, 31);

    private final Backend backend = Backends.standard();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasWrittenInTilesIsReadInOtherRegions(boolean inFile) {
        try (Scope scope = Scope.open();
                StoredMap map = StoredMap.of(SHAPE, inFile)) {
            Tensor whole = counted();
            putInTiles(map, whole);
            for (Region region : new Region[] {
                Region.whole(23, 31),
                new Region(new Span(4, 17), new Span(7, 8)),
                new Region(new Span(22, 23), new Span(0, 31))
            }) {
                assertThat(map.get(backend, region).toFloats())
                        .isEqualTo(region.of(whole).toFloats());
            }
        }
    }

    private static void putInTiles(StoredMap map, Tensor whole) {
        TileGrid.ofSize(23, 31, 9, ReceptiveField.identity())
                .forEach(tile -> map.put(tile.core(), tile.core().of(whole)));
    }

    @Test
    void tilesOutliveTheScopeInWhichTheyWereMade() {
        long live = Storage.live();
        try (Scope scope = Scope.open();
                StoredMap map = StoredMap.of(SHAPE, false)) {
            try (Scope inner = Scope.open()) {
                map.put(Region.whole(23, 31), counted());
            }
            assertThat(map.get(backend, Region.whole(23, 31)).toFloats())
                    .isEqualTo(counted().toFloats());
        }
        assertThat(Storage.live()).isEqualTo(live);
    }

    @Test
    void ofAMapThatIsReadOnceTilesAboveTheLastRegionAreGivenBack() {
        try (Scope scope = Scope.open();
                StoredMap map = StoredMap.of(SHAPE, false)) {
            putInTiles(map, counted());
            map.readOnce();
            long held = Storage.live();
            Region below = new Region(new Span(12, 13), new Span(2, 5)); // in the second row of four tiles
            try (Scope inner = Scope.open()) {
                assertThat(map.get(backend, below).toFloats()).startsWith(12 * 31 + 2);
            }
            assertThat(Storage.live()).isEqualTo(held - 4);
            assertThatThrownBy(() -> map.get(backend, new Region(new Span(3, 12), new Span(0, 31))))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContainingAll("rows 3 to 12", "1x3x4x31");
        }
    }

    @Test
    void aTileOnWhichGradientsAreRecordedStaysTheTensorThatItIs() {
        try (Scope scope = Scope.open()) {
            Tape.gradients(
                    x -> {
                        try (StoredMap map = StoredMap.of(SHAPE)) {
                            map.put(Region.whole(23, 31), x);
                            assertThat(map.get(x.backend(), Region.whole(23, 31)))
                                    .isSameAs(x);
                        }
                        return x.sum();
                    },
                    counted());
        }
    }

    @Test
    void tilesThatDoNotFitAndMapsInWhichNothingStandsAreRefused() {
        try (Scope scope = Scope.open();
                StoredMap map = StoredMap.of(SHAPE)) {
            assertThatThrownBy(() -> map.put(new Region(new Span(0, 4), new Span(0, 4)), counted()))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContainingAll("0 to 4", "expected");
            assertThatThrownBy(() -> map.get(backend, Region.whole(23, 31)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("nothing stands");
            assertThatThrownBy(() -> StoredMap.of(Shape.of(2, 3, 4, 5))).isInstanceOf(ShapeException.class);
        }
    }

    private Tensor counted() {
        float[] values = new float[(int) SHAPE.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Tensor.of(backend, SHAPE, values);
    }
}
