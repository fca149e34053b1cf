package org.impasto.kernels.internal.statistics;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;

import jdk.incubator.vector.FloatVector;

/** Vector form of the loops of reductions and statistics; lanes are added in a fixed order, in float64. */
final class VectorFloatRuns implements FloatRuns {
    private static final int LANES = FLOATS.length();
    private static final int BLOCK = 16;

    /**
     * Steps of loops that read from memory. No constants, or the compiler would unroll such a loop: JDK 25 does so many
     * times over with vectors of 512 bits, and then memory comes at half the rate.
     */
    private static int two = 2 * LANES;

    private static int four = 4 * LANES;

    private final FloatRuns plain = new PlainFloatRuns();

    @Override
    public double sum(int length, float[] x, int offset) {
        double sum = 0;
        for (int from = 0; from < length; from += CHUNK) {
            sum += sumOfChunk(Math.min(CHUNK, length - from), x, offset + from);
        }
        return sum;
    }

    private static double sumOfChunk(int length, float[] x, int offset) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        FloatVector c = FloatVector.zero(FLOATS);
        FloatVector d = FloatVector.zero(FLOATS);
        int i = 0;
        int step = four;
        for (; i <= length - 4 * LANES; i += step) {
            a = a.add(FloatVector.fromArray(FLOATS, x, offset + i));
            b = b.add(FloatVector.fromArray(FLOATS, x, offset + i + LANES));
            c = c.add(FloatVector.fromArray(FLOATS, x, offset + i + 2 * LANES));
            d = d.add(FloatVector.fromArray(FLOATS, x, offset + i + 3 * LANES));
        }
        float[] lanes = new float[LANES];
        a.add(b).add(c.add(d)).intoArray(lanes, 0);
        double sum = sumOfLanes(lanes, 0);
        for (; i < length; i++) {
            sum += x[offset + i];
        }
        return sum;
    }

    /** Four sums at a time: one alone would wait for each addition. */
    private static double sumOfLanes(float[] lanes, int first) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        for (int lane = first; lane < first + LANES; lane += 4) {
            a += lanes[lane];
            b += lanes[lane + 1];
            c += lanes[lane + 2];
            d += lanes[lane + 3];
        }
        return (a + b) + (c + d);
    }

    @Override
    public void distances(int length, float[] x, int offset, float centre, double[] sumAndSquares) {
        int done = length - length % (2 * LANES);
        restOfDistances(length - done, x, offset + done, centre, sumAndSquares);
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        FloatVector aa = FloatVector.zero(FLOATS);
        FloatVector bb = FloatVector.zero(FLOATS);
        int step = two;
        for (int i = 0; i < done; i += step) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, offset + i).sub(centre);
            a = a.add(v);
            aa = v.fma(v, aa);
            FloatVector w = FloatVector.fromArray(FLOATS, x, offset + i + LANES).sub(centre);
            b = b.add(w);
            bb = w.fma(w, bb);
        }
        float[] lanes = new float[2 * LANES];
        a.add(b).intoArray(lanes, 0);
        aa.add(bb).intoArray(lanes, LANES);
        sumAndSquares[0] += sumOfLanes(lanes, 0);
        sumAndSquares[1] += sumOfLanes(lanes, LANES);
    }

    // Written out beside the loop that only reads: a call for each vector would allocate it.
    @Override
    public void copiedDistances(int length, float[] x, float[] y, int offset, float centre, double[] sumAndSquares) {
        int done = length - length % (2 * LANES);
        if (done < length) {
            System.arraycopy(x, offset + done, y, offset + done, length - done);
        }
        restOfDistances(length - done, x, offset + done, centre, sumAndSquares);
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        FloatVector aa = FloatVector.zero(FLOATS);
        FloatVector bb = FloatVector.zero(FLOATS);
        int step = two;
        for (int i = 0; i < done; i += step) {
            FloatVector first = FloatVector.fromArray(FLOATS, x, offset + i);
            first.intoArray(y, offset + i);
            FloatVector v = first.sub(centre);
            a = a.add(v);
            aa = v.fma(v, aa);
            FloatVector second = FloatVector.fromArray(FLOATS, x, offset + i + LANES);
            second.intoArray(y, offset + i + LANES);
            FloatVector w = second.sub(centre);
            b = b.add(w);
            bb = w.fma(w, bb);
        }
        float[] lanes = new float[2 * LANES];
        a.add(b).intoArray(lanes, 0);
        aa.add(bb).intoArray(lanes, LANES);
        sumAndSquares[0] += sumOfLanes(lanes, 0);
        sumAndSquares[1] += sumOfLanes(lanes, LANES);
    }

    /** What is left of whole vectors; before their loop, which JDK 25 makes slower with it behind. */
    private static void restOfDistances(int length, float[] x, int offset, float centre, double[] sumAndSquares) {
        double sum = 0;
        double squares = 0;
        for (int i = offset; i < offset + length; i++) {
            double distance = (double) x[i] - centre;
            sum += distance;
            squares += distance * distance;
        }
        sumAndSquares[0] = sum;
        sumAndSquares[1] = squares;
    }

    @Override
    public float maximum(int length, float[] x, int offset) {
        FloatVector a = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector b = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector c = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector d = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= length - 4 * LANES; i += 4 * LANES) {
            a = a.max(FloatVector.fromArray(FLOATS, x, offset + i));
            b = b.max(FloatVector.fromArray(FLOATS, x, offset + i + LANES));
            c = c.max(FloatVector.fromArray(FLOATS, x, offset + i + 2 * LANES));
            d = d.max(FloatVector.fromArray(FLOATS, x, offset + i + 3 * LANES));
        }
        float[] lanes = new float[LANES];
        a.max(b).max(c.max(d)).intoArray(lanes, 0);
        float result = plain.maximum(LANES, lanes, 0);
        return Math.max(result, plain.maximum(length - i, x, offset + i));
    }

    @Override
    public float minimum(int length, float[] x, int offset) {
        FloatVector a = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
        FloatVector b = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
        FloatVector c = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
        FloatVector d = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
        int i = 0;
        for (; i <= length - 4 * LANES; i += 4 * LANES) {
            a = a.min(FloatVector.fromArray(FLOATS, x, offset + i));
            b = b.min(FloatVector.fromArray(FLOATS, x, offset + i + LANES));
            c = c.min(FloatVector.fromArray(FLOATS, x, offset + i + 2 * LANES));
            d = d.min(FloatVector.fromArray(FLOATS, x, offset + i + 3 * LANES));
        }
        float[] lanes = new float[LANES];
        a.min(b).min(c.min(d)).intoArray(lanes, 0);
        float result = plain.minimum(LANES, lanes, 0);
        return Math.min(result, plain.minimum(length - i, x, offset + i));
    }

    @Override
    public void sumOfBlock(int pixels, float[] x, int offset, float[] sums) {
        for (int lane = 0; lane < BLOCK; lane += LANES) {
            int from = offset + lane;
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = FloatVector.zero(FLOATS);
            FloatVector c = FloatVector.zero(FLOATS);
            FloatVector d = FloatVector.zero(FLOATS);
            int pixel = 0;
            for (; pixel <= pixels - 4; pixel += 4) {
                a = a.add(FloatVector.fromArray(FLOATS, x, from + pixel * BLOCK));
                b = b.add(FloatVector.fromArray(FLOATS, x, from + pixel * BLOCK + BLOCK));
                c = c.add(FloatVector.fromArray(FLOATS, x, from + pixel * BLOCK + 2 * BLOCK));
                d = d.add(FloatVector.fromArray(FLOATS, x, from + pixel * BLOCK + 3 * BLOCK));
            }
            for (; pixel < pixels; pixel++) {
                a = a.add(FloatVector.fromArray(FLOATS, x, from + pixel * BLOCK));
            }
            a.add(b).add(c.add(d)).intoArray(sums, lane);
        }
    }

    @Override
    public void distancesOfBlock(int pixels, float[] x, int offset, float[] centres, float[] sums, float[] squares) {
        for (int lane = 0; lane < BLOCK; lane += LANES) {
            int from = offset + lane;
            FloatVector centre = FloatVector.fromArray(FLOATS, centres, lane);
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = FloatVector.zero(FLOATS);
            FloatVector aa = FloatVector.zero(FLOATS);
            FloatVector bb = FloatVector.zero(FLOATS);
            int pixel = 0;
            for (; pixel <= pixels - 2; pixel += 2) {
                FloatVector v =
                        FloatVector.fromArray(FLOATS, x, from + pixel * BLOCK).sub(centre);
                a = a.add(v);
                aa = v.fma(v, aa);
                FloatVector w = FloatVector.fromArray(FLOATS, x, from + pixel * BLOCK + BLOCK)
                        .sub(centre);
                b = b.add(w);
                bb = w.fma(w, bb);
            }
            for (; pixel < pixels; pixel++) {
                FloatVector v =
                        FloatVector.fromArray(FLOATS, x, from + pixel * BLOCK).sub(centre);
                a = a.add(v);
                aa = v.fma(v, aa);
            }
            a.add(b).intoArray(sums, lane);
            aa.add(bb).intoArray(squares, lane);
        }
    }

    @Override
    public void affine(
            int length, float[] x, int offset, float centre, float scale, float shift, float[] y, int yOffset) {
        int done = length - length % LANES;
        for (int i = 0; i < done; i += LANES) {
            FloatVector.fromArray(FLOATS, x, offset + i)
                    .sub(centre)
                    .mul(scale)
                    .add(shift)
                    .intoArray(y, yOffset + i);
        }
        plain.affine(length - done, x, offset + done, centre, scale, shift, y, yOffset + done);
    }

    @Override
    public void affineOfBlock(
            int pixels, float[] x, int offset, float[] centre, float[] scale, float[] shift, float[] y, int yOffset) {
        for (int lane = 0; lane < BLOCK; lane += LANES) {
            FloatVector centres = FloatVector.fromArray(FLOATS, centre, lane);
            FloatVector scales = FloatVector.fromArray(FLOATS, scale, lane);
            FloatVector shifts = FloatVector.fromArray(FLOATS, shift, lane);
            for (int i = lane; i < pixels * BLOCK; i += BLOCK) {
                FloatVector.fromArray(FLOATS, x, offset + i)
                        .sub(centres)
                        .mul(scales)
                        .add(shifts)
                        .intoArray(y, yOffset + i);
            }
        }
    }
}
