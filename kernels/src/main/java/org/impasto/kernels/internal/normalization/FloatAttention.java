package org.impasto.kernels.internal.normalization;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.matrix.FloatMatrices;
import org.impasto.kernels.internal.matrix.MatrixShape;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.statistics.FloatRuns;

/**
 * Attention in float32, a block of queries at a time: its scores stay in the cache between the two products, and no more
 * than those of one block a thread ever exist.
 */
public final class FloatAttention {
    private static final int SCORES = 1 << 17;
    private static final int LEAST_ROWS = 8;
    private static final int MOST_ROWS = 96;
    private static final int HEADS_TO_SHARE = 4; // fewer are done one after the other, by all threads

    private final FloatMatrices matrices;
    private final FloatRuns runs;
    private final Softmax softmax;

    /** Attention with vector or with plain inner loops. */
    public FloatAttention(boolean vector) {
        matrices = new FloatMatrices(vector);
        runs = FloatRuns.of(vector);
        softmax = new Softmax(vector);
    }

    /**
     * {@code y = softmax(q k' * scale + mask) v}.
     *
     * @param mask read if the shape says so
     */
    public void apply(
            AttentionShape shape, float[] q, float[] k, float[] v, float[] mask, float[] y, Workers workers, Run run) {
        int rows = rows(shape);
        int blocks = (shape.queries() + rows - 1) / rows;
        Workers alone = new Workers(Runnable::run, 1);
        workers.run(Math.multiplyExact(shape.heads(), blocks), run, (piece, worker) -> {
            int head = piece / blocks;
            int first = piece % blocks * rows;
            int count = Math.min(rows, shape.queries() - first);
            int keys = shape.keysBefore(first + count);
            float[] scores = ScratchArrays.take(Math.multiplyExact(count, keys));
            try {
                weights(shape, head, first, count, keys, q, k, mask, scores, alone, run);
                matrices.multiply(
                        MatrixShape.of(count, keys, shape.valueWidth()),
                        scores,
                        0,
                        v,
                        head * shape.keys() * shape.valueWidth(),
                        y,
                        (head * shape.queries() + first) * shape.valueWidth(),
                        false,
                        alone,
                        run);
            } finally {
                ScratchArrays.give(scores);
            }
        });
    }

    private static int rows(AttentionShape shape) {
        return Math.min(MOST_ROWS, Math.max(LEAST_ROWS, SCORES / shape.keys()));
    }

    /** The softmax of the scores of some queries, (count, keys). */
    private void weights(
            AttentionShape shape,
            int head,
            int first,
            int count,
            int keys,
            float[] q,
            float[] k,
            float[] mask,
            float[] scores,
            Workers workers,
            Run run) {
        matrices.multiply(
                new MatrixShape(count, keys, shape.width(), false, true),
                q,
                (head * shape.queries() + first) * shape.width(),
                k,
                head * shape.keys() * shape.width(),
                scores,
                0,
                false,
                workers,
                run);
        for (int row = 0; row < count; row++) {
            int seen = Math.min(keys, shape.keysBefore(first + row + 1));
            int from = row * keys;
            runs.affine(seen, scores, from, 0, (float) shape.scale(), 0, scores, from);
            if (shape.masked()) {
                int place = shape.maskPlace(head, first + row);
                for (int i = 0; i < seen; i++) {
                    scores[from + i] += mask[place + i * shape.maskColumnStep()];
                }
            }
            Arrays.fill(scores, from + seen, from + keys, 0);
            if (runs.maximum(seen, scores, from) == Float.NEGATIVE_INFINITY) {
                Arrays.fill(scores, from, from + seen, 0); // no key may be seen: nothing is
            } else {
                softmax.ofRows(1, seen, false, scores, from, scores, from);
            }
        }
    }

    /**
     * The gradients of queries, keys and values, and of the mask if there is a place for it; they are added to.
     *
     * @param g gradient of the result
     * @param ofMask of no length if the gradient of the mask is not wanted
     */
    public void gradient(
            AttentionShape shape,
            float[] q,
            float[] k,
            float[] v,
            float[] mask,
            float[] g,
            float[] ofQ,
            float[] ofK,
            float[] ofV,
            float[] ofMask,
            Workers workers,
            Run run) {
        int rows = rows(shape);
        Workers alone = new Workers(Runnable::run, 1);
        boolean together = shape.heads() < HEADS_TO_SHARE || ofMask.length > 0;
        Workers within = together ? workers : alone;
        Workers.Piece ofHead = (head, worker) -> {
            float[] weights = ScratchArrays.take(Math.multiplyExact(rows, shape.keys()));
            float[] gradients = ScratchArrays.take(Math.multiplyExact(rows, shape.keys()));
            try {
                for (int first = 0; first < shape.queries(); first += rows) {
                    int count = Math.min(rows, shape.queries() - first);
                    int keys = shape.keysBefore(first + count);
                    weights(shape, head, first, count, keys, q, k, mask, weights, within, run);
                    ofBlock(
                            shape, head, first, count, keys, q, k, v, g, weights, gradients, ofQ, ofK, ofV, ofMask,
                            within, run);
                }
            } finally {
                ScratchArrays.give(weights);
                ScratchArrays.give(gradients);
            }
        };
        (together ? alone : workers).run(shape.heads(), run, ofHead);
    }

    private void ofBlock(
            AttentionShape shape,
            int head,
            int first,
            int count,
            int keys,
            float[] q,
            float[] k,
            float[] v,
            float[] g,
            float[] weights,
            float[] gradients,
            float[] ofQ,
            float[] ofK,
            float[] ofV,
            float[] ofMask,
            Workers workers,
            Run run) {
        int query = (head * shape.queries() + first) * shape.width();
        int key = head * shape.keys() * shape.width();
        int value = head * shape.keys() * shape.valueWidth();
        int result = (head * shape.queries() + first) * shape.valueWidth();
        MatrixShape toValues = new MatrixShape(keys, shape.valueWidth(), count, true, false);
        matrices.multiply(toValues, weights, 0, g, result, ofV, value, true, workers, run);
        MatrixShape toWeights = new MatrixShape(count, keys, shape.valueWidth(), false, true);
        matrices.multiply(toWeights, g, result, v, value, gradients, 0, false, workers, run);
        for (int row = 0; row < count; row++) {
            int from = row * keys;
            softmax.gradientOfRow(keys, false, weights, from, gradients, from, gradients, from);
            if (ofMask.length > 0) {
                int place = shape.maskPlace(head, first + row);
                for (int i = 0; i < keys; i++) {
                    ofMask[place + i * shape.maskColumnStep()] += gradients[from + i];
                }
            }
        }
        runs.affine(count * keys, gradients, 0, 0, (float) shape.scale(), 0, gradients, 0);
        MatrixShape toQueries = MatrixShape.of(count, keys, shape.width());
        matrices.multiply(toQueries, gradients, 0, k, key, ofQ, query, false, workers, run);
        MatrixShape toKeys = new MatrixShape(keys, shape.width(), count, true, false);
        matrices.multiply(toKeys, gradients, 0, q, query, ofK, key, true, workers, run);
    }
}
