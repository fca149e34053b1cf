package org.impasto.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.impasto.core.ImageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResamplingTest {
    private static Image random(int width, int height, boolean alpha) {
        Random random = new Random(7);
        float[] pixels = new float[3 * width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        float[] opacity = new float[width * height];
        for (int i = 0; i < opacity.length; i++) {
            opacity[i] = random.nextInt(3) / 2f;
        }
        return Image.of(width, height, pixels, alpha ? opacity : null);
    }

    /** The definition: every target pixel from all source pixels at once, in double. */
    private static double direct(Image image, int channel, int x, int y, int width, int height, Resampling filter) {
        double scaleX = (double) image.width() / width;
        double scaleY = (double) image.height() / height;
        double stretchX = Math.max(1, scaleX);
        double stretchY = Math.max(1, scaleY);
        double sum = 0;
        double weights = 0;
        for (int j = 0; j < image.height(); j++) {
            for (int i = 0; i < image.width(); i++) {
                double weight = filter.weight((i + 0.5 - (x + 0.5) * scaleX) / stretchX)
                        * filter.weight((j + 0.5 - (y + 0.5) * scaleY) / stretchY);
                sum += weight * image.value(channel, i, j);
                weights += weight;
            }
        }
        return Math.min(Math.max(sum / weights, 0), 1);
    }

    @ParameterizedTest
    @EnumSource(Resampling.class)
    void isTheStretchedFilter(Resampling filter) {
        Image image = random(23, 17, false);
        for (int[] size : new int[][] {{11, 9}, {31, 40}, {1, 1}, {23, 5}, {7, 17}, {200, 2}}) {
            Image resized = image.resized(size[0], size[1], filter);
            assertThat(resized.width()).isEqualTo(size[0]);
            assertThat(resized.height()).isEqualTo(size[1]);
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < size[1]; y++) {
                    for (int x = 0; x < size[0]; x++) {
                        // Two sums of at most 23 products of values below 1.3 in float.
                        assertThat((double) resized.value(c, x, y))
                                .as("%s %d %d %d", filter, c, x, y)
                                .isCloseTo(direct(image, c, x, y, size[0], size[1], filter), within(1e-5));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Resampling.class)
    void keepsAConstantAndItsSize(Resampling filter) {
        float[] grey = new float[3 * 30 * 20];
        java.util.Arrays.fill(grey, 0.37f);
        for (float value : Image.of(30, 20, grey).resized(13, 47, filter).pixels()) {
            assertThat(value).isCloseTo(0.37f, within(1e-6f));
        }
        Image same = random(9, 9, false);
        assertThat(same.resized(9, 9, filter)).isSameAs(same);
    }

    @Test
    void clearPixelsDoNotBleed() {
        // Left half red and opaque, right half green and clear: the edge stays red.
        float[] pixels = {1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0};
        Image image = Image.of(4, 1, pixels, new float[] {1, 1, 0, 0});
        Image half = image.resized(2, 1);
        assertThat(half.value(0, 0, 0)).isCloseTo(1, within(1e-6f));
        assertThat(half.value(0, 1, 0)).isCloseTo(1, within(1e-6f));
        assertThat(half.value(1, 1, 0)).isZero();
        assertThat(half.alpha()[1]).isBetween(0.05f, 0.3f);
    }

    @Test
    void fitsTheLongestSide() {
        assertThat(random(40, 20, false).fittedTo(10).toString()).isEqualTo("Image[10x5]");
        assertThat(random(20, 40, true).fittedTo(10).toString()).isEqualTo("Image[5x10, with alpha]");
        assertThat(random(50, 1, false).fittedTo(10).toString()).isEqualTo("Image[10x1]");
        assertThat(random(5, 3, false).fittedTo(10).toString()).isEqualTo("Image[10x6]");
    }

    @Test
    void refusesImpossibleSizes() {
        Image image = random(4, 4, false);
        assertThatThrownBy(() -> image.resized(0, 4)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> image.resized(100_000, 100_000)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> image.fittedTo(0)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> image.cropped(2, 0, 3, 4)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> image.cropped(0, 0, 0, 4)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> image.cropped(1, 0, Integer.MAX_VALUE, 4)).isInstanceOf(ImageException.class);
    }

    @Test
    void cropsTheRectangle() {
        Image image = random(8, 6, true);
        Image part = image.cropped(3, 2, 4, 3);
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 4; x++) {
                for (int c = 0; c < 3; c++) {
                    assertThat(part.value(c, x, y)).isEqualTo(image.value(c, x + 3, y + 2));
                }
                assertThat(part.alpha()[y * 4 + x]).isEqualTo(image.alpha()[(y + 2) * 8 + x + 3]);
            }
        }
    }

    @Test
    void flattensOnAGround() {
        Image image = Image.of(2, 1, new float[] {1, 1, 0.5f, 0.5f, 0, 0}, new float[] {0.25f, 0});
        Image flat = image.withAlphaFlattened(0, 1, 0.5f);
        assertThat(flat.hasAlpha()).isFalse();
        assertThat(flat.pixels()).containsExactly(0.25f, 0, 0.875f, 1, 0.375f, 0.5f);
        assertThat(flat.withAlphaFlattened(1, 1, 1)).isSameAs(flat);
    }
}
