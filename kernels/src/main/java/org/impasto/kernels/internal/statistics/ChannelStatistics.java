package org.impasto.kernels.internal.statistics;

import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * Mean and variance of the channels of feature maps, and the affine map of each channel, on planar {@code [N][C][pixels]}
 * and blocked {@code [N][C/16][pixels][16]} arrays.
 *
 * <p>Memory is read once: the mean of a short run and the squares around it are taken while it lies in the first cache,
 * and runs are joined in float64 by the formula of Chan, Golub and LeVeque (1979), so that a large mean cancels nothing.
 */
public final class ChannelStatistics {
    private static final int BLOCK = 16;
    private static final int PIXELS_PER_PART = 1 << 16;
    private static final int PIXELS_PER_PART_OF_BLOCK = 1 << 12;
    private static final int SAMPLE = 256; // numbers whose mean is a run's first centre, unless it turns out a poor one
    private static final int AFFINE_PIECE = 1 << 15;

    private final FloatRuns runs;

    /** Statistics with vector or with plain inner loops. */
    public ChannelStatistics(boolean vector) {
        runs = FloatRuns.of(vector);
    }

    /**
     * Mean and variance of every channel.
     *
     * @param acrossBatch whether all images are taken together (C results) or each for itself (N x C results)
     * @param unbiased whether the variance divides by one less than the number of values
     * @param mean receives the means
     * @param variance receives the variances; not a number where they would divide by zero
     */
    public void moments(
            float[] x,
            int offset,
            int batch,
            int channels,
            int pixels,
            boolean blocked,
            boolean acrossBatch,
            boolean unbiased,
            double[] mean,
            double[] variance,
            Workers workers,
            Run run) {
        int planes = batch * channels;
        double[] means = new double[planes];
        double[] squares = new double[planes];
        if (pixels > 0) {
            if (blocked) {
                ofBlocks(x, offset, batch, channels, pixels, means, squares, workers, run);
            } else {
                ofPlanes(x, offset, planes, pixels, means, squares, workers, run);
            }
        }
        int results = acrossBatch ? channels : planes;
        for (int i = 0; i < results; i++) {
            double count = 0;
            double centre = 0;
            double sum = 0;
            for (int plane = i; plane < planes; plane += results) {
                double joined = count + pixels;
                double distance = means[plane] - centre;
                if (joined > 0) {
                    sum += squares[plane] + distance * distance * (count * pixels / joined);
                    centre += distance * (pixels / joined);
                }
                count = joined;
            }
            mean[i] = count == 0 ? Double.NaN : centre;
            double divisor = unbiased ? count - 1 : count;
            variance[i] = divisor > 0 ? sum / divisor : Double.NaN;
        }
    }

    private void ofPlanes(
            float[] x, int offset, int planes, int pixels, double[] means, double[] squares, Workers workers, Run run) {
        int parts = ceiling(pixels, PIXELS_PER_PART);
        int tasks = Math.multiplyExact(planes, parts);
        double[] partMeans = new double[tasks];
        double[] partSquares = new double[tasks];
        int tasksOfPiece = Math.max(1, PIXELS_PER_PART / 2 / Math.min(pixels, PIXELS_PER_PART));
        workers.run(ceiling(tasks, tasksOfPiece), run, (piece, worker) -> {
            double[] distances = new double[2];
            int end = Math.min(tasks, (piece + 1) * tasksOfPiece);
            for (int task = piece * tasksOfPiece; task < end; task++) {
                int first = task % parts * PIXELS_PER_PART;
                int length = Math.min(PIXELS_PER_PART, pixels - first);
                int from = offset + task / parts * pixels + first;
                ofRun(x, from, length, distances);
                partMeans[task] = distances[0];
                partSquares[task] = distances[1];
            }
        });
        for (int plane = 0; plane < planes; plane++) {
            double centre = 0;
            double sum = 0;
            for (int part = 0; part < parts; part++) {
                double done = (double) part * PIXELS_PER_PART;
                double count = Math.min(PIXELS_PER_PART, pixels - done);
                double distance = partMeans[plane * parts + part] - centre;
                double share = count / (done + count);
                sum += partSquares[plane * parts + part] + distance * distance * (done * share);
                centre += distance * share;
            }
            means[plane] = centre;
            squares[plane] = Math.max(0, sum); // keeps what is not a number
        }
    }

    /**
     * Mean and sum of squared distances from it of a run of any length, read once from memory.
     *
     * @param meanAndSquares receives both
     */
    public void ofRun(float[] x, int from, int length, double[] meanAndSquares) {
        ofRun(x, null, from, length, meanAndSquares);
    }

    /**
     * The same, while the run is copied to the same place of y, to be changed there: so memory fetches the lines that are
     * read and those that are written at once, and the change finds them in the cache.
     */
    public void ofCopiedRun(float[] x, float[] y, int from, int length, double[] meanAndSquares) {
        ofRun(x, y, from, length, meanAndSquares);
    }

    private void ofRun(float[] x, float @Nullable [] y, int from, int length, double[] meanAndSquares) {
        double centre = 0;
        double sum = 0;
        for (int done = 0; done < length; done += FloatRuns.CHUNK) {
            int count = Math.min(FloatRuns.CHUNK, length - done);
            int sample = Math.min(SAMPLE, count);
            float rounded = (float) (done > 0 ? centre : runs.sum(sample, x, from) / sample);
            if (y == null) {
                runs.distances(count, x, from + done, rounded, meanAndSquares);
            } else {
                runs.copiedDistances(count, x, y, from + done, rounded, meanAndSquares);
            }
            double shift = meanAndSquares[0] / count; // what the centre lacks
            if (shift * shift * count > meanAndSquares[1] / 4) { // most of it is the centre's distance from the mean
                rounded += (float) shift;
                runs.distances(count, x, from + done, rounded, meanAndSquares);
                shift = meanAndSquares[0] / count;
            }
            double own = meanAndSquares[1] - meanAndSquares[0] * shift;
            double distance = rounded + shift - centre;
            double share = (double) count / (done + count);
            sum += own + distance * distance * (done * share);
            centre += distance * share;
        }
        meanAndSquares[0] = centre;
        meanAndSquares[1] = Math.max(0, sum); // keeps what is not a number
    }

