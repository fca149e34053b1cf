package org.impasto.kernels.internal.matrix;

import java.util.Arrays;

/**
 * Plain form of the double product: four rows of the second operand times four numbers, added to one row of the result.
 *
 * <p>Each row is an array of its own and all share one index: only then does the compiler vectorise the loop, since it
 * cannot rule out that two places of one array overlap.
 */
final class PlainDoubleProduct implements DoubleProduct {
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
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] c,
            int cOffset,
            int cStride) {
        int rowSize = PackedLayout.steps(depth) * PackedLayout.STEP; // a is packed with zeros up to whole steps
        double[][] sums = new double[Math.min(ROWS, rows)][columns];
        double[][] factors = new double[4][columns];
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
                double[] sum = sums[row];
                for (int j = 0; j < columns; j++) {
                    c[target + j] += sum[j];
                }
            }
        }
    }

    private static void addFour(
            int length,
            double x0,
            double x1,
            double x2,
            double x3,
            double[] p,
            double[] q,
            double[] r,
            double[] s,
            double[] sum) {
        for (int j = 0; j < length; j++) {
            sum[j] += x0 * p[j] + x1 * q[j] + x2 * r[j] + x3 * s[j];
        }
    }

    @Override
    public double dot(int length, double[] a, int aOffset, double[] b, int bOffset) {
        double p = 0;
        double q = 0;
        double r = 0;
        double s = 0;
        int i = 0;
        for (; i <= length - 4; i += 4) {
            p += a[aOffset + i] * b[bOffset + i];
            q += a[aOffset + i + 1] * b[bOffset + i + 1];
            r += a[aOffset + i + 2] * b[bOffset + i + 2];
            s += a[aOffset + i + 3] * b[bOffset + i + 3];
        }
        for (; i < length; i++) {
            p += a[aOffset + i] * b[bOffset + i];
        }
        return (p + q) + (r + s);
    }

    @Override
    public void addScaledRows(
            int rows,
            int columns,
            double[] x,
            int xOffset,
            int xStride,
            double[] a,
            int aOffset,
            int aStride,
            double[] y,
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
            y[yOffset + j] += sums[j];
        }
    }

    @Override
    public void addRowProducts(
            int rows,
            int columns,
            int depth,
            double[] a,
            int aOffset,
            int aStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int cOffset,
            int cStride) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                c[cOffset + i * cStride + j] += dot(depth, a, aOffset + i * aStride, b, bOffset + j * bStride);
            }
        }
    }
}
