package org.impasto.testing;

import java.util.List;
import org.impasto.core.Attention;
import org.impasto.core.Shape;
import org.jspecify.annotations.Nullable;

/** Attention, score by score. */
final class ReferenceAttention {
    private ReferenceAttention() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Attention.ScaledDotProduct.class, (o, in, out) -> {
            Values mask = in.size() == 4 ? in.get(3) : null;
            double[][][] weights = weights(in.get(0), in.get(1), mask, o.scale(), o.causal());
            forEach(
                    in,
                    (head, i, j, e, q, k, v, y) -> out.get(0).doubles[y] += weights[head][i][j] * in.get(2).doubles[v]);
        });
        registry.put(Attention.ScaledDotProductGradient.class, ReferenceAttention::gradient);
    }

    private static int heads(Values q) {
        int heads = 1;
        for (int axis = 0; axis < q.shape().rank() - 2; axis++) {
            heads *= q.size(axis);
        }
        return heads;
    }

    private static int maskPlace(Shape mask, Shape q, int head, int i, int j) {
        int rank = q.rank();
        int place = 0;
        int stride = 1;
        int left = head;
        for (int axis = 1; axis <= rank; axis++) { // from the last axis on
            int position = axis == 1 ? j : i;
            if (axis > 2) {
                position = left % q.intSize(-axis);
                left /= q.intSize(-axis);
            }
            if (axis <= mask.rank()) {
                place += mask.intSize(-axis) == 1 ? 0 : position * stride;
                stride *= mask.intSize(-axis);
            }
        }
        return place;
    }

    private static double[][][] weights(Values q, Values k, @Nullable Values mask, double scale, boolean causal) {
        int heads = heads(q);
        int queries = q.size(-2);
        int keys = k.size(-2);
        int width = q.size(-1);
        double[][][] weights = new double[heads][queries][keys];
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < queries; i++) {
                double most = Double.NEGATIVE_INFINITY;
                double[] row = weights[head][i];
                for (int j = 0; j < keys; j++) {
                    for (int d = 0; d < width; d++) {
                        row[j] += q.doubles[(head * queries + i) * width + d]
                                * k.doubles[(head * keys + j) * width + d]
                                * scale;
                    }
                    row[j] += mask == null ? 0 : mask.doubles[maskPlace(mask.shape(), q.shape(), head, i, j)];
                    row[j] = causal && j > i ? Double.NEGATIVE_INFINITY : row[j];
                    most = Math.max(most, row[j]);
                }
                double sum = 0;
                for (int j = 0; j < keys; j++) {
                    row[j] = most == Double.NEGATIVE_INFINITY ? 0 : Math.exp(row[j] - most);
                    sum += row[j];
                }
                for (int j = 0; j < keys; j++) {
                    row[j] = sum == 0 ? 0 : row[j] / sum;
                }
            }
        }
        return weights;
    }

    private interface Visitor {
        void visit(int head, int i, int j, int e, int q, int k, int v, int y);
    }

    /** Each query with each key and each number of its value; q and k are where the query and the key begin. */
    private static void forEach(List<Values> in, Visitor visitor) {
        int queries = in.get(0).size(-2);
        int keys = in.get(1).size(-2);
        int width = in.get(0).size(-1);
        int values = in.get(2).size(-1);
        for (int head = 0; head < heads(in.get(0)); head++) {
            for (int i = 0; i < queries; i++) {
                for (int j = 0; j < keys; j++) {
                    for (int e = 0; e < values; e++) {
                        int query = head * queries + i;
                        int key = head * keys + j;
                        visitor.visit(head, i, j, e, query * width, key * width, key * values + e, query * values + e);
                    }
                }
            }
        }
    }

    private static void gradient(Attention.ScaledDotProductGradient o, List<Values> in, List<Values> out) {
        Values q = in.get(0);
        Values k = in.get(1);
        double[] g = in.get(3).doubles;
        Values mask = in.size() == 5 ? in.get(4) : null;
        double[][][] weights = weights(q, k, mask, o.scale(), o.causal());
        double[][][] ofWeights = new double[weights.length][q.size(-2)][k.size(-2)];
        forEach(in, (head, i, j, e, query, key, v, y) -> {
            ofWeights[head][i][j] += g[y] * in.get(2).doubles[v];
            out.get(2).doubles[v] += g[y] * weights[head][i][j];
        });
        int width = q.size(-1);
        for (int head = 0; head < weights.length; head++) {
            for (int i = 0; i < q.size(-2); i++) {
                double sum = 0;
                for (int j = 0; j < k.size(-2); j++) {
                    sum += weights[head][i][j] * ofWeights[head][i][j];
                }
                for (int j = 0; j < k.size(-2); j++) {
                    double ofScore = weights[head][i][j] * (ofWeights[head][i][j] - sum);
                    int query = (head * q.size(-2) + i) * width;
                    int key = (head * k.size(-2) + j) * width;
                    for (int d = 0; d < width; d++) {
                        out.get(0).doubles[query + d] += ofScore * o.scale() * k.doubles[key + d];
                        out.get(1).doubles[key + d] += ofScore * o.scale() * q.doubles[query + d];
                    }
                    if (o.ofMask() && mask != null) {
                        out.get(3).doubles[maskPlace(mask.shape(), q.shape(), head, i, j)] += ofScore;
                    }
                }
            }
        }
    }
}
