package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;

import org.impasto.core.BackendOptions;
import org.impasto.core.Scope;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.kernels.CpuBackend;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;
import org.junit.jupiter.api.Test;

/** Many calls leave nothing behind. */
class EnduranceTest {
    private static final int WARM_UP = 1_000;
    private static final int CALLS = 10_000;

    /** A hundred bytes left behind by each call would be more. */
    private static final long HEAP_NOISE = 100L * CALLS;

    @Test
    void heapAndPoolsStayFlat() throws InterruptedException {
        VggVariant variant = VggVariant.torchvision(new int[] {2, 1, 1}, new int[] {8, 16, 24});
        CpuBackend backend = new CpuBackend(BackendOptions.cpu().withThreads(2));
        try (Model<Vgg> vgg = Model.fresh(backend, 1, p -> new Vgg(p, variant));
                Scope outer = Scope.open()) {
            Tensor picture = RandomTensors.picture(backend, 2, 1, 24, 28);
            float[] expected = call(vgg, picture);
            for (int i = 0; i < WARM_UP; i++) {
                call(vgg, picture);
            }
            long live = Storage.live();
            long idle = backend.idleBytes();
            long heap = usedHeap();
            for (int i = 0; i < CALLS; i++) {
                float[] found = call(vgg, picture);
                if (i % 1000 == 999) {
                    assertThat(found).containsExactly(expected);
                }
            }
            assertThat(Storage.live()).isEqualTo(live);
            assertThat(backend.idleBytes()).isEqualTo(idle);
            // Scratch arrays are shared by all backends, at most a few a thread.
            long kept = ScratchArrays.kept();
            assertThat(usedHeap() - heap).as("growth of the heap").isLessThan(HEAP_NOISE);
            for (int i = 0; i < WARM_UP; i++) {
                call(vgg, picture);
            }
            assertThat(ScratchArrays.kept()).isLessThanOrEqualTo(2 * kept);
        }
    }

    private static float[] call(Model<Vgg> vgg, Tensor picture) {
        try (Scope scope = Scope.open()) {
            return vgg.net()
                    .features(picture, "relu2_1", "pool3")
                    .get("pool3")
                    .gram()
                    .toFloats();
        }
    }

    /** Bytes in use after collecting garbage; the least of several looks, for others may be at work. */
    private static long usedHeap() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int look = 0; look < 5; look++) {
            System.gc();
            Thread.sleep(20);
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
