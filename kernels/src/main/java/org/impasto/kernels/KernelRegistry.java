package org.impasto.kernels;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.impasto.core.BackendException;
import org.impasto.core.Operation;
import org.impasto.core.Spec;

/** The kernel of each operation, by the class of its record. */
final class KernelRegistry {
    private final Map<Class<?>, Kernel<?>> kernels = new HashMap<>();

    KernelRegistry() {
        AttentionKernels.register(this);
        ConvolutionKernels.register(this);
        CouplingKernels.register(this);
        DescentKernels.register(this);
        ElementwiseKernels.register(this);
        FactorizationKernels.register(this);
        FilteringKernels.register(this);
        GenerationKernels.register(this);
        LinearAlgebraKernels.register(this);
        NormalizationKernels.register(this);
        PaddingKernels.register(this);
        PoolingKernels.register(this);
        ReductionKernels.register(this);
        ResamplingKernels.register(this);
        ScanKernels.register(this);
        SelectionKernels.register(this);
        StatisticsKernels.register(this);
        ViewKernels.register(this);
    }

    <O extends Operation> void add(Class<O> operation, Kernel<O> kernel) {
        kernels.put(operation, kernel);
    }

    <O extends Operation> void addUnary(Class<O> operation, Kernel.Unary<O> kernel) {
        add(operation, (o, inputs, outputs, call) -> List.of(kernel.compute(o, inputs.get(0), outputs.get(0), call)));
    }

    @SuppressWarnings("unchecked")
    List<CpuArray> compute(Operation operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        Kernel<Operation> kernel = (Kernel<Operation>) kernels.get(operation.getClass());
        if (kernel == null) {
            throw new BackendException("the CPU backend has no kernel for " + operation.name());
        }
        return kernel.compute(operation, inputs, outputs, call);
    }

    Set<Class<?>> operations() {
        return Set.copyOf(kernels.keySet());
    }
}
