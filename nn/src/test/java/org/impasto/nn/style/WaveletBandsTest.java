package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaveletBandsTest {
    @ParameterizedTest
    @CsvSource({"1,1", "1,7", "9,1", "2,3", "13,31", "64,200", "37,129"})
    void agreesWithSmoothingTheWholePlaneInFloat64(int width, int height) {
        float[] plane = randomPlane(width, height, 1000L * width + height);
        double[][] expected = reference(plane, width, height);
        forBands(plane, width, height, 0, height, (band, y, detail) -> {
            for (int x = 0; x < width; x++) {
                // 2 passes of 5 taps a level, in float32, of values within [0, 1]
                assertThat((double) detail[x]).isCloseTo(expected[band][y * width + x], within((band + 1) * 1e-6));
            }
        });
    }

    @Test
    void aRowHasTheSameBitsInEveryPiece() {
        int width = 21;
        int height = 150;
        float[] plane = randomPlane(width, height, 5);
        float[][] whole = new float[WaveletBands.COUNT][width * height];
        forBands(
                plane,
                width,
                height,
                0,
                height,
                (band, y, detail) -> System.arraycopy(detail, 0, whole[band], y * width, width));
        for (int[] piece : new int[][] {{0, 1}, {7, 8}, {31, 97}, {60, 150}, {149, 150}}) {
            forBands(
                    plane,
                    width,
                    height,
                    piece[0],
                    piece[1],
                    (band, y, detail) -> assertThat(detail)
                            .isEqualTo(java.util.Arrays.copyOfRange(whole[band], y * width, (y + 1) * width)));
        }
    }

    @Test
    void mirrorsWithoutRepeatingTheEnd() {
        assertThat(WaveletBands.mirror(-1, 4)).isEqualTo(1);
        assertThat(WaveletBands.mirror(4, 4)).isEqualTo(2);
        assertThat(WaveletBands.mirror(-16, 2)).isEqualTo(0);
        assertThat(WaveletBands.mirror(-7, 4)).isEqualTo(1);
        assertThat(WaveletBands.mirror(16, 1)).isEqualTo(0);
    }

    private static void forBands(
            float[] plane, int width, int height, int from, int to, WaveletBands.RowConsumer consumer) {
        int[] rows = new int[WaveletBands.COUNT];
        WaveletBands.forEachRow(plane, width, height, from, to, (band, y, detail) -> {
            rows[band]++;
            consumer.row(band, y, detail);
        });
        assertThat(rows).containsOnly(to - from);
    }

    private static float[] randomPlane(int width, int height, long seed) {
        Random random = new Random(seed);
        float[] plane = new float[width * height];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = random.nextFloat();
        }
        return plane;
    }

    private static double[][] reference(float[] plane, int width, int height) {
        double[] kernel = {1 / 16., 4 / 16., 6 / 16., 4 / 16., 1 / 16.};
        double[] current = new double[plane.length];
        for (int i = 0; i < plane.length; i++) {
            current[i] = plane[i];
        }
        double[][] bands = new double[WaveletBands.COUNT][plane.length];
        for (int band = 0; band < bands.length; band++) {
            double[] next = new double[plane.length];
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    for (int j = -2; j <= 2; j++) {
                        for (int i = -2; i <= 2; i++) {
                            int row = reflect(y + (j << band), height);
                            int column = reflect(x + (i << band), width);
                            next[y * width + x] += kernel[j + 2] * kernel[i + 2] * current[row * width + column];
                        }
                    }
                    bands[band][y * width + x] = current[y * width + x] - next[y * width + x];
                }
            }
            current = next;
        }
        return bands;
    }

    /** Walks back and forth, one step at a time. */
    private static int reflect(int index, int length) {
        int at = 0;
        int direction = 1;
        for (int step = Math.abs(index); step > 0 && length > 1; step--) {
            if (at + direction < 0 || at + direction >= length) {
                direction = -direction;
            }
            at += direction;
        }
        return at;
    }
}
