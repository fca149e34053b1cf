package org.impasto.core.weights;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
    // The definition: fraction and exponent of IEEE 754 binary16, in double.
    private static double value(int half) {
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        double magnitude = exponent == 0
                ? fraction * Math.pow(2, -24)
                : exponent == 31
                        ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                        : (1024 + fraction) * Math.pow(2, exponent - 25);
        return (half & 0x8000) == 0 ? magnitude : -magnitude;
    }

    // Thousands of checks: a message is built for a failure only.
    private static void check(String what, int bits, boolean holds) {
        if (!holds) {
            throw new AssertionError(what + " at " + Integer.toHexString(bits));
        }
    }

    @Test
    void everyFloat16ComesBackAndHasTheValueOfItsDefinition() {
        for (int half = 0; half < 65536; half++) {
            float wide = HalfPrecision.fromFloat16((short) half);
            check("value", half, Double.compare(wide, value(half)) == 0);
            check("round trip", half, HalfPrecision.toFloat16(wide) == (short) half);
        }
    }

    @Test
    void everyBfloat16ComesBack() {
        for (int bits = 0; bits < 65536; bits++) {
            float wide = HalfPrecision.fromBfloat16((short) bits);
            check("value", bits, Float.floatToRawIntBits(wide) == bits << 16);
            check("round trip", bits, HalfPrecision.toBfloat16(wide) == (short) bits);
        }
    }

    @Test
    void narrowingRoundsToNearestAndTiesToEven() {
        // Around every pair of neighbouring halves: the middle, and the floats beside it.
        for (int half = 0; half < 0x7c00; half++) {
            // The step beyond the largest half counts as 65536 for rounding.
            double above = half == 0x7bff ? 65536 : value(half + 1);
            float middle = (float) ((value(half) + above) / 2);
            int even = half % 2 == 0 ? half : half + 1;
            check("middle above", half, HalfPrecision.toFloat16(middle) == (short) even);
            check("below the middle", half, HalfPrecision.toFloat16(Math.nextDown(middle)) == (short) half);
            check("above the middle", half, HalfPrecision.toFloat16(Math.nextUp(middle)) == (short) (half + 1));
            check("negative middle", half, HalfPrecision.toFloat16(-middle) == (short) (even | 0x8000));
        }
        for (int bits = 0; bits < 0x7f80; bits++) {
            int even = bits % 2 == 0 ? bits : bits + 1;
            check("middle", bits, narrow(bits << 16 | 0x8000) == (short) even);
            check("below the middle", bits, narrow(bits << 16 | 0x7fff) == (short) bits);
            check("above the middle", bits, narrow(bits << 16 | 0x8001) == (short) (bits + 1));
            check("negative middle", bits, narrow(bits << 16 | 0x80008000) == (short) (even | 0x8000));
        }
    }

    private static short narrow(int floatBits) {
        return HalfPrecision.toBfloat16(Float.intBitsToFloat(floatBits));
    }

    @Test
    void nanStaysNanWhateverItsPayload() {
        for (int bits : new int[] {0x7f800001, 0x7fc00000, 0x7fffffff, 0xff800001, 0xffffffff, 0x7f801000}) {
            float nan = Float.intBitsToFloat(bits);
            assertThat(HalfPrecision.fromFloat16(HalfPrecision.toFloat16(nan))).isNaN();
            assertThat(HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(nan)))
                    .isNaN();
        }
    }
}
