package org.impasto.kernels.internal.normalization;

import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.statistics.ChannelStatistics;
import org.impasto.kernels.internal.statistics.FloatRuns;
import org.jspecify.annotations.Nullable;

/**
 * Groups of channels of float32 feature maps at mean 0 and variance 1, and the gradients of that, on planar
 * {@code [N][C][pixels]} and blocked {@code [N][C/16][pixels][16]} arrays.
 *
 * <p>A planar group that fits the second cache goes from its mean to its result in one piece, so memory is read once and
 * written once; else statistics and result are two passes.
 */
public final class GroupNormalization {
    private static final int BLOCK = 16;
    private static final int NUMBERS_PER_PIECE = 1 << 15;
    private static final int GROUP_IN_CACHE = 1 << 17;
    private static final int PIECES_TO_SHARE = 8; // long groups, if fewer, are shared by threads
    private static final int PIXELS = 256; // of a block, summed in float32

    private final ChannelStatistics statistics;
    private final FloatRuns runs;
    private final NormalizationRuns normalizations;

    /** Normalisation with vector or with plain inner loops. */
    public GroupNormalization(boolean vector) {
        statistics = new ChannelStatistics(vector);
        runs = FloatRuns.of(vector);
        normalizations = NormalizationRuns.of(vector);
    }

    /**
     * What is normalised.
     *
     * @param blocked whether 16 channels lie interleaved
     */
    public record Features(int batch, int channels, int groups, int pixels, double epsilon, boolean blocked) {
        int width() {
            return channels / groups;
        }

        int rows() {
            return batch * groups;
        }

        int planes() {
            return batch * channels;
        }

        int rowLength() {
            return Math.multiplyExact(width(), pixels);
        }

        /** Whether a group is one run that stays in the cache. */
        boolean inOnePiece(int operands) {
            long length = (long) width() * pixels;
            boolean shared = rows() >= PIECES_TO_SHARE || length <= NUMBERS_PER_PIECE;
            return !blocked && shared && length * operands <= GROUP_IN_CACHE;
        }
    }

    /**
     * {@code y = (x - mean) / sqrt(variance + epsilon) * weight + bias}.
     *
     * @param weight C numbers, N x C, or null for ones
     * @param bias likewise, null for zeros
     */
    public void normalise(
            Features features,
            float[] x,
            float @Nullable [] weight,
            float @Nullable [] bias,
            float[] y,
            Workers workers,
            Run run) {
        Coefficients coefficients = new Coefficients(features.planes());
        if (features.inOnePiece(1)) {
            int perPiece = Math.max(1, NUMBERS_PER_PIECE / features.rowLength());
            workers.run(ceiling(features.rows(), perPiece), run, (piece, worker) -> {
                double[] moments = new double[2];
                int end = Math.min(features.rows(), (piece + 1) * perPiece);
                for (int row = piece * perPiece; row < end; row++) {
                    int length = features.rowLength();
                    statistics.ofCopiedRun(x, y, row * length, length, moments);
                    coefficients.set(features, row, moments[0], moments[1] / length, weight, bias);
                    for (int plane = row * features.width(); plane < (row + 1) * features.width(); plane++) {
                        int from = plane * features.pixels();
                        runs.affine(
                                features.pixels(),
                                y,
                                from,
                                coefficients.centre[plane],
                                coefficients.scale[plane],
                                coefficients.shift[plane],
                                y,
                                from);
                    }
                }
            });
            return;
        }
        Moments moments = moments(features, x, workers, run);
        for (int row = 0; row < features.rows(); row++) {
            coefficients.set(features, row, moments.mean[row], moments.variance[row], weight, bias);
        }
        statistics.affine(
                x,
                0,
                features.batch(),
                features.channels(),
                features.pixels(),
                features.blocked(),
                coefficients.centre,
                coefficients.scale,
                coefficients.shift,
                y,
                0,
                workers,
                run);
    }

    /** {@code (x - centre) * scale + shift} of each plane. */
    private static final class Coefficients {
        private final float[] centre;
        private final float[] scale;
        private final float[] shift;

        Coefficients(int planes) {
            centre = new float[planes];
            scale = new float[planes];
            shift = new float[planes];
        }

        void set(
                Features features,
                int row,
                double mean,
                double variance,
                float @Nullable [] weight,
                float @Nullable [] bias) {
            double factor = 1 / Math.sqrt(variance + features.epsilon());
            for (int plane = row * features.width(); plane < (row + 1) * features.width(); plane++) {
                double scaled = factor * numberOf(weight, plane, 1);
                centre[plane] = (float) mean;
                scale[plane] = (float) scaled;
                shift[plane] = (float) ((centre[plane] - mean) * scaled + numberOf(bias, plane, 0));
            }
        }
    }

    private static double numberOf(float @Nullable [] numbers, int plane, double otherwise) {
        return numbers == null ? otherwise : numbers[plane % numbers.length];
    }

