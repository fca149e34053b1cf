package org.impasto.kernels.internal.elementwise;

import static org.impasto.kernels.internal.elementwise.FloatFunctions.*;
import static org.impasto.kernels.internal.elementwise.VectorShapes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Vector form of the elementwise loops: the operations of {@link FloatFunctions} in the same order, written out in each
 * loop since vectors must not cross calls; what is left over at the end is done by the plain loops.
 */
final class VectorFloatLoops implements FloatLoops {
    private static final int LANES = FLOATS.length();

    private final FloatLoops plain = new PlainFloatLoops();

    @Override
    public void unary(
            UnaryOperation operation, float p, float q, int length, float[] x, int xOffset, float[] y, int yOffset) {
        int done = length - length % LANES;
        switch (operation) {
            case NEGATE -> negate(done, x, xOffset, y, yOffset);
            case ABSOLUTE -> absolute(done, x, xOffset, y, yOffset);
            case RELU -> relu(done, x, xOffset, y, yOffset);
            case LEAKY_RELU -> leakyRelu(p, done, x, xOffset, y, yOffset);
            case STEP -> step(done, x, xOffset, y, yOffset);
            case SQUARE -> square(done, x, xOffset, y, yOffset);
            case SQUARE_ROOT -> squareRoot(done, x, xOffset, y, yOffset);
            case RECIPROCAL_SQUARE_ROOT -> reciprocalSquareRoot(done, x, xOffset, y, yOffset);
            case RECIPROCAL -> reciprocal(done, x, xOffset, y, yOffset);
            case CLAMP -> clamp(p, q, done, x, xOffset, y, yOffset);
            case AFFINE -> affine(p, q, done, x, xOffset, y, yOffset);
            case EXPONENTIAL -> exponential(done, x, xOffset, y, yOffset);
            case LOGARITHM -> logarithm(done, x, xOffset, y, yOffset);
            case HYPERBOLIC_TANGENT -> hyperbolicTangent(done, x, xOffset, y, yOffset);
            case SIGMOID -> sigmoid(done, x, xOffset, y, yOffset);
            case SILU -> silu(done, x, xOffset, y, yOffset);
            default -> done = 0; // computed in float64, number by number
        }
        plain.unary(operation, p, q, length - done, x, xOffset + done, y, yOffset + done);
    }

