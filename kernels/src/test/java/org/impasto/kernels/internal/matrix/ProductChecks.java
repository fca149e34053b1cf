package org.impasto.kernels.internal.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/** What holds for matrix products of any provider and width. */
public final class ProductChecks {
    private static final int[] SIZES = {1, 2, 3, 5, 6, 7, 13, 15, 16, 17, 31, 32, 33, 63, 64, 65, 97};
    private static final float GUARD = 12345;

    private ProductChecks() {}

    /** All checks with vector loops. */
    public static void vector() {
        floats(true);
        doubles(true);
    }

    /** All checks with plain loops. */
    public static void plain() {
        floats(false);
        doubles(false);
    }

    private static void floats(boolean vector) {
        Random random = new Random(7);
        Workers workers = new Workers(Runnable::run, 1);
        FloatMatrices matrices = new FloatMatrices(vector);
        for (int trial = 0; trial < 160; trial++) {
            int rows = size(random);
            int columns = trial % 7 == 0 ? 600 : size(random);
            int depth = trial % 20 == 0 ? 1100 : size(random);
            if (trial % 9 == 1) {
                rows = 1;
            } else if (trial % 9 == 2) {
                columns = 1;
            }
            boolean accumulate = trial % 3 == 0;
            MatrixShape shape = new MatrixShape(rows, columns, depth, random.nextBoolean(), random.nextBoolean());
            float[] a = normal(random, rows * depth + 5);
            float[] b = normal(random, columns * depth + 3);
            float[] c = normal(random, rows * columns + 9);
            Arrays.fill(c, 0, 4, GUARD);
            Arrays.fill(c, rows * columns + 4, c.length, GUARD);
            float[] before = c.clone();
            matrices.multiply(shape, a, 5, b, 3, c, 4, accumulate, workers, Run.inference());
            for (int i = 0; i < c.length; i++) {
                if (i < 4 || i >= 4 + rows * columns) {
                    assertThat(c[i]).isEqualTo(GUARD);
                    continue;
                }
                int row = (i - 4) / columns;
                int column = (i - 4) % columns;
                double sum = accumulate ? before[i] : 0;
                double size = Math.abs(sum);
                for (int k = 0; k < depth; k++) {
                    double term = (double) a[5 + row * shape.rowStrideA() + k * shape.depthStrideA()]
                            * b[3 + k * shape.depthStrideB() + column * shape.columnStrideB()];
                    sum += term;
                    size += Math.abs(term);
                }
                // a running sum of n terms errs by at most n roundings of the sum of sizes, typically by their root
                double tolerance = Math.ulp(1f) * size * (1 + Math.sqrt(depth)) + 1e-30;
                assertThat((double) c[i])
                        .as("%s accumulate %s trial %d at %d,%d", shape, accumulate, trial, row, column)
                        .isBetween(sum - tolerance, sum + tolerance);
            }
        }
    }

    private static void doubles(boolean vector) {
        Random random = new Random(8);
        Workers workers = new Workers(Runnable::run, 1);
        DoubleMatrices matrices = new DoubleMatrices(vector);
        for (int trial = 0; trial < 120; trial++) {
            boolean fewLongRows = trial >= 80;
            int rows = fewLongRows ? 1 + random.nextInt(33) : trial % 9 == 1 ? 1 : size(random);
            int columns = fewLongRows ? 1 + random.nextInt(33) : trial % 9 == 2 ? 1 : size(random);
            int depth = fewLongRows ? 65 + random.nextInt(1100) : trial % 20 == 0 ? 1100 : size(random);
            boolean turnA = !fewLongRows && random.nextBoolean();
            MatrixShape shape = new MatrixShape(rows, columns, depth, turnA, fewLongRows || random.nextBoolean());
            double[] a = random.doubles(rows * depth, -1, 1).toArray();
            double[] b = random.doubles(columns * depth, -1, 1).toArray();
            double[] c = new double[rows * columns];
            matrices.multiply(shape, a, 0, b, 0, c, 0, false, workers, Run.inference());
            for (int i = 0; i < c.length; i++) {
                double sum = 0;
                for (int k = 0; k < depth; k++) {
                    sum += a[i / columns * shape.rowStrideA() + k * shape.depthStrideA()]
                            * b[k * shape.depthStrideB() + i % columns * shape.columnStrideB()];
                }
                assertThat(c[i]).as("%s", shape).isBetween(sum - 1e-15 * depth, sum + 1e-15 * depth);
            }
        }
    }

    /** Results of one, two and three threads, which must be equal bit by bit. */
    static void threads(boolean vector) {
        Random random = new Random(9);
        MatrixShape shape = new MatrixShape(301, 1200, 700, false, true);
        float[] a = normal(random, 301 * 700);
        float[] b = normal(random, 1200 * 700);
        ExecutorService executor = Executors.newFixedThreadPool(3);
        try {
            float[] first = new float[301 * 1200];
            new FloatMatrices(vector)
                    .multiply(shape, a, 0, b, 0, first, 0, false, new Workers(executor, 1), Run.inference());
            for (int count = 2; count <= 3; count++) {
                float[] other = new float[301 * 1200];
                new FloatMatrices(vector)
                        .multiply(shape, a, 0, b, 0, other, 0, false, new Workers(executor, count), Run.inference());
                assertThat(other).isEqualTo(first);
            }
        } finally {
            executor.shutdown();
        }
    }

    private static int size(Random random) {
        return SIZES[random.nextInt(SIZES.length)];
    }

    private static float[] normal(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