    /** Means and variances of the groups. */
    private record Moments(double[] mean, double[] variance) {}

    private Moments moments(Features features, float[] x, Workers workers, Run run) {
        double[] means = new double[features.planes()];
        double[] variances = new double[features.planes()];
        statistics.moments(
                x,
                0,
                features.batch(),
                features.channels(),
                features.pixels(),
                features.blocked(),
                false,
                false,
                means,
                variances,
                workers,
                run);
        int width = features.width();
        Moments moments = new Moments(new double[features.rows()], new double[features.rows()]);
        for (int row = 0; row < features.rows(); row++) {
            double mean = 0;
            for (int plane = row * width; plane < (row + 1) * width; plane++) {
                mean += means[plane] / width;
            }
            double variance = 0;
            for (int plane = row * width; plane < (row + 1) * width; plane++) {
                double distance = means[plane] - mean;
                variance += (variances[plane] + distance * distance) / width;
            }
            moments.mean[row] = mean;
            moments.variance[row] = variance;
        }
        return moments;
    }

    /**
     * The gradients of x and, if there is a weight, of weight and bias.
     *
     * @param g gradient of the result, laid out as x
     * @param weight C or N x C numbers, or null
     * @param ofWeight receives as many, or null
     * @param ofBias likewise
     */
    public void gradient(
            Features features,
            float[] x,
            float[] g,
            float @Nullable [] weight,
            float[] z,
            float @Nullable [] ofWeight,
            float @Nullable [] ofBias,
            Workers workers,
            Run run) {
        Slopes slopes = new Slopes(features.planes());
        if (features.inOnePiece(2)) {
            int perPiece = Math.max(1, NUMBERS_PER_PIECE / features.rowLength());
            workers.run(ceiling(features.rows(), perPiece), run, (piece, worker) -> {
                double[] moments = new double[2];
                int end = Math.min(features.rows(), (piece + 1) * perPiece);
                for (int row = piece * perPiece; row < end; row++) {
                    int length = features.rowLength();
                    statistics.ofRun(x, row * length, length, moments);
                    int first = row * features.width();
                    int last = first + features.width();
                    for (int plane = first; plane < last; plane++) {
                        sumsOfPlane(features, plane, x, g, (float) moments[0], slopes);
                    }
                    slopes.set(features, row, moments[0], moments[1] / length, weight);
                    for (int plane = first; plane < last; plane++) {
                        combine(features, plane, 0, features.pixels(), x, g, slopes, z);
                    }
                }
            });
        } else {
            Moments moments = moments(features, x, workers, run);
            sums(features, x, g, moments.mean, slopes, workers, run);
            for (int row = 0; row < features.rows(); row++) {
                slopes.set(features, row, moments.mean[row], moments.variance[row], weight);
            }
            combine(features, x, g, slopes, z, workers, run);
        }
        if (ofWeight != null && ofBias != null) {
            slopes.join(slopes.ofWeight, ofWeight);
            slopes.join(slopes.sums, ofBias);
        }
    }

    /** {@code g * a + (x - centre) * b + c} of each plane, from sums of g and of {@code g * (x - centre)}. */
    private static final class Slopes {
        private final double[] sums;
        private final double[] products;
        private final double[] ofWeight;
        private final float[] centre;
        private final float[] a;
        private final float[] b;
        private final float[] c;

        Slopes(int planes) {
            sums = new double[planes];
            products = new double[planes];
            ofWeight = new double[planes];
            centre = new float[planes];
            a = new float[planes];
            b = new float[planes];
            c = new float[planes];
        }

        void set(Features features, int row, double mean, double variance, float @Nullable [] weight) {
            float rounded = (float) mean;
            double factor = 1 / Math.sqrt(variance + features.epsilon());
            double count = features.rowLength();
            double sum = 0;
            double product = 0;
            int end = (row + 1) * features.width();
            for (int plane = row * features.width(); plane < end; plane++) {
                double exact = products[plane] + (rounded - mean) * sums[plane]; // what the rounded mean lacks
                ofWeight[plane] = factor * exact;
                sum += sums[plane] * numberOf(weight, plane, 1);
                product += exact * numberOf(weight, plane, 1);
            }
            double slope = -factor * factor * factor * product / count;
            for (int plane = row * features.width(); plane < end; plane++) {
                centre[plane] = rounded;
                a[plane] = (float) (factor * numberOf(weight, plane, 1));
                b[plane] = (float) slope;
                c[plane] = (float) (slope * (rounded - mean) - factor * sum / count);
            }
        }

        /** Sums over the batch if the result has a number for each channel alone. */
        void join(double[] each, float[] result) {
            double[] joined = new double[result.length];
            for (int plane = 0; plane < each.length; plane++) {
                joined[plane % result.length] += each[plane];
            }
            for (int i = 0; i < result.length; i++) {
                result[i] = (float) joined[i];
            }
        }
    }

