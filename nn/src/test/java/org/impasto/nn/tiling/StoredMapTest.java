package org.impasto.nn.tiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
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
        // Five rows a block, so that tiles and regions reach over several.
        try (Scope scope = Scope.open();
                StoredMap map = StoredMap.of(SHAPE, inFile, 5 * 3 * 31)) {
            Tensor whole = counted();
            for (Tile tile :
                    TileGrid.ofSize(23, 31, 9, ReceptiveField.identity()).tiles()) {
                map.put(tile.core(), tile.core().of(whole));
            }
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

    @Test
    void oneTileStaysTheTensorThatItIs() {
        try (Scope scope = Scope.open();
                StoredMap map = StoredMap.of(SHAPE)) {
            Tensor whole = counted();
            map.put(Region.whole(23, 31), whole);
            assertThat(map.get(backend, Region.whole(23, 31))).isSameAs(whole);
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
