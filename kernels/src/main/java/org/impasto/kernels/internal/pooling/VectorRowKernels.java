package org.impasto.kernels.internal.pooling;

import static org.impasto.kernels.internal.provider.VectorWidth.FLOATS;
import static org.impasto.kernels.internal.provider.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The loops over rows on the Vector API; loaded only by the vector provider. */
final class VectorRowKernels extends RowKernels {
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    private static final FloatVector ZERO = FloatVector.zero(FLOATS);
    private static final int HALF = LANES / 2;
    private static final int MINUS_ZERO = Integer.MIN_VALUE; // its bits

    /** Step of a loop that reads from memory: no constant, or the compiler would unroll it, and memory came slower. */
    private static int two = 2 * LANES;

    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(FLOATS, lane -> 2 * lane % LANES);
    private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(FLOATS, lane -> 2 * lane % LANES + 1);
    private static final VectorMask<Float> UPPER = VectorMask.fromLong(FLOATS, (1L << LANES) - (1L << HALF));

    @Override
    void max(float[] input, int from, int step, int count, float[] output, int to) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector x = FloatVector.fromArray(FLOATS, input, from + i * step + lane);
                FloatVector.fromArray(FLOATS, output, to + i * 16 + lane).max(x).intoArray(output, to + i * 16 + lane);
            }
        }
    }

    @Override
    void add(float[] input, int from, int step, int count, float[] output, int to) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector x = FloatVector.fromArray(FLOATS, input, from + i * step + lane);
                FloatVector.fromArray(FLOATS, output, to + i * 16 + lane).add(x).intoArray(output, to + i * 16 + lane);
            }
        }
    }

    @Override
    void divide(float[] output, int to, int count, float[] divisors) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector.fromArray(FLOATS, output, to + i * 16 + lane)
                        .div(divisors[i])
                        .intoArray(output, to + i * 16 + lane);
            }
        }
    }

    @Override
    void maxOfFour(
            float[] input, int from, int down, int step, int rows, int count, float[] output, int to, int toStep) {
        boolean plain = arePlainlyOrdered(input, from, (rows - 1) * step + down + 2 * count);
        int done = count - count % LANES;
        for (int row = 0; row < rows; row++) {
            int upper = from + row * step;
            int target = to + row * toStep;
            if (plain) {
                maxOfFourOrdered(input, upper, upper + down, done, output, target);
            } else {
                maxOfFourVectors(input, upper, upper + down, done, output, target);
            }
            for (int i = done; i < count; i++) {
                output[target + i] = maxOfFour(input, upper + 2 * i, upper + down + 2 * i);
            }
        }
    }

    /**
     * Whether the larger of two numbers is told by comparison alone: none is -0 or not a number. May deny it, as where
     * infinities of both signs stand. Reads one number after the other, which processors foresee; two rows that alternate
     * within a page they do not.
     */
    private static boolean arePlainlyOrdered(float[] input, int from, int count) {
        int end = from + count - count % (2 * LANES);
        for (int i = end; i < from + count; i++) {
            if (Float.isNaN(input[i]) || Float.floatToRawIntBits(input[i]) == MINUS_ZERO) {
                return false;
            }
        }
        FloatVector sum = FloatVector.zero(FLOATS);
        FloatVector otherSum = FloatVector.zero(FLOATS);
        IntVector least = IntVector.zero(INTS);
        IntVector otherLeast = IntVector.zero(INTS);
        int step = two;
        for (int i = from; i < end; i += step) {
            FloatVector a = FloatVector.fromArray(FLOATS, input, i);
            FloatVector b = FloatVector.fromArray(FLOATS, input, i + LANES);
            sum = sum.add(a);
            otherSum = otherSum.add(b);
            least = least.min(a.reinterpretAsInts());
            otherLeast = otherLeast.min(b.reinterpretAsInts());
        }
        VectorMask<Float> notNumbers = sum.add(otherSum).test(VectorOperators.IS_NAN);
        VectorMask<Integer> minusZeros = least.min(otherLeast).compare(VectorOperators.EQ, MINUS_ZERO);
        return !notNumbers.anyTrue() && !minusZeros.anyTrue();
    }

    private static void maxOfFourOrdered(float[] input, int upper, int lower, int count, float[] output, int to) {
        for (int i = 0; i < count; i += LANES) {
            int u = upper + 2 * i;
            int l = lower + 2 * i;
            FloatVector a0 = FloatVector.fromArray(FLOATS, input, u);
            FloatVector a1 = FloatVector.fromArray(FLOATS, input, l);
            FloatVector a = a0.blend(a1, a1.compare(VectorOperators.GT, a0));
            FloatVector b0 = FloatVector.fromArray(FLOATS, input, u + LANES);
            FloatVector b1 = FloatVector.fromArray(FLOATS, input, l + LANES);
            FloatVector b = b0.blend(b1, b1.compare(VectorOperators.GT, b0));
            FloatVector even = a.rearrange(EVEN).blend(b.rearrange(EVEN), UPPER);
            FloatVector odd = a.rearrange(ODD).blend(b.rearrange(ODD), UPPER);
            even.blend(odd, odd.compare(VectorOperators.GT, even)).intoArray(output, to + i);
        }
    }

    private static void maxOfFourVectors(float[] input, int upper, int lower, int count, float[] output, int to) {
        for (int i = 0; i < count; i += LANES) {
            int u = upper + 2 * i;
            int l = lower + 2 * i;
            FloatVector a = FloatVector.fromArray(FLOATS, input, u).max(FloatVector.fromArray(FLOATS, input, l));
            FloatVector b = FloatVector.fromArray(FLOATS, input, u + LANES)
                    .max(FloatVector.fromArray(FLOATS, input, l + LANES));
            FloatVector even = a.rearrange(EVEN).blend(b.rearrange(EVEN), UPPER);
            FloatVector odd = a.rearrange(ODD).blend(b.rearrange(ODD), UPPER);
            even.max(odd).intoArray(output, to + i);
        }
    }

    @Override
    void spread(float[] input, int from, int count, float[] output, int to, int step) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                FloatVector x = FloatVector.fromArray(FLOATS, input, from + i * 16 + lane);
                FloatVector.fromArray(FLOATS, output, to + i * step + lane)
                        .add(x)
                        .intoArray(output, to + i * step + lane);
            }
        }
    }

    @Override
    void gradientOfFour(float[] input, int upper, int lower, float[] gradient, int from, int count, float[] output) {
        for (int i = 0; i < count; i++) {
            for (int lane = 0; lane < 16; lane += LANES) {
                int u = upper + i * 32 + lane;
                int l = lower + i * 32 + lane;
                FloatVector g = FloatVector.fromArray(FLOATS, gradient, from + i * 16 + lane);
                FloatVector best = FloatVector.fromArray(FLOATS, input, u);
                FloatVector second = FloatVector.fromArray(FLOATS, input, u + 16);
                FloatVector third = FloatVector.fromArray(FLOATS, input, l);
                FloatVector fourth = FloatVector.fromArray(FLOATS, input, l + 16);
                // larger, or not a number after numbers
                VectorMask<Float> two =
                        second.compare(VectorOperators.LE, best).not().and(best.compare(VectorOperators.EQ, best));
                best = best.blend(second, two);
                VectorMask<Float> three =
                        third.compare(VectorOperators.LE, best).not().and(best.compare(VectorOperators.EQ, best));
                best = best.blend(third, three);
                VectorMask<Float> four =
                        fourth.compare(VectorOperators.LE, best).not().and(best.compare(VectorOperators.EQ, best));
                g.blend(ZERO, two).blend(ZERO, three).blend(ZERO, four).intoArray(output, u);
                ZERO.blend(g, two).blend(ZERO, three).blend(ZERO, four).intoArray(output, u + 16);
                ZERO.blend(g, three).blend(ZERO, four).intoArray(output, l);
                ZERO.blend(g, four).intoArray(output, l + 16);
            }
        }
    }
}
