package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * The weight transform U = G g G', in double, rounded once: {@code [points][panel][depth][width]}; and its transpose, which makes
 * the gradient of weights of that of U.
 */
final class WinogradWeights {
    private static final int COLUMNS_AT_ONCE = 64;
    private static final int CHANNELS_PER_PIECE = 16;

    private WinogradWeights() {}

    static void transform(ConvolutionShape s, PreparedWeights.Source source, float[] values, Workers workers, Run run) {
        WinogradPieces pieces = WinogradPieces.of(s);
        int taps = pieces.rows().taps();
        int depth = pieces.depth();
        Panels panels = Panels.of(pieces.width());
        int xiStride = depth * panels.columns();
        int parts = depth / CHANNELS_PER_PIECE;
        workers.run(panels.count() * parts, run, (index, worker) -> {
            int panel = index / parts;
            int width = panels.width(panel);
            int first = panels.start(panel);
            double[][] g = new double[taps * taps][COLUMNS_AT_ONCE];
            double[][] half = new double[taps * pieces.rows().points()][COLUMNS_AT_ONCE];
            double[] line = new double[COLUMNS_AT_ONCE];
            int begin = index % parts * CHANNELS_PER_PIECE * width;
            // Columns of one channel after those of another, as they lie: those of a narrow panel are few.
            for (int from = begin; from < begin + CHANNELS_PER_PIECE * width; from += COLUMNS_AT_ONCE) {
                boolean any = false;
                for (int column = 0; column < COLUMNS_AT_ONCE; column += BlockedLayout.BLOCK) {
                    int k = (from + column) / width;
                    int out = first + (from + column) % width;
                    int piece = k / pieces.step() + out / pieces.outputStep();
                    boolean exists = k / pieces.step() < pieces.inputs() && k % pieces.step() < pieces.channels();
                    gather(s, source, pieces, piece, exists, out % pieces.outputStep(), k % pieces.step(), column, g);
                    any |= exists;
                }
                if (any) { // else the array has zeros there
                    both(taps == 2 ? G_OF_TWO : G, g, half, line, values, first * depth + from, xiStride);
                }
            }
        });
    }

    /** A block of output channels of a piece of the kernel; zeros where the channel of the input does not exist. */
    private static void gather(
            ConvolutionShape s,
            PreparedWeights.Source source,
            WinogradPieces pieces,
            int piece,
            boolean exists,
            int out,
            int channel,
            int target,
            double[][] g) {
        int taps = pieces.rows().taps();
        int filled = Math.max(0, Math.min(BlockedLayout.BLOCK, s.outputChannels() - out));
        int stride = source.outStride();
        float[] weights = source.weights();
        for (int tap = 0; tap < taps * taps; tap++) {
            Arrays.fill(g[tap], target, target + BlockedLayout.BLOCK, 0);
            if (!exists) {
                continue;
            }
            int row = pieces.rows().tap(pieces.row(piece), tap / taps);
            int column = pieces.columns().tap(pieces.column(piece), tap % taps);
            boolean inside = row < s.kernelHeight() && column < s.kernelWidth();
            if (inside) {
                int at = source.at(0, out, channel, row, column);
                for (int i = 0; i < filled; i++) {
                    g[tap][target + i] = weights[at];
                    at += stride;
                }
            }
        }
    }

    private static void both(
            double[][] transform,
            double[][] g,
            double[][] half,
            double[] line,
            float[] values,
            int offset,
            int xiStride) {
        int points = transform.length;
        int taps = transform[0].length;
        for (int column = 0; column < taps; column++) {
            for (int i = 0; i < points; i++) {
                combine(transform[i], g, column, taps, half[i * taps + column]);
            }
        }
        for (int i = 0; i < points; i++) {
            for (int j = 0; j < points; j++) {
                combine(transform[j], half, i * taps, 1, line);
                int at = offset + (i * points + j) * xiStride;
                for (int k = 0; k < COLUMNS_AT_ONCE; k++) {
                    values[at + k] = (float) line[k];
                }
            }
        }
    }

    private static final double[][] G = WinogradPoints.weightTransform(3);
    private static final double[][] G_OF_TWO = WinogradPoints.weightTransform(2);

