package org.impasto.kernels;

import java.util.Arrays;
import org.impasto.core.Reduction;
import org.impasto.core.Spec;

/** interim */
final class ReductionKernels {
    private ReductionKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(Reduction.Sum.class, (o, x, out, call) -> reduce(x, out, 0, false, call));
        registry.addUnary(Reduction.Maximum.class, (o, x, out, call) -> reduce(x, out, Double.NEGATIVE_INFINITY, true, call));
    }

    private static CpuArray reduce(CpuArray x, Spec output, double start, boolean max, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        double[] sums = new double[to.elements()];
        Arrays.fill(sums, start);
        int rank = x.shape().rank();
        for (int i = 0; i < from.elements(); i++) {
            int index = 0;
            int stride = 1;
            int rest = i;
            for (int axis = rank - 1; axis >= 0; axis--) {
                int size = x.size(axis);
                if (output.shape().size(axis) != 1) {
                    index += rest % size * stride;
                }
                stride *= output.shape().intSize(axis);
                rest /= size;
            }
            double v = ElementwiseKernels.get(from, i);
            sums[index] = max ? Math.max(sums[index], v) : sums[index] + v;
        }
        for (int i = 0; i < sums.length; i++) {
            ElementwiseKernels.set(to, i, sums[i]);
        }
        return to;
    }
}
