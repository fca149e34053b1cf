package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.impasto.core.Backend;
import org.impasto.core.CancelledException;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;

/** What tests of tiles share: runs in tiles, and what they are given and compared with. */
final class TiledRuns {
    private TiledRuns() {}

    /** Styles alone, mixed, in a region, and over another. */
    static List<StyleMix> mixes(StyleCode first, StyleCode second, Tensor mask) {
        return List.of(
                StyleMix.of(first),
                StyleMix.of(first).and(second, 0.5).withStrength(0.7),
                StyleMix.of(first, mask),
                StyleMix.of(first).and(second, mask).withStrength(0.9));
    }

    /** A hard region with a soft one beside it; whole tiles have none of either. */
    static Tensor mask(Backend backend, int height, int width) {
        float[] values = new float[height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % width < width / 3 ? 1 : i / width < height / 4 ? 0.5f : 0;
        }
        return Tensor.of(backend, Shape.of(1, 1, height, width), values);
    }

    /** The largest difference. */
    static double difference(Tensor found, Tensor expected) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        float[] a = found.toFloats();
        float[] b = expected.toFloats();
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    /** What work gives in tiles of that size; 0 for none. */
    static Tensor inTiles(int size, List<Double> told, Supplier<Tensor> work) {
        try (Scope run = Scope.open(Run.inference().withTileSize(size).onProgress(told::add))) {
            return run.keep(work.get());
        }
    }

    /** Work that is cancelled, wherever it tells its progress, stops and holds nothing. */
    static void stopsEverywhere(int tileSize, int step, Supplier<Tensor> work) {
        long before = Storage.live();
        List<Double> told = new ArrayList<>();
        try (Scope scope = Scope.open()) {
            inTiles(tileSize, told, work);
        }
        assertThat(told).isSorted().hasSizeGreaterThan(12).endsWith(1.0);
        for (int stop = 0; stop < told.size() - 1; stop += step) {
            int last = stop;
            List<Double> heard = new ArrayList<>();
            Run[] run = new Run[1];
            run[0] = Run.inference().withTileSize(tileSize).onProgress(fraction -> {
                heard.add(fraction);
                if (heard.size() > last) {
                    run[0].cancel();
                }
            });
            assertThatThrownBy(() -> {
                        try (Scope inner = Scope.open(run[0])) {
                            work.get();
                        }
                    })
                    .isInstanceOf(CancelledException.class);
            assertThat(Storage.live()).isEqualTo(before);
        }
    }
}
