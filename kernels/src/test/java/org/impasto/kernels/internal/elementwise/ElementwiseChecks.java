package org.impasto.kernels.internal.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/** What holds for elementwise loops of any width. */
public final class ElementwiseChecks {
    private static final float[] SPECIAL = {
        0f,
        -0f,
        1f,
        -1f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        -Float.MIN_NORMAL,
        1e-40f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        88.7f,
        88.8f,
        -87.4f,
        -103.9f,
        -104.1f,
        0.6f,
        -0.6f,
        0.59999996f,
        1e-20f,
        100f,
        -110f,
        5e8f,
        16777217f,
        0.70710677f,
        1.4142135f,
        9.99f,
        10.01f
    };

    private ElementwiseChecks() {}

    /** Vector and plain loops give equal bits for every operation, length and alignment. */
    public static void equalBits() {
        Random random = new Random(5);
        FloatLoops vector = new VectorFloatLoops();
        FloatLoops plain = new PlainFloatLoops();
        for (int length : new int[] {0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 37, 64, 65, 300}) {
            float[] x = numbers(random, length + 3);
            float[] z = numbers(random, length + 1);
            for (UnaryOperation operation : UnaryOperation.values()) {
                float[] expected = new float[length + 4];
                float[] found = new float[length + 4];
                plain.unary(operation, -0.25f, 1.5f, length, x, 3, expected, 2);
                vector.unary(operation, -0.25f, 1.5f, length, x, 3, found, 2);
                same(expected, found, operation + " of " + length, x, 1);
            }
            for (BinaryOperation operation : BinaryOperation.values()) {
                float[] expected = new float[length + 4];
                float[] found = new float[length + 4];
                plain.binary(operation, length, x, 3, z, 1, expected, 2);
                vector.binary(operation, length, x, 3, z, 1, found, 2);
                same(expected, found, operation + " of " + length, x, 1);
            }
        }
        // often enough for the compiled form to be compared too
        float[] x = numbers(random, 4096);
        for (int round = 0; round < 40; round++) {
            for (UnaryOperation operation : UnaryOperation.values()) {
                float[] expected = new float[x.length];
                float[] found = new float[x.length];
                plain.unary(operation, 0.5f, 1.5f, x.length, x, 0, expected, 0);
                vector.unary(operation, 0.5f, 1.5f, x.length, x, 0, found, 0);
                same(expected, found, operation + "", x, 0);
            }
        }
    }

    private static void same(float[] expected, float[] found, String what, float[] x, int shift) {
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(found[i])) {
                assertThat(found[i])
                        .as("%s at %d, x = %s", what, i, i + shift < x.length ? x[i + shift] : Float.NaN)
                        .isEqualTo(expected[i]);
                throw new AssertionError(what + ": " + found[i] + " is not " + expected[i] + " bit by bit");
            }
        }
    }

    private static float[] numbers(Random random, int length) {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = switch (random.nextInt(4)) {
                case 0 -> SPECIAL[random.nextInt(SPECIAL.length)];
                case 1 -> Float.intBitsToFloat(random.nextInt());
                default -> (float) (3 * random.nextGaussian());
            };
        }
        return numbers;
    }

    static Workers alone() {
        return new Workers(Runnable::run, 1);
    }

    static Run run() {
        return Run.inference();
    }
}
