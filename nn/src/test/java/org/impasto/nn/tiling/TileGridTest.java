package org.impasto.nn.tiling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.junit.jupiter.api.Test;

class TileGridTest {
    private static final ReceptiveField FIELD =
            ReceptiveField.identity().same(3).same(3).pooling(2, false).same(3).pooling(2, false);

    private static void coresMakeUpThePicture(TileGrid grid) {
        int[] seen = new int[grid.height() * grid.width()];
        for (Tile tile : grid.tiles()) {
            for (int y = tile.core().rows().start(); y < tile.core().rows().end(); y++) {
                for (int x = tile.core().columns().start();
                        x < tile.core().columns().end();
                        x++) {
                    seen[y * grid.width() + x]++;
                }
            }
        }
        assertThat(seen).containsOnly(1);
    }

    private static void resultsMakeUpTheWhole(TileGrid grid, ReceptiveField field) {
        int height = field.size(grid.height());
        int width = field.size(grid.width());
        int[] seen = new int[height * width];
        for (Tile tile : grid.tiles()) {
            Region result = tile.result(field);
            for (int y = result.rows().start(); y < result.rows().end(); y++) {
                for (int x = result.columns().start(); x < result.columns().end(); x++) {
                    seen[y * width + x]++;
                }
            }
        }
        assertThat(seen).containsOnly(1);
    }

    @Test
    void tilesMakeUpThePicture() {
        ReceptiveField back = FIELD.enlarged(4);
        for (int height : new int[] {4, 5, 31, 32, 33, 70}) {
            for (int width : new int[] {4, 7, 64, 81}) {
                for (int size : new int[] {1, 5, 16, 33, 1000}) {
                    TileGrid grid = TileGrid.ofSize(height, width, size, FIELD, back);
                    coresMakeUpThePicture(grid);
                    resultsMakeUpTheWhole(grid, FIELD);
                    resultsMakeUpTheWhole(grid, back);
                }
            }
        }
    }

    @Test
    void tilesHoldNoMorePixelsThanAllowed() {
        for (int[] size : new int[][] {{2160, 3840}, {12000, 8334}, {17, 1_000_000}, {1025, 1024}}) {
            TileGrid grid = TileGrid.ofPixels(size[0], size[1], 1 << 20, FIELD);
            long computed = 0;
            for (Tile tile : grid.tiles()) {
                long pixels = (long) tile.input().height() * tile.input().width();
                assertThat(pixels).isLessThanOrEqualTo(1 << 20);
                computed += pixels;
            }
            assertThat(grid.isWhole()).isFalse();
            assertThat((double) computed / ((double) size[0] * size[1])).isBetween(1.0, 1.1);
        }
        assertThat(TileGrid.ofPixels(1024, 1024, 1 << 20, FIELD).isWhole()).isTrue();
    }

    @Test
    void theRunChoosesTheSize() {
        try (Scope scope = Scope.open(Run.inference().withTileSize(16))) {
            assertThat(TileGrid.of(40, 30, FIELD).tiles()).hasSize(6);
        }
        assertThat(TileGrid.of(40, 30, FIELD).isWhole()).isTrue();
    }

    @Test
    void progressRunsOnWithinTheCallersPart() {
        List<Double> told = new ArrayList<>();
        Run run = Run.inference().onProgress(told::add);
        try (Scope scope = Scope.open(run.part(0.5, 1))) {
            TileGrid.ofSize(40, 30, 16, FIELD).forEach(tile -> Run.current().report(0.5));
        }
        assertThat(told).isSorted().hasSize(12).first().isEqualTo(0.5 + 0.5 / 12);
        assertThat(told.get(11)).isEqualTo(1);
    }

    @Test
    void aPartIsCancelledWithItsRun() {
        Run run = Run.inference(3);
        Run part = run.part(0.25, 0.75);
        assertThat(part.isCancelled()).isFalse();
        part.cancel();
        assertThat(run.isCancelled()).isTrue();
        assertThat(part.seed()).isEqualTo(3);
        assertThat(run.withTileSize(5).tilePart(0, 1).tileSize()).isEqualTo(Integer.MAX_VALUE);
        Run.current().part(0, 1).cancel(); // nobody's run
        assertThat(Run.current().isCancelled()).isFalse();
    }
}
