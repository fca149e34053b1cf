package org.impasto.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.impasto.core.ImageException;
import org.impasto.core.image.Image;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static RandomNumbers numbers(long number) {
        return RandomNumbers.of(11, "test", number);
    }

    @Test
    void rotationLeavesNoCornerEmpty() {
        int[][] sizes = {{40, 30}, {7, 31}, {16, 16}, {1, 9}, {2, 2}, {1, 1}, {101, 20}};
        for (int[] size : sizes) {
            for (int number = 0; number < 50; number++) {
                Image turned =
                        Augmentation.rotation(15).apply(TrainingPictures.plain(size[0], size[1], 1), numbers(number));
                assertThat(turned.pixels()).containsOnly(1f);
                assertThat(turned.width()).isBetween(1, size[0]);
                assertThat(turned.height()).isBetween(1, size[1]);
            }
        }
    }

    /** A slope stays a slope under a rotation, and interpolation between pixels reproduces it but for rounding. */
    @Test
    void rotationTurnsAboutTheMiddle() {
        int width = 41;
        int height = 27;
        float[] pixels = new float[3 * width * height];
        for (int i = 0; i < pixels.length; i++) {
            int x = i % width;
            int y = i / width % height;
            pixels[i] = i / (width * height) == 0 ? x : y;
        }
        Image slopes = Image.of(width, height, pixels);
        for (double degrees : new double[] {0, 15, -15, 4, -44, 45}) {
            double angle = Math.toRadians(degrees);
            Image turned = Rotation.turned(slopes, angle);
            for (int y = 0; y < turned.height(); y++) {
                for (int x = 0; x < turned.width(); x++) {
                    double right = x - (turned.width() - 1) / 2.0;
                    double below = y - (turned.height() - 1) / 2.0;
                    double column = 20 + Math.cos(angle) * right + Math.sin(angle) * below;
                    double row = 13 - Math.sin(angle) * right + Math.cos(angle) * below;
                    assertThat(turned.value(0, x, y)).isCloseTo((float) column, within(41 * 4 * 0x1p-24f));
                    assertThat(turned.value(1, x, y)).isCloseTo((float) row, within(41 * 4 * 0x1p-24f));
                }
            }
        }
        assertThat(Rotation.turned(slopes, 0)).isEqualTo(slopes);
        // What is cut off is as little as proportions allow: at 15 degrees about 0.73 of the sides stays: 0.733 * 40 +
        // 1 pixels.
        assertThat(Rotation.turned(slopes, Math.toRadians(15)).width()).isEqualTo(30);
    }

    @Test
    void rotationAnglesFillTheirRange() {
        double least = 0;
        double most = 0;
        for (int number = 0; number < 300; number++) {
            double drawn = numbers(number).uniform(-15, 15);
            least = Math.min(least, drawn);
            most = Math.max(most, drawn);
        }
        assertThat(least).isBetween(-15.0, -14.0);
        assertThat(most).isBetween(14.0, 15.0);
    }

    @Test
    void halfOfThePicturesAreFlipped() {
        Image picture = Image.of(3, 1, new float[] {0, .1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f});
        int flipped = 0;
        for (int number = 0; number < 400; number++) {
            Image result = Augmentation.horizontalFlip().apply(picture, numbers(number));
            if (!result.equals(picture)) {
                assertThat(result.pixels()).containsExactly(.2f, .1f, 0, .5f, .4f, .3f, .8f, .7f, .6f);
                flipped++;
            }
        }
        assertThat(flipped).as("200 +- 5 deviations of 10").isBetween(150, 250);
    }

    @Test
    void cropsLieAnywhereInThePicture() {
        Image picture = TrainingPictures.noise(6, 5, 1);
        Set<Image> crops = new HashSet<>();
        for (int number = 0; number < 400; number++) {
            crops.add(Augmentation.randomCrop(4, 3).apply(picture, numbers(number)));
        }
        Set<Image> expected = new HashSet<>();
        for (int y = 0; y <= 2; y++) {
            for (int x = 0; x <= 2; x++) {
                expected.add(picture.cropped(x, y, 4, 3));
            }
        }
        assertThat(crops).isEqualTo(expected);
        assertThat(Augmentation.centreCrop(4, 3).apply(picture, numbers(0))).isEqualTo(picture.cropped(1, 1, 4, 3));
        assertThatThrownBy(() -> Augmentation.randomCrop(7, 5).apply(picture, numbers(0)))
                .isInstanceOf(ImageException.class)
                .hasMessageContainingAll("7x5", "6x5", "resize");
    }

    @Test
    void shorterSideKeepsProportions() {
        Image result = Augmentation.resizeShorterSide(10).apply(TrainingPictures.noise(31, 20, 1), numbers(0));
        assertThat(result.width()).isEqualTo(16);
        assertThat(result.height()).isEqualTo(10);
        Image upright = Augmentation.resizeShorterSide(10).apply(TrainingPictures.noise(5, 8, 1), numbers(0));
        assertThat(upright.width()).isEqualTo(10);
        assertThat(upright.height()).isEqualTo(16);
    }

    @Test
    void normalisationGoesFromMinusOneToOne() {
        Image picture = Image.of(1, 1, new float[] {0, 0.5f, 1});
        assertThat(Augmentation.normalisation().apply(picture, numbers(0)).pixels())
                .containsExactly(-1, 0, 1);
    }

    @Test
    void changesFollowEachOther() {
        Image picture = TrainingPictures.noise(6, 5, 1);
        RandomNumbers same = numbers(3);
        Image first = Augmentation.randomCrop(4, 4).apply(picture, same);
        Image second = Augmentation.randomCrop(2, 2).apply(first, same);
        assertThat(Augmentation.randomCrop(4, 4)
                        .then(Augmentation.randomCrop(2, 2))
                        .apply(picture, numbers(3)))
                .isEqualTo(second);
    }

    @Test
    void matchingGivesTheReferencesValues() {
        Image picture = TrainingPictures.noise(20, 15, 1);
        Image reference = TrainingPictures.noise(15, 20, 2);
        Image matched = HistogramMatching.to(reference).matched(picture);
        for (int c = 0; c < 3; c++) {
            float[] expected = reference.plane(c);
            float[] found = matched.plane(c);
            Arrays.sort(expected);
            float[] sorted = found.clone();
            Arrays.sort(sorted);
            assertThat(sorted).containsExactly(expected);
            // The order of the pixels stays.
            float[] before = picture.plane(c);
            for (int i = 1; i < before.length; i++) {
                assertThat(Float.compare(found[i], found[i - 1])).isEqualTo(Float.compare(before[i], before[i - 1]));
            }
        }
        assertThat(Augmentation.histogramOf(reference).apply(picture, numbers(0)))
                .isEqualTo(matched);
    }

    @Test
    void matchingOfOtherSizesAndEqualValues() {
        // 4 values to 2: the middles of the shares lie at 1/8, 3/8, 5/8, 7/8, those of the reference at 1/4, 3/4.
        Image four = grey(0.1f, 0.2f, 0.3f, 0.4f);
        assertThat(HistogramMatching.to(grey(0, 1)).matched(four).plane(0)).containsExactly(0, 0.25f, 0.75f, 1);
        // The two equal ones lie at 1/2 together.
        Image equal = grey(0.1f, 0.2f, 0.2f, 0.4f);
        assertThat(HistogramMatching.to(grey(0, 1)).matched(equal).plane(2)).containsExactly(0, 0.5f, 0.5f, 1);
        assertThat(HistogramMatching.to(grey(0.7f)).matched(four).plane(1)).containsOnly(0.7f);
        assertThat(HistogramMatching.to(four).matched(grey(0.5f)).plane(1)).containsExactly(0.25f);
    }

    private static Image grey(float... levels) {
        float[] pixels = new float[3 * levels.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = levels[i % levels.length];
        }
        return Image.of(levels.length, 1, pixels);
    }
}
