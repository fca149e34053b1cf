package org.impasto.core.image;

import org.impasto.core.ImageException;

/**
 * Conversions between colour spaces. Each takes three planes of equal size one after the other, as
 * {@link Image#pixels()} gives them, and returns three new planes. Red, green and blue are sRGB-encoded, in [0, 1] from
 * black to full, unless a name says linear. Nothing is cut: a colour outside sRGB gives values outside [0, 1]. Computed
 * in double precision, rounded to float at the end.
 */
public final class ColorSpaces {
    private static final double[] LINEAR_LEVELS = new double[256];

    static {
        for (int i = 0; i < 256; i++) {
            LINEAR_LEVELS[i] = power(Levels.EIGHT_BITS[i]);
        }
    }

    /** CIE XYZ of the white D65, whose Y is 1. */
    public static final double WHITE_X = 0.95047;

    /** CIE XYZ of the white D65, whose Y is 1. */
    public static final double WHITE_Z = 1.08883;

    private static final double DELTA = 6.0 / 29;

    /** RGB to the responses of the three kinds of cones (Reinhard et al. 2001, equation 4). */
    private static final ColorMatrix RGB_TO_LMS =
            new ColorMatrix(0.3811, 0.5783, 0.0402, 0.1967, 0.7244, 0.0782, 0.0241, 0.1288, 0.8444);

    private static final ColorMatrix LMS_TO_RGB = RGB_TO_LMS.inverse();
    /** Decorrelates the logarithms of cone responses (Ruderman et al. 1998); orthogonal. */
    private static final ColorMatrix LOG_LMS_TO_LAB = new ColorMatrix(
            1 / Math.sqrt(3),
            1 / Math.sqrt(3),
            1 / Math.sqrt(3),
            1 / Math.sqrt(6),
            1 / Math.sqrt(6),
            -2 / Math.sqrt(6),
            1 / Math.sqrt(2),
            -1 / Math.sqrt(2),
            0);

    private static final ColorMatrix LAB_TO_LOG_LMS = LOG_LMS_TO_LAB.inverse();
    /** A quarter of an 8-bit level: the logarithm of black has to end somewhere. */
    private static final double DARKEST_RESPONSE = 0.25 / 255;

    private ColorSpaces() {}

    /** sRGB-encoded values to linear light (IEC 61966-2-1); values below 0 keep their linear foot. */
    public static float[] srgbToLinear(float[] planes) {
        check(planes);
        float[] result = new float[planes.length];
        for (int i = 0; i < planes.length; i++) {
            result[i] = (float) linear(planes[i]);
        }
        return result;
    }

    /** Linear light to sRGB-encoded values. */
    public static float[] linearToSrgb(float[] planes) {
        check(planes);
        float[] result = new float[planes.length];
        for (int i = 0; i < planes.length; i++) {
            result[i] = (float) encoded(planes[i]);
        }
        return result;
    }

    /** To CIE L*a*b* with the white D65: L in [0, 100], a and b about [-100, 100]. */
    public static float[] rgbToLab(float[] planes) {
        return map(planes, v -> {
            for (int c = 0; c < 3; c++) {
                v[c] = linear(v[c]);
            }
            ColorMatrix.LINEAR_RGB_TO_XYZ.apply(v);
            double x = compressed(v[0] / WHITE_X);
            double y = compressed(v[1]);
            double z = compressed(v[2] / WHITE_Z);
            v[0] = 116 * y - 16;
            v[1] = 500 * (x - y);
            v[2] = 200 * (y - z);
        });
    }

    /** From CIE L*a*b* with the white D65. */
    public static float[] labToRgb(float[] planes) {
        return map(planes, v -> {
            double y = (v[0] + 16) / 116;
            double x = y + v[1] / 500;
            double z = y - v[2] / 200;
            v[0] = WHITE_X * expanded(x);
            v[1] = expanded(y);
            v[2] = WHITE_Z * expanded(z);
            ColorMatrix.XYZ_TO_LINEAR_RGB.apply(v);
            for (int c = 0; c < 3; c++) {
                v[c] = encoded(v[c]);
            }
        });
    }

