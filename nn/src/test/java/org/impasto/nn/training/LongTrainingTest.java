package org.impasto.nn.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backends;
import org.impasto.core.Run;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.nn.Linear;
import org.impasto.nn.Model;
import org.impasto.nn.functional.Losses;
import org.impasto.nn.optim.Adam;
import org.impasto.nn.optim.Optimizer;
import org.junit.jupiter.api.Test;

/** Memory does not grow with the number of steps. */
class LongTrainingTest {
    private static final int STEPS = 10_000;

    /** A hundred bytes left behind by each step would be more. */
    private static final long HEAP_NOISE = 100L * STEPS;

    @Test
    void tenThousandStepsLeaveNothing() {
        long before = Storage.live();
        List<Long> live = new ArrayList<>();
        List<Long> heap = new ArrayList<>();
        try (Model<Linear> model = Model.fresh(Backends.standard(), 1, p -> new Linear(p, 4, 4));
                Optimizer adam = new Adam(model.weights(), 1e-3)) {
            new Trainer<Integer>(model, adam, step -> (int) step, (batch, on) -> {
                        Tensor x = Tensor.of(on, Shape.of(1, 4), batch % 3, batch % 5, batch % 7, 1);
                        return Loss.of(Losses.meanSquaredError(model.net().forward(x), x.affine(0.5, 0)));
                    })
                    .steps(STEPS)
                    .clipNorm(1)
                    .listener(progress -> {
                        if (progress.step() == STEPS / 10 || progress.step() == STEPS) {
                            live.add(Storage.live());
                            heap.add(usedHeap());
                        }
                    })
                    .train(Run.training(1));
        }
        assertThat(live).hasSize(2);
        assertThat(live.get(1)).isEqualTo(live.get(0));
        assertThat(heap.get(1) - heap.get(0)).as("growth of the heap").isLessThan(HEAP_NOISE);
        assertThat(Storage.live()).isEqualTo(before);
    }

    /** Bytes in use after collecting garbage; the least of several looks, for others may be at work. */
    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int look = 0; look < 5; look++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
