package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.tiling.ReceptiveField;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.Span;
import org.impasto.nn.tiling.Tile;
import org.impasto.nn.tiling.TileGrid;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patches that are found tile by tile match as well as those of the whole, and overlap as they do there. */
class TiledSwapTest {
    private final Backend backend = Backends.standard();

    private Tensor random(long seed, int height, int width) {
        Random random = new Random(seed);
        float[] values = new float[5 * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(backend, Shape.of(1, 5, height, width), values);
    }

    @ParameterizedTest
    @CsvSource({"23, 31, 9", "3, 40, 4", "17, 3, 1", "12, 13, 1", "20, 20, 19"})
    void anyRegionIsThatOfTheWhole(int height, int width, int tileSize) {
        try (Scope scope = Scope.open()) {
            Tensor content = random(1, height, width);
            Tensor style = random(2, 14, 11);
            TiledSwap swap = new TiledSwap(content.shape());
            for (Tile tile : TileGrid.ofSize(height, width, tileSize, ReceptiveField.identity())
                    .tiles()) {
                Region place = new Region(
                        reaching(tile.core().rows(), height),
                        reaching(tile.core().columns(), width));
                swap.match(place.of(content), place, style);
            }
            StyleSwap.Result whole = StyleSwap.swap(content, style);
            // Where two patches match equally well within rounding, either will do.
            double[] features =
                    swap.assembled(style, Region.whole(height, width)).toDoubles();
            long[] expected = whole.index().toLongs();
            long[] found = swap.index();
            int differing = 0;
            for (int i = 0; i < expected.length; i++) {
                if (found[i] != expected[i]) {
                    differing++;
                    double best = score(content, style, i, (int) expected[i]);
                    assertThat(score(content, style, i, (int) found[i])).isCloseTo(best, within(1e-5 * Math.abs(best)));
                }
            }
            if (differing == 0) {
                assertThat(features).isEqualTo(whole.features().toDoubles());
            }
            for (Region region : new Region[] {
                new Region(new Span(0, 1), new Span(0, 1)),
                new Region(new Span(height / 3, height), new Span(width / 2, width / 2 + 1)),
                new Region(new Span(height - 1, height), new Span(0, width))
            }) {
                Tensor all = Tensor.ofDoubles(backend, Shape.of(1, 5, height, width), features);
                assertThat(swap.assembled(style, region).toDoubles())
                        .as("%s", region)
                        .isEqualTo(region.of(all).toDoubles());
            }
        }
    }

    private static Span reaching(Span cells, int size) {
        return new Span(cells.start(), Math.min(size, cells.end() + 2));
    }

    private static double score(Tensor content, Tensor style, int at, int patch) {
        double product = 0;
        double square = 0;
        int columns = content.shape().intSize(3) - 2;
        int styleColumns = style.shape().intSize(3) - 2;
        for (int i = 0; i < 45; i++) {
            double s = value(style, i, patch / styleColumns, patch % styleColumns);
            product += s * value(content, i, at / columns, at % columns);
            square += s * s;
        }
        return product / Math.sqrt(square);
    }

    private static double value(Tensor map, int i, int row, int column) {
        int height = map.shape().intSize(2);
        int width = map.shape().intSize(3);
        return map.toFloats()[(i / 9 * height + row + i / 3 % 3) * width + column + i % 3];
    }
}