    /** To Y'CbCr of ITU-R BT.601, full range: Y in [0, 1], Cb and Cr in [-0.5, 0.5], centred at 0. */
    public static float[] rgbToYcbcr(float[] planes) {
        return map(planes, ColorMatrix.RGB_TO_YCBCR::apply);
    }

    /** From Y'CbCr of ITU-R BT.601, full range, Cb and Cr centred at 0. */
    public static float[] ycbcrToRgb(float[] planes) {
        return map(planes, ColorMatrix.YCBCR_TO_RGB::apply);
    }

    /** To Y'UV of ITU-R BT.601, analog: Y in [0, 1], U in [-0.436, 0.436], V in [-0.615, 0.615]. */
    public static float[] rgbToYuv(float[] planes) {
        return map(planes, ColorMatrix.RGB_TO_YUV::apply);
    }

    /** From Y'UV of ITU-R BT.601, analog. */
    public static float[] yuvToRgb(float[] planes) {
        return map(planes, ColorMatrix.YUV_TO_RGB::apply);
    }

    /**
     * To l-alpha-beta: decimal logarithms of cone responses, decorrelated over natural scenes (Ruderman et al. 1998); l is
     * lightness, alpha yellow against blue, beta red against green. As Reinhard et al. (Color Transfer between Images,
     * 2001) use it, RGB goes in as it is; convert to linear light first if that is wanted. A cone response below a
     * quarter of an 8-bit level counts as that.
     */
    public static float[] rgbToLAlphaBeta(float[] planes) {
        return map(planes, v -> {
            RGB_TO_LMS.apply(v);
            for (int c = 0; c < 3; c++) {
                v[c] = Math.log10(Math.max(v[c], DARKEST_RESPONSE));
            }
            LOG_LMS_TO_LAB.apply(v);
        });
    }

    /** From l-alpha-beta. */
    public static float[] lAlphaBetaToRgb(float[] planes) {
        return map(planes, v -> {
            LAB_TO_LOG_LMS.apply(v);
            for (int c = 0; c < 3; c++) {
                v[c] = Math.pow(10, v[c]);
            }
            LMS_TO_RGB.apply(v);
        });
    }

    /** Most pictures hold whole 8-bit levels, and a power is dear. */
    private static double linear(double value) {
        int level = (int) (value * 255 + 0.5);
        return level >= 0 && level < 256 && Levels.EIGHT_BITS[level] == value ? LINEAR_LEVELS[level] : power(value);
    }

    private static double power(double value) {
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static double encoded(double light) {
        return light <= 0.0031308 ? 12.92 * light : 1.055 * Math.pow(light, 1 / 2.4) - 0.055;
    }

    private static double compressed(double q) {
        return q > DELTA * DELTA * DELTA ? Math.cbrt(q) : q / (3 * DELTA * DELTA) + 4.0 / 29;
    }

    private static double expanded(double f) {
        return f > DELTA ? f * f * f : 3 * DELTA * DELTA * (f - 4.0 / 29);
    }

    private interface Conversion {
        void apply(double[] colour);
    }

    private static void check(float[] planes) {
        if (planes.length % 3 != 0) {
            throw new ImageException("expected three planes of equal size, found " + planes.length + " values");
        }
    }

    private static float[] map(float[] planes, Conversion conversion) {
        check(planes);
        int size = planes.length / 3;
        float[] result = new float[planes.length];
        double[] colour = new double[3];
        for (int i = 0; i < size; i++) {
            colour[0] = planes[i];
            colour[1] = planes[i + size];
            colour[2] = planes[i + 2 * size];
            conversion.apply(colour);
            result[i] = (float) colour[0];
            result[i + size] = (float) colour[1];
            result[i + 2 * size] = (float) colour[2];
        }
        return result;
    }
}
