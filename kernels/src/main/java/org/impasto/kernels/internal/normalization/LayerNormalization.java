package org.impasto.kernels.internal.normalization;

import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.statistics.ChannelStatistics;
import org.impasto.kernels.internal.statistics.FloatRuns;
import org.jspecify.annotations.Nullable;

/**
 * Rows of float32 numbers at mean 0 and variance 1, then scaled and shifted by place. A row stays in the cache from its
 * mean to its result, so memory is read once and written once.
 */
public final class LayerNormalization {
    private static final int NUMBERS_PER_PIECE = 1 << 15;
    private static final int PIECES_WITH_SUMS = 16; // each has sums of its own, of the size of the weight
    private static final int ROWS = 64; // terms of a sum that are added in float32

    private final ChannelStatistics statistics;
    private final FloatRuns runs;
    private final NormalizationRuns normalizations;

    /** Normalisation with vector or with plain inner loops. */
    public LayerNormalization(boolean vector) {
        statistics = new ChannelStatistics(vector);
        runs = FloatRuns.of(vector);
        normalizations = NormalizationRuns.of(vector);
    }

    /** {@code y = (x - mean) / sqrt(variance + epsilon) * weight + bias}; weight and bias are both there or neither. */
    public void normalise(
            int rows,
            int length,
            double epsilon,
            float[] x,
            float @Nullable [] weight,
            float @Nullable [] bias,
            float[] y,
            Workers workers,
            Run run) {
        int perPiece = Math.max(1, NUMBERS_PER_PIECE / length);
        workers.run(pieces(rows, perPiece), run, (piece, worker) -> {
            double[] moments = new double[2];
            int end = Math.min(rows, (piece + 1) * perPiece);
            for (int row = piece * perPiece; row < end; row++) {
                int from = row * length;
                statistics.ofRun(x, from, length, moments);
                float centre = (float) moments[0];
                double factor = 1 / Math.sqrt(moments[1] / length + epsilon);
                float shift = (float) ((centre - moments[0]) * factor);
                if (weight == null || bias == null) {
                    runs.affine(length, x, from, centre, (float) factor, shift, y, from);
                } else {
                    normalizations.weighted(length, x, from, centre, (float) factor, shift, weight, bias, y, from);
                }
            }
        });
    }

    /** The gradients of x and, if there is a weight, of weight and bias. */
    public void gradient(
            int rows,
            int length,
            double epsilon,
            float[] x,
            float[] g,
            float @Nullable [] weight,
            float[] z,
            float @Nullable [] ofWeight,
            float @Nullable [] ofBias,
            Workers workers,
            Run run) {
        int most = pieces(rows, Math.max(1, NUMBERS_PER_PIECE / length));
        int pieces = weight == null ? most : Math.min(PIECES_WITH_SUMS, most);
        double[][] weightSums = new double[pieces][];
        double[][] biasSums = new double[pieces][];
        workers.run(pieces, run, (piece, worker) -> {
            int size = weight == null ? 0 : length;
            weightSums[piece] = new double[size];
            biasSums[piece] = new double[size];
            float[] weightRun = new float[size];
            float[] biasRun = new float[size];
            float[] weighted = new float[size];
            double[] moments = new double[2];
            int first = (int) ((long) rows * piece / pieces);
            int end = (int) ((long) rows * (piece + 1) / pieces);
            for (int row = first; row < end; row++) {
                int from = row * length;
                statistics.ofRun(x, from, length, moments);
                double mean = moments[0];
                float centre = (float) mean;
                double factor = 1 / Math.sqrt(moments[1] / length + epsilon);
                if (weight == null) {
                    ofRow(length, x, from, mean, factor, g, from, z);
                    continue;
                }
                float shift = (float) ((centre - mean) * factor);
                normalizations.weightGradients(
                        length, g, from, x, from, centre, (float) factor, shift, weight, weightRun, biasRun, weighted);
                ofRow(length, x, from, mean, factor, weighted, 0, z);
                if ((row - first) % ROWS == ROWS - 1 || row == end - 1) {
                    flush(weightRun, weightSums[piece]);
                    flush(biasRun, biasSums[piece]);
                }
            }
        });
        if (ofWeight != null && ofBias != null) {
            join(weightSums, ofWeight);
            join(biasSums, ofBias);
        }
    }

    private void ofRow(int length, float[] x, int from, double mean, double factor, float[] g, int gOffset, float[] z) {
        float centre = (float) mean;
        double sum = 0;
        double products = 0;
        double[] sums = new double[2];
        for (int done = 0; done < length; done += NormalizationRuns.CHUNK) {
            int count = Math.min(NormalizationRuns.CHUNK, length - done);
            normalizations.sums(count, g, gOffset + done, x, from + done, centre, sums);
            sum += sums[0];
            products += sums[1];
        }
        products += (centre - mean) * sum; // what the rounded mean lacks
        double slope = -factor * factor * factor * products / length;
        double shift = -factor * sum / length + slope * (centre - mean);
        normalizations.combine(
                length, g, gOffset, (float) factor, x, from, centre, (float) slope, (float) shift, z, from);
    }

    private static void flush(float[] run, double[] sums) {
        for (int i = 0; i < run.length; i++) {
            sums[i] += run[i];
            run[i] = 0;
        }
    }

    private static void join(double[][] sums, float[] result) {
        for (int i = 0; i < result.length; i++) {
            double sum = 0;
            for (double[] piece : sums) {
                sum += piece[i];
            }
            result[i] = (float) sum;
        }
    }

    private static int pieces(int rows, int perPiece) {
        return (int) (((long) rows + perPiece - 1) / perPiece);
    }
}
