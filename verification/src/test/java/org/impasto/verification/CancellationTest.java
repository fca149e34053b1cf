package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.impasto.core.CancelledException;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightWriter;
import org.impasto.nn.Model;
import org.impasto.nn.style.FeatureTransfer;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;
import org.impasto.testing.ObservedBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Long calls are watched and stopped. */
class CancellationTest {
    @TempDir
    Path folder;

    private final Backend backend = Backends.open(BackendOptions.cpu().withThreads(2));
    private long live;

    @BeforeEach
    void count() {
        live = Storage.live();
    }

    @AfterEach
    void nothingIsHeld() {
        assertThat(Storage.live()).isEqualTo(live);
    }

    @Test
    void styleTransferTellsItsProgressAndStops() {
        try (FeatureTransfer transfer = FeatureTransfer.load(
                backend, FeatureTransfer.Method.WCT, weights("encoder", ENCODER), weights("decoder", DECODER))) {
            long loaded = Storage.live();
            List<Double> told = new ArrayList<>();
            stylize(transfer, Run.inference().onProgress(told::add));
            assertThat(told).isSorted().hasSizeGreaterThan(2).endsWith(1.0).doesNotContain(0.0);
            // Stopped by another thread at each of the points where progress is told but the last.
            for (int stop = 0; stop < told.size() - 1; stop++) {
                AtomicInteger left = new AtomicInteger(stop);
                CountDownLatch reached = new CountDownLatch(1);
                CountDownLatch cancelled = new CountDownLatch(1);
                Run run = Run.inference().onProgress(fraction -> {
                    if (left.getAndDecrement() == 0) {
                        reached.countDown();
                        await(cancelled);
                    }
                });
                Thread other = new Thread(() -> {
                    await(reached);
                    run.cancel();
                    cancelled.countDown();
                });
                other.start();
                assertThatThrownBy(() -> stylize(transfer, run)).isInstanceOf(CancelledException.class);
                assertThat(Storage.live()).isEqualTo(loaded);
            }
        }
    }

    @Test
    void featuresStopAtAnyOperation() {
        VggVariant variant = VggVariant.torchvision(new int[] {2, 2, 2}, new int[] {16, 32, 32});
        AtomicInteger operations = new AtomicInteger();
        AtomicInteger stop = new AtomicInteger();
        AtomicReference<Runnable> atStop = new AtomicReference<>(() -> {});
        ObservedBackend observed = new ObservedBackend(backend, operation -> {
            if (operations.incrementAndGet() == stop.get()) {
                atStop.get().run();
            }
        });
        try (Model<Vgg> vgg = Model.fresh(observed, 3, p -> new Vgg(p, variant));
                Scope outer = Scope.open()) {
            Tensor picture = RandomTensors.picture(observed, 4, 1, 96, 128);
            operations.set(0);
            vgg.net().features(picture, "pool3");
            int all = operations.get();
            assertThat(all).isGreaterThanOrEqualTo(6);
            long before = Storage.live();
            for (int at = 1; at <= all; at++) {
                Run run = Run.inference();
                CountDownLatch cancelled = new CountDownLatch(1);
                operations.set(0);
                stop.set(at);
                atStop.set(() -> {
                    new Thread(() -> {
                                run.cancel();
                                cancelled.countDown();
                            })
                            .start();
                    await(cancelled);
                });
                assertThatThrownBy(() -> {
                            try (Scope scope = Scope.open(run)) {
                                vgg.net().features(picture, "pool3");
                            }
                        })
                        .isInstanceOf(CancelledException.class);
                assertThat(operations).hasValue(at);
                assertThat(Storage.live()).isEqualTo(before);
            }
        }
    }

    /** A call of many pieces on a thread of its own, cancelled when it has run for a while. */
    @Test
    void aLongCallStops() throws InterruptedException {
        Run run = Run.inference();
        CountDownLatch begun = new CountDownLatch(3);
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try (Scope scope = Scope.open(run)) {
                Tensor picture = RandomTensors.picture(backend, 4, 1, 192, 256);
                Tensor weight = RandomTensors.normal(backend, 5, 64, 3, 3, 3);
                while (true) {
                    try (Scope round = Scope.open()) {
                        picture.conv2d(weight, null, Geometry.plain()).gram();
                        begun.countDown();
                    }
                }
            } catch (RuntimeException stopped) {
                end.set(stopped);
            }
        });
        caller.start();
        begun.await();
        run.cancel();
        caller.join(60_000);
        assertThat(end.get()).isInstanceOf(CancelledException.class);
    }

    private void stylize(FeatureTransfer transfer, Run run) {
        try (Scope scope = Scope.open(run)) {
            Tensor content = RandomTensors.picture(backend, 1, 1, 96, 80);
            Tensor style = RandomTensors.picture(backend, 2, 1, 64, 72);
            assertThat(transfer.stylize(content, style, 1).toFloats()).hasSize(3 * 96 * 80);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Name, input and output channels, size of the kernel. */
    private static final int[][] ENCODER = {
        {0, 3, 3, 1}, {2, 3, 8, 3}, {5, 8, 8, 3}, {9, 8, 12, 3}, {12, 12, 12, 3}, {16, 12, 16, 3}
    };

    private static final int[][] DECODER = {{1, 16, 12, 3}, {5, 12, 12, 3}, {8, 12, 8, 3}, {12, 8, 8, 3}, {15, 8, 3, 3}
    };

    private Path weights(String name, int[][] layers) {
        Path path = folder.resolve(name + ".safetensors");
        WeightWriter writer = WeightWriter.to(path);
        Random random = new Random(7);
        for (int[] layer : layers) {
            float[] weight = new float[layer[1] * layer[2] * layer[3] * layer[3]];
            for (int i = 0; i < weight.length; i++) {
                weight[i] = (float) (random.nextGaussian() * Math.sqrt(2.0 / (layer[1] * layer[3] * layer[3])));
            }
            writer.floats(layer[0] + ".weight", Shape.of(layer[2], layer[1], layer[3], layer[3]), weight);
            writer.floats(layer[0] + ".bias", Shape.of(layer[2]), new float[layer[2]]);
        }
        writer.write();
        return path;
    }
}
