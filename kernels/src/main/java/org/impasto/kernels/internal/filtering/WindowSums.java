package org.impasto.kernels.internal.filtering;

import java.util.Arrays;
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * Sums over the k x k cells around each cell of a plane, k = 2 radius + 1, of one or several quantities at once.
 *
 * <p>An axis is cut into blocks of k cells, so that each window is the end of one block and the beginning of the next:
 * running sums from each end of a block give every window in three additions, whatever k is (van Herk, 1992, and Gil and
 * Werman, 1993, for maxima). Unlike a running sum that also takes away, this adds each cell of a window once and nothing
 * else: in float64 the error is below 2 k 2^-53 of the sum of absolute values, and an infinity or NaN reaches the
 * windows that hold it only.
 */
public final class WindowSums {
    /** Columns of results that a piece of work computes, so that its sums stay in the cache. */
    private static final int STRIP = 512;

    /** Rows of results that a piece computes at least. */
    private static final int ROWS = 32;

    private final int height;
    private final int width;
    private final int radius;
    private final int quantities;
    private final int[] rowSources;
    private final int[] columnSources;

    /**
     * Windows of planes of one size.
     *
     * @param border where cells beyond the edge take their values from
     * @param quantities how many sums are taken for each cell
     */
    public WindowSums(int height, int width, int radius, PaddingMode border, int quantities) {
        this.height = height;
        this.width = width;
        this.radius = radius;
        this.quantities = quantities;
        rowSources = border.sources(height, radius, radius, height + 2 * radius);
        columnSources = border.sources(width, radius, radius, width + 2 * radius);
    }

    /** Gives the quantities of a row. */
    @FunctionalInterface
    public interface Source {
        /**
         * Writes {@code count} cells of a row, from a column on, of quantity q to {@code values} from
         * {@code at + q * stride} on.
         */
        void read(int plane, int row, int column, int count, double[] values, int at, int stride);
    }

    /** Takes the sums of a row. */
    @FunctionalInterface
    public interface Target {
        /** The sums around {@code count} cells of a row, from a column on; those of quantity q from q * stride on. */
        void write(int plane, int row, int column, int count, double[] sums, int stride);
    }

    /** Computes the sums of all cells of some planes. */
    public void compute(int planes, Source source, Target target, Workers workers, Run run) {
        if (height == 0 || width == 0) {
            return;
        }
        int kernel = 2 * radius + 1;
        int rowsPerPiece = (ROWS + kernel - 1) / kernel * kernel;
        int columnsPerPiece = Math.max(STRIP, 2 * kernel);
        int down = (height + rowsPerPiece - 1) / rowsPerPiece;
        int across = (width + columnsPerPiece - 1) / columnsPerPiece;
        Strip[] strips = new Strip[workers.count()];
        int longest = Math.min(width, columnsPerPiece) + 2 * radius;
        workers.run(Math.multiplyExact(planes, Math.multiplyExact(down, across)), run, (piece, worker) -> {
            Strip strip = strips[worker];
            if (strip == null) {
                strip = new Strip(longest);
                strips[worker] = strip;
            }
            int column = piece % across * columnsPerPiece;
            int row = piece / across % down * rowsPerPiece;
            strip.place(column, Math.min(columnsPerPiece, width - column));
            int end = Math.min(height, row + rowsPerPiece);
            for (int first = row; first < end; first += kernel) {
                strip.block(piece / across / down, first, Math.min(end, first + kernel), source, target);
            }
        });
    }

    /** Some columns of results and the sums that are under way for them. */
    private final class Strip {
        private final int kernel = 2 * radius + 1;
        private final int stride; // between quantities
        private final double[] line;
        private final double[] beginning;
        private final double[][] ends; // sums of the rows from one row of a block to its last
        private final double[] sums;
        private final double[] ending = new double[kernel];
        private int column;
        private int count;

        Strip(int longest) {
            stride = longest;
            line = new double[quantities * longest];
            beginning = new double[quantities * longest];
            ends = new double[kernel][quantities * longest];
            sums = new double[quantities * longest];
        }

        void place(int firstColumn, int columns) {
            column = firstColumn;
            count = columns;
        }

        /** The rows of results from {@code first} on, at most as many as a window has. */
        void block(int plane, int first, int end, Source source, Target target) {
            int used = (quantities - 1) * stride + count + 2 * radius;
            read(plane, rowSources[first + kernel - 1], source, ends[kernel - 1]);
            for (int i = kernel - 2; i >= 0; i--) {
                read(plane, rowSources[first + i], source, line);
                add(ends[i + 1], line, ends[i], used);
            }
            Arrays.fill(beginning, 0, used, 0.0);
            for (int row = first; row < end; row++) {
                double[] cells = ends[row - first];
                if (row > first) {
                    read(plane, rowSources[row + kernel - 1], source, line);
                    add(beginning, line, beginning, used);
                    add(cells, beginning, cells, used);
                }
                for (int q = 0; q < quantities; q++) {
                    along(cells, q * stride);
                }
                target.write(plane, row, column, count, sums, stride);
            }
        }

        /** One row of the padded plane. */
        private void read(int plane, int row, Source source, double[] into) {
            int length = count + 2 * radius;
            if (row < 0) {
                Arrays.fill(into, 0.0);
                return;
            }
            int from = Math.max(0, column - radius); // the cells that need no border lie in one run
            int to = Math.min(width, column + count + radius);
            int before = from - (column - radius);
            source.read(plane, row, from, to - from, into, before, stride);
            for (int i = 0; i < length; i++) {
                if (i == before) {
                    i += to - from;
                    if (i >= length) {
                        break;
                    }
                }
                border(plane, row, source, into, i);
            }
        }

        private void border(int plane, int row, Source source, double[] into, int at) {
            int from = columnSources[column + at];
            if (from >= 0) {
                source.read(plane, row, from, 1, into, at, stride);
            } else {
                for (int q = 0; q < quantities; q++) {
                    into[q * stride + at] = 0;
                }
            }
        }

        /** Sums over windows along one row. */
        private void along(double[] cells, int at) {
            for (int first = 0; first < count; first += kernel) {
                double sum = 0;
                int start = at + first;
                for (int i = kernel - 1; i >= 0; i--) {
                    sum += cells[start + i];
                    ending[i] = sum;
                }
                int end = Math.min(kernel, count - first);
                sums[start] = ending[0];
                sum = 0;
                for (int i = 1; i < end; i++) {
                    sum += cells[start + kernel - 1 + i];
                    sums[start + i] = ending[i] + sum;
                }
            }
        }
    }

    private static void add(double[] a, double[] b, double[] into, int length) {
        for (int i = 0; i < length; i++) {
            into[i] = a[i] + b[i];
        }
    }
}
