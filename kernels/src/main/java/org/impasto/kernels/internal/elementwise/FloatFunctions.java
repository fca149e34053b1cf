package org.impasto.kernels.internal.elementwise;

/**
 * Transcendental functions of float32, without fused multiply-adds; vector loops repeat them operation by operation.
 *
 * <p>Largest errors found against float64, in units of the last place: exp 0.97 (also where the result is denormal), log
 * 0.84, tanh 1.5, sigmoid 2.4, log1p 1.5, softplus 2.5, erf 1.6, gelu 7. Coefficients are our own minimax fits.
 */
public final class FloatFunctions {
    /** ln 2 in two parts; products of the first with whole numbers below 256 are exact. */
    public static final float LN2_HIGH = 0.693145751953125f;

    public static final float LN2_LOW = 1.428606765330187e-06f;
    public static final float LOG2_E = 1.4426950408889634f;

    /** Adding and subtracting it rounds to a whole number, which then stands in the low bits. */
    public static final float ROUNDER = 12582912f;

    public static final int ROUNDER_BITS = 0x4B400000;

    /** Beyond these, exp is 0 or infinite. */
    public static final float LEAST_EXPONENT = -110f;

    public static final float LARGEST_EXPONENT = 100f;

    /** {@code exp(x) - 1} is -1 up to here. */
    static final float MINUS_ONE_EXPONENT = -18f;

    /** {@code exp(r) = 1 + r + r^2 (E0 + E1 r + ...)} for |r| up to ln 2 / 2. */
    public static final float E0 = 0.4999999403953552f;

    public static final float E1 = 0.1666652113199234f;
    public static final float E2 = 0.04166838899254799f;
    public static final float E3 = 0.008368736132979393f;
    public static final float E4 = 0.001381455804221332f;

    /** {@code 2 artanh(s) = 2 s + s z (L0 + L1 z + ...)}, z = s^2, for |s| up to 0.172. */
    public static final float L0 = 0.6666666269302368f;

    public static final float L1 = 0.40000343322753906f;
    public static final float L2 = 0.285367876291275f;
    public static final float L3 = 0.23593293130397797f;

    /** Bits of sqrt(1/2): mantissas are taken from there to its double. */
    public static final int ROOT_HALF_BITS = 0x3f3504f3;

    public static final float TWO_TO_23 = 8388608f;

    /** {@code tanh(x) = x (1 + z (T0 + T1 z + ...))}, z = x^2, below {@link #TANH_SMALL}. */
    public static final float TANH_SMALL = 0.6f;

    /** Tanh is 1 from here on. */
    public static final float TANH_ONE = 10f;

    public static final float T0 = -0.3333333134651184f;
    public static final float T1 = 0.13333244621753693f;
    public static final float T2 = -0.0539519302546978f;
    public static final float T3 = 0.02173103392124176f;
    public static final float T4 = -0.008257568813860416f;
    public static final float T5 = 0.0022212588228285313f;

    /** {@code erf(x) = x (1 + (R0 + R1 z + ...))}, z = x^2, below {@link #ERF_SMALL}. */
    static final float ERF_SMALL = 0.9f;

    /** Erf is 1 from here on. */
    static final float ERF_ONE = 4f;

    static final float R0 = 0.12837916612625122f;
    static final float R1 = -0.37612634897232056f;
    static final float R2 = 0.11283715069293976f;
    static final float R3 = -0.02686050906777382f;
    static final float R4 = 0.005203858949244022f;
    static final float R5 = -0.0008175639668479562f;
    static final float R6 = 8.513104694429785e-05f;

    /** {@code erfc(x) = exp(-x^2) t (C0 + C1 t + ...)}, t = 1 / (1 + TAIL x), for x >= 0. */
    static final float TAIL = 0.45f;

    static final float C0 = 0.25388532876968384f;
    static final float C1 = 0.25388196110725403f;
    static final float C2 = 0.22829578816890717f;
    static final float C3 = 0.17503198981285095f;
    static final float C4 = 0.12103218585252762f;
    static final float C5 = -0.02545689046382904f;
    static final float C6 = 0.14772379398345947f;
    static final float C7 = -0.30597397685050964f;
    static final float C8 = 0.19365306198596954f;
    static final float C9 = -0.04207324981689453f;

    /** {@link #TAIL} over the square root of 2: for the normal distribution's tail. */
    static final float NORMAL_TAIL = 0.3181980515339464f;

    /** The normal distribution's tail is 0 from here on. */
    static final float NORMAL_ZERO = 15f;

    static final float ONE_SIXTH = 0.16666667f;

    /** Keeps the first twelve digits of a number, whose square is then exact. */
    static final int HIGH_DIGITS = 0xfffff000;

    private FloatFunctions() {}

