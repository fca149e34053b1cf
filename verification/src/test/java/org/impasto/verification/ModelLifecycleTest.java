package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;
import org.junit.jupiter.api.Test;

/** A model that serves several threads while another swaps its weights and then closes it. */
class ModelLifecycleTest {
    private static final int READERS = 3;
    private static final int SWAPS = 60;
    private static final VggVariant SMALL = VggVariant.torchvision(new int[] {1, 1}, new int[] {8, 16});

    @Test
    void weightsAreSwappedAndClosedUnderCalls() throws InterruptedException {
        long live = Storage.live();
        Backend backend = Backends.open(BackendOptions.cpu().withThreads(2));
        Model<Vgg> model = Model.fresh(backend, 1, p -> new Vgg(p, SMALL));
        List<Parameter> cells = List.copyOf(model.weights().all());
        try (Scope scope = Scope.open();
                Model<Vgg> other = Model.fresh(backend, 2, p -> new Vgg(p, SMALL))) {
            List<Tensor> ones = cells.stream().map(Parameter::value).toList();
            List<Tensor> others = new ArrayList<>();
            for (Parameter cell : other.weights().all()) {
                // Fresh biases are all zero; any other value serves.
                others.add(scope.keep(cell.value().affine(1, 0.25)));
            }
            // A call reads each cell once, before or after its swap: every mixture of the two sets may be met.
            Map<List<Float>, Integer> expected = new ConcurrentHashMap<>();
            for (int mixture = 0; mixture < 1 << cells.size(); mixture++) {
                for (int i = 0; i < cells.size(); i++) {
                    cells.get(i).set((mixture >> i & 1) == 0 ? ones.get(i) : others.get(i));
                }
                expected.put(infer(model), mixture);
            }
            assertThat(expected).hasSize(1 << cells.size());

            Set<Integer> met = ConcurrentHashMap.newKeySet();
            List<Throwable> ends = new ArrayList<>();
            AtomicInteger wrong = new AtomicInteger();
            AtomicInteger calls = new AtomicInteger();
            List<Thread> readers = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                Thread thread = new Thread(() -> {
                    try {
                        while (true) {
                            Integer mixture = expected.get(infer(model));
                            if (mixture == null) {
                                wrong.incrementAndGet();
                            } else {
                                met.add(mixture);
                            }
                            calls.incrementAndGet();
                        }
                    } catch (RuntimeException end) {
                        synchronized (ends) {
                            ends.add(end);
                        }
                    }
                });
                thread.start();
                readers.add(thread);
            }
            for (int swap = 0; swap < SWAPS; swap++) {
                List<Tensor> next = swap % 2 == 0 ? ones : others;
                for (int i = 0; i < cells.size(); i++) {
                    cells.get(i).set(next.get(i));
                }
                // So that at least one call begins and ends between two swaps.
                int enough = calls.get() + READERS + 1;
                while (calls.get() < enough && readers.stream().anyMatch(Thread::isAlive)) {
                    Thread.onSpinWait();
                }
            }
            model.close();
            for (Thread reader : readers) {
                reader.join(TimeUnit.SECONDS.toMillis(60));
                assertThat(reader.isAlive()).isFalse();
            }
            assertThat(wrong).hasValue(0);
            assertThat(met).contains(0, (1 << cells.size()) - 1);
            assertThat(ends)
                    .hasSize(READERS)
                    .allSatisfy(end -> assertThat(end)
                            .isInstanceOf(BackendException.class)
                            .hasMessageContainingAll("features.", "after its model was closed"));
        }
        assertThat(Storage.live()).isEqualTo(live);
    }

    private static List<Float> infer(Model<Vgg> model) {
        try (Scope scope = Scope.open()) {
            Backend backend = model.weights().all().iterator().next().backend();
            float[] map = model.net()
                    .forward(RandomTensors.picture(backend, 5, 1, 20, 24))
                    .toFloats();
            Float[] boxed = new Float[map.length];
            Arrays.setAll(boxed, i -> map[i]);
            return List.of(boxed);
        }
    }
}
