package org.impasto.nn.style;

import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.image.ColorMatrix;

/**
 * A stylized picture in the colours of its content: the luminance of the one, the chroma of the other (Gatys et al.,
 * "Preserving color in neural artistic style transfer", 2016). Serves every method.
 *
 * <p>Luma is {@code Y = 0.299 R + 0.587 G + 0.114 B} of the encoded values, and the chroma of a colour its difference to
 * the grey of the same luma, as in YIQ and YUV. A chroma that does not fit into [0, 1] at the new luma is scaled down:
 * hue and luma stay, where clipping would shift them.
 */
public final class ContentColors {
    private static final ColorMatrix BT_601 = ColorMatrix.RGB_TO_YCBCR;
    private static final float[] LUMA = {(float) BT_601.a(), (float) BT_601.b(), (float) BT_601.c()};

    private ContentColors() {}

    /**
     * The luma of a stylized picture with the chroma of its content.
     *
     * @param stylized N x 3 x H x W in [0, 1]
     * @param content of the same shape
     */
    public static Tensor kept(Tensor stylized, Tensor content) {
        Shape shape = content.shape();
        if (shape.rank() != 4 || shape.size(1) != 3 || !stylized.shape().equals(shape)) {
            throw new ShapeException("colours of content " + shape + " for a picture of shape " + stylized.shape()
                    + ", expected N x 3 x H x W for both");
        }
        return Scope.keeping(() -> {
            Tensor weights = Tensor.of(content.plain().backend(), Shape.of(1, 3, 1, 1), LUMA);
            Tensor luma = stylized.mul(weights).sum(1);
            Tensor chroma = content.sub(content.mul(weights).sum(1));
            Tensor tiny = content.constant(Shape.scalar(), 1e-6);
            // The largest part of the chroma that keeps the brightest and the darkest channel within [0, 1].
            Tensor room = luma.affine(-1, 1)
                    .div(chroma.max(1).maximum(tiny))
                    .minimum(luma.div(chroma.negate().max(1).maximum(tiny)))
                    .clamp(0, 1);
            return luma.add(chroma.mul(room)).clamp(0, 1);
        });
    }
}
