package org.impasto.kernels;

import org.impasto.core.Filtering;
import org.impasto.core.Filtering.Border;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.filtering.WindowSums;

/** Filters of planes. */
final class FilteringKernels {
    private FilteringKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(Filtering.BoxMean.class, FilteringKernels::boxMean);
    }

    private static CpuArray boxMean(Filtering.BoxMean mean, CpuArray x, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        int height = x.size(2);
        int width = x.size(3);
        double[] rows = counted(height, mean);
        double[] columns = counted(width, mean);
        WindowSums.Source source = from.values() instanceof float[] floats
                ? (plane, row, column, count, values, at, stride) -> {
                    int start = (plane * height + row) * width + column;
                    for (int i = 0; i < count; i++) {
                        values[at + i] = floats[start + i];
                    }
                }
                : (plane, row, column, count, values, at, stride) ->
                        System.arraycopy(from.values(), (plane * height + row) * width + column, values, at, count);
        WindowSums.Target target = to.values() instanceof float[] floats
                ? (plane, row, column, count, sums, stride) -> {
                    int start = (plane * height + row) * width + column;
                    double cells = rows[row];
                    for (int i = 0; i < count; i++) {
                        floats[start + i] = (float) (sums[i] / (cells * columns[column + i]));
                    }
                }
                : (plane, row, column, count, sums, stride) -> {
                    int start = (plane * height + row) * width + column;
                    double cells = rows[row];
                    for (int i = 0; i < count; i++) {
                        to.doubles()[start + i] = sums[i] / (cells * columns[column + i]);
                    }
                };
        new WindowSums(height, width, mean.radius(), mean.border().padding(), 1)
                .compute(x.size(0) * x.size(1), source, target, call.workers(), call.run());
        return to;
    }

    /** How many cells of the window around each cell of an axis its mean counts. */
    private static double[] counted(int size, Filtering.BoxMean mean) {
        double[] counts = new double[size];
        int radius = mean.radius();
        for (int i = 0; i < size; i++) {
            counts[i] = mean.border() == Border.TRUNCATED
                    ? Math.min(size - 1, i + radius) - Math.max(0, i - radius) + 1
                    : 2.0 * radius + 1;
        }
        return counts;
    }
}
