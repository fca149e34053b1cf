package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;

/** A backend that borrows threads from an executor whose threads are all callers of this backend. */
class SharedExecutorTest {
    private static final int CALLERS = 3;
    private static final int ROUNDS = 40;

    /** A call that hangs is to fail, not to hang the build. */
    private static final int PATIENCE_SECONDS = 120;

    @Test
    void callersMayBeAllItsThreads() throws Exception {
        long live = Storage.live();
        Backend single = Backends.open(BackendOptions.cpu().withThreads(1));
        List<float[]> expected = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            expected.add(work(single, caller));
        }
        ExecutorService executor = Executors.newFixedThreadPool(CALLERS);
        try {
            // More threads than there are: each call asks for all and finds them busy with calls of their own.
            Backend shared =
                    Backends.open(BackendOptions.cpu().withThreads(CALLERS + 1).withExecutor(executor));
            CyclicBarrier together = new CyclicBarrier(CALLERS);
            List<Future<List<float[]>>> calls = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int seed = caller;
                calls.add(executor.submit(() -> {
                    together.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    List<float[]> results = new ArrayList<>();
                    for (int round = 0; round < ROUNDS; round++) {
                        results.add(work(shared, seed));
                    }
                    return results;
                }));
            }
            for (int caller = 0; caller < CALLERS; caller++) {
                for (float[] found : calls.get(caller).get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    assertThat(found).as("caller " + caller).containsExactly(expected.get(caller));
                }
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(Storage.live()).isEqualTo(live);
    }

    /** Convolutions of the fast and of the direct kind, a pooling and a matrix product. */
    private static float[] work(Backend backend, int seed) {
        try (Scope scope = Scope.open()) {
            Tensor x = RandomTensors.normal(backend, seed, 1, 3, 45 + seed, 52);
            Tensor first = RandomTensors.normal(backend, 10 + seed, 32, 3, 3, 3);
            Tensor second = RandomTensors.normal(backend, 20 + seed, 24, 32, 3, 3);
            Tensor third = RandomTensors.normal(backend, 30 + seed, 16, 24, 5, 5);
            Geometry same = Geometry.plain().padded(Edges.all(1), PaddingMode.REFLECT);
            return x.conv2d(first, null, same, Activation.RELU, FusedPooling.NONE)
                    .conv2d(second, null, same, Activation.RELU, FusedPooling.CEIL)
                    .conv2d(third, null, Geometry.plain())
                    .gram()
                    .toFloats();
        }
    }
}
