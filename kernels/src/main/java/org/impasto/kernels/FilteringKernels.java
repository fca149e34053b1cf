package org.impasto.kernels;

import java.util.List;
import org.impasto.core.Filtering;
import org.impasto.core.Filtering.Border;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.filtering.GuidedCoefficients;
import org.impasto.kernels.internal.filtering.WindowSums;

/** Filters of planes. */
final class FilteringKernels {
    /** Channels that are filtered at once: a guide's own sums are shared, but what is summed is to stay in the cache. */
    private static final int CHANNELS = 4;

    private FilteringKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(Filtering.BoxMean.class, FilteringKernels::boxMean);
        registry.add(
                Filtering.GuidedFilter.class,
                (filter, inputs, outputs, call) ->
                        List.of(guided(filter, inputs.get(0), inputs.get(1), outputs.get(0), call)));
    }

    private static CpuArray boxMean(Filtering.BoxMean mean, CpuArray x, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        int height = x.size(2);
        int width = x.size(3);
        Weights weights = Weights.of(height, width, mean.radius(), mean.border());
        new WindowSums(height, width, mean.radius(), mean.border().padding(), 1)
                .compute(
                        x.size(0) * x.size(1),
                        (plane, row, column, count, values, at, stride) ->
                                read(from, (plane * height + row) * width + column, count, values, at),
                        (plane, row, column, count, sums, stride) -> {
                            weights.scale(row, column, count, sums, 0);
                            write(sums, 0, count, to, (plane * height + row) * width + column);
                        },
                        call.workers(),
                        call.run());
        return to;
    }

    private static CpuArray guided(
            Filtering.GuidedFilter filter, CpuArray guide, CpuArray picture, Spec output, KernelCall call) {
        CpuArray g = call.asPlain(guide);
        CpuArray p = call.asPlain(picture);
        CpuArray to = call.plain(output);
        int channels = p.size(1);
        for (int first = 0; first < channels; first += CHANNELS) {
            guided(filter, g, p, first, Math.min(CHANNELS, channels - first), to, call);
        }
        return to;
    }

    /** Some channels: coefficients of all windows first, then their means applied to the guide. */
    private static void guided(
            Filtering.GuidedFilter filter,
            CpuArray g,
            CpuArray p,
            int first,
            int pictures,
            CpuArray to,
            KernelCall call) {
        int batch = p.size(0);
        int height = p.size(2);
        int width = p.size(3);
        int guides = g.size(1);
        Weights weights = Weights.of(height, width, filter.radius(), filter.border());
        GuidedCoefficients fit = new GuidedCoefficients(guides, pictures, filter.regularization());
        int kept = fit.coefficients();
        CpuArray coefficients = call.temporary(
                new Spec(Shape.of(batch, kept, height, width), p.spec().type()));
        new WindowSums(height, width, filter.radius(), filter.border().padding(), fit.quantities())
                .compute(
                        batch,
                        (image, row, column, count, values, at, stride) -> {
                            for (int i = 0; i < guides; i++) {
                                read(g, cell(g, image, i, row, column), count, values, at + i * stride);
                            }
                            for (int i = 0; i < pictures; i++) {
                                read(
                                        p,
                                        cell(p, image, first + i, row, column),
                                        count,
                                        values,
                                        at + (guides + i) * stride);
                            }
                            fit.multiply(count, values, at, stride);
                        },
                        (image, row, column, count, sums, stride) -> {
                            double[][] found = new double[kept][count];
                            fit.solve(count, sums, stride, weights.of(row, column, count), found);
                            for (int i = 0; i < kept; i++) {
                                write(found[i], 0, count, coefficients, cell(coefficients, image, i, row, column));
                            }
                        },
                        call.workers(),
                        call.run());
        new WindowSums(height, width, filter.radius(), filter.border().padding(), kept)
                .compute(
                        batch,
                        (image, row, column, count, values, at, stride) -> {
                            for (int i = 0; i < kept; i++) {
                                read(
                                        coefficients,
                                        cell(coefficients, image, i, row, column),
                                        count,
                                        values,
                                        at + i * stride);
                            }
                        },
                        (image, row, column, count, sums, stride) -> {
                            double[][] lines = new double[guides][count];
                            for (int i = 0; i < guides; i++) {
                                read(g, cell(g, image, i, row, column), count, lines[i], 0);
                            }
                            for (int channel = 0; channel < pictures; channel++) {
                                int shift = ((guides + 1) * channel + guides) * stride;
                                for (int i = 0; i < guides; i++) {
                                    addProducts(
                                            sums, ((guides + 1) * channel + i) * stride, lines[i], sums, shift, count);
                                }
                                weights.scale(row, column, count, sums, shift);
                                write(sums, shift, count, to, cell(to, image, first + channel, row, column));
                            }
                        },
                        call.workers(),
                        call.run());
    }

    private static void addProducts(double[] a, int from, double[] b, double[] sums, int to, int count) {
        for (int i = 0; i < count; i++) {
            sums[to + i] += a[from + i] * b[i];
        }
    }

    private static int cell(CpuArray array, int image, int channel, int row, int column) {
        return ((image * array.size(1) + channel) * array.size(2) + row) * array.size(3) + column;
    }

    private static void read(CpuArray from, int start, int count, double[] values, int at) {
        if (from.values() instanceof float[] floats) {
            for (int i = 0; i < count; i++) {
                values[at + i] = floats[start + i];
            }
        } else {
            System.arraycopy(from.doubles(), start, values, at, count);
        }
    }

    private static void write(double[] values, int at, int count, CpuArray to, int start) {
        if (to.values() instanceof float[] floats) {
            for (int i = 0; i < count; i++) {
                floats[start + i] = (float) values[at + i];
            }
        } else {
            System.arraycopy(values, at, to.doubles(), start, count);
        }
    }

    /** How many cells along each axis the mean of a window counts. */
    private record Weights(double[] rows, double[] columns) {
        static Weights of(int height, int width, int radius, Border border) {
            return new Weights(counted(height, radius, border), counted(width, radius, border));
        }

        private static double[] counted(int size, int radius, Border border) {
            double[] counts = new double[size];
            for (int i = 0; i < size; i++) {
                counts[i] = border == Border.TRUNCATED
                        ? Math.min(size - 1, i + radius) - Math.max(0, i - radius) + 1
                        : 2.0 * radius + 1;
            }
            return counts;
        }

        /** Sums to means. */
        void scale(int row, int column, int count, double[] sums, int at) {
            double cells = rows[row];
            for (int i = 0; i < count; i++) {
                sums[at + i] /= cells * columns[column + i];
            }
        }

        /** What a sum is multiplied with to be a mean. */
        double[] of(int row, int column, int count) {
            double[] weights = new double[count];
            for (int i = 0; i < count; i++) {
                weights[i] = 1 / (rows[row] * columns[column + i]);
            }
            return weights;
        }
    }
}
