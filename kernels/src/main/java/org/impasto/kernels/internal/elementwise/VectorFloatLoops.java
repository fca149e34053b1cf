package org.impasto.kernels.internal.elementwise;

import static org.impasto.kernels.internal.elementwise.FloatFunctions.*;
import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vector form of the elementwise loops: the operations of {@link FloatFunctions} in the same order, written out in each
 * loop since vectors must not cross calls; what is left over at the end is done by the plain loops.
 */
final class VectorFloatLoops implements FloatLoops {
    private static final int LANES = FLOATS.length();
    private static final int STRIP = 1024;
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

    private final PlainFloatLoops plain = new PlainFloatLoops();

    @Override
    public void unary(
            UnaryOperation operation, float p, float q, int length, float[] x, int xOffset, float[] y, int yOffset) {
        int done = length - length % LANES;
        switch (operation) {
            case NEGATE -> negate(done, x, xOffset, y, yOffset);
            case ABSOLUTE -> absolute(done, x, xOffset, y, yOffset);
            case RELU -> relu(done, x, xOffset, y, yOffset);
            case LEAKY_RELU -> leakyRelu(p, done, x, xOffset, y, yOffset);
            case ELU -> elu(p, done, x, xOffset, y, yOffset);
            case SQUARE -> square(done, x, xOffset, y, yOffset);
            case SQUARE_ROOT -> squareRoot(done, x, xOffset, y, yOffset);
            case RECIPROCAL_SQUARE_ROOT -> reciprocalSquareRoot(done, x, xOffset, y, yOffset);
            case RECIPROCAL -> reciprocal(done, x, xOffset, y, yOffset);
            case CLAMP -> clamp(p, q, done, x, xOffset, y, yOffset);
            case AFFINE -> affine(p, q, done, x, xOffset, y, yOffset);
            case EXPONENTIAL -> exponential(done, x, xOffset, y, yOffset);
            case LOGARITHM -> logarithm(done, x, xOffset, y, yOffset);
            case LOGARITHM_OF_ONE_PLUS -> logarithmOfOnePlus(done, x, xOffset, y, yOffset);
            case SOFTPLUS -> softplus(done, x, xOffset, y, yOffset);
            case ERROR_FUNCTION -> VectorErrorFunction.erf(done, x, xOffset, y, yOffset);
            case GELU -> VectorErrorFunction.gelu(done, x, xOffset, y, yOffset);
            case HYPERBOLIC_TANGENT -> hyperbolicTangent(done, x, xOffset, y, yOffset);
            case SIGMOID -> sigmoid(done, x, xOffset, y, yOffset);
            case SILU -> silu(done, x, xOffset, y, yOffset);
            default -> done = 0; // computed in float64, number by number
        }
        plain.unary(operation, p, q, length - done, x, xOffset + done, y, yOffset + done);
    }

