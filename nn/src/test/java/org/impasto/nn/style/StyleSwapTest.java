package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StyleSwapTest {
    private final Backend backend = Backends.standard();

    /** More patches than are compared at once, in one row and in many; and more scores than are held at once. */
    @ParameterizedTest
    @CsvSource({"4, 9, 12, 30, 25", "3, 5, 7, 4, 600", "1, 20000, 3, 30, 25", "1, 3, 3, 3, 3", "17, 3, 40, 26, 24"})
    void everyPatchIsReplacedByTheOneThatMatchesBest(
            int channels, int height, int width, int styleHeight, int styleWidth) {
        double[] content = random(1, channels * height * width);
        double[] style = random(2, channels * styleHeight * styleWidth);
        int rows = height - 2;
        int columns = width - 2;
        int styleColumns = styleWidth - 2;
        try (Scope scope = Scope.open()) {
            StyleSwap.Result result = StyleSwap.swap(
                    tensor(content, channels, height, width), tensor(style, channels, styleHeight, styleWidth));
            assertThat(result.index().shape()).isEqualTo(Shape.of(1, rows, columns));
            long[] index = result.index().toLongs();
            double[] correlation = result.correlation().toDoubles();
            double[] sum = new double[channels * height * width];
            double[] count = new double[height * width];
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    int at = y * columns + x;
                    double[] patch = patch(content, channels, height, width, y, x);
                    double best = Double.NEGATIVE_INFINITY;
                    for (int p = 0; p < (styleHeight - 2) * styleColumns; p++) {
                        best = Math.max(
                                best,
                                cosine(
                                        patch,
                                        patch(
                                                style,
                                                channels,
                                                styleHeight,
                                                styleWidth,
                                                p / styleColumns,
                                                p % styleColumns)));
                    }
                    int p = Math.toIntExact(index[at]);
                    double[] chosen =
                            patch(style, channels, styleHeight, styleWidth, p / styleColumns, p % styleColumns);
                    assertThat(cosine(patch, chosen)).isCloseTo(best, within(1e-5));
                    assertThat(correlation[at]).isCloseTo(best, within(1e-5));
                    for (int i = 0; i < chosen.length; i++) {
                        int cell = (y + i / 3 % 3) * width + x + i % 3;
                        sum[i / 9 * height * width + cell] += chosen[i];
                        count[cell] += i < 9 ? 1 : 0;
                    }
                }
            }
            double[] features = result.features().toDoubles();
            for (int i = 0; i < sum.length; i++) {
                assertThat(features[i]).isCloseTo(sum[i] / count[i % count.length], within(1e-5));
            }
        }
    }

    @Test
    void theFirstOfEqualPatchesWinsAndEmptyOnesDoNoHarm() {
        try (Scope scope = Scope.open()) {
            double[] ones = new double[3 * 40 * 40];
            Arrays.fill(ones, 1);
            Tensor content = tensor(random(3, 3 * 6 * 7), 3, 6, 7);
            assertThat(StyleSwap.swap(content, tensor(ones, 3, 40, 40)).index().toLongs())
                    .containsOnly(0);
            StyleSwap.Result empty =
                    StyleSwap.swap(tensor(new double[3 * 36], 3, 6, 6), tensor(new double[3 * 36], 3, 6, 6));
            assertThat(empty.features().toFloats()).containsOnly(0);
            assertThat(empty.correlation().toFloats()).containsOnly(0);
            assertThatThrownBy(() -> StyleSwap.apply(content, tensor(ones, 3, 2, 800)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContainingAll("style", "1x3x2x800", "3 x 3");
        }
    }

    private Tensor tensor(double[] values, int channels, int height, int width) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(backend, Shape.of(1, channels, height, width), floats);
    }

    private static double[] patch(double[] map, int channels, int height, int width, int y, int x) {
        double[] patch = new double[channels * 9];
        for (int i = 0; i < patch.length; i++) {
            patch[i] = map[(i / 9 * height + y + i / 3 % 3) * width + x + i % 3];
        }
        return patch;
    }

    private static double cosine(double[] a, double[] b) {
        double product = 0;
        double first = 0;
        double second = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
            first += a[i] * a[i];
            second += b[i] * b[i];
        }
        return product / Math.sqrt(first * second);
    }

    private static double[] random(long seed, int count) {
        Random random = new Random(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
