package org.impasto.kernels;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.CounterRandom;
import org.impasto.core.Generation;

/** Tensors from nothing. */
final class GenerationKernels {
    private static final int NUMBERS_PER_PIECE = 1 << 14;

    private GenerationKernels() {}

    static void register(KernelRegistry registry) {
        registry.add(Generation.Fill.class, (fill, inputs, outputs, call) -> List.of(fill(fill, call)));
        registry.add(Generation.Noise.class, (noise, inputs, outputs, call) -> List.of(noise(noise, call)));
    }

    private static CpuArray fill(Generation.Fill fill, KernelCall call) {
        CpuArray array = call.plain(fill.spec());
        if (array.values() instanceof float[] floats) {
            Arrays.fill(floats, (float) fill.value());
        } else if (array.values() instanceof double[] doubles) {
            Arrays.fill(doubles, fill.value());
        } else {
            Arrays.fill(array.longs(), (long) fill.value());
        }
        return array;
    }

    private static CpuArray noise(Generation.Noise noise, KernelCall call) {
        CpuArray array = call.plain(noise.spec());
        int count = array.elements();
        int pieces = (int) ((count + NUMBERS_PER_PIECE - 1L) / NUMBERS_PER_PIECE);
        call.workers().run(pieces, call.run(), (piece, worker) -> {
            int first = piece * NUMBERS_PER_PIECE;
            double[] numbers = new double[Math.min(NUMBERS_PER_PIECE, count - first)];
            CounterRandom.normal(noise.seed(), noise.stream(), first, numbers);
            for (int i = 0; i < numbers.length; i++) {
                if (array.values() instanceof float[] floats) {
                    floats[first + i] = (float) numbers[i];
                } else {
                    array.doubles()[first + i] = numbers[i];
                }
            }
        });
        return array;
    }
}
