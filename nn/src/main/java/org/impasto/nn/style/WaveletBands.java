package org.impasto.nn.style;

/**
 * Bands of an undecimated wavelet: the a trous algorithm with the cubic B-spline kernel [1 4 6 4 1]/16 in both
 * directions and mirrored edges (J.-L. Starck and F. Murtagh, Astronomical Image and Data Analysis, 2006, chapter 1).
 * Band j is the difference of the plane smoothed j and j+1 times, with gaps of 2^j between the kernel's taps; the bands
 * and the last smoothed plane add up to the plane. Nothing is decimated, so a changed band makes no blocks.
 *
 * <p>Rows are computed in pieces from the plane alone, each with the rows around it that it needs, so no piece waits for
 * another and a row has the same bits in whichever piece it is computed.
 */
final class WaveletBands {
    static final int COUNT = 4;

    /** How many rows above and below a row its bands depend on. */
    private static final int REACH = 2 * ((1 << COUNT) - 1);

    /** Takes one row of one band; {@code detail} is reused for the next row. */
    interface RowConsumer {
        void row(int band, int y, float[] detail);
    }

    private WaveletBands() {}

    /** Gives rows {@code from} to {@code to} (exclusive) of every band of a plane to a consumer, the finest band first. */
    static void forEachRow(float[] plane, int width, int height, int from, int to, RowConsumer consumer) {
        int base = Math.max(0, from - REACH);
        int end = Math.min(height, to + REACH);
        float[] current = java.util.Arrays.copyOfRange(plane, base * width, end * width);
        float[] next = new float[current.length];
        float[] column = new float[width];
        float[] detail = new float[width];
        int reach = REACH;
        for (int band = 0; band < COUNT; band++) {
            int gap = 1 << band;
            reach -= 2 * gap;
            int last = Math.min(height, to + reach);
            for (int y = Math.max(0, from - reach); y < last; y++) {
                smoothColumns(current, width, height, base, y, gap, column);
                int at = (y - base) * width;
                smoothRow(column, width, gap, next, at);
                if (y >= from && y < to) {
                    for (int x = 0; x < width; x++) {
                        detail[x] = current[at + x] - next[at + x];
                    }
                    consumer.row(band, y, detail);
                }
            }
            float[] swap = current;
            current = next;
            next = swap;
        }
    }

    private static void smoothColumns(float[] rows, int width, int height, int base, int y, int gap, float[] result) {
        int a = (mirror(y - 2 * gap, height) - base) * width;
        int b = (mirror(y - gap, height) - base) * width;
        int c = (y - base) * width;
        int d = (mirror(y + gap, height) - base) * width;
        int e = (mirror(y + 2 * gap, height) - base) * width;
        for (int x = 0; x < width; x++) {
            result[x] = spline(rows[a + x], rows[b + x], rows[c + x], rows[d + x], rows[e + x]);
        }
    }

    private static void smoothRow(float[] row, int width, int gap, float[] result, int at) {
        int inner = Math.max(0, width - 2 * gap);
        int edge = Math.min(2 * gap, width);
        for (int x = 0; x < edge; x++) {
            result[at + x] = splineAtEdge(row, width, x, gap);
        }
        for (int x = edge; x < inner; x++) {
            result[at + x] = spline(row[x - 2 * gap], row[x - gap], row[x], row[x + gap], row[x + 2 * gap]);
        }
        for (int x = Math.max(edge, inner); x < width; x++) {
            result[at + x] = splineAtEdge(row, width, x, gap);
        }
    }

    private static float splineAtEdge(float[] row, int width, int x, int gap) {
        return spline(
                row[mirror(x - 2 * gap, width)],
                row[mirror(x - gap, width)],
                row[x],
                row[mirror(x + gap, width)],
                row[mirror(x + 2 * gap, width)]);
    }

    private static float spline(float a, float b, float c, float d, float e) {
        return 0.0625f * (a + e) + 0.25f * (b + d) + 0.375f * c;
    }

    /** The index inside a line of {@code length} that an index outside it is mirrored to; the end is not repeated. */
    static int mirror(int index, int length) {
        if (index >= 0 && index < length) {
            return index;
        }
        if (length == 1) {
            return 0;
        }
        int period = 2 * length - 2;
        int folded = Math.floorMod(index, period);
        return folded < length ? folded : period - folded;
    }
}
