package org.impasto.kernels.internal.normalization;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * Softmax and normalisation along lines of numbers, computed in float64: for float64 arrays, and for lines of float32
 * numbers that lie apart where no faster form is worth it.
 */
public final class LineNormalization {
    private static final int NUMBERS_PER_PIECE = 1 << 14;
    private static final int PIECES_WITH_SUMS = 16; // each has sums of its own, of the size of the weight

    private LineNormalization() {}

    /** Which of the weights belongs to a number. */
    @FunctionalInterface
    public interface Places {
        /** The index of the weight. */
        int of(int line, int index);
    }

    /** Weights and the gradients that they and the biases get. */
    public record WeightGradients(int size, Numbers weight, Places places, Numbers ofWeight, Numbers ofBias) {}

    /** {@code y = exp(x) / sum(exp(x))}, or the logarithm of it. */
    public static void softmax(Lines lines, boolean logarithm, Numbers x, Numbers y, Workers workers, Run run) {
        forLines(lines, workers, run, line -> {
            double most = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < lines.length(); i++) {
                most = Math.max(most, x.get(lines.start(line) + i * lines.inner()));
            }
            double[] values = load(lines, line, x);
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                values[i] -= most;
                sum += StrictMath.exp(values[i]);
            }
            double logarithmOfSum = StrictMath.log(sum);
            for (int i = 0; i < values.length; i++) {
                values[i] = logarithm ? values[i] - logarithmOfSum : StrictMath.exp(values[i]) / sum;
            }
            store(lines, line, values, y);
        });
    }

    /** {@code z = y * (g - sum(g * y))}, or {@code z = g - exp(y) * sum(g)} if y is a logarithm. */
    public static void softmaxGradient(
            Lines lines, boolean logarithm, Numbers y, Numbers g, Numbers z, Workers workers, Run run) {
        forLines(lines, workers, run, line -> {
            double[] values = load(lines, line, y);
            double[] gradients = load(lines, line, g);
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += logarithm ? gradients[i] : gradients[i] * values[i];
            }
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        logarithm ? gradients[i] - StrictMath.exp(values[i]) * sum : values[i] * (gradients[i] - sum);
            }
            store(lines, line, values, z);
        });
    }

    /** Each line at mean 0 and variance 1, then scaled and shifted if there are a weight and a bias. */
    public static void normalise(
            Lines lines,
            double epsilon,
            Numbers x,
            @Nullable Numbers weight,
            @Nullable Numbers bias,
            Places places,
            Numbers y,
            Workers workers,
            Run run) {
        forLines(lines, workers, run, line -> {
            double[] values = load(lines, line, x);
            normalise(values, epsilon);
            for (int i = 0; i < values.length && weight != null && bias != null; i++) {
                int place = places.of(line, i);
                values[i] = values[i] * weight.get(place) + bias.get(place);
            }
            store(lines, line, values, y);
        });
    }

    /** Gives the factor that brought the variance to 1. */
    private static double normalise(double[] values, double epsilon) {
        double mean = Arrays.stream(values).sum() / values.length;
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] -= mean;
            squares += values[i] * values[i];
        }
        double factor = 1 / Math.sqrt(squares / values.length + epsilon);
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return factor;
    }

    /** The gradients of {@link #normalise}. */
    public static void gradient(
            Lines lines,
            double epsilon,
            Numbers x,
            Numbers g,
            @Nullable WeightGradients weights,
            Numbers z,
            Workers workers,
            Run run) {
        int pieces = weights == null ? piecesOf(lines) : Math.min(PIECES_WITH_SUMS, piecesOf(lines));
        int size = weights == null ? 0 : weights.size();
        double[][] ofWeight = new double[pieces][];
        double[][] ofBias = new double[pieces][];
        workers.run(pieces, run, (piece, worker) -> {
            ofWeight[piece] = new double[size];
            ofBias[piece] = new double[size];
            int end = (int) ((long) lines.count() * (piece + 1) / pieces);
            for (int line = (int) ((long) lines.count() * piece / pieces); line < end; line++) {
                double[] values = load(lines, line, x);
                double[] gradients = load(lines, line, g);
                double factor = normalise(values, epsilon);
                double sum = 0;
                double products = 0;
                for (int i = 0; i < values.length; i++) {
                    if (weights != null) {
                        int place = weights.places().of(line, i);
                        ofWeight[piece][place] += gradients[i] * values[i];
                        ofBias[piece][place] += gradients[i];
                        gradients[i] *= weights.weight().get(place);
                    }
                    sum += gradients[i];
                    products += gradients[i] * values[i];
                }
                for (int i = 0; i < values.length; i++) {
                    values[i] = factor * (gradients[i] - (sum + values[i] * products) / values.length);
                }
                store(lines, line, values, z);
            }
        });
        for (int place = 0; weights != null && place < size; place++) {
            double weight = 0;
            double bias = 0;
            for (int piece = 0; piece < pieces; piece++) {
                weight += ofWeight[piece][place];
                bias += ofBias[piece][place];
            }
            weights.ofWeight().set(place, weight);
            weights.ofBias().set(place, bias);
        }
    }

    private static double[] load(Lines lines, int line, Numbers from) {
        double[] values = new double[lines.length()];
        int start = lines.start(line);
        for (int i = 0; i < values.length; i++) {
            values[i] = from.get(start + i * lines.inner());
        }
        return values;
    }

    private static void store(Lines lines, int line, double[] values, Numbers to) {
        int start = lines.start(line);
        for (int i = 0; i < values.length; i++) {
            to.set(start + i * lines.inner(), values[i]);
        }
    }

    private static int piecesOf(Lines lines) {
        int perPiece = Math.max(1, NUMBERS_PER_PIECE / Math.max(1, lines.length()));
        return (int) (((long) lines.count() + perPiece - 1) / perPiece);
    }

    private static void forLines(Lines lines, Workers workers, Run run, IntConsumer work) {
        int pieces = piecesOf(lines);
        workers.run(pieces, run, (piece, worker) -> {
            int end = (int) ((long) lines.count() * (piece + 1) / pieces);
            for (int line = (int) ((long) lines.count() * piece / pieces); line < end; line++) {
                work.accept(line);
            }
        });
    }
}