    private void ofBlocks(
            float[] x,
            int offset,
            int batch,
            int channels,
            int pixels,
            double[] means,
            double[] squares,
            Workers workers,
            Run run) {
        int blocks = ceiling(channels, BLOCK);
        int parts = ceiling(pixels, PIXELS_PER_PART_OF_BLOCK);
        int tasks = Math.multiplyExact(batch * blocks, parts);
        double[] partMeans = new double[tasks * BLOCK];
        double[] partSquares = new double[tasks * BLOCK];
        int tasksOfPiece = Math.max(1, PIXELS_PER_PART_OF_BLOCK / 2 / Math.min(pixels, PIXELS_PER_PART_OF_BLOCK));
        workers.run(ceiling(tasks, tasksOfPiece), run, (piece, worker) -> {
            float[] sums = new float[BLOCK];
            float[] centres = new float[BLOCK];
            float[] squaresOfRun = new float[BLOCK];
            int end = Math.min(tasks, (piece + 1) * tasksOfPiece);
            for (int task = piece * tasksOfPiece; task < end; task++) {
                int first = task % parts * PIXELS_PER_PART_OF_BLOCK;
                int length = Math.min(PIXELS_PER_PART_OF_BLOCK, pixels - first);
                int from = offset + (task / parts * pixels + first) * BLOCK;
                for (int done = 0; done < length; done += FloatRuns.PIXELS) {
                    int count = Math.min(FloatRuns.PIXELS, length - done);
                    runs.sumOfBlock(count, x, from + done * BLOCK, sums);
                    for (int c = 0; c < BLOCK; c++) {
                        centres[c] = sums[c] / count;
                    }
                    runs.distancesOfBlock(count, x, from + done * BLOCK, centres, sums, squaresOfRun);
                    double share = (double) count / (done + count);
                    for (int c = 0; c < BLOCK; c++) {
                        int at = task * BLOCK + c;
                        double shift = (double) sums[c] / count; // what the rounded mean lacks
                        double distance = centres[c] + shift - partMeans[at];
                        partSquares[at] += squaresOfRun[c] - sums[c] * shift + distance * distance * (done * share);
                        partMeans[at] += distance * share;
                    }
                }
            }
        });
        for (int plane = 0; plane < batch * channels; plane++) {
            int channel = plane % channels;
            int block = plane / channels * blocks + channel / BLOCK;
            double centre = 0;
            double sum = 0;
            for (int part = 0; part < parts; part++) {
                int at = (block * parts + part) * BLOCK + channel % BLOCK;
                double done = (double) part * PIXELS_PER_PART_OF_BLOCK;
                double count = Math.min(PIXELS_PER_PART_OF_BLOCK, pixels - done);
                double distance = partMeans[at] - centre;
                double share = count / (done + count);
                sum += partSquares[at] + distance * distance * (done * share);
                centre += distance * share;
            }
            means[plane] = centre;
            squares[plane] = Math.max(0, sum);
        }
    }

    /**
     * {@code y = (x - centre) * scale + shift} with numbers for each channel; lanes above C become zero.
     *
     * @param centre what is taken off, a number for each image and channel
     * @param scale likewise
     * @param shift likewise
     * @param y may be x
     */
    public void affine(
            float[] x,
            int offset,
            int batch,
            int channels,
            int pixels,
            boolean blocked,
            float[] centre,
            float[] scale,
            float[] shift,
            float[] y,
            int yOffset,
            Workers workers,
            Run run) {
        int lanes = blocked ? BLOCK : 1;
        int rows = batch * ceiling(channels, lanes);
        int perPart = Math.max(1, Math.min(pixels, AFFINE_PIECE / lanes));
        int parts = ceiling(pixels, perPart);
        int tasks = Math.multiplyExact(rows, parts);
        int tasksOfPiece = Math.max(1, AFFINE_PIECE / lanes / perPart);
        workers.run(ceiling(tasks, tasksOfPiece), run, (piece, worker) -> {
            float[] centres = new float[lanes];
            float[] scales = new float[lanes];
            float[] shifts = new float[lanes];
            int end = Math.min(tasks, (piece + 1) * tasksOfPiece);
            for (int task = piece * tasksOfPiece; task < end; task++) {
                int row = task / parts;
                int first = task % parts * perPart;
                int count = Math.min(perPart, pixels - first);
                int place = (row * pixels + first) * lanes;
                int image = row / ceiling(channels, lanes);
                int channel = row % ceiling(channels, lanes) * lanes;
                int factors = image * channels + channel;
                for (int lane = 0; lane < lanes; lane++) {
                    boolean filled = channel + lane < channels;
                    centres[lane] = filled ? centre[factors + lane] : 0;
                    scales[lane] = filled ? scale[factors + lane] : 0;
                    shifts[lane] = filled ? shift[factors + lane] : 0;
                }
                if (blocked) {
                    runs.affineOfBlock(count, x, offset + place, centres, scales, shifts, y, yOffset + place);
                } else {
                    runs.affine(count, x, offset + place, centres[0], scales[0], shifts[0], y, yOffset + place);
                }
            }
        });
    }

    private static int ceiling(int size, int step) {
        return (int) (((long) size + step - 1) / step);
    }
}
