package org.impasto.testing;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.impasto.core.Filtering;
import org.impasto.core.Filtering.Border;

/** Filters with square windows, each window summed anew. */
final class ReferenceFiltering {
    private ReferenceFiltering() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Filtering.BoxMean.class, (o, in, out) -> {
            Values x = in.get(0);
            int pixels = x.size(2) * x.size(3);
            for (int plane = 0; plane < x.size(0) * x.size(1); plane++) {
                int start = plane * pixels;
                double[] means = mean(o.radius(), o.border(), x, cell -> x.doubles[start + cell]);
                System.arraycopy(means, 0, out.get(0).doubles, start, pixels);
            }
        });
        registry.put(Filtering.GuidedFilter.class, (o, in, out) -> {
            for (int image = 0; image < in.get(1).size(0); image++) {
                for (int channel = 0; channel < in.get(1).size(1); channel++) {
                    guided(o, in.get(0), in.get(1), image, channel, out.get(0));
                }
            }
        });
    }

    /** The mean around each cell of a plane as large as those of a picture. */
    private static double[] mean(int radius, Border border, Values picture, IntToDoubleFunction plane) {
        int height = picture.size(2);
        int width = picture.size(3);
        double[] means = new double[height * width];
        for (int cell = 0; cell < means.length; cell++) {
            double sum = 0;
            int counted = 0;
            for (int h = cell / width - radius; h <= cell / width + radius; h++) {
                int row = border.padding().source(h, height);
                for (int w = cell % width - radius; w <= cell % width + radius; w++) {
                    int column = border.padding().source(w, width);
                    boolean inside = row >= 0 && column >= 0;
                    sum += inside ? plane.applyAsDouble(row * width + column) : 0;
                    counted += inside || border != Border.TRUNCATED ? 1 : 0;
                }
            }
            means[cell] = sum / counted;
        }
        return means;
    }

    private static void guided(
            Filtering.GuidedFilter filter, Values guide, Values picture, int image, int channel, Values result) {
        int pixels = guide.size(2) * guide.size(3);
        int n = guide.size(1);
        int p = (image * picture.size(1) + channel) * pixels;
        int[] g = new int[n];
        Arrays.setAll(g, i -> (image * n + i) * pixels);
        double[][] means = new double[n + 1][];
        double[][][] products = new double[n][n + 1][];
        means[n] = mean(filter.radius(), filter.border(), guide, cell -> picture.doubles[p + cell]);
        for (int i = 0; i < n; i++) {
            int left = g[i];
            means[i] = mean(filter.radius(), filter.border(), guide, cell -> guide.doubles[left + cell]);
            for (int j = 0; j < n; j++) {
                int right = g[j];
                products[i][j] = mean(
                        filter.radius(),
                        filter.border(),
                        guide,
                        cell -> guide.doubles[left + cell] * guide.doubles[right + cell]);
            }
            products[i][n] = mean(
                    filter.radius(),
                    filter.border(),
                    guide,
                    cell -> guide.doubles[left + cell] * picture.doubles[p + cell]);
        }
        double[][] coefficients = new double[n + 1][pixels];
        for (int cell = 0; cell < pixels; cell++) {
            double[][] system = new double[n][n + 1];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= n; j++) {
                    system[i][j] = products[i][j][cell] - means[i][cell] * means[j][cell];
                }
                system[i][i] += filter.regularization();
            }
            double[] slopes = solved(system);
            coefficients[n][cell] = means[n][cell];
            for (int i = 0; i < n; i++) {
                coefficients[i][cell] = slopes[i];
                coefficients[n][cell] -= slopes[i] * means[i][cell];
            }
        }
        for (int i = 0; i <= n; i++) {
            double[] plane = coefficients[i];
            double[] smooth = mean(filter.radius(), filter.border(), guide, cell -> plane[cell]);
            for (int cell = 0; cell < pixels; cell++) {
                result.doubles[p + cell] += smooth[cell] * (i < n ? guide.doubles[g[i] + cell] : 1);
            }
        }
    }

    /** Gauss-Jordan elimination of a positive definite system with its right side as the last column. */
    private static double[] solved(double[][] system) {
        int n = system.length;
        for (int pivot = 0; pivot < n; pivot++) {
            for (int row = 0; row < n; row++) {
                double factor = system[row][pivot] / system[pivot][pivot];
                for (int column = pivot; row != pivot && column <= n; column++) {
                    system[row][column] -= factor * system[pivot][column];
                }
            }
        }
        double[] solution = new double[n];
        Arrays.setAll(solution, i -> system[i][n] / system[i][i]);
        return solution;
    }
}