    private static void combine(double[] factors, double[][] x, int first, int step, double[] sum) {
        if (factors.length == 2) {
            addTwo(factors, x[first], x[first + step], sum);
        } else {
            addThree(factors, x[first], x[first + step], x[first + 2 * step], sum);
        }
    }

    private static void addTwo(double[] factors, double[] x, double[] y, double[] sum) {
        double a = factors[0];
        double b = factors[1];
        for (int i = 0; i < COLUMNS_AT_ONCE; i++) {
            sum[i] = a * x[i] + b * y[i];
        }
    }

    private static void addThree(double[] factors, double[] x, double[] y, double[] z, double[] sum) {
        double a = factors[0];
        double b = factors[1];
        double c = factors[2];
        for (int i = 0; i < COLUMNS_AT_ONCE; i++) {
            sum[i] = a * x[i] + b * y[i] + c * z[i];
        }
    }

    /**
     * dW = G' S G for one panel of output channels and one block of input channels.
     *
     * @param sums {@code [part][36][panel][in][width]}, parts that are added up
     * @param weights {@code [out][in][3][3]}
     */
    static void gradient(
            ConvolutionShape s,
            float[] sums,
            int parts,
            int xiStride,
            Panels panels,
            int panel,
            int block,
            float[] weights) {
        int in = s.inputChannels();
        int width = panels.width(panel);
        int first = panels.start(panel);
        int offset = first * BlockedLayout.roundUp(in);
        double[][] points = new double[6][COLUMNS_AT_ONCE];
        double[][] half = new double[18][COLUMNS_AT_ONCE];
        double[] line = new double[COLUMNS_AT_ONCE];
        int end = Math.min(in, (block + 1) * BlockedLayout.BLOCK);
        int filled = Math.min(width, s.outputChannels() - first);
        for (int from = block * BlockedLayout.BLOCK * width; from < end * width; from += COLUMNS_AT_ONCE) {
            for (int j = 0; j < 6; j++) {
                for (int i = 0; i < 6; i++) {
                    gather(sums, offset + from + (i * 6 + j) * xiStride, parts, 36 * xiStride, points[i]);
                }
                for (int tap = 0; tap < 3; tap++) {
                    combineSix(COLUMNS_OF_G[tap], points, 0, half[tap * 6 + j]);
                }
            }
            for (int tap = 0; tap < 9; tap++) {
                combineSix(COLUMNS_OF_G[tap % 3], half, tap / 3 * 6, line);
                for (int k = 0; k < COLUMNS_AT_ONCE; k += BlockedLayout.BLOCK) {
                    int channel = (from + k) / width;
                    int column = (from + k) % width;
                    int some = channel < end ? Math.min(BlockedLayout.BLOCK, filled - column) : 0;
                    int target = ((first + column) * in + channel) * 9 + tap;
                    for (int i = 0; i < some; i++) {
                        weights[target + i * in * 9] = (float) line[k + i];
                    }
                }
            }
        }
    }

    private static void gather(float[] sums, int start, int parts, int step, double[] target) {
        for (int k = 0; k < COLUMNS_AT_ONCE; k++) {
            target[k] = sums[start + k];
        }
        for (int part = 1; part < parts; part++) {
            int other = start + part * step;
            for (int k = 0; k < COLUMNS_AT_ONCE; k++) {
                target[k] += sums[other + k];
            }
        }
    }

    private static final double[][] COLUMNS_OF_G = turned(G);

    private static double[][] turned(double[][] matrix) {
        double[][] turned = new double[3][6];
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 3; j++) {
                turned[j][i] = matrix[i][j];
            }
        }
        return turned;
    }

    private static void combineSix(double[] factors, double[][] x, int first, double[] sum) {
        add(factors, x[first], x[first + 1], x[first + 2], x[first + 3], x[first + 4], x[first + 5], sum);
    }

    private static void add(
            double[] factors, double[] u, double[] v, double[] w, double[] x, double[] y, double[] z, double[] sum) {
        double a = factors[0];
        double b = factors[1];
        double c = factors[2];
        double d = factors[3];
        double e = factors[4];
        double f = factors[5];
        for (int i = 0; i < COLUMNS_AT_ONCE; i++) {
            sum[i] = a * u[i] + b * v[i] + c * w[i] + d * x[i] + e * y[i] + f * z[i];
        }
    }
}
