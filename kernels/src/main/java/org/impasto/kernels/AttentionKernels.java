package org.impasto.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.impasto.core.Attention.ScaledDotProduct;
import org.impasto.core.Attention.ScaledDotProductGradient;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.matrix.BatchOffsets;
import org.impasto.kernels.internal.normalization.AttentionShape;
import org.impasto.kernels.internal.normalization.DoubleAttention;
import org.impasto.kernels.internal.normalization.FloatAttention;
import org.impasto.kernels.internal.provider.VectorSupport;
import org.jspecify.annotations.Nullable;

/** Attention and its gradient. */
final class AttentionKernels {
    private static final FloatAttention FLOATS = new FloatAttention(VectorSupport.isVector());
    private static final float[] NO_FLOATS = {};
    private static final double[] NO_DOUBLES = {};

    private AttentionKernels() {}

    static void register(KernelRegistry registry) {
        registry.add(ScaledDotProduct.class, AttentionKernels::attention);
        registry.add(ScaledDotProductGradient.class, AttentionKernels::gradient);
    }

    private static AttentionShape shape(
            double scale, boolean causal, List<CpuArray> operands, @Nullable CpuArray mask) {
        Shape q = operands.get(0).shape();
        CpuArray k = operands.get(1);
        CpuArray v = operands.get(2);
        long[] sizes = q.toArray();
        int[] batch = ints(Arrays.copyOf(sizes, sizes.length - 2));
        int heads = Arrays.stream(batch).reduce(1, Math::multiplyExact);
        int[] offsets = {};
        int rowStep = 0;
        int columnStep = 0;
        if (mask != null) {
            long[] own = mask.shape().toArray();
            int rows = own.length < 2 ? 1 : Math.toIntExact(own[own.length - 2]);
            int columns = own.length < 1 ? 1 : Math.toIntExact(own[own.length - 1]);
            int[] ownBatch = ints(Arrays.copyOf(own, Math.max(0, own.length - 2)));
            offsets = BatchOffsets.of(batch, ownBatch, rows * columns);
            rowStep = rows == 1 ? 0 : columns;
            columnStep = columns == 1 ? 0 : 1;
        }
        return new AttentionShape(
                heads, q.intSize(-2), k.size(-2), k.size(-1), v.size(-1), scale, causal, offsets, rowStep, columnStep);
    }

    private static int[] ints(long[] sizes) {
        return Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray();
    }

    private static List<CpuArray> plain(List<CpuArray> inputs, KernelCall call) {
        List<CpuArray> plain = new ArrayList<>();
        for (CpuArray input : inputs) {
            plain.add(call.asPlain(input));
        }
        return plain;
    }

    private static List<CpuArray> attention(
            ScaledDotProduct operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        List<CpuArray> x = plain(inputs, call);
        CpuArray mask = x.size() == 4 ? x.get(3) : null;
        AttentionShape shape = shape(operation.scale(), operation.causal(), x, mask);
        CpuArray y = call.plain(outputs.get(0));
        if (y.elements() == 0) {
            return List.of(y);
        }
        if (y.spec().type() == ElementType.FLOAT32) {
            FLOATS.apply(
                    shape,
                    x.get(0).floats(),
                    x.get(1).floats(),
                    x.get(2).floats(),
                    mask == null ? NO_FLOATS : mask.floats(),
                    y.floats(),
                    call.workers(),
                    call.run());
        } else {
            DoubleAttention.apply(
                    shape,
                    x.get(0).doubles(),
                    x.get(1).doubles(),
                    x.get(2).doubles(),
                    mask == null ? NO_DOUBLES : mask.doubles(),
                    y.doubles(),
                    call.workers(),
                    call.run());
        }
        return List.of(y);
    }

    private static List<CpuArray> gradient(
            ScaledDotProductGradient operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        List<CpuArray> x = plain(inputs, call);
        CpuArray mask = x.size() == 5 ? x.get(4) : null;
        AttentionShape shape = shape(operation.scale(), operation.causal(), x, mask);
        List<CpuArray> results = new ArrayList<>();
        for (Spec output : outputs) {
            CpuArray result = call.plain(output);
            if (output.type() == ElementType.FLOAT32) {
                Arrays.fill(result.floats(), 0);
            } else {
                Arrays.fill(result.doubles(), 0);
            }
            results.add(result);
        }
        if (outputs.get(0).type() == ElementType.FLOAT32) {
            FLOATS.gradient(
                    shape,
                    x.get(0).floats(),
                    x.get(1).floats(),
                    x.get(2).floats(),
                    mask == null ? NO_FLOATS : mask.floats(),
                    x.get(3).floats(),
                    results.get(0).floats(),
                    results.get(1).floats(),
                    results.get(2).floats(),
                    operation.ofMask() ? results.get(3).floats() : NO_FLOATS,
                    call.workers(),
                    call.run());
        } else {
            DoubleAttention.gradient(
                    shape,
                    x.get(0).doubles(),
                    x.get(1).doubles(),
                    x.get(2).doubles(),
                    mask == null ? NO_DOUBLES : mask.doubles(),
                    x.get(3).doubles(),
                    results.get(0).doubles(),
                    results.get(1).doubles(),
                    results.get(2).doubles(),
                    operation.ofMask() ? results.get(3).doubles() : NO_DOUBLES,
                    call.workers(),
                    call.run());
        }
        return results;
    }
}
