package org.impasto.kernels;

import java.util.List;
import org.impasto.core.Coupling;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.elementwise.AffineCoupling;
import org.impasto.kernels.internal.elementwise.AffineCoupling.Answer;
import org.impasto.kernels.internal.provider.VectorSupport;

/** Couplings of flows. Answers of networks are read as they lie. */
final class CouplingKernels {
    private CouplingKernels() {}

    static void register(KernelRegistry registry) {
        registry.add(Coupling.Affine.class, CouplingKernels::forward);
        registry.add(Coupling.AffineInverse.class, CouplingKernels::inverse);
        registry.add(Coupling.AffineGradient.class, CouplingKernels::gradient);
    }

    private static AffineCoupling of(CpuArray state, double shift) {
        return new AffineCoupling(
                VectorSupport.isVector(),
                state.size(1),
                KernelCall.pixels(state),
                (float) shift,
                Coupling.LARGEST_LOGARITHM);
    }

    private static Answer answer(CpuArray array) {
        return new Answer(array.floats(), array.isBlocked());
    }

    private static List<CpuArray> forward(
            Coupling.Affine operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray x = inputs.get(0);
        CpuArray y = call.plain(outputs.get(0));
        CpuArray logarithms = call.plain(outputs.get(1));
        CpuArray flags = call.plain(outputs.get(2));
        of(x, operation.shift())
                .forward(
                        x.size(0),
                        x.doubles(),
                        answer(inputs.get(1)),
                        y.doubles(),
                        logarithms.doubles(),
                        flags.longs(),
                        call.workers(),
                        call.run());
        return List.of(y, logarithms, flags);
    }

    private static List<CpuArray> inverse(
            Coupling.AffineInverse operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray y = inputs.get(0);
        CpuArray x = call.plain(outputs.get(0));
        CpuArray flags = call.plain(outputs.get(1));
        of(y, operation.shift())
                .inverse(
                        y.size(0),
                        y.doubles(),
                        answer(inputs.get(1)),
                        x.doubles(),
                        flags.longs(),
                        call.workers(),
                        call.run());
        return List.of(x, flags);
    }

    private static List<CpuArray> gradient(
            Coupling.AffineGradient operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray x = inputs.get(0);
        CpuArray answer = inputs.get(1);
        CpuArray ofState = call.plain(outputs.get(0));
        CpuArray ofAnswer = call.like(answer, outputs.get(1));
        of(x, operation.shift())
                .gradient(
                        x.size(0),
                        x.doubles(),
                        answer(answer),
                        inputs.get(2).doubles(),
                        inputs.get(3).doubles(),
                        ofState.doubles(),
                        ofAnswer.floats(),
                        call.workers(),
                        call.run());
        ElementwiseKernels.clearLanes(ofAnswer);
        return List.of(ofState, ofAnswer);
    }
}
