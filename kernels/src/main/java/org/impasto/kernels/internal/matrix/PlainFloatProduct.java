package org.impasto.kernels.internal.matrix;

import java.util.Arrays;

/**
 * Plain form of the float product: four rows of the second operand times four numbers, added to one row of the result.
 *
 * <p>Each row is an array of its own and all share one index: only then does the compiler vectorise the loop, since it
 * cannot rule out that two places of one array overlap.
 */
final class PlainFloatProduct implements FloatProduct {
    private static final int WIDTH = 256;
    private static final int ROWS =
            64; // rows of the result held at once: with four more rows, they fill the first cache

    @Override
    public int rowGroup() {
        return 1;
    }

    @Override
    public int panelWidth() {
        return WIDTH;
    }

    @Override
    public void multiplyAdd(
            int rows,
            int columns,
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cStride) {
        int rowSize = PackedLayout.steps(depth) * PackedLayout.STEP; // a is packed with zeros up to whole steps
        float[][] sums = new float[Math.min(ROWS, rows)][columns];
        float[][] factors = new float[4][columns];
        for (int first = 0; first < rows; first += ROWS) {
            int count = Math.min(ROWS, rows - first);
            for (int row = 0; row < count; row++) {
                Arrays.fill(sums[row], 0);
            }
            for (int k = 0; k < depth; k += 4) {
                int terms = Math.min(4, depth - k);
                for (int term = 0; term < 4; term++) {
                    if (term < terms) {
                        System.arraycopy(b, bOffset + (k + term) * WIDTH, factors[term], 0, columns);
                    } else {
                        Arrays.fill(factors[term], 0);
                    }
                }
                for (int row = 0; row < count; row++) {
                    int at = aOffset + (first + row) * rowSize + k;
                    addFour(
                            columns,
                            a[at],
                            a[at + 1],
                            a[at + 2],
                            a[at + 3],
                            factors[0],
                            factors[1],
                            factors[2],
                            factors[3],
                            sums[row]);
                }
            }
            for (int row = 0; row < count; row++) {
                int target = cOffset + (first + row) * cStride;
                float[] sum = sums[row];
                for (int j = 0; j < columns; j++) {
                    c[target + j] += sum[j];
                }
            }
        }
    }

    private static void addFour(
            int length,
            float x0,
            float x1,
            float x2,
            float x3,
            float[] p,
            float[] q,
            float[] r,
            float[] s,
            float[] sum) {
        for (int j = 0; j < length; j++) {
            sum[j] += x0 * p[j] + x1 * q[j] + x2 * r[j] + x3 * s[j];
        }
    }

    @Override
    public double dot(int length, float[] a, int aOffset, float[] b, int bOffset) {
        double p = 0;
        double q = 0;
        double r = 0;
        double s = 0;
        int i = 0;
        for (; i <= length - 4; i += 4) {
            p += (double) a[aOffset + i] * b[bOffset + i];
            q += (double) a[aOffset + i + 1] * b[bOffset + i + 1];
            r += (double) a[aOffset + i + 2] * b[bOffset + i + 2];
            s += (double) a[aOffset + i + 3] * b[bOffset + i + 3];
        }
        for (; i < length; i++) {
            p += (double) a[aOffset + i] * b[bOffset + i];
        }
        return (p + q) + (r + s);
    }

    @Override
    public void addScaledRows(
            int rows,
            int columns,
            float[] x,
            int xOffset,
            int xStride,
            float[] a,
            int aOffset,
            int aStride,
            float[] y,
            int yOffset) {
        double[] sums = new double[columns];
        for (int row = 0; row < rows; row++) {
            double factor = x[xOffset + row * xStride];
            int from = aOffset + row * aStride;
            for (int j = 0; j < columns; j++) {
                sums[j] += factor * a[from + j];
            }
        }
        for (int j = 0; j < columns; j++) {
            y[yOffset + j] += (float) sums[j];
        }
    }
}
