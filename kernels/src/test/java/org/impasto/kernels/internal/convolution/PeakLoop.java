package org.impasto.kernels.internal.convolution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Twelve independent chains of fused multiply-adds in registers, at the machine's preferred width. */
final class PeakLoop implements PeakRate.Loop {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int STEPS = 2000;

    private final float[] sink = new float[FLOATS.length()];

    @Override
    public double run() {
        FloatVector x = FloatVector.broadcast(FLOATS, 1e-3f);
        FloatVector m = FloatVector.broadcast(FLOATS, 0.999f);
        FloatVector a = x;
        FloatVector b = x;
        FloatVector c = x;
        FloatVector d = x;
        FloatVector e = x;
        FloatVector f = x;
        FloatVector g = x;
        FloatVector h = x;
        FloatVector i = x;
        FloatVector j = x;
        FloatVector k = x;
        FloatVector l = x;
        for (int step = 0; step < STEPS; step++) {
            a = a.fma(m, x);
            b = b.fma(m, x);
            c = c.fma(m, x);
            d = d.fma(m, x);
            e = e.fma(m, x);
            f = f.fma(m, x);
            g = g.fma(m, x);
            h = h.fma(m, x);
            i = i.fma(m, x);
            j = j.fma(m, x);
            k = k.fma(m, x);
            l = l.fma(m, x);
        }
        a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l)
                .intoArray(sink, 0);
        return 2.0 * 12 * FLOATS.length() * STEPS;
    }
}
