package org.impasto.nn.style;

/**
 * The Oklab colour space (B. Ottosson, "A perceptual color space for image processing", 2020): a lightness in about
 * [0, 1] and two opponent colours a and b in about [-0.4, 0.4], reached from encoded sRGB by two 3x3 matrices with a
 * cube root between them.
 *
 * <p>The sRGB transfer function is read from tables with linear interpolation (absolute error below 5e-7): a hundred
 * megapixels of {@code Math.pow} take a minute, and its bits are not the same on every JVM.
 */
final class Oklab {
    private static final int STEPS = 8192;
    /** Linear light by encoded value. */
    private static final double[] DECODED = new double[STEPS + 2];
    /** Encoded value by the square root of linear light, where the curve is nearly straight. */
    private static final double[] ENCODED = new double[STEPS + 2];

    static {
        for (int i = 0; i < DECODED.length; i++) {
            double v = (double) i / STEPS;
            DECODED[i] = v <= 0.04045 ? v / 12.92 : StrictMath.pow((v + 0.055) / 1.055, 2.4);
            double linear = v * v;
            ENCODED[i] = linear <= 0.0031308 ? 12.92 * linear : 1.055 * StrictMath.pow(linear, 1 / 2.4) - 0.055;
        }
    }

    private Oklab() {}

    /** Linear light of an encoded value; values outside [0, 1] are clamped, NaN is black. */
    static double decode(double encoded) {
        double at = encoded > 0 ? Math.min(encoded, 1) * STEPS : 0;
        int i = (int) at;
        return DECODED[i] + (at - i) * (DECODED[i + 1] - DECODED[i]);
    }

    /** Encoded value of linear light, an odd function clamped to [-1, 1]. */
    static double encode(double linear) {
        double at = Math.sqrt(Math.min(Math.abs(linear), 1)) * STEPS;
        int i = (int) at;
        double encoded = ENCODED[i] + (at - i) * (ENCODED[i + 1] - ENCODED[i]);
        return linear < 0 ? -encoded : encoded;
    }

    /** Writes lightness, a and b of an encoded sRGB colour to {@code lab[0..2]}. */
    static void fromRgb(double red, double green, double blue, double[] lab) {
        double r = decode(red);
        double g = decode(green);
        double b = decode(blue);
        double l = cubeRoot(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        double m = cubeRoot(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        double s = cubeRoot(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        lab[0] = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
        lab[1] = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
        lab[2] = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
    }

    /**
     * Writes the encoded sRGB colour, each channel in [0, 1], to {@code rgb[0..2]}.
     *
     * <p>Colours that sRGB does not hold: in the shadows (lightness under 0.2) the colour moves towards the grey of its
     * lightness until no channel is negative, and lightness below 0 is black; else a negative channel there leaves
     * specks of a wrong hue. In the lights (over 0.5) each channel is clipped, which keeps fire and autumn leaves
     * saturated where a move towards grey bleaches them. Between the two the weights blend.
     */
    static void toRgb(double lightness, double a, double b, double[] rgb) {
        if (lightness <= 0) {
            rgb[0] = 0;
            rgb[1] = 0;
            rgb[2] = 0;
            return;
        }
        double l = lightness + 0.3963377774 * a + 0.2158037573 * b;
        double m = lightness - 0.1055613458 * a - 0.0638541728 * b;
        double s = lightness - 0.0894841775 * a - 1.2914855480 * b;
        l = l * l * l;
        m = m * m * m;
        s = s * s * s;
        double red = encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
        double green = encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
        double blue = encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
        double lowest = Math.min(red, Math.min(green, blue));
        if (lowest < 0 && lightness < 0.5) {
            double grey = encode(lightness * lightness * lightness);
            double keep = grey / (grey - lowest);
            double blend = (lightness - 0.2) / 0.3;
            if (blend > 0) {
                keep += blend * blend * (3 - 2 * blend) * (1 - keep);
            }
            red = grey + keep * (red - grey);
            green = grey + keep * (green - grey);
            blue = grey + keep * (blue - grey);
        }
        rgb[0] = Math.max(0, red);
        rgb[1] = Math.max(0, green);
        rgb[2] = Math.max(0, blue);
    }

    /** Cube root of a number in [0, 2]: a guess from the bits of the exponent, then two steps of Halley's iteration. */
    private static double cubeRoot(double x) {
        if (x <= 1e-30) {
            return 0;
        }
        double y = Float.intBitsToFloat(Float.floatToRawIntBits((float) x) / 3 + 0x2a51067f);
        for (int i = 0; i < 2; i++) {
            double cube = y * y * y;
            y = y * (cube + 2 * x) / (2 * cube + x);
        }
        return y;
    }
}