    @Override
    public void binary(
            BinaryOperation operation, int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
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

    private static void step(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector.zero(FLOATS).blend(1f, v.compare(VectorOperators.GT, 0f)).intoArray(y, yOffset + i);
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

    private static void exponential(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector eX = v.max(LEAST_EXPONENT).min(LARGEST_EXPONENT);
            FloatVector eShifted = eX.mul(LOG2_E).add(ROUNDER);
            FloatVector eN = eShifted.sub(ROUNDER);
            FloatVector eR = eX.sub(eN.mul(LN2_HIGH)).sub(eN.mul(LN2_LOW));
            FloatVector eP = eR.mul(E4).add(E3).mul(eR).add(E2).mul(eR).add(E1).mul(eR).add(E0);
            FloatVector eY = eR.mul(eR).mul(eP).add(eR).add(1f);
            IntVector eExponent = eShifted.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector eHalf = eExponent.lanewise(VectorOperators.ASHR, 1);
            FloatVector eFirst = eHalf.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector eSecond = eExponent.sub(eHalf).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector eResult = eY.mul(eFirst).mul(eSecond);
            eResult.intoArray(y, yOffset + i);
        }
    }

    private static void logarithm(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            VectorMask<Float> denormal = v.compare(VectorOperators.LT, Float.MIN_NORMAL);
            IntVector bits = v.blend(v.mul(TWO_TO_23), denormal).reinterpretAsInts().sub(ROOT_HALF_BITS);
            FloatVector whole = (FloatVector) bits.lanewise(VectorOperators.ASHR, 23).convert(VectorOperators.I2F, 0);
            FloatVector exponent = whole.sub(FloatVector.zero(FLOATS).blend(23f, denormal));
            FloatVector f = bits.and(0x7fffff).add(ROOT_HALF_BITS).reinterpretAsFloats().sub(1f);
            FloatVector s = f.div(f.add(2f));
            FloatVector z = s.mul(s);
            FloatVector half = f.mul(0.5f).mul(f);
            FloatVector series = z.mul(L3).add(L2).mul(z).add(L1).mul(z).add(L0).mul(z);
            FloatVector low = half.add(series).mul(s).add(exponent.mul(LN2_LOW));
            FloatVector result = exponent.mul(LN2_HIGH).add(f.sub(half.sub(low)));
            result = result.blend(v, v.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
            result = result.blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, 0f));
            result = result.blend(Float.NaN, v.compare(VectorOperators.LT, 0f));
            result = result.blend(v, v.compare(VectorOperators.NE, v));
            result.intoArray(y, yOffset + i);
        }
    }

    private static void hyperbolicTangent(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector a = v.abs().min(TANH_ONE);
            FloatVector z = a.mul(a);
            FloatVector small = z.mul(T5).add(T4).mul(z).add(T3).mul(z).add(T2).mul(z).add(T1).mul(z).add(T0).mul(z).mul(a).add(a);
            FloatVector eX = a.add(a).max(LEAST_EXPONENT).min(LARGEST_EXPONENT);
            FloatVector eShifted = eX.mul(LOG2_E).add(ROUNDER);
            FloatVector eN = eShifted.sub(ROUNDER);
            FloatVector eR = eX.sub(eN.mul(LN2_HIGH)).sub(eN.mul(LN2_LOW));
            FloatVector eP = eR.mul(E4).add(E3).mul(eR).add(E2).mul(eR).add(E1).mul(eR).add(E0);
            FloatVector eY = eR.mul(eR).mul(eP).add(eR).add(1f);
            IntVector eExponent = eShifted.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector eHalf = eExponent.lanewise(VectorOperators.ASHR, 1);
            FloatVector eFirst = eHalf.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector eSecond = eExponent.sub(eHalf).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector eResult = eY.mul(eFirst).mul(eSecond);
            FloatVector large = FloatVector.broadcast(FLOATS, 1f).sub(FloatVector.broadcast(FLOATS, 2f).div(eResult.add(1f)));
            IntVector magnitude = large.blend(small, a.compare(VectorOperators.LT, TANH_SMALL)).reinterpretAsInts();
            IntVector sign = v.reinterpretAsInts().and(0x80000000);
            magnitude.and(0x7fffffff).or(sign).reinterpretAsFloats().intoArray(y, yOffset + i);
        }
    }

    private static void sigmoid(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector eX = v.abs().neg().max(LEAST_EXPONENT).min(LARGEST_EXPONENT);
            FloatVector eShifted = eX.mul(LOG2_E).add(ROUNDER);
            FloatVector eN = eShifted.sub(ROUNDER);
            FloatVector eR = eX.sub(eN.mul(LN2_HIGH)).sub(eN.mul(LN2_LOW));
            FloatVector eP = eR.mul(E4).add(E3).mul(eR).add(E2).mul(eR).add(E1).mul(eR).add(E0);
            FloatVector eY = eR.mul(eR).mul(eP).add(eR).add(1f);
            IntVector eExponent = eShifted.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector eHalf = eExponent.lanewise(VectorOperators.ASHR, 1);
            FloatVector eFirst = eHalf.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector eSecond = eExponent.sub(eHalf).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector eResult = eY.mul(eFirst).mul(eSecond);
            FloatVector above = FloatVector.broadcast(FLOATS, 1f).blend(eResult, v.compare(VectorOperators.LT, 0f));
            above.div(eResult.add(1f)).intoArray(y, yOffset + i);
        }
    }

    private static void silu(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector eX = v.abs().neg().max(LEAST_EXPONENT).min(LARGEST_EXPONENT);
            FloatVector eShifted = eX.mul(LOG2_E).add(ROUNDER);
            FloatVector eN = eShifted.sub(ROUNDER);
            FloatVector eR = eX.sub(eN.mul(LN2_HIGH)).sub(eN.mul(LN2_LOW));
            FloatVector eP = eR.mul(E4).add(E3).mul(eR).add(E2).mul(eR).add(E1).mul(eR).add(E0);
            FloatVector eY = eR.mul(eR).mul(eP).add(eR).add(1f);
            IntVector eExponent = eShifted.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector eHalf = eExponent.lanewise(VectorOperators.ASHR, 1);
            FloatVector eFirst = eHalf.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector eSecond = eExponent.sub(eHalf).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector eResult = eY.mul(eFirst).mul(eSecond);
            FloatVector above = FloatVector.broadcast(FLOATS, 1f).blend(eResult, v.compare(VectorOperators.LT, 0f));
            v.mul(above.div(eResult.add(1f))).intoArray(y, yOffset + i);
        }
    }

    private static void add(
            int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.add(w).intoArray(y, yOffset + i);
        }
    }

    private static void subtract(
            int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.sub(w).intoArray(y, yOffset + i);
        }
    }

    private static void multiply(
            int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.mul(w).intoArray(y, yOffset + i);
        }
    }

    private static void divide(
            int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.div(w).intoArray(y, yOffset + i);
        }
    }

    private static void minimum(
            int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.min(w).intoArray(y, yOffset + i);
        }
    }

    private static void maximum(
            int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            v.max(w).intoArray(y, yOffset + i);
        }
    }

    private static void greater(
            int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector w = FloatVector.fromArray(FLOATS, b, bOffset + i);
            FloatVector.zero(FLOATS).blend(1f, v.compare(VectorOperators.GT, w)).intoArray(y, yOffset + i);
        }
    }
}
