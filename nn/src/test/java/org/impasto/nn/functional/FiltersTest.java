package org.impasto.nn.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Filtering.Border;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.Test;

class FiltersTest {
    private static final Backend BACKEND = Backends.standard();

    private static Tensor picture(long seed, int channels, int height, int width, double scale) {
        Random random = new Random(seed);
        float[] values = new float[channels * height * width];
        for (int i = 0; i < values.length; i++) {
            int y = i / width % height;
            int x = i % width;
            double shape = 0.5 + 0.3 * Math.sin(0.05 * x + 0.03 * y) + ((x / 37 + y / 23) % 2 == 0 ? 0.1 : -0.1);
            values[i] = (float) (scale * (shape + 0.05 * random.nextGaussian()));
        }
        return Tensor.of(BACKEND, Shape.of(1, channels, height, width), values);
    }

    /** A picture filtered in tiles is the filtered picture: the halo of a tile is twice the radius. */
    @Test
    void tilesWithAHaloOfTwoRadiiGiveTheWholePicture() {
        try (Scope scope = Scope.open()) {
            int radius = 30;
            Tensor guide = picture(1, 3, 150, 400, 255);
            Tensor x = picture(2, 3, 150, 400, 255);
            float[] whole = Filters.guidedFilter(guide, x, radius, 26.01, Border.SYMMETRIC)
                    .toFloats();
            int from = 140;
            int width = 100;
            int halo = 2 * radius;
            float[] tile = Filters.guidedFilter(
                            guide.slice(3, from - halo, width + 2 * halo),
                            x.slice(3, from - halo, width + 2 * halo),
                            radius,
                            26.01,
                            Border.SYMMETRIC)
                    .slice(3, halo, width)
                    .toFloats();
            for (int i = 0; i < tile.length; i++) {
                assertThat(tile[i]).isCloseTo(whole[i / width * 400 + from + i % width], within(1e-4f));
            }
        }
    }

    /** A picture that is a linear function of its guide in every window is kept, up to what flat windows lose. */
    @Test
    void aPictureThatFollowsItsGuideIsKept() {
        try (Scope scope = Scope.open()) {
            Tensor guide = picture(3, 3, 60, 70, 255);
            Tensor x =
                    guide.slice(1, 0, 1).affine(0.5, 7).sub(guide.slice(1, 1, 1).affine(0.25, 0));
            float[] expected = x.toFloats();
            float[] found =
                    Filters.guidedFilter(guide, x, 5, 1e-6, Border.TRUNCATED).toFloats();
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(1e-3f));
            }
        }
    }

    @Test
    void aConstantStaysAConstant() {
        try (Scope scope = Scope.open()) {
            Tensor constant = Tensor.of(BACKEND, Shape.of(1, 1, 1, 1), 200).expand(Shape.of(1, 3, 33, 45));
            for (float value : Filters.guidedFilter(constant, constant, 30, 1e-3, Border.SYMMETRIC)
                    .toFloats()) {
                assertThat(value).isEqualTo(200);
            }
            for (float value :
                    Filters.gaussianBlur(constant, 2, 6, PaddingMode.REFLECT).toFloats()) {
                assertThat(value).isCloseTo(200, within(200 * 13 * 0x1p-23f));
            }
        }
    }

    @Test
    void aTinyDeviationKeepsThePicture() {
        try (Scope scope = Scope.open()) {
            Tensor x = picture(6, 2, 9, 11, 1);
            for (double sigma : new double[] {1e-3, 1e-200, Double.MIN_VALUE}) {
                assertThat(Filters.gaussianBlur(x, sigma, 2, PaddingMode.REFLECT)
                                .toFloats())
                        .as("%s", sigma)
                        .isEqualTo(x.toFloats());
            }
        }
    }

    @Test
    void whatIsNotANumberStaysWithinTheReachOfTheFilter() {
        try (Scope scope = Scope.open()) {
            float[] values = picture(4, 1, 41, 43, 1).toFloats();
            values[20 * 43 + 21] = Float.NaN;
            float[] found = Tensor.of(BACKEND, Shape.of(1, 1, 41, 43), values)
                    .boxMean(3, Border.REFLECT)
                    .toFloats();
            for (int i = 0; i < found.length; i++) {
                boolean reached = Math.abs(i / 43 - 20) <= 3 && Math.abs(i % 43 - 21) <= 3;
                assertThat(Float.isNaN(found[i])).isEqualTo(reached);
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Scope scope = Scope.open()) {
            Tensor x = picture(5, 3, 5, 6, 1);
            Tensor two = x.slice(1, 0, 2);
            assertThatThrownBy(() -> Filters.guidedFilter(two, x, 1, 0.1, Border.TRUNCATED))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("1 or 3 channels");
            assertThatThrownBy(() -> Filters.guidedFilter(x.slice(2, 0, 4), x, 1, 0.1, Border.TRUNCATED))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> Filters.guidedFilter(x, x, 1, 0, Border.TRUNCATED))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> Filters.gaussianBlur(x, -1, 2, PaddingMode.REFLECT))
                    .isInstanceOf(ShapeException.class);
            for (int radius : new int[] {-1, 1 << 30, Integer.MAX_VALUE}) {
                assertThatThrownBy(() -> Filters.gaussianBlur(x, 1, radius, PaddingMode.ZERO))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining(Integer.toString(radius));
            }
        }
    }
}
