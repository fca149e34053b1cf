package org.impasto.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.ImageException;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.image.Image;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AugmentedPicturesTest {
    private static final int COUNT = 10;
    private static final Augmentation CHANGES = Augmentation.rotation(15)
            .then(Augmentation.resizeShorterSide(20))
            .then(Augmentation.randomCrop(16, 16))
            .then(Augmentation.horizontalFlip());

    @TempDir
    Path folder;

    private PictureFolder numbered;

    @BeforeEach
    void writePictures() {
        numbered = TrainingPictures.numbered(folder, COUNT);
    }

    @Test
    void aBatchDependsOnSeedAndStepAlone(@TempDir Path noise) {
        for (int i = 0; i < 5; i++) {
            TrainingPictures.noise(24, 30, i).write(noise.resolve(i + ".png"));
        }
        Batches<List<Image>> inOrder = new AugmentedPictures(PictureFolder.of(noise), "content", 3, CHANGES, 7);
        Map<Long, List<Image>> expected = new HashMap<>();
        for (long step = 0; step < 12; step++) {
            expected.put(step, inOrder.at(step));
        }
        assertThat(expected.get(1L)).isNotEqualTo(expected.get(0L));
        Batches<List<Image>> backwards = new AugmentedPictures(PictureFolder.of(noise), "content", 3, CHANGES, 7);
        for (long step = 11; step >= 0; step--) {
            assertThat(backwards.at(step)).as("step %d", step).isEqualTo(expected.get(step));
        }
        Batches<List<Image>> another = new AugmentedPictures(PictureFolder.of(noise), "content", 3, CHANGES, 7);
        assertThat(another.at(8)).isEqualTo(expected.get(8L));
        Batches<List<Image>> otherSeed = new AugmentedPictures(PictureFolder.of(noise), "content", 3, CHANGES, 8);
        assertThat(otherSeed.at(8)).isNotEqualTo(expected.get(8L));
    }

    @Test
    void eachEpochIsANewPermutation() {
        AugmentedPictures pictures = pictures("content", 4, 1);
        List<Integer> drawn = numbers(pictures, 0, 25);
        List<List<Integer>> epochs = new ArrayList<>();
        for (int epoch = 0; epoch < 10; epoch++) {
            epochs.add(drawn.subList(epoch * COUNT, (epoch + 1) * COUNT));
            assertThat(epochs.get(epoch))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, COUNT).boxed().toList());
        }
        assertThat(epochs).doesNotHaveDuplicates();
        assertThat(pictures.stepsPerEpoch()).isEqualTo(3);
    }

    /** Each of ten pictures is first about as often as the others: 400 +- 5 deviations of sqrt(4000 / 10 * 9 / 10). */
    @Test
    void ordersAreFair() {
        int[] first = new int[COUNT];
        AugmentedPictures pictures = pictures("content", COUNT, 3);
        ShuffledOrder order = new ShuffledOrder(COUNT, 3, "content order");
        assertThat(order.at(0)).isEqualTo(TrainingPictures.number(pictures.at(0).get(0)));
        for (int epoch = 0; epoch < 4000; epoch++) {
            first[order.at((long) epoch * COUNT)]++;
        }
        for (int number = 0; number < COUNT; number++) {
            assertThat(first[number]).as("picture %d first", number).isBetween(400 - 95, 400 + 95);
        }
    }

    @Test
    void rolesAreIndependentOfEachOther() {
        assertThat(numbers(pictures("content", 5, 1), 0, 8)).isNotEqualTo(numbers(pictures("style", 5, 1), 0, 8));
        Batches<PicturePairs> pairs = PicturePairs.of(pictures("content", 2, 1), pictures("style", 2, 1));
        PicturePairs pair = pairs.at(4);
        assertThat(TrainingPictures.number(pair.content().picture(1)))
                .isEqualTo(
                        TrainingPictures.number(pictures("content", 2, 1).at(4).get(1)));
        assertThat(TrainingPictures.number(pair.style().picture(1)))
                .isEqualTo(TrainingPictures.number(pictures("style", 2, 1).at(4).get(1)));
    }

    @Test
    void pairsInTheContentsColours() {
        PicturePairs pair = PicturePairs.inContentColors(pictures("content", 2, 1), pictures("style", 2, 1))
                .at(3);
        for (int i = 0; i < 2; i++) {
            assertThat(pair.style().picture(i)).isEqualTo(pair.content().picture(i));
        }
    }

    @Test
    void batchesBecomeTensorsOfTheCallersScope() {
        Backend backend = Backends.standard();
        Image first = TrainingPictures.noise(5, 4, 1);
        Image second = TrainingPictures.noise(5, 4, 2);
        PictureBatch batch = PictureBatch.of(List.of(first, second));
        try (Scope scope = Scope.open()) {
            assertThat(batch.x(backend).shape()).isEqualTo(Shape.of(2, 3, 4, 5));
            assertThat(Image.of(batch.x(backend).slice(0, 1, 1))).isEqualTo(second);
        }
        assertThat(batch.picture(0)).isEqualTo(first);
        assertThatThrownBy(() -> PictureBatch.of(List.of(first, TrainingPictures.noise(4, 5, 1))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContainingAll("5x4", "4x5", "crop");
    }

    @Test
    void wrongArguments() {
        assertThatThrownBy(() -> pictures("content", 0, 1)).hasMessageContaining("0 pictures");
        assertThatThrownBy(() -> pictures("content", 1, 1).at(-1)).hasMessageContaining("-1");
    }

    private AugmentedPictures pictures(String role, int count, long seed) {
        return new AugmentedPictures(numbered, role, count, Augmentation.none(), seed);
    }

    private static List<Integer> numbers(Batches<List<Image>> pictures, long from, long to) {
        List<Integer> numbers = new ArrayList<>();
        for (long step = from; step < to; step++) {
            pictures.at(step).forEach(picture -> numbers.add(TrainingPictures.number(picture)));
        }
        return numbers;
    }

    /** A line of pixels would become a picture of 256 x 1280000; a small one is smaller than its crop. */
    @Test
    void picturesThatDoNotFitAreNamed(@TempDir Path narrow) {
        Path line = narrow.resolve("line.png");
        Image.of(1, 5000, new float[15000], null).write(line);
        assertThatThrownBy(() -> new AugmentedPictures(
                                PictureFolder.of(narrow), "content", 1, Augmentation.resizeShorterSide(256), 1)
                        .at(0))
                .isInstanceOf(ImageException.class)
                .hasMessageContainingAll(line.toString(), "1x5000", "256x1280000", "cut a part out");
        assertThatThrownBy(() -> new AugmentedPictures(
                                PictureFolder.of(narrow), "content", 1, Augmentation.randomCrop(32, 32), 1)
                        .at(0))
                .isInstanceOf(ImageException.class)
                .hasMessageContainingAll(line.toString(), "1x5000", "32x32", "resize");
    }
}
