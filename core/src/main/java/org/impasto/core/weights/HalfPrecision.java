package org.impasto.core.weights;

/**
 * Conversions between 32-bit floats and the two 16-bit formats, IEEE 754 binary16 and bfloat16. Narrowing rounds to
 * nearest, ties to even; subnormals, infinities and the payloads of NaN that fit are kept.
 */
public final class HalfPrecision {
    private static final int FLOAT_INFINITY = 0x7f800000;

    private HalfPrecision() {}

    /** The value of binary16 bits; exact. */
    public static float fromFloat16(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            // A subnormal half counts steps of 2^-24.
            float magnitude = fraction * 0x1p-24f;
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
        }
        int bits = exponent == 0x1f ? FLOAT_INFINITY : (exponent + 112) << 23;
        return Float.intBitsToFloat(sign | bits | fraction << 13);
    }

    /** The nearest binary16 bits; values of 65520 and more become infinite. */
    public static short toFloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > FLOAT_INFINITY) {
            int payload = (magnitude >>> 13) & 0x3ff;
            return (short) (sign | 0x7c00 | (payload == 0 ? 0x200 : payload));
        }
        if (magnitude >= 0x477ff000) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) {
            // Below 2^-14: adding 0.5, whose last bit is 2^-24, lets the hardware round to a multiple of 2^-24.
            float rounded = Float.intBitsToFloat(magnitude) + 0.5f;
            return (short) (sign | (Float.floatToRawIntBits(rounded) - 0x3f000000));
        }
        int rounded = magnitude - (112 << 23) + 0xfff + ((magnitude >>> 13) & 1);
        return (short) (sign | rounded >>> 13);
    }

    /** The value of bfloat16 bits; exact. */
    public static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest bfloat16 bits. */
    public static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > FLOAT_INFINITY) {
            int kept = bits >>> 16;
            return (short) ((kept & 0x7f) == 0 ? kept | 0x40 : kept);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
