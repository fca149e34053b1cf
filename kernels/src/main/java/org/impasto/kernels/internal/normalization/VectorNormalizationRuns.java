package org.impasto.kernels.internal.normalization;

import static org.impasto.kernels.internal.elementwise.FloatFunctions.*;
import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.impasto.kernels.internal.elementwise.FloatFunctions;

/**
 * Vector form of the loops of normalisations; lanes are added in a fixed order, in float64. What is left over at the end
 * is done number by number. Exponentials are those of {@link FloatFunctions} with fused multiply-adds, one factor 2^n
 * instead of two, and zero where the result would be denormal: of numbers that are not positive that is enough.
 */
final class VectorNormalizationRuns implements NormalizationRuns {
    private static final int LANES = FLOATS.length();
    private static final int BLOCK = 16;

    /** From here on the factor 2^n of exp is 0: in a softmax, what is that small beside the largest is nothing. */
    private static final float LEAST = -88f;

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

    private final NormalizationRuns plain = new PlainNormalizationRuns();

    @Override
    public float largest(int length, float[] x, int offset) {
        FloatVector a = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector b = a;
        int i = 0;
        for (; i <= length - 2 * LANES; i += 2 * LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, offset + i);
            a = a.blend(v, v.compare(VectorOperators.GT, a));
            FloatVector w = FloatVector.fromArray(FLOATS, x, offset + i + LANES);
            b = b.blend(w, w.compare(VectorOperators.GT, b));
        }
        float[] lanes = new float[2 * LANES];
        a.intoArray(lanes, 0);
        b.intoArray(lanes, LANES);
        return Math.max(plain.largest(2 * LANES, lanes, 0), plain.largest(length - i, x, offset + i));
    }

    @Override
    public void exponentials(
            int length,
            float[] x,
            int xOffset,
            float centre,
            int ahead,
            float[] y,
            int yOffset,
            double[] sumAndLargest) {
        int done = length - length % LANES;
        plain.exponentials(
                length - done, x, xOffset + done, centre, ahead, y, yOffset + done, sumAndLargest);
        float[] lanes = new float[2 * LANES];
        exponentialsOfVectors(done, x, xOffset, centre, ahead, y, yOffset, lanes);
        double sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
            sum += lanes[lane];
        }
        sumAndLargest[0] += sum;
        sumAndLargest[1] = Math.max(sumAndLargest[1], plain.largest(LANES, lanes, LANES));
    }

    private static void exponentialsOfVectors(
            int length, float[] x, int xOffset, float centre, int ahead, float[] y, int yOffset, float[] lanes) {
        FloatVector shift = FloatVector.broadcast(FLOATS, centre);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector least = FloatVector.broadcast(FLOATS, LEAST);
        FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector log2E = FloatVector.broadcast(FLOATS, LOG2_E);
        FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
        FloatVector minusLn2High = FloatVector.broadcast(FLOATS, -LN2_HIGH);
        FloatVector minusLn2Low = FloatVector.broadcast(FLOATS, -LN2_LOW);
        FloatVector e4 = FloatVector.broadcast(FLOATS, E4);
        FloatVector e3 = FloatVector.broadcast(FLOATS, E3);
        FloatVector e2 = FloatVector.broadcast(FLOATS, E2);
        FloatVector e1 = FloatVector.broadcast(FLOATS, E1);
        FloatVector e0 = FloatVector.broadcast(FLOATS, E0);
        IntVector bias = IntVector.broadcast(INTS, 127 - ROUNDER_BITS);
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int i = 0; i < length; i += LANES) {
            FloatVector next = FloatVector.fromArray(FLOATS, x, xOffset + ahead + i);
            largest = largest.blend(next, next.compare(VectorOperators.GT, largest));
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i).sub(shift);
            FloatVector eX = v.blend(least, v.compare(VectorOperators.LT, least));
            FloatVector eShifted = eX.fma(log2E, rounder);
            FloatVector eN = eShifted.sub(rounder);
            FloatVector eR = eN.fma(minusLn2Low, eN.fma(minusLn2High, eX));
            FloatVector eP = eR.fma(e4, e3).fma(eR, e2).fma(eR, e1).fma(eR, e0);
            FloatVector eY = eR.mul(eR).fma(eP, eR).add(one);
            FloatVector eFactor = eShifted.reinterpretAsInts()
                    .add(bias)
                    .lanewise(VectorOperators.LSHL, 23)
                    .reinterpretAsFloats();
            FloatVector eResult = eY.mul(eFactor);
            eResult.intoArray(y, yOffset + i);
            sum = sum.add(eResult);
        }
        sum.intoArray(lanes, 0);
        largest.intoArray(lanes, LANES);
    }

    @Override
    public void exponentials(
            int length, float[] x, int xOffset, float[] centres, float[] y, int yOffset, float[] sums) {
        int done = length - length % LANES;
        exponentialsOfVectors(done, x, xOffset, centres, y, yOffset, sums);
        for (int i = done; i < length; i++) {
            float value = FloatFunctions.exp(x[xOffset + i] - centres[i]);
            y[yOffset + i] = value;
            sums[i] += value;
        }
    }

    private static void exponentialsOfVectors(
            int length, float[] x, int xOffset, float[] centres, float[] y, int yOffset, float[] sums) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector least = FloatVector.broadcast(FLOATS, LEAST);
        FloatVector log2E = FloatVector.broadcast(FLOATS, LOG2_E);
        FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
        FloatVector minusLn2High = FloatVector.broadcast(FLOATS, -LN2_HIGH);
        FloatVector minusLn2Low = FloatVector.broadcast(FLOATS, -LN2_LOW);
        FloatVector e4 = FloatVector.broadcast(FLOATS, E4);
        FloatVector e3 = FloatVector.broadcast(FLOATS, E3);
        FloatVector e2 = FloatVector.broadcast(FLOATS, E2);
        FloatVector e1 = FloatVector.broadcast(FLOATS, E1);
        FloatVector e0 = FloatVector.broadcast(FLOATS, E0);
        IntVector bias = IntVector.broadcast(INTS, 127 - ROUNDER_BITS);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v =
                    FloatVector.fromArray(FLOATS, x, xOffset + i).sub(FloatVector.fromArray(FLOATS, centres, i));
            FloatVector eX = v.blend(least, v.compare(VectorOperators.LT, least));
            FloatVector eShifted = eX.fma(log2E, rounder);
            FloatVector eN = eShifted.sub(rounder);
            FloatVector eR = eN.fma(minusLn2Low, eN.fma(minusLn2High, eX));
            FloatVector eP = eR.fma(e4, e3).fma(eR, e2).fma(eR, e1).fma(eR, e0);
            FloatVector eY = eR.mul(eR).fma(eP, eR).add(one);
            FloatVector eFactor = eShifted.reinterpretAsInts()
                    .add(bias)
                    .lanewise(VectorOperators.LSHL, 23)
                    .reinterpretAsFloats();
            FloatVector eResult = eY.mul(eFactor);
            eResult.intoArray(y, yOffset + i);
            FloatVector.fromArray(FLOATS, sums, i).add(eResult).intoArray(sums, i);
        }
    }

    @Override
    public void maxima(int length, float[] x, int xOffset, float[] most) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector.fromArray(FLOATS, most, i).max(v).intoArray(most, i);
        }
        for (; i < length; i++) {
            most[i] = Math.max(most[i], x[xOffset + i]);
        }
    }

    @Override
    public void affine(
            int length,
            float[] x,
            int xOffset,
            float[] centres,
            float[] scales,
            float[] shifts,
            float[] y,
            int yOffset) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector.fromArray(FLOATS, x, xOffset + i)
                    .sub(FloatVector.fromArray(FLOATS, centres, i))
                    .mul(FloatVector.fromArray(FLOATS, scales, i))
                    .add(FloatVector.fromArray(FLOATS, shifts, i))
                    .intoArray(y, yOffset + i);
        }
        for (; i < length; i++) {
            y[yOffset + i] = (x[xOffset + i] - centres[i]) * scales[i] + shifts[i];
        }
    }

    @Override
    public void weighted(
            int length,
            float[] x,
            int xOffset,
            float centre,
            float scale,
            float shift,
            float[] weight,
            float[] bias,
            float[] y,
            int yOffset) {
        FloatVector centres = FloatVector.broadcast(FLOATS, centre);
        FloatVector scales = FloatVector.broadcast(FLOATS, scale);
        FloatVector shifts = FloatVector.broadcast(FLOATS, shift);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector.fromArray(FLOATS, x, xOffset + i)
                    .sub(centres)
                    .mul(scales)
                    .add(shifts)
                    .mul(FloatVector.fromArray(FLOATS, weight, i))
                    .add(FloatVector.fromArray(FLOATS, bias, i))
                    .intoArray(y, yOffset + i);
        }
        PlainNormalizationRuns.weightedFrom(i, length, x, xOffset, centre, scale, shift, weight, bias, y, yOffset);
    }

    @Override
    public double product(int length, float[] a, int aOffset, float[] b, int bOffset) {
        FloatVector first = FloatVector.zero(FLOATS);
        FloatVector second = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= length - 2 * LANES; i += 2 * LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, aOffset + i);
            first = v.fma(FloatVector.fromArray(FLOATS, b, bOffset + i), first);
            FloatVector w = FloatVector.fromArray(FLOATS, a, aOffset + i + LANES);
            second = w.fma(FloatVector.fromArray(FLOATS, b, bOffset + i + LANES), second);
        }
        float[] lanes = new float[LANES];
        first.add(second).intoArray(lanes, 0);
        double sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
            sum += lanes[lane];
        }
        return sum + plain.product(length - i, a, aOffset + i, b, bOffset + i);
    }

    @Override
    public void sums(int length, float[] g, int gOffset, float[] x, int xOffset, float centre, double[] sums) {
        FloatVector centres = FloatVector.broadcast(FLOATS, centre);
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        FloatVector ax = FloatVector.zero(FLOATS);
        FloatVector bx = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= length - 2 * LANES; i += 2 * LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, g, gOffset + i);
            a = a.add(v);
            ax = FloatVector.fromArray(FLOATS, x, xOffset + i).sub(centres).fma(v, ax);
            FloatVector w = FloatVector.fromArray(FLOATS, g, gOffset + i + LANES);
            b = b.add(w);
            bx = FloatVector.fromArray(FLOATS, x, xOffset + i + LANES)
                    .sub(centres)
                    .fma(w, bx);
        }
        float[] lanes = new float[2 * LANES];
        a.add(b).intoArray(lanes, 0);
        ax.add(bx).intoArray(lanes, LANES);
        plain.sums(length - i, g, gOffset + i, x, xOffset + i, centre, sums);
        for (int lane = 0; lane < LANES; lane++) {
            sums[0] += lanes[lane];
            sums[1] += lanes[LANES + lane];
        }
    }

    @Override
    public void sumsOfBlock(
            int pixels,
            float[] g,
            int gOffset,
            float[] x,
            int xOffset,
            float[] centres,
            float[] sums,
            float[] products) {
        for (int lane = 0; lane < BLOCK; lane += LANES) {
            int fromG = gOffset + lane;
            int fromX = xOffset + lane;
            FloatVector centre = FloatVector.fromArray(FLOATS, centres, lane);
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = FloatVector.zero(FLOATS);
            FloatVector ax = FloatVector.zero(FLOATS);
            FloatVector bx = FloatVector.zero(FLOATS);
            int pixel = 0;
            for (; pixel <= pixels - 2; pixel += 2) {
                FloatVector v = FloatVector.fromArray(FLOATS, g, fromG + pixel * BLOCK);
                a = a.add(v);
                ax = FloatVector.fromArray(FLOATS, x, fromX + pixel * BLOCK)
                        .sub(centre)
                        .fma(v, ax);
                FloatVector w = FloatVector.fromArray(FLOATS, g, fromG + pixel * BLOCK + BLOCK);
                b = b.add(w);
                bx = FloatVector.fromArray(FLOATS, x, fromX + pixel * BLOCK + BLOCK)
                        .sub(centre)
                        .fma(w, bx);
            }
            for (; pixel < pixels; pixel++) {
                FloatVector v = FloatVector.fromArray(FLOATS, g, fromG + pixel * BLOCK);
                a = a.add(v);
                ax = FloatVector.fromArray(FLOATS, x, fromX + pixel * BLOCK)
                        .sub(centre)
                        .fma(v, ax);
            }
            a.add(b).intoArray(sums, lane);
            ax.add(bx).intoArray(products, lane);
        }
    }

    @Override
    public void combine(
            int length,
            float[] g,
            int gOffset,
            float a,
            float[] x,
            int xOffset,
            float centre,
            float b,
            float c,
            float[] y,
            int yOffset) {
        FloatVector as = FloatVector.broadcast(FLOATS, a);
        FloatVector bs = FloatVector.broadcast(FLOATS, b);
        FloatVector cs = FloatVector.broadcast(FLOATS, c);
        FloatVector centres = FloatVector.broadcast(FLOATS, centre);
        int done = length - length % LANES;
        for (int i = 0; i < done; i += LANES) {
            FloatVector ofX = FloatVector.fromArray(FLOATS, x, xOffset + i)
                    .sub(centres)
                    .mul(bs)
                    .add(cs);
            FloatVector.fromArray(FLOATS, g, gOffset + i).mul(as).add(ofX).intoArray(y, yOffset + i);
        }
        plain.combine(length - done, g, gOffset + done, a, x, xOffset + done, centre, b, c, y, yOffset + done);
    }

    @Override
    public void combineOfBlock(
            int pixels,
            float[] g,
            int gOffset,
            float[] a,
            float[] x,
            int xOffset,
            float[] centre,
            float[] b,
            float[] c,
            float[] y,
            int yOffset) {
        for (int lane = 0; lane < BLOCK; lane += LANES) {
            FloatVector as = FloatVector.fromArray(FLOATS, a, lane);
            FloatVector bs = FloatVector.fromArray(FLOATS, b, lane);
            FloatVector cs = FloatVector.fromArray(FLOATS, c, lane);
            FloatVector centres = FloatVector.fromArray(FLOATS, centre, lane);
            for (int i = lane; i < pixels * BLOCK; i += BLOCK) {
                FloatVector ofX = FloatVector.fromArray(FLOATS, x, xOffset + i)
                        .sub(centres)
                        .mul(bs)
                        .add(cs);
                FloatVector.fromArray(FLOATS, g, gOffset + i).mul(as).add(ofX).intoArray(y, yOffset + i);
            }
        }
    }

    @Override
    public void weightGradients(
            int length,
            float[] g,
            int gOffset,
            float[] x,
            int xOffset,
            float centre,
            float scale,
            float shift,
            float[] weight,
            float[] ofWeight,
            float[] ofBias,
            float[] y) {
        FloatVector centres = FloatVector.broadcast(FLOATS, centre);
        FloatVector scales = FloatVector.broadcast(FLOATS, scale);
        FloatVector shifts = FloatVector.broadcast(FLOATS, shift);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, g, gOffset + i);
            FloatVector.fromArray(FLOATS, x, xOffset + i)
                    .sub(centres)
                    .mul(scales)
                    .add(shifts)
                    .mul(v)
                    .add(FloatVector.fromArray(FLOATS, ofWeight, i))
                    .intoArray(ofWeight, i);
            FloatVector.fromArray(FLOATS, ofBias, i).add(v).intoArray(ofBias, i);
            FloatVector.fromArray(FLOATS, weight, i).mul(v).intoArray(y, i);
        }
        PlainNormalizationRuns.weightGradientsFrom(
                i, length, g, gOffset, x, xOffset, centre, scale, shift, weight, ofWeight, ofBias, y);
    }

    @Override
    public void softmaxGradient(
            int length, float[] y, int yOffset, float[] g, int gOffset, float s, float[] z, int zOffset) {
        FloatVector ss = FloatVector.broadcast(FLOATS, s);
        int done = length - length % LANES;
        for (int i = 0; i < done; i += LANES) {
            FloatVector.fromArray(FLOATS, g, gOffset + i)
                    .sub(ss)
                    .mul(FloatVector.fromArray(FLOATS, y, yOffset + i))
                    .intoArray(z, zOffset + i);
        }
        plain.softmaxGradient(length - done, y, yOffset + done, g, gOffset + done, s, z, zOffset + done);
    }

    @Override
    public void logSoftmaxGradient(int length, float[] g, int gOffset, float s, float[] z, int zOffset) {
        FloatVector ss = FloatVector.broadcast(FLOATS, s);
        int done = length - length % LANES;
        for (int i = 0; i < done; i += LANES) {
            FloatVector.fromArray(FLOATS, g, gOffset + i)
                    .sub(FloatVector.fromArray(FLOATS, z, zOffset + i).mul(ss))
                    .intoArray(z, zOffset + i);
        }
        plain.logSoftmaxGradient(length - done, g, gOffset + done, s, z, zOffset + done);
    }
}
