package org.impasto.nn.functional;

import java.util.function.UnaryOperator;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.image.ColorMatrix;
import org.impasto.core.image.ColorSpaces;

/**
 * Conversions between colour spaces of pictures (N, 3, H, W), with gradients; those of {@link ColorSpaces} for planes of
 * floats. Red, green and blue are sRGB-encoded, in [0, 1] from black to full. Nothing is cut.
 */
public final class Colors {
    private static final double DELTA = 6.0 / 29;

    private Colors() {}

    /** A linear map of each pixel's colour. */
    public static Tensor mapped(Tensor picture, ColorMatrix matrix) {
        Shape shape = check(picture);
        return Scope.keeping(() -> {
            Tensor rows = Tensor.ofDoubles(picture.plain().backend(), Shape.of(3, 3), matrix.toArray())
                    .to(picture.type());
            return rows.matmul(picture.reshape(shape.size(0), 3, shape.size(2) * shape.size(3)))
                    .reshape(shape);
        });
    }

    /** To Y'CbCr of ITU-R BT.601, full range: Y in [0, 1], Cb and Cr in [-0.5, 0.5], centred at 0. */
    public static Tensor rgbToYcbcr(Tensor picture) {
        return mapped(picture, ColorMatrix.RGB_TO_YCBCR);
    }

    /** From Y'CbCr of ITU-R BT.601, full range, Cb and Cr centred at 0. */
    public static Tensor ycbcrToRgb(Tensor picture) {
        return mapped(picture, ColorMatrix.YCBCR_TO_RGB);
    }

    /** To Y'UV of ITU-R BT.601, analog: Y in [0, 1], U in [-0.436, 0.436], V in [-0.615, 0.615]. */
    public static Tensor rgbToYuv(Tensor picture) {
        return mapped(picture, ColorMatrix.RGB_TO_YUV);
    }

    /** From Y'UV of ITU-R BT.601, analog. */
    public static Tensor yuvToRgb(Tensor picture) {
        return mapped(picture, ColorMatrix.YUV_TO_RGB);
    }

    /** sRGB-encoded values, of any shape, to linear light (IEC 61966-2-1); values below 0 keep their linear foot. */
    public static Tensor srgbToLinear(Tensor encoded) {
        double foot = 0.04045;
        return Scope.keeping(() -> joined(
                encoded,
                foot,
                x -> x.affine(1 / 12.92, 0),
                x -> x.affine(1 / 1.055, 0.055 / 1.055).power(2.4)));
    }

    /** Linear light, of any shape, to sRGB-encoded values. */
    public static Tensor linearToSrgb(Tensor linear) {
        double foot = 0.0031308;
        return Scope.keeping(() -> joined(
                linear, foot, x -> x.affine(12.92, 0), x -> x.power(1 / 2.4).affine(1.055, -0.055)));
    }

    /** To CIE L*a*b* with the white D65: L in [0, 100], a and b about [-100, 100]. */
    public static Tensor rgbToLab(Tensor picture) {
        check(picture);
        return Scope.keeping(() -> {
            Tensor q =
                    mapped(srgbToLinear(picture), ColorMatrix.LINEAR_RGB_TO_XYZ).div(white(picture));
            double foot = DELTA * DELTA * DELTA;
            Tensor f = joined(q, foot, x -> x.affine(1 / (3 * DELTA * DELTA), 4.0 / 29), x -> x.power(1.0 / 3));
            Tensor lab = mapped(f, new ColorMatrix(0, 116, 0, 500, -500, 0, 0, 200, -200));
            return lab.sub(colour(picture, 16, 0, 0));
        });
    }

    /** From CIE L*a*b* with the white D65. */
    public static Tensor labToRgb(Tensor picture) {
        check(picture);
        return Scope.keeping(() -> {
            Tensor raised = picture.add(colour(picture, 16, 0, 0));
            Tensor f =
                    mapped(raised, new ColorMatrix(1.0 / 116, 1.0 / 500, 0, 1.0 / 116, 0, 0, 1.0 / 116, 0, -1.0 / 200));
            Tensor q = joined(f, DELTA, x -> x.affine(3 * DELTA * DELTA, -12 * DELTA * DELTA / 29), x -> x.power(3));
            return linearToSrgb(mapped(q.mul(white(picture)), ColorMatrix.XYZ_TO_LINEAR_RGB));
        });
    }

    /**
     * A function that is one thing up to a limit and another beyond it. Each is asked on its own side alone: on the other it
     * may have no value, or an infinite one, which no product with 0 would take away.
     */
    private static Tensor joined(Tensor x, double limit, UnaryOperator<Tensor> upTo, UnaryOperator<Tensor> beyond) {
        Tensor isBeyond = x.greater(x.constant(Shape.scalar(), limit));
        return upTo.apply(x.clamp(Double.NEGATIVE_INFINITY, limit))
                .mul(isBeyond.affine(-1, 1))
                .add(beyond.apply(x.clamp(limit, Double.POSITIVE_INFINITY)).mul(isBeyond));
    }

    private static Tensor white(Tensor like) {
        return colour(like, ColorSpaces.WHITE_X, 1, ColorSpaces.WHITE_Z);
    }

    private static Tensor colour(Tensor like, double... channels) {
        return Tensor.ofDoubles(like.plain().backend(), Shape.of(1, 3, 1, 1), channels)
                .to(like.type());
    }

    private static Shape check(Tensor picture) {
        Shape shape = picture.shape();
        if (shape.rank() != 4 || shape.size(1) != 3) {
            throw new ShapeException("colours: picture has shape " + shape + ", expected N x 3 x H x W");
        }
        return shape;
    }
}
