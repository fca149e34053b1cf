package org.impasto.kernels.internal.matrix;

/**
 * Plain form of the float products of rows with rows: four places of the chunk at a time, their numbers gathered into
 * arrays of their own, so that the compiler can vectorise along the second row.
 */
final class PlainFloatRowProducts implements FloatRowProducts {
    @Override
    public void add(
            int firstRow,
            int endRow,
            int firstColumn,
            int endColumn,
            int length,
            float[] rows,
            int offset,
            double[] target,
            int targetStride) {
        int columns = endColumn - firstColumn;
        float[][] sums = new float[endRow - firstRow][columns];
        float[] p = new float[columns];
        float[] q = new float[columns];
        float[] r = new float[columns];
        float[] s = new float[columns];
        for (int k = 0; k < length; k += 4) {
            for (int j = 0; j < columns; j++) {
                int at = offset + (firstColumn + j) * STRIDE + k;
                p[j] = rows[at];
                q[j] = rows[at + 1];
                r[j] = rows[at + 2];
                s[j] = rows[at + 3];
            }
            for (int i = firstRow; i < endRow; i++) {
                int at = offset + i * STRIDE + k;
                int from = Math.max(0, i - firstColumn);
                addFour(
                        from,
                        columns,
                        rows[at],
                        rows[at + 1],
                        rows[at + 2],
                        rows[at + 3],
                        p,
                        q,
                        r,
                        s,
                        sums[i - firstRow]);
            }
        }
        for (int i = firstRow; i < endRow; i++) {
            for (int j = Math.max(firstColumn, i); j < endColumn; j++) {
                target[i * targetStride + j] += sums[i - firstRow][j - firstColumn];
            }
        }
    }

    private static void addFour(
            int from,
            int to,
            float x0,
            float x1,
            float x2,
            float x3,
            float[] p,
            float[] q,
            float[] r,
            float[] s,
            float[] sum) {
        for (int j = from; j < to; j++) {
            sum[j] += x0 * p[j] + x1 * q[j] + x2 * r[j] + x3 * s[j];
        }
    }
}
