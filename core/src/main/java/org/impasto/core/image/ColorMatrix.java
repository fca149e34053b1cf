package org.impasto.core.image;

/** A linear map of colours, by rows: (a b c), (d e f), (g h i). */
public record ColorMatrix(double a, double b, double c, double d, double e, double f, double g, double h, double i) {
    /** Linear sRGB to CIE XYZ with the white D65 (IEC 61966-2-1, the matrix to seven digits). */
    public static final ColorMatrix LINEAR_RGB_TO_XYZ = new ColorMatrix(
            0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.0721750, 0.0193339, 0.1191920, 0.9503041);

    /** CIE XYZ with the white D65 to linear sRGB. */
    public static final ColorMatrix XYZ_TO_LINEAR_RGB = LINEAR_RGB_TO_XYZ.inverse();

    /** RGB to Y'CbCr of ITU-R BT.601, full range: Y in [0, 1], Cb and Cr in [-0.5, 0.5], centred at 0. */
    public static final ColorMatrix RGB_TO_YCBCR = lumaAndDifferences(1 / 1.772, 1 / 1.402);

    /** Y'CbCr of ITU-R BT.601, full range, to RGB. */
    public static final ColorMatrix YCBCR_TO_RGB = RGB_TO_YCBCR.inverse();

    /** RGB to Y'UV of ITU-R BT.601, analog: Y in [0, 1], U in [-0.436, 0.436], V in [-0.615, 0.615]. */
    public static final ColorMatrix RGB_TO_YUV = lumaAndDifferences(0.436 / 0.886, 0.615 / 0.701);

    /** Y'UV of ITU-R BT.601, analog, to RGB. */
    public static final ColorMatrix YUV_TO_RGB = RGB_TO_YUV.inverse();

    /** Luma of BT.601 and the scaled differences of blue and red from it. */
    private static ColorMatrix lumaAndDifferences(double blue, double red) {
        return new ColorMatrix(
                0.299,
                0.587,
                0.114,
                -0.299 * blue,
                -0.587 * blue,
                0.886 * blue,
                0.701 * red,
                -0.587 * red,
                -0.114 * red);
    }

    /** The nine entries, row by row. */
    public double[] toArray() {
        return new double[] {a, b, c, d, e, f, g, h, i};
    }

    /** The inverse, by cofactors. */
    public ColorMatrix inverse() {
        double det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
        return new ColorMatrix(
                (e * i - f * h) / det,
                (c * h - b * i) / det,
                (b * f - c * e) / det,
                (f * g - d * i) / det,
                (a * i - c * g) / det,
                (c * d - a * f) / det,
                (d * h - e * g) / det,
                (b * g - a * h) / det,
                (a * e - b * d) / det);
    }

    /** Replaces a colour by its image. */
    void apply(double[] v) {
        double x = v[0];
        double y = v[1];
        double z = v[2];
        v[0] = a * x + b * y + c * z;
        v[1] = d * x + e * y + f * z;
        v[2] = g * x + h * y + i * z;
    }
}
