package org.impasto.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.impasto.core.CancelledException;
import org.impasto.core.ImageException;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.image.Image;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PrefetchTest {
    @TempDir
    Path folder;

    @Test
    void givesWhatTheSourceGives() {
        PictureFolder pictures = TrainingPictures.numbered(folder, 7);
        Augmentation crop = Augmentation.randomCrop(4, 3);
        Batches<List<Image>> direct = new AugmentedPictures(pictures, "content", 2, crop, 5);
        for (int threads = 1; threads <= 3; threads++) {
            try (Prefetch<List<Image>> ahead =
                    new Prefetch<>(new AugmentedPictures(pictures, "content", 2, crop, 5), 4, threads)) {
                for (long step : new long[] {0, 1, 2, 3, 3, 9, 10, 4, 5, 6, 1000000, 0}) {
                    assertThat(ahead.at(step)).as("step %d", step).isEqualTo(direct.at(step));
                }
            }
        }
    }

    @Test
    void worksAheadButNotFurther() throws InterruptedException {
        AtomicInteger made = new AtomicInteger();
        CountDownLatch four = new CountDownLatch(4);
        try (Prefetch<Long> ahead = new Prefetch<>(
                step -> {
                    made.incrementAndGet();
                    four.countDown();
                    return step;
                },
                3,
                2)) {
            assertThat(ahead.at(0)).isZero();
            four.await();
        }
        assertThat(made).as("step 0 and three more").hasValue(4);
    }

    @Test
    void anErrorNamesTheFileWhereItsStepIsAskedFor() throws IOException {
        TrainingPictures.numbered(folder, 3);
        Path broken = folder.resolve("001.png");
        Files.writeString(broken, "no picture");
        Batches<Image> inOrder = step -> PictureFolder.of(folder).read((int) step % 3);
        try (Prefetch<Image> ahead = new Prefetch<>(inOrder, 2, 2)) {
            assertThat(TrainingPictures.number(ahead.at(0))).isZero();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> ahead.at(1))
                        .isInstanceOf(ImageException.class)
                        .hasMessageContaining(broken.toString());
            }
            assertThat(TrainingPictures.number(ahead.at(2))).isEqualTo(2);
        }
    }

    @Test
    void closingEndsItsThreads() {
        Prefetch<Long> ahead = new Prefetch<>(step -> step, 3, 2);
        ahead.at(0);
        assertThat(threads()).isPositive();
        ahead.close();
        ahead.close();
        assertThat(threads()).isZero();
        assertThatThrownBy(() -> ahead.at(1)).hasMessageContaining("closed");
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("impasto-data-"))
                .count();
    }

    @Test
    void aCancelledRunDoesNotWait() {
        CountDownLatch never = new CountDownLatch(1);
        try (Prefetch<Long> ahead = new Prefetch<>(step -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return step;
        })) {
            Run run = Run.training(1);
            run.cancel();
            try (Scope scope = Scope.open(run)) {
                assertThatThrownBy(() -> ahead.at(0)).isInstanceOf(CancelledException.class);
            }
            never.countDown();
        }
    }
}
