package org.impasto.kernels;

import java.util.List;
import org.impasto.core.Descent;
import org.impasto.core.ElementType;
import org.impasto.core.Spec;

/** Steps of optimisers: plain loops, which the compiler turns into vectors, so all providers give equal bits. */
final class DescentKernels {
    private static final int NUMBERS_PER_PIECE = 1 << 10; // read three times, from the caches

    private DescentKernels() {}

    static void register(KernelRegistry registry) {
        registry.add(Descent.Adam.class, DescentKernels::adam);
    }

    private static List<CpuArray> adam(Descent.Adam step, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        List<CpuArray> in = inputs.stream().map(call::asPlain).toList();
        List<CpuArray> out = outputs.stream().map(call::plain).toList();
        int count = out.get(0).elements();
        boolean floats = outputs.get(0).type() == ElementType.FLOAT32;
        int pieces = (int) ((count + NUMBERS_PER_PIECE - 1L) / NUMBERS_PER_PIECE);
        call.workers().run(pieces, call.run(), (piece, worker) -> {
            int from = piece * NUMBERS_PER_PIECE;
            int to = from + Math.min(NUMBERS_PER_PIECE, count - from);
            if (floats) {
                adam(
                        step,
                        from,
                        to,
                        in.get(0).floats(),
                        in.get(1).floats(),
                        in.get(2).floats(),
                        in.get(3).floats(),
                        out.get(0).floats(),
                        out.get(1).floats(),
                        out.get(2).floats());
            } else {
                adam(
                        step,
                        from,
                        to,
                        in.get(0).doubles(),
                        in.get(1).doubles(),
                        in.get(2).doubles(),
                        in.get(3).doubles(),
                        out.get(0).doubles(),
                        out.get(1).doubles(),
                        out.get(2).doubles());
            }
        });
        return out;
    }

    private static void adam(
            Descent.Adam step,
            int from,
            int to,
            float[] p,
            float[] g,
            float[] m,
            float[] v,
            float[] newP,
            float[] newM,
            float[] newV) {
        float rate = (float) step.rate();
        float ofFirst = (float) (1 - step.beta1());
        float ofSecond = (float) (1 - step.beta2());
        float scale = (float) step.scale();
        float epsilon = (float) step.epsilon();
        for (int i = from; i < to; i++) {
            newM[i] = m[i] + ofFirst * (g[i] - m[i]);
        }
        for (int i = from; i < to; i++) {
            newV[i] = v[i] + ofSecond * (g[i] * g[i] - v[i]);
        }
        for (int i = from; i < to; i++) {
            newP[i] = p[i] - rate * (newM[i] / (scale * (float) Math.sqrt(newV[i]) + epsilon));
        }
    }

    private static void adam(
            Descent.Adam step,
            int from,
            int to,
            double[] p,
            double[] g,
            double[] m,
            double[] v,
            double[] newP,
            double[] newM,
            double[] newV) {
        double ofFirst = 1 - step.beta1();
        double ofSecond = 1 - step.beta2();
        for (int i = from; i < to; i++) {
            newM[i] = m[i] + ofFirst * (g[i] - m[i]);
        }
        for (int i = from; i < to; i++) {
            newV[i] = v[i] + ofSecond * (g[i] * g[i] - v[i]);
        }
        for (int i = from; i < to; i++) {
            newP[i] = p[i] - step.rate() * (newM[i] / (step.scale() * Math.sqrt(newV[i]) + step.epsilon()));
        }
    }
}
