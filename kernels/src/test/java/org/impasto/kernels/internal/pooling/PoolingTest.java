package org.impasto.kernels.internal.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.impasto.core.Run;
import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.Workers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Poolings against loops that look at every cell of every window. */
class PoolingTest {
    private static ExecutorService executor;
    private static Workers workers;

    @BeforeAll
    static void start() {
        executor = Executors.newFixedThreadPool(2);
        workers = new Workers(executor, 3);
    }

    @AfterAll
    static void stop() {
        executor.shutdown();
    }

    static Stream<PoolingShape> shapes() {
        List<PoolingShape> shapes = new ArrayList<>();
        int[][] sizes = {{1, 1}, {2, 3}, {9, 31}, {13, 17}, {16, 64}};
        int[] channels = {1, 3, 16, 19, 40};
        int turn = 0;
        for (int[] size : sizes) {
            for (int kernel = 1; kernel <= 5; kernel++) {
                for (int stride = 1; stride <= 3; stride++) {
                    for (int dilation = 1; dilation <= 2; dilation++) {
                        int padding = turn % (kernel / 2 + 1);
                        int c = channels[turn % channels.length];
                        boolean ceil = turn % 3 == 1;
                        turn++;
                        try {
                            shapes.add(new PoolingShape(
                                    1 + turn % 2,
                                    c,
                                    size[0],
                                    size[1],
                                    kernel,
                                    kernel,
                                    stride,
                                    stride,
                                    padding,
                                    padding,
                                    dilation,
                                    dilation,
                                    ceil));
                        } catch (ShapeException tooLarge) {
                            assertThat(tooLarge).hasMessageContaining("does not fit");
                        }
                    }
                }
            }
        }
        shapes.add(new PoolingShape(2, 20, 9, 14, 2, 3, 3, 1, 1, 0, 1, 2, true));
        return shapes.stream();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void equalsTheLoop(PoolingShape s) {
        Random random = new Random(s.hashCode());
        float[] planar = new float[s.batch() * s.channels() * s.height() * s.width()];
        for (int i = 0; i < planar.length; i++) {
            planar[i] = random.nextInt(20) - 10; // with ties
        }
        float[] input = new float[s.inputSize()];
        BlockedLayout.toBlocked(
                planar, input, s.batch(), s.channels(), s.height() * s.width(), workers, Run.inference());
        int h = s.outputHeight();
        int w = s.outputWidth();
        float[] max = poisoned(s.outputSize());
        Pooling.max(s, input, max, workers, Run.inference());
        float[] withPositions = poisoned(s.outputSize());
        long[] positions = new long[s.batch() * s.channels() * h * w];
        Pooling.max(s, input, withPositions, positions, workers, Run.inference());
        assertThat(withPositions).isEqualTo(max);
        float[] planes = poisoned(s.batch() * s.channels() * h * w);
        PlanarPooling.max(s, planar, planes, workers, Run.inference());
        boolean averages = s.dilationHeight() == 1 && s.dilationWidth() == 1;
        float[] inside = poisoned(s.outputSize());
        float[] padded = poisoned(s.outputSize());
        if (averages) {
            Pooling.average(s, false, input, inside, workers, Run.inference());
            Pooling.average(s, true, input, padded, workers, Run.inference());
        }
        int blocks = BlockedLayout.blocks(s.channels());
        for (int i = 0; i < max.length; i++) {
            int channel = i / 16 / w / h % blocks * 16 + i % 16;
            int image = i / 16 / w / h / blocks;
            if (channel >= s.channels()) {
                assertThat(max[i]).isZero();
                continue;
            }
            int x = i / 16 % w;
            int y = i / 16 / w % h;
            float largest = Float.NEGATIVE_INFINITY;
            long position = -1;
            double sum = 0;
            int cells = 0;
            int paddedCells = 0;
            for (int r = 0; r < s.kernelHeight(); r++) {
                for (int q = 0; q < s.kernelWidth(); q++) {
                    int sy = y * s.strideHeight() - s.paddingHeight() + r * s.dilationHeight();
                    int sx = x * s.strideWidth() - s.paddingWidth() + q * s.dilationWidth();
                    if (sy < s.height() + s.paddingHeight() && sx < s.width() + s.paddingWidth()) {
                        paddedCells++;
                    }
                    if (sy >= 0 && sx >= 0 && sy < s.height() && sx < s.width()) {
                        float value = planar[((image * s.channels() + channel) * s.height() + sy) * s.width() + sx];
                        cells++;
                        sum += value;
                        if (value > largest) {
                            largest = value;
                            position = (long) sy * s.width() + sx;
                        }
                    }
                }
            }
            assertThat(max[i]).isEqualTo(largest);
            assertThat(planes[((image * s.channels() + channel) * h + y) * w + x])
                    .isEqualTo(largest);
            assertThat(positions[((image * s.channels() + channel) * h + y) * w + x])
                    .isEqualTo(position);
            if (averages && cells > 0) {
                assertThat(inside[i]).isEqualTo((float) sum / cells); // sums of small integers are exact
                assertThat(padded[i]).isEqualTo((float) sum / paddedCells);
            }
        }
    }

    private static float[] poisoned(int size) {
        float[] array = new float[size];
        Arrays.fill(array, Float.NaN);
        return array;
    }

    @Test
    void keepsNaN() {
        PoolingShape s = PoolingShape.square(1, 1, 4, 4, 2, false);
        for (int place = 0; place < 4; place++) {
            float[] input = new float[s.inputSize()];
            input[(place / 2 * 4 + place % 2) * 16] = Float.NaN;
            float[] output = new float[s.outputSize()];
            Pooling.max(s, input, output, workers, Run.inference());
            assertThat(output[0]).isNaN();
            long[] positions = new long[4];
            Pooling.max(s, input, output, positions, workers, Run.inference());
            assertThat(output[0]).isNaN();
            assertThat(positions[0]).isEqualTo(place / 2 * 4 + place % 2);
            float[] planar = new float[16];
            planar[place / 2 * 4 + place % 2] = Float.NaN;
            float[] planes = poisoned(4);
            PlanarPooling.max(s, planar, planes, workers, Run.inference());
            assertThat(planes).containsExactly(Float.NaN, 0, 0, 0);
        }
    }

    /** Rows with one number that comparison alone does not order, at every place of a vector, and rows with many. */
    @Test
    void ordersZerosAndWhatIsNotANumber() {
        float[] special = {
            -0f, 0f, Float.NaN, Float.intBitsToFloat(0xffc00001), Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
        };
        int width = 75;
        int height = 31; // several runs of rows that are looked along at once, and a row without a lower one
        PoolingShape s = PoolingShape.square(1, 1, height, width, 2, true);
        for (int place = 0; place < height * width; place++) {
            for (float one : special) {
                float[] plane = new float[height * width];
                plane[place] = one;
                comparesAsMathDoes(s, plane);
            }
        }
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            float[] plane = new float[height * width];
            for (int place = 0; place < plane.length; place++) {
                plane[place] = random.nextInt(1 + 10 * i) == 0 ? special[random.nextInt(6)] : random.nextInt(5) - 4;
            }
            comparesAsMathDoes(s, plane);
        }
    }

    private void comparesAsMathDoes(PoolingShape s, float[] plane) {
        float[] found = poisoned(s.outputHeight() * s.outputWidth());
        PlanarPooling.max(s, plane, found, workers, Run.inference());
        float[] expected = new float[found.length];
        Arrays.fill(expected, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < plane.length; i++) {
            int target = i / s.width() / 2 * s.outputWidth() + i % s.width() / 2;
            expected[target] = Math.max(expected[target], plane[i]);
        }
        assertThat(found).containsExactly(expected); // 0 and -0 differ
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> PoolingShape.square(1, 3, 1, 5, 2, false))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("does not fit");
        assertThatThrownBy(() -> new PoolingShape(1, 3, 8, 8, 2, 2, 2, 2, 2, 0, 1, 1, false))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("half of the kernel");
        PoolingShape s = PoolingShape.square(1, 3, 4, 4, 2, false);
        assertThatThrownBy(() -> Pooling.max(s, new float[1], new float[64], workers, Run.inference()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expected 256");
    }
}
