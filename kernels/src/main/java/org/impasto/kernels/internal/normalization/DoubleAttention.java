package org.impasto.kernels.internal.normalization;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/** Attention in float64, query by query, by plain loops. */
public final class DoubleAttention {
    private DoubleAttention() {}

    /** {@code y = softmax(q k' * scale + mask) v}. */
    public static void apply(
            AttentionShape shape,
            double[] q,
            double[] k,
            double[] v,
            double[] mask,
            double[] y,
            Workers workers,
            Run run) {
        int e = shape.valueWidth();
        workers.run(shape.heads(), run, (head, worker) -> {
            double[] weights = new double[shape.keys()];
            for (int query = 0; query < shape.queries(); query++) {
                weights(shape, head, query, q, k, mask, weights);
                int to = (head * shape.queries() + query) * e;
                Arrays.fill(y, to, to + e, 0);
                for (int key = 0; key < shape.keys(); key++) {
                    addScaled(e, weights[key], v, (head * shape.keys() + key) * e, y, to);
                }
            }
        });
    }

    private static void weights(
            AttentionShape shape, int head, int query, double[] q, double[] k, double[] mask, double[] weights) {
        int seen = shape.keysBefore(query + 1);
        int d = shape.width();
        double most = Double.NEGATIVE_INFINITY;
        for (int key = 0; key < seen; key++) {
            double score = product(d, q, (head * shape.queries() + query) * d, k, (head * shape.keys() + key) * d);
            double masked = shape.masked() ? mask[shape.maskPlace(head, query) + key * shape.maskColumnStep()] : 0;
            weights[key] = score * shape.scale() + masked;
            most = Math.max(most, weights[key]);
        }
        Arrays.fill(weights, seen, weights.length, 0);
        if (most == Double.NEGATIVE_INFINITY) {
            Arrays.fill(weights, 0); // no key may be seen: nothing is
            return;
        }
        double sum = 0;
        for (int key = 0; key < seen; key++) {
            weights[key] = StrictMath.exp(weights[key] - most);
            sum += weights[key];
        }
        for (int key = 0; key < seen; key++) {
            weights[key] /= sum;
        }
    }

    /** The gradients of queries, keys and values, and of the mask if it has a length; they are added to. */
    public static void gradient(
            AttentionShape shape,
            double[] q,
            double[] k,
            double[] v,
            double[] mask,
            double[] g,
            double[] ofQ,
            double[] ofK,
            double[] ofV,
            double[] ofMask,
            Workers workers,
            Run run) {
        int d = shape.width();
        int e = shape.valueWidth();
        Workers sharing = ofMask.length > 0 ? new Workers(Runnable::run, 1) : workers;
        sharing.run(shape.heads(), run, (head, worker) -> {
            double[] weights = new double[shape.keys()];
            double[] gradients = new double[shape.keys()];
            for (int query = 0; query < shape.queries(); query++) {
                weights(shape, head, query, q, k, mask, weights);
                int at = head * shape.queries() + query;
                double sum = 0;
                for (int key = 0; key < shape.keys(); key++) {
                    int from = head * shape.keys() + key;
                    gradients[key] = product(e, g, at * e, v, from * e);
                    sum += gradients[key] * weights[key];
                    addScaled(e, weights[key], g, at * e, ofV, from * e);
                }
                for (int key = 0; key < shape.keys(); key++) {
                    int from = head * shape.keys() + key;
                    double gradient = weights[key] * (gradients[key] - sum);
                    if (ofMask.length > 0) {
                        ofMask[shape.maskPlace(head, query) + key * shape.maskColumnStep()] += gradient;
                    }
                    addScaled(d, gradient * shape.scale(), k, from * d, ofQ, at * d);
                    addScaled(d, gradient * shape.scale(), q, at * d, ofK, from * d);
                }
            }
        });
    }

    private static double product(int length, double[] a, int aOffset, double[] b, int bOffset) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += a[aOffset + i] * b[bOffset + i];
        }
        return sum;
    }

    private static void addScaled(int length, double factor, double[] a, int aOffset, double[] y, int yOffset) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] += factor * a[aOffset + i];
        }
    }
}
