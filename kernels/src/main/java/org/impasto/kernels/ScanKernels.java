package org.impasto.kernels;

import org.impasto.core.Scan;
import org.impasto.core.Shape;
import org.impasto.core.Spec;

/** Running sums, in float64 throughout. */
final class ScanKernels {
    private static final int NUMBERS_PER_PIECE = 1 << 14;

    private ScanKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(Scan.CumulativeSum.class, ScanKernels::cumulativeSum);
    }

    private static CpuArray cumulativeSum(Scan.CumulativeSum operation, CpuArray x, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        Shape shape = output.shape();
        int size = shape.intSize(operation.axis());
        int inner = 1;
        for (int axis = operation.axis() + 1; axis < shape.rank(); axis++) {
            inner *= shape.intSize(axis);
        }
        int stride = inner;
        int lines = to.elements() == 0 ? 0 : to.elements() / size;
        int linesPerPiece = Math.max(1, NUMBERS_PER_PIECE / Math.max(1, size));
        call.workers().run((lines + linesPerPiece - 1) / linesPerPiece, call.run(), (piece, worker) -> {
            int end = Math.min(lines, (piece + 1) * linesPerPiece);
            for (int line = piece * linesPerPiece; line < end; line++) {
                int first = line / stride * size * stride + line % stride;
                if (operation.fromEnd()) {
                    sum(from.values(), to.values(), first + (size - 1) * stride, -stride, size);
                } else {
                    sum(from.values(), to.values(), first, stride, size);
                }
            }
        });
        return to;
    }

    private static void sum(Object from, Object to, int start, int step, int count) {
        double sum = 0;
        int at = start;
        if (from instanceof float[] floats) {
            for (int i = 0; i < count; i++, at += step) {
                sum += floats[at];
                ((float[]) to)[at] = (float) sum;
            }
        } else {
            for (int i = 0; i < count; i++, at += step) {
                sum += ((double[]) from)[at];
                ((double[]) to)[at] = sum;
            }
        }
    }
}