    public static float exp(float value) {
        float x = Math.min(Math.max(value, LEAST_EXPONENT), LARGEST_EXPONENT);
        float shifted = x * LOG2_E + ROUNDER;
        float n = shifted - ROUNDER;
        float r = (x - n * LN2_HIGH) - n * LN2_LOW;
        float p = (((E4 * r + E3) * r + E2) * r + E1) * r + E0;
        float y = (r * r * p + r) + 1f;
        int exponent = Float.floatToRawIntBits(shifted) - ROUNDER_BITS;
        int half = exponent >> 1; // in two factors, neither of which is denormal or infinite
        return y * Float.intBitsToFloat((half + 127) << 23) * Float.intBitsToFloat((exponent - half + 127) << 23);
    }

    /** {@code x}, or {@code alpha (exp(x) - 1)} below zero, exact also where that is small. */
    static float elu(float value, float alpha) {
        if (!(value < 0)) {
            return value;
        }
        float x = Math.max(value, MINUS_ONE_EXPONENT);
        float shifted = x * LOG2_E + ROUNDER;
        float n = shifted - ROUNDER;
        float r = (x - n * LN2_HIGH) - n * LN2_LOW;
        float p = (((E4 * r + E3) * r + E2) * r + E1) * r + E0;
        float power = Float.intBitsToFloat((Float.floatToRawIntBits(shifted) - ROUNDER_BITS + 127) << 23);
        return ((r * r * p + r) * power + (power - 1f)) * alpha;
    }

    public static float log(float x) {
        if (!(x > 0 && x < Float.POSITIVE_INFINITY)) {
            return x < 0 ? Float.NaN : x == 0 ? Float.NEGATIVE_INFINITY : x;
        }
        boolean denormal = x < Float.MIN_NORMAL;
        int bits = Float.floatToRawIntBits(denormal ? x * TWO_TO_23 : x) - ROOT_HALF_BITS;
        float exponent = (float) (bits >> 23) - (denormal ? 23f : 0f);
        float f = Float.intBitsToFloat((bits & 0x7fffff) + ROOT_HALF_BITS) - 1f;
        float s = f / (f + 2f);
        float z = s * s;
        float half = f * 0.5f * f;
        float p = (((L3 * z + L2) * z + L1) * z + L0) * z;
        return exponent * LN2_HIGH + (f - (half - ((half + p) * s + exponent * LN2_LOW)));
    }

    public static float tanh(float x) {
        float a = Math.min(Math.abs(x), TANH_ONE);
        if (a < TANH_SMALL) {
            float z = a * a;
            return ((((((T5 * z + T4) * z + T3) * z + T2) * z + T1) * z + T0) * z + 1f) * x;
        }
        float large = 1f - 2f / (exp(a + a) + 1f);
        return x < 0 ? -large : large;
    }

    public static float sigmoid(float x) {
        float e = exp(-Math.abs(x));
        return (x < 0 ? e : 1f) / (e + 1f);
    }

    static float logOfOnePlus(float x) {
        float u = x + 1f;
        if (u == 1f) {
            return x;
        }
        float log = log(u);
        return u == 0 || u == Float.POSITIVE_INFINITY ? log : log + (x - (u - 1f)) / u;
    }

    static float softplus(float x) {
        return Math.max(x, 0f) + logOfOnePlus(exp(-Math.abs(x)));
    }

    static float erf(float x) {
        float a = Math.min(Math.abs(x), ERF_ONE);
        if (a < ERF_SMALL) {
            float z = x * x;
            float p = (((((R6 * z + R5) * z + R4) * z + R3) * z + R2) * z + R1) * z + R0;
            return p * x + x;
        }
        float large = 1f - tail(1f / (a * TAIL + 1f)) * exp(-(a * a));
        return x < 0 ? -large : large;
    }

    /** {@code erfc(x) exp(x^2)} by t. */
    private static float tail(float t) {
        float p = C9 * t + C8;
        p = p * t + C7;
        p = p * t + C6;
        p = p * t + C5;
        p = p * t + C4;
        p = p * t + C3;
        p = p * t + C2;
        p = p * t + C1;
        p = p * t + C0;
        return p * t;
    }

    static float gelu(float x) {
        float a = Math.min(Math.abs(x), NORMAL_ZERO);
        float high = Float.intBitsToFloat(Float.floatToRawIntBits(a) & HIGH_DIGITS);
        float d = (high - a) * (high + a) * 0.5f; // exp(-a^2 / 2) is exp(-high^2 / 2) exp(d)
        float near = ((d * ONE_SIXTH + 0.5f) * d + 1f) * d + 1f;
        float below = tail(1f / (a * NORMAL_TAIL + 1f)) * near * exp(high * high * -0.5f) * 0.5f;
        return Math.max(x, -NORMAL_ZERO) * (x < 0 ? below : 1f - below);
    }
}
