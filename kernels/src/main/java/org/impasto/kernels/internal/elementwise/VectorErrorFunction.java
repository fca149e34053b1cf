package org.impasto.kernels.internal.elementwise;

import static org.impasto.kernels.internal.elementwise.FloatFunctions.*;
import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Vector form of the error function and of GELU, in short loops over strips as in {@link VectorFloatLoops}. */
final class VectorErrorFunction {
    private static final int LANES = FLOATS.length();
    private static final int STRIP = 1024;

    private VectorErrorFunction() {}

    static void erf(int length, float[] x, int xOffset, float[] y, int yOffset) {
        float[] exponentials = new float[STRIP];
        float[] large = new float[STRIP];
        for (int from = 0; from < length; from += STRIP) {
            int count = Math.min(STRIP, length - from);
            minusSquare(count, x, xOffset + from, exponentials);
            VectorFloatLoops.exponential(count, exponentials, 0, exponentials, 0);
            magnitude(count, ERF_ONE, x, xOffset + from, large);
            tail(count, TAIL, large, large);
            join(count, x, xOffset + from, large, exponentials, y, yOffset + from);
        }
    }

    private static void minusSquare(int length, float[] x, int xOffset, float[] y) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector most = FloatVector.broadcast(FLOATS, ERF_ONE);
        for (int i = 0; i < length; i += LANES) {
            FloatVector a = FloatVector.fromArray(FLOATS, x, xOffset + i).abs().min(most);
            zero.sub(a.mul(a)).intoArray(y, i);
        }
    }

    private static void magnitude(int length, float most, float[] x, int xOffset, float[] y) {
        FloatVector limit = FloatVector.broadcast(FLOATS, most);
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(FLOATS, x, xOffset + i).abs().min(limit).intoArray(y, i);
        }
    }

    /** The sum over powers of t = 1 / (1 + scale a), times t. */
    private static void tail(int length, float scale, float[] a, float[] y) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector c9 = FloatVector.broadcast(FLOATS, C9);
        FloatVector c8 = FloatVector.broadcast(FLOATS, C8);
        FloatVector c7 = FloatVector.broadcast(FLOATS, C7);
        FloatVector c6 = FloatVector.broadcast(FLOATS, C6);
        FloatVector c5 = FloatVector.broadcast(FLOATS, C5);
        FloatVector c4 = FloatVector.broadcast(FLOATS, C4);
        FloatVector c3 = FloatVector.broadcast(FLOATS, C3);
        FloatVector c2 = FloatVector.broadcast(FLOATS, C2);
        FloatVector c1 = FloatVector.broadcast(FLOATS, C1);
        FloatVector c0 = FloatVector.broadcast(FLOATS, C0);
        for (int i = 0; i < length; i += LANES) {
            FloatVector t =
                    one.div(FloatVector.fromArray(FLOATS, a, i).mul(scale).add(one));
            FloatVector p =
                    t.mul(c9).add(c8).mul(t).add(c7).mul(t).add(c6).mul(t).add(c5);
            p = p.mul(t)
                    .add(c4)
                    .mul(t)
                    .add(c3)
                    .mul(t)
                    .add(c2)
                    .mul(t)
                    .add(c1)
                    .mul(t)
                    .add(c0);
            p.mul(t).intoArray(y, i);
        }
    }

    private static void join(
            int length, float[] x, int xOffset, float[] tails, float[] exponentials, float[] y, int yOffset) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector limit = FloatVector.broadcast(FLOATS, ERF_SMALL);
        FloatVector r6 = FloatVector.broadcast(FLOATS, R6);
        FloatVector r5 = FloatVector.broadcast(FLOATS, R5);
        FloatVector r4 = FloatVector.broadcast(FLOATS, R4);
        FloatVector r3 = FloatVector.broadcast(FLOATS, R3);
        FloatVector r2 = FloatVector.broadcast(FLOATS, R2);
        FloatVector r1 = FloatVector.broadcast(FLOATS, R1);
        FloatVector r0 = FloatVector.broadcast(FLOATS, R0);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector z = v.mul(v);
            FloatVector p = z.mul(r6).add(r5).mul(z).add(r4).mul(z).add(r3);
            p = p.mul(z).add(r2).mul(z).add(r1).mul(z).add(r0);
            FloatVector small = p.mul(v).add(v);
            FloatVector tail = FloatVector.fromArray(FLOATS, tails, i);
            FloatVector large = one.sub(tail.mul(FloatVector.fromArray(FLOATS, exponentials, i)));
            large = large.blend(zero.sub(large), v.compare(VectorOperators.LT, zero));
            large.blend(small, v.abs().compare(VectorOperators.LT, limit)).intoArray(y, yOffset + i);
        }
    }

    static void gelu(int length, float[] x, int xOffset, float[] y, int yOffset) {
        float[] magnitudes = new float[STRIP];
        float[] exponentials = new float[STRIP];
        float[] tails = new float[STRIP];
        for (int from = 0; from < length; from += STRIP) {
            int count = Math.min(STRIP, length - from);
            magnitude(count, NORMAL_ZERO, x, xOffset + from, magnitudes);
            tail(count, NORMAL_TAIL, magnitudes, tails);
            refine(count, magnitudes, tails, exponentials);
            VectorFloatLoops.exponential(count, exponentials, 0, exponentials, 0);
            weigh(count, x, xOffset + from, tails, exponentials, y, yOffset + from);
        }
    }

    /** Exponents from the first digits of the magnitudes, and the tails times what the other digits make of them. */
    private static void refine(int length, float[] magnitudes, float[] tails, float[] exponents) {
        FloatVector oneSixth = FloatVector.broadcast(FLOATS, ONE_SIXTH);
        FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = 0; i < length; i += LANES) {
            FloatVector a = FloatVector.fromArray(FLOATS, magnitudes, i);
            FloatVector high = a.reinterpretAsInts().and(HIGH_DIGITS).reinterpretAsFloats();
            FloatVector d = high.sub(a).mul(high.add(a)).mul(half);
            FloatVector near = d.mul(oneSixth).add(half).mul(d).add(one).mul(d).add(one);
            FloatVector.fromArray(FLOATS, tails, i).mul(near).intoArray(tails, i);
            high.mul(high).mul(-0.5f).intoArray(exponents, i);
        }
    }

    private static void weigh(
            int length, float[] x, int xOffset, float[] tails, float[] exponentials, float[] y, int yOffset) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector least = FloatVector.broadcast(FLOATS, -NORMAL_ZERO);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector below = FloatVector.fromArray(FLOATS, tails, i)
                    .mul(FloatVector.fromArray(FLOATS, exponentials, i))
                    .mul(0.5f);
            FloatVector part = one.sub(below).blend(below, v.compare(VectorOperators.LT, zero));
            v.max(least).mul(part).intoArray(y, yOffset + i);
        }
    }
}