    private void sumsOfPlane(Features features, int plane, float[] x, float[] g, float centre, Slopes slopes) {
        double[] sums = new double[2];
        for (int done = 0; done < features.pixels(); done += NormalizationRuns.CHUNK) {
            int count = Math.min(NormalizationRuns.CHUNK, features.pixels() - done);
            int from = plane * features.pixels() + done;
            normalizations.sums(count, g, from, x, from, centre, sums);
            slopes.sums[plane] += sums[0];
            slopes.products[plane] += sums[1];
        }
    }

    private void combine(
            Features features, int plane, int first, int count, float[] x, float[] g, Slopes slopes, float[] z) {
        int from = plane * features.pixels() + first;
        normalizations.combine(
                count,
                g,
                from,
                slopes.a[plane],
                x,
                from,
                slopes.centre[plane],
                slopes.b[plane],
                slopes.c[plane],
                z,
                from);
    }

    private void sums(
            Features features, float[] x, float[] g, double[] means, Slopes slopes, Workers workers, Run run) {
        int width = features.width();
        if (!features.blocked()) {
            workers.run(
                    features.planes(),
                    run,
                    (plane, worker) -> sumsOfPlane(features, plane, x, g, (float) means[plane / width], slopes));
            return;
        }
        int blocks = ceiling(features.channels(), BLOCK);
        int parts = ceiling(features.pixels(), NUMBERS_PER_PIECE / BLOCK);
        double[][] sums = new double[features.batch() * blocks * parts][];
        workers.run(sums.length, run, (task, worker) -> {
            int block = task / parts;
            float[] centres = new float[BLOCK];
            for (int lane = 0; lane < filled(features, block, blocks); lane++) {
                centres[lane] = (float) means[plane(features, block, blocks, lane) / width];
            }
            sums[task] = sumsOfPart(features, task % parts, block, x, g, centres);
        });
        for (int task = 0; task < sums.length; task++) {
            int block = task / parts;
            for (int lane = 0; lane < filled(features, block, blocks); lane++) {
                int plane = plane(features, block, blocks, lane);
                slopes.sums[plane] += sums[task][lane];
                slopes.products[plane] += sums[task][BLOCK + lane];
            }
        }
    }

    private double[] sumsOfPart(Features features, int part, int block, float[] x, float[] g, float[] centres) {
        double[] totals = new double[2 * BLOCK];
        float[] sums = new float[BLOCK];
        float[] products = new float[BLOCK];
        int perPart = NUMBERS_PER_PIECE / BLOCK;
        int end = Math.min(features.pixels(), (part + 1) * perPart);
        for (int pixel = part * perPart; pixel < end; pixel += PIXELS) {
            int from = (block * features.pixels() + pixel) * BLOCK;
            normalizations.sumsOfBlock(Math.min(PIXELS, end - pixel), g, from, x, from, centres, sums, products);
            for (int lane = 0; lane < BLOCK; lane++) {
                totals[lane] += sums[lane];
                totals[BLOCK + lane] += products[lane];
            }
        }
        return totals;
    }

    private void combine(Features features, float[] x, float[] g, Slopes slopes, float[] z, Workers workers, Run run) {
        int lanes = features.blocked() ? BLOCK : 1;
        int perPart = Math.min(features.pixels(), NUMBERS_PER_PIECE / lanes);
        int parts = ceiling(features.pixels(), perPart);
        int blocks = ceiling(features.channels(), lanes);
        workers.run(features.batch() * blocks * parts, run, (task, worker) -> {
            int first = task % parts * perPart;
            int count = Math.min(perPart, features.pixels() - first);
            int block = task / parts;
            if (!features.blocked()) {
                combine(features, block, first, count, x, g, slopes, z);
                return;
            }
            float[] centre = new float[BLOCK];
            float[] a = new float[BLOCK];
            float[] b = new float[BLOCK];
            float[] c = new float[BLOCK];
            for (int lane = 0; lane < filled(features, block, blocks); lane++) {
                int plane = plane(features, block, blocks, lane);
                centre[lane] = slopes.centre[plane];
                a[lane] = slopes.a[plane];
                b[lane] = slopes.b[plane];
                c[lane] = slopes.c[plane];
            }
            int from = (block * features.pixels() + first) * BLOCK;
            normalizations.combineOfBlock(count, g, from, a, x, from, centre, b, c, z, from);
        });
    }

    private static int filled(Features features, int block, int blocks) {
        return Math.min(BLOCK, features.channels() - block % blocks * BLOCK);
    }

    private static int plane(Features features, int block, int blocks, int lane) {
        return block / blocks * features.channels() + block % blocks * BLOCK + lane;
    }

    private static int ceiling(int size, int step) {
        return (int) (((long) size + step - 1) / step);
    }
}