    @Override
    public void binary(
            BinaryOperation operation,
            int length,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] y,
            int yOffset) {
        int done = length - length % LANES;
        switch (operation) {
            case ADD -> add(done, a, aOffset, b, bOffset, y, yOffset);
            case SUBTRACT -> subtract(done, a, aOffset, b, bOffset, y, yOffset);
            case MULTIPLY -> multiply(done, a, aOffset, b, bOffset, y, yOffset);
            case DIVIDE -> divide(done, a, aOffset, b, bOffset, y, yOffset);
            case MINIMUM -> minimum(done, a, aOffset, b, bOffset, y, yOffset);
            case MAXIMUM -> maximum(done, a, aOffset, b, bOffset, y, yOffset);
            case GREATER -> greater(done, a, aOffset, b, bOffset, y, yOffset);
            default -> done = 0;
        }
        plain.binary(operation, length - done, a, aOffset + done, b, bOffset + done, y, yOffset + done);
    }

    @Override
    public void gate(
            float slope, int length, float[] signs, int signsOffset, float[] x, int xOffset, float[] y, int yOffset) {
        int done = length - length % LANES;
        if (slope == 0) { // a product with an infinite number would be none
            for (int i = 0; i < done; i += LANES) {
                FloatVector sign = FloatVector.fromArray(FLOATS, signs, signsOffset + i);
                FloatVector.fromArray(FLOATS, x, xOffset + i)
                        .blend(0f, sign.compare(VectorOperators.LE, 0f))
                        .intoArray(y, yOffset + i);
            }
        } else {
            for (int i = 0; i < done; i += LANES) {
                FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
                FloatVector sign = FloatVector.fromArray(FLOATS, signs, signsOffset + i);
                v.blend(v.mul(slope), sign.compare(VectorOperators.LE, 0f)).intoArray(y, yOffset + i);
            }
        }
        plain.gate(slope, length - done, signs, signsOffset + done, x, xOffset + done, y, yOffset + done);
    }

    private static void negate(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            v.neg().intoArray(y, yOffset + i);
        }
    }

    private static void absolute(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            v.abs().intoArray(y, yOffset + i);
        }
    }

    private static void relu(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            v.max(0f).intoArray(y, yOffset + i);
        }
    }

    private static void leakyRelu(float p, int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            v.blend(v.mul(p), v.compare(VectorOperators.LT, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void square(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            v.mul(v).intoArray(y, yOffset + i);
        }
    }

    private static void squareRoot(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            v.sqrt().intoArray(y, yOffset + i);
        }
    }

    private static void reciprocalSquareRoot(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector.broadcast(FLOATS, 1f).div(v.sqrt()).intoArray(y, yOffset + i);
        }
    }

    private static void reciprocal(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector.broadcast(FLOATS, 1f).div(v).intoArray(y, yOffset + i);
        }
    }

    private static void clamp(float p, float q, int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            v.max(p).min(q).intoArray(y, yOffset + i);
        }
    }

    private static void affine(float p, float q, int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            v.mul(p).add(q).intoArray(y, yOffset + i);
        }
    }

    static void exponential(int length, float[] x, int xOffset, float[] y, int yOffset) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector leastExponent = FloatVector.broadcast(FLOATS, LEAST_EXPONENT);
        FloatVector largestExponent = FloatVector.broadcast(FLOATS, LARGEST_EXPONENT);
        FloatVector log2E = FloatVector.broadcast(FLOATS, LOG2_E);
        FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
        FloatVector ln2High = FloatVector.broadcast(FLOATS, LN2_HIGH);
        FloatVector ln2Low = FloatVector.broadcast(FLOATS, LN2_LOW);
        FloatVector e4 = FloatVector.broadcast(FLOATS, E4);
        FloatVector e3 = FloatVector.broadcast(FLOATS, E3);
        FloatVector e2 = FloatVector.broadcast(FLOATS, E2);
        FloatVector e1 = FloatVector.broadcast(FLOATS, E1);
        FloatVector e0 = FloatVector.broadcast(FLOATS, E0);
        IntVector rounderBits = IntVector.broadcast(INTS, ROUNDER_BITS);
        IntVector bias = IntVector.broadcast(INTS, 127);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector eX = v.max(leastExponent).min(largestExponent);
            FloatVector eShifted = eX.mul(log2E).add(rounder);
            FloatVector eN = eShifted.sub(rounder);
            FloatVector eR = eX.sub(eN.mul(ln2High)).sub(eN.mul(ln2Low));
            FloatVector eP =
                    eR.mul(e4).add(e3).mul(eR).add(e2).mul(eR).add(e1).mul(eR).add(e0);
            FloatVector eY = eR.mul(eR).mul(eP).add(eR).add(one);
            IntVector eExponent = eShifted.reinterpretAsInts().sub(rounderBits);
            IntVector eHalf = eExponent.lanewise(VectorOperators.ASHR, 1);
            FloatVector eFirst =
                    eHalf.add(bias).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector eSecond = eExponent
                    .sub(eHalf)
                    .add(bias)
                    .lanewise(VectorOperators.LSHL, 23)
                    .reinterpretAsFloats();
            FloatVector eResult = eY.mul(eFirst).mul(eSecond);
            eResult.intoArray(y, yOffset + i);
        }
    }

    private static void elu(float alpha, int length, float[] x, int xOffset, float[] y, int yOffset) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector leastExponent = FloatVector.broadcast(FLOATS, MINUS_ONE_EXPONENT);
        FloatVector log2E = FloatVector.broadcast(FLOATS, LOG2_E);
        FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
        FloatVector ln2High = FloatVector.broadcast(FLOATS, LN2_HIGH);
        FloatVector ln2Low = FloatVector.broadcast(FLOATS, LN2_LOW);
        FloatVector e4 = FloatVector.broadcast(FLOATS, E4);
        FloatVector e3 = FloatVector.broadcast(FLOATS, E3);
        FloatVector e2 = FloatVector.broadcast(FLOATS, E2);
        FloatVector e1 = FloatVector.broadcast(FLOATS, E1);
        FloatVector e0 = FloatVector.broadcast(FLOATS, E0);
        IntVector bias = IntVector.broadcast(INTS, 127 - ROUNDER_BITS);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector eX = v.max(leastExponent).min(zero);
            FloatVector eShifted = eX.mul(log2E).add(rounder);
            FloatVector eN = eShifted.sub(rounder);
            FloatVector eR = eX.sub(eN.mul(ln2High)).sub(eN.mul(ln2Low));
            FloatVector eP =
                    eR.mul(e4).add(e3).mul(eR).add(e2).mul(eR).add(e1).mul(eR).add(e0);
            FloatVector ePower = eShifted.reinterpretAsInts()
                    .add(bias)
                    .lanewise(VectorOperators.LSHL, 23)
                    .reinterpretAsFloats();
            FloatVector eResult =
                    eR.mul(eR).mul(eP).add(eR).mul(ePower).add(ePower.sub(one)).mul(alpha);
            v.blend(eResult, v.compare(VectorOperators.LT, zero)).intoArray(y, yOffset + i);
        }
    }

    private static void logarithmOfPositive(int length, float[] x, int xOffset, float[] y, int yOffset) {
        FloatVector two = FloatVector.broadcast(FLOATS, 2f);
        FloatVector oneHalf = FloatVector.broadcast(FLOATS, 0.5f);
        FloatVector l3 = FloatVector.broadcast(FLOATS, L3);
        FloatVector l2 = FloatVector.broadcast(FLOATS, L2);
        FloatVector l1 = FloatVector.broadcast(FLOATS, L1);
        FloatVector l0 = FloatVector.broadcast(FLOATS, L0);
        FloatVector ln2Low = FloatVector.broadcast(FLOATS, LN2_LOW);
        FloatVector ln2High = FloatVector.broadcast(FLOATS, LN2_HIGH);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            VectorMask<Float> denormal = v.compare(VectorOperators.LT, Float.MIN_NORMAL);
            IntVector bits =
                    v.blend(v.mul(TWO_TO_23), denormal).reinterpretAsInts().sub(ROOT_HALF_BITS);
            FloatVector whole =
                    (FloatVector) bits.lanewise(VectorOperators.ASHR, 23).convert(VectorOperators.I2F, 0);
            FloatVector exponent = whole.sub(zero.blend(23f, denormal));
            FloatVector f =
                    bits.and(0x7fffff).add(ROOT_HALF_BITS).reinterpretAsFloats().sub(1f);
            FloatVector s = f.div(f.add(two));
            FloatVector z = s.mul(s);
            FloatVector half = f.mul(oneHalf).mul(f);
            FloatVector series = z.mul(l3).add(l2).mul(z).add(l1).mul(z).add(l0).mul(z);
            FloatVector low = half.add(series).mul(s).add(exponent.mul(ln2Low));
            FloatVector result = exponent.mul(ln2High).add(f.sub(half.sub(low)));
            result.intoArray(y, yOffset + i);
        }
    }

    private static void add(int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.add(w).intoArray(y, yOffset + i);
        }
    }

    private static void subtract(int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.sub(w).intoArray(y, yOffset + i);
        }
    }

    private static void multiply(int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.mul(w).intoArray(y, yOffset + i);
        }
    }

    private static void divide(int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.div(w).intoArray(y, yOffset + i);
        }
    }

    private static void minimum(int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.min(w).intoArray(y, yOffset + i);
        }
    }

    private static void maximum(int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.max(w).intoArray(y, yOffset + i);
        }
    }

    private static void greater(int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            FloatVector.zero(FLOATS).blend(1f, v.compare(VectorOperators.GT, w)).intoArray(y, yOffset + i);
        }
    }

    // The rest is put together from short loops over strips that stay in the first cache: one loop that does it all
    // exceeds what the compiler of JDK 17 takes in at once, which then allocates vectors on the heap.

    private static void logarithm(int length, float[] x, int xOffset, float[] y, int yOffset) {
        float[] strip = new float[Math.min(STRIP, length)];
        for (int from = 0; from < length; from += STRIP) {
            int count = Math.min(STRIP, length - from);
            System.arraycopy(x, xOffset + from, strip, 0, count);
            logarithmOfPositive(count, strip, 0, y, yOffset + from);
            logarithmOfOthers(count, strip, y, yOffset + from);
        }
    }

    private static void logarithmOfOthers(int length, float[] x, float[] y, int yOffset) {
        FloatVector infinity = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
        FloatVector minusInfinity = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector none = FloatVector.broadcast(FLOATS, Float.NaN);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            FloatVector r = FloatVector.fromArray(FLOATS, y, yOffset + i);
            r = none.blend(r, v.compare(VectorOperators.GT, zero));
            r = r.blend(minusInfinity, v.compare(VectorOperators.EQ, zero));
            r.blend(infinity, v.compare(VectorOperators.EQ, infinity)).intoArray(y, yOffset + i);
        }
    }

    private static void logarithmOfOnePlus(int length, float[] x, int xOffset, float[] y, int yOffset) {
        float[] strip = new float[Math.min(STRIP, length)];
        float[] logarithms = new float[Math.min(STRIP, length)];
        for (int from = 0; from < length; from += STRIP) {
            int count = Math.min(STRIP, length - from);
            affine(1f, 1f, count, x, xOffset + from, strip, 0);
            logarithm(count, strip, 0, logarithms, 0);
            correctedLogarithm(count, x, xOffset + from, strip, logarithms, y, yOffset + from);
        }
    }

    /** The logarithms of u = x + 1, corrected by what rounding took from u. */
    private static void correctedLogarithm(
            int length, float[] x, int xOffset, float[] u, float[] logarithms, float[] y, int yOffset) {
        FloatVector infinity = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, u, i);
            FloatVector log = FloatVector.fromArray(FLOATS, logarithms, i);
            FloatVector corrected = log.add(v.sub(w.sub(one)).div(w));
            corrected
                    .blend(log, w.compare(VectorOperators.EQ, 0f))
                    .blend(log, w.compare(VectorOperators.EQ, infinity))
                    .blend(v, w.compare(VectorOperators.EQ, one))
                    .intoArray(y, yOffset + i);
        }
    }

    private static void softplus(int length, float[] x, int xOffset, float[] y, int yOffset) {
        float[] strip = new float[Math.min(STRIP, length)];
        float[] positive = new float[Math.min(STRIP, length)];
        for (int from = 0; from < length; from += STRIP) {
            int count = Math.min(STRIP, length - from);
            minusMagnitude(count, x, xOffset + from, strip);
            exponential(count, strip, 0, strip, 0);
            logarithmOfOnePlus(count, strip, 0, strip, 0);
            relu(count, x, xOffset + from, positive, 0);
            add(count, positive, 0, strip, 0, y, yOffset + from);
        }
    }

    private static void hyperbolicTangent(int length, float[] x, int xOffset, float[] y, int yOffset) {
        float[] strip = new float[Math.min(STRIP, length)];
        for (int from = 0; from < length; from += STRIP) {
            int count = Math.min(STRIP, length - from);
            twiceMagnitude(count, x, xOffset + from, strip);
            exponential(count, strip, 0, strip, 0);
            tangentFromExponential(count, x, xOffset + from, strip, y, yOffset + from);
        }
    }

    private static void twiceMagnitude(int length, float[] x, int xOffset, float[] y) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector most = FloatVector.broadcast(FLOATS, TANH_ONE);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector a = v.max(zero.sub(v)).min(most);
            a.add(a).intoArray(y, i);
        }
    }

    private static void tangentFromExponential(
            int length, float[] x, int xOffset, float[] exponential, float[] y, int yOffset) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector two = FloatVector.broadcast(FLOATS, 2f);
        FloatVector limit = FloatVector.broadcast(FLOATS, TANH_SMALL);
        FloatVector t5 = FloatVector.broadcast(FLOATS, T5);
        FloatVector t4 = FloatVector.broadcast(FLOATS, T4);
        FloatVector t3 = FloatVector.broadcast(FLOATS, T3);
        FloatVector t2 = FloatVector.broadcast(FLOATS, T2);
        FloatVector t1 = FloatVector.broadcast(FLOATS, T1);
        FloatVector t0 = FloatVector.broadcast(FLOATS, T0);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector z = v.mul(v);
            FloatVector p = z.mul(t5)
                    .add(t4)
                    .mul(z)
                    .add(t3)
                    .mul(z)
                    .add(t2)
                    .mul(z)
                    .add(t1)
                    .mul(z)
                    .add(t0);
            FloatVector small = p.mul(z).add(one).mul(v);
            FloatVector large = one.sub(
                    two.div(FloatVector.fromArray(FLOATS, exponential, i).add(one)));
            large = large.blend(zero.sub(large), v.compare(VectorOperators.LT, zero));
            FloatVector a = v.max(zero.sub(v));
            large.blend(small, a.compare(VectorOperators.LT, limit)).intoArray(y, yOffset + i);
        }
    }

    @Override
    public void sigmoid(int length, float[] x, float[] powers, float[] y) {
        int done = length - length % LANES;
        minusMagnitude(done, x, 0, powers);
        exponential(done, powers, 0, powers, 0);
        sigmoidFromExponential(done, x, 0, powers, y, 0);
        plain.sigmoid(done, length, x, powers, y);
    }

    private static void sigmoid(int length, float[] x, int xOffset, float[] y, int yOffset) {
        float[] strip = new float[Math.min(STRIP, length)];
        for (int from = 0; from < length; from += STRIP) {
            int count = Math.min(STRIP, length - from);
            minusMagnitude(count, x, xOffset + from, strip);
            exponential(count, strip, 0, strip, 0);
            sigmoidFromExponential(count, x, xOffset + from, strip, y, yOffset + from);
        }
    }

    private static void silu(int length, float[] x, int xOffset, float[] y, int yOffset) {
        float[] strip = new float[Math.min(STRIP, length)];
        for (int from = 0; from < length; from += STRIP) {
            int count = Math.min(STRIP, length - from);
            minusMagnitude(count, x, xOffset + from, strip);
            exponential(count, strip, 0, strip, 0);
            sigmoidFromExponential(count, x, xOffset + from, strip, strip, 0);
            multiply(count, x, xOffset + from, strip, 0, y, yOffset + from);
        }
    }

    private static void minusMagnitude(int length, float[] x, int xOffset, float[] y) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            v.min(zero.sub(v)).intoArray(y, i);
        }
    }

    private static void sigmoidFromExponential(
            int length, float[] x, int xOffset, float[] exponential, float[] y, int yOffset) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector e = FloatVector.fromArray(FLOATS, exponential, i);
            one.blend(e, v.compare(VectorOperators.LT, zero)).div(e.add(one)).intoArray(y, yOffset + i);
        }
    }
}
