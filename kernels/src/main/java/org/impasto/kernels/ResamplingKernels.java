package org.impasto.kernels;

import org.impasto.core.ElementType;
import org.impasto.core.Resampling;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.resampling.Doubling;
import org.impasto.kernels.internal.resampling.Nearest;

/** Pictures at another size: each axis is a sparse matrix, applied along rows and then along columns. */
final class ResamplingKernels {
    private static final int ROWS_PER_PIECE = 64;

    private ResamplingKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(Resampling.Resize.class, ResamplingKernels::resize);
        registry.addUnary(Resampling.ResizeGradient.class, ResamplingKernels::gradient);
    }

    private static CpuArray resize(Resampling.Resize resize, CpuArray x, Spec output, KernelCall call) {
        int height = output.shape().intSize(2);
        int width = output.shape().intSize(3);
        AxisWeights rows = AxisWeights.of(resize, x.size(2), height);
        AxisWeights columns = AxisWeights.of(resize, x.size(3), width);
        if (output.type() == ElementType.FLOAT32 && resize.filter() == Filter.NEAREST) {
            return nearest(x, rows, columns, output, call);
        }
        boolean halves = resize.filter() == Filter.BILINEAR && !resize.alignCorners();
        if (output.type() == ElementType.FLOAT32 && halves && height == 2 * x.size(2) && width == 2 * x.size(3)) {
            CpuArray to = call.plain(output);
            float[] from = call.asPlain(x).floats();
            int planes = x.size(0) * x.size(1);
            Doubling.bilinear(planes, x.size(2), x.size(3), from, to.floats(), call.workers(), call.run());
            return to;
        }
        return apply(call.asPlain(x), rows, columns, output, call);
    }

    private static CpuArray nearest(CpuArray x, AxisWeights rows, AxisWeights columns, Spec output, KernelCall call) {
        CpuArray to = call.like(x, output);
        Nearest.resize(
                x.size(0) * (x.isBlocked() ? BlockedLayout.blocks(x.size(1)) : x.size(1)),
                x.size(2),
                x.size(3),
                rows.nearest(),
                columns.nearest(),
                x.isBlocked() ? BlockedLayout.BLOCK : 1,
                x.floats(),
                to.floats(),
                call.workers(),
                call.run());
        return to;
    }

    private static CpuArray gradient(Resampling.ResizeGradient back, CpuArray gradient, Spec output, KernelCall call) {
        int height = output.shape().intSize(2);
        int width = output.shape().intSize(3);
        if (output.type() == ElementType.FLOAT32 && back.resize().filter() == Filter.NEAREST) {
            return nearestGradient(back.resize(), gradient, output, call);
        }
        AxisWeights rows =
                AxisWeights.of(back.resize(), height, gradient.size(2)).transposed(height);
        AxisWeights columns =
                AxisWeights.of(back.resize(), width, gradient.size(3)).transposed(width);
        return apply(call.asPlain(gradient), rows, columns, output, call);
    }

    private static CpuArray nearestGradient(Resampling.Resize resize, CpuArray gradient, Spec output, KernelCall call) {
        CpuArray to = call.like(gradient, output);
        int height = output.shape().intSize(2);
        int width = output.shape().intSize(3);
        Nearest.gradient(
                to.size(0) * (to.isBlocked() ? BlockedLayout.blocks(to.size(1)) : to.size(1)),
                height,
                width,
                AxisWeights.of(resize, height, gradient.size(2)).nearest(),
                AxisWeights.of(resize, width, gradient.size(3)).nearest(),
                to.isBlocked() ? BlockedLayout.BLOCK : 1,
                gradient.floats(),
                to.floats(),
                call.workers(),
                call.run());
        return to;
    }

    private static CpuArray apply(CpuArray x, AxisWeights rows, AxisWeights columns, Spec output, KernelCall call) {
        CpuArray to = call.plain(output);
        int inHeight = x.size(2);
        int inWidth = x.size(3);
        int height = output.shape().intSize(2);
        int width = output.shape().intSize(3);
        boolean floats = output.type() == ElementType.FLOAT32;
        int pieces = (height + ROWS_PER_PIECE - 1) / ROWS_PER_PIECE;
        call.workers().run(Math.multiplyExact(x.size(0) * x.size(1), pieces), call.run(), (piece, worker) -> {
            double[] line = new double[inWidth];
            int plane = piece / pieces;
            int first = piece % pieces * ROWS_PER_PIECE;
            for (int row = first; row < Math.min(height, first + ROWS_PER_PIECE); row++) {
                java.util.Arrays.fill(line, 0);
                for (int tap = 0; tap < rows.sources()[row].length; tap++) {
                    int source = (plane * inHeight + rows.sources()[row][tap]) * inWidth;
                    addScaled(x.values(), source, rows.weights()[row][tap], line);
                }
                int target = (plane * height + row) * width;
                for (int column = 0; column < width; column++) {
                    int[] sources = columns.sources()[column];
                    double[] weights = columns.weights()[column];
                    double sum = 0;
                    for (int tap = 0; tap < sources.length; tap++) {
                        sum += weights[tap] * line[sources[tap]];
                    }
                    if (floats) {
                        to.floats()[target + column] = (float) sum;
                    } else {
                        to.doubles()[target + column] = sum;
                    }
                }
            }
        });
        return to;
    }

    private static void addScaled(Object values, int source, double weight, double[] line) {
        if (values instanceof float[] floats) {
            for (int i = 0; i < line.length; i++) {
                line[i] += weight * floats[source + i];
            }
        } else {
            double[] doubles = (double[]) values;
            for (int i = 0; i < line.length; i++) {
                line[i] += weight * doubles[source + i];
            }
        }
    }
}
