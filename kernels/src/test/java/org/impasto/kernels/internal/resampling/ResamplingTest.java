package org.impasto.kernels.internal.resampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Copies and doublings against their formulas, cell by cell. */
class ResamplingTest {
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

    private static float[] random(int length) {
        Random random = new Random(length);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static int[] sources(int in, int out) {
        int[] sources = new int[out];
        Arrays.setAll(sources, i -> i * in / out);
        return sources;
    }

    @Test
    void theNearestCellIsCopied() {
        int[][] sizes = {{1, 1, 1, 1}, {3, 5, 6, 10}, {3, 5, 9, 15}, {40, 7, 130, 16}, {5, 8, 3, 4}, {1, 9, 7, 9}};
        for (int[] size : sizes) {
            for (int cell : new int[] {1, 16}) {
                int[] rows = sources(size[0], size[2]);
                int[] columns = sources(size[1], size[3]);
                float[] input = random(3 * size[0] * size[1] * cell);
                float[] output = new float[3 * size[2] * size[3] * cell];
                Arrays.fill(output, Float.NaN);
                Nearest.resize(3, size[0], size[1], rows, columns, cell, input, output, workers, Run.inference());
                for (int i = 0; i < output.length; i++) {
                    int column = i / cell % size[3];
                    int row = i / cell / size[3] % size[2];
                    int plane = i / cell / size[3] / size[2];
                    int source = (plane * size[0] + rows[row]) * size[1] + columns[column];
                    assertThat(output[i]).isEqualTo(input[source * cell + i % cell]);
                }
            }
        }
    }

    @Test
    void doublingMixesThreeToOne() {
        for (int[] size : new int[][] {{1, 1}, {1, 5}, {6, 1}, {2, 8}, {40, 17}, {33, 32}, {3, 100}}) {
            int height = size[0];
            int width = size[1];
            float[] input = random(2 * height * width);
            float[] output = new float[8 * height * width];
            Arrays.fill(output, Float.NaN);
            Doubling.bilinear(2, height, width, input, output, workers, Run.inference());
            for (int i = 0; i < output.length; i++) {
                double y = Math.max(0, (i / (2 * width) % (2 * height) + 0.5) / 2 - 0.5);
                double x = Math.max(0, (i % (2 * width) + 0.5) / 2 - 0.5);
                int top = (int) y;
                int left = (int) x;
                int bottom = Math.min(top + 1, height - 1);
                int right = Math.min(left + 1, width - 1);
                int plane = i / (4 * width * height) * height;
                double above = (1 - x + left) * input[(plane + top) * width + left]
                        + (x - left) * input[(plane + top) * width + right];
                double below = (1 - x + left) * input[(plane + bottom) * width + left]
                        + (x - left) * input[(plane + bottom) * width + right];
                double expected = (1 - y + top) * above + (y - top) * below;
                // Two mixtures of numbers of at most about 4: three roundings each.
                assertThat((double) output[i]).isCloseTo(expected, within(6 * 4 * 0x1p-24));
            }
        }
    }
}
