package org.impasto.kernels;

import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Reduction;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.provider.VectorSupport;
import org.impasto.kernels.internal.statistics.ChannelSums;
import org.impasto.kernels.internal.statistics.Reductions;
import org.impasto.kernels.internal.statistics.Reductions.Kind;

/** Sums and extremes over axes. */
final class ReductionKernels {
    private static final Reductions REDUCTIONS = new Reductions(VectorSupport.isVector());
    private static final ChannelSums CHANNEL_SUMS = new ChannelSums(VectorSupport.isVector());

    private ReductionKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(Reduction.Sum.class, (o, x, out, call) -> reduce(Kind.SUM, o.axes(), x, out, call));
        registry.addUnary(Reduction.Maximum.class, (o, x, out, call) -> reduce(Kind.MAXIMUM, o.axes(), x, out, call));
        registry.addUnary(Reduction.Minimum.class, (o, x, out, call) -> reduce(Kind.MINIMUM, o.axes(), x, out, call));
    }

    private static CpuArray reduce(Kind kind, List<Integer> axes, CpuArray x, Spec output, KernelCall call) {
        if (x.isBlocked() && kind == Kind.SUM && axes.contains(2) && axes.contains(3)) {
            return sumOfBlocks(axes, x, output, call);
        }
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        boolean[] reduces = new boolean[x.shape().rank()];
        axes.forEach(axis -> reduces[axis] = true);
        int[] sizes = ElementwiseKernels.sizes(x.shape());
        if (output.type() == ElementType.FLOAT32) {
            REDUCTIONS.reduce(kind, from.floats(), 0, sizes, reduces, to.floats(), 0, call.workers(), call.run());
        } else {
            REDUCTIONS.reduce(kind, from.doubles(), 0, sizes, reduces, to.doubles(), 0, call.workers(), call.run());
        }
        return to;
    }

    /** Sums over all pixels of a blocked map, whose lanes above the last channel are zero. */
    private static CpuArray sumOfBlocks(List<Integer> axes, CpuArray x, Spec output, KernelCall call) {
        CpuArray to = call.plain(output);
        if (axes.contains(1)) {
            boolean wholeBatch = axes.contains(0);
            int[] sizes = {x.size(0), x.size(0) == 0 ? 0 : x.floats().length / x.size(0)};
            boolean[] reduces = {wholeBatch, true};
            REDUCTIONS.reduce(Kind.SUM, x.floats(), 0, sizes, reduces, to.floats(), 0, call.workers(), call.run());
        } else {
            CHANNEL_SUMS.sum(
                    x.floats(),
                    x.size(0),
                    x.size(1),
                    KernelCall.pixels(x),
                    axes.contains(0),
                    to.floats(),
                    call.workers(),
                    call.run());
        }
        return to;
    }
}
