package org.impasto.testing;

import java.util.List;
import org.impasto.core.Coupling;
import org.impasto.core.Shape;

/** Couplings of flows, straight from their formulas. */
final class ReferenceCoupling {
    private ReferenceCoupling() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(
                Coupling.Affine.class,
                (o, in, out) -> forEach(in, out, (at, image) -> {
                    double v = in.get(1).doubles[at.v] + o.shift();
                    double y = (in.get(0).doubles[at.state] + in.get(1).doubles[at.t]) * sigmoid(v);
                    out.get(0).doubles[at.state] = y;
                    out.get(1).doubles[image] -= Math.max(-v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
                    out.get(2).longs[image] += flag(v, y);
                }));
        registry.put(
                Coupling.AffineInverse.class,
                (o, in, out) -> forEach(in, out, (at, image) -> {
                    double v = in.get(1).doubles[at.v] + o.shift();
                    double x = in.get(0).doubles[at.state] / sigmoid(v) - in.get(1).doubles[at.t];
                    out.get(0).doubles[at.state] = x;
                    out.get(1).longs[image] += flag(v, x);
                }));
        registry.put(Coupling.AffineGradient.class, (o, in, out) -> {
            forEach(List.of(in.get(2), in.get(1)), out, (at, image) -> {
                double v = in.get(1).doubles[at.v] + o.shift();
                double scaled = in.get(2).doubles[at.state] * sigmoid(v);
                double shifted = in.get(0).doubles[at.state] + in.get(1).doubles[at.t];
                out.get(0).doubles[at.state] = scaled;
                out.get(1).doubles[at.t] = scaled;
                out.get(1).doubles[at.v] = (scaled * shifted + in.get(3).doubles[image]) * sigmoid(-v);
            });
        });
    }

    private static double sigmoid(double v) {
        return 1 / (1 + Math.exp(-v));
    }

    private static int flag(double v, double result) {
        return v >= -Coupling.LARGEST_LOGARITHM && Double.isFinite(result) ? 0 : 1;
    }

    /** Places of one changed number, in the state and in the answer. */
    private record At(int state, int v, int t) {}

    private interface Change {
        void take(At at, int image);
    }

    /** Copies what passes of the first operand to the first result, and takes each of the other numbers. */
    private static void forEach(List<Values> in, List<Values> out, Change change) {
        Shape shape = in.get(0).shape();
        int channels = shape.intSize(1);
        int half = channels / 2;
        int rest = channels - half;
        int pixels = shape.intSize(2) * shape.intSize(3);
        for (int image = 0; image < shape.intSize(0); image++) {
            int start = image * channels * pixels;
            System.arraycopy(in.get(0).doubles, start, out.get(0).doubles, start, half * pixels);
            for (int i = 0; i < rest * pixels; i++) {
                int answer = image * 2 * rest * pixels + i;
                change.take(new At(start + half * pixels + i, answer, answer + rest * pixels), image);
            }
        }
    }
}
