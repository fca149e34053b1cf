package org.impasto.core.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import org.jspecify.annotations.Nullable;

/** Pictures in buffered images and back. */
final class BufferedPictures {
    private BufferedPictures() {}

    static Image image(BufferedImage image) {
        ColorModel model = image.getColorModel();
        int width = image.getWidth();
        int height = image.getHeight();
        Canvas canvas = new Canvas(width, height, 1, model.hasAlpha());
        if (plain(model)) {
            copySamples(image.getRaster(), model, canvas);
        } else {
            convert(image, canvas);
        }
        return canvas.image();
    }

    /** Whether samples are sRGB or grey levels as they stand. */
    private static boolean plain(ColorModel model) {
        int type = model.getTransferType();
        return model instanceof ComponentColorModel
                && !(model.hasAlpha() && model.isAlphaPremultiplied())
                && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
                && (model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
                        || model.getColorSpace().isCS_sRGB());
    }

    private static void copySamples(Raster raster, ColorModel model, Canvas canvas) {
        int count = model.getNumComponents();
        int colours = model.getNumColorComponents();
        int plane = canvas.plane();
        float[] alpha = canvas.alpha;
        float[] pixels = canvas.pixels;
        Canvas.Row row = new Canvas.Row();
        float largest = (1 << model.getComponentSize(0)) - 1;
        for (int y = 0; y < canvas.height; y++) {
            row.read(raster, y);
            for (int x = 0; x < canvas.width; x++) {
                int at = y * canvas.width + x;
                for (int c = 0; c < 3; c++) {
                    pixels[at + c * plane] = row.get(x * count + (colours == 1 ? 0 : c)) / largest;
                }
                if (alpha != null) {
                    alpha[at] = row.get(x * count + colours) / largest;
                }
            }
        }
    }

    private static void convert(BufferedImage image, Canvas canvas) {
        int plane = canvas.plane();
        float @Nullable [] alpha = canvas.alpha;
        int[] row = new int[canvas.width];
        for (int y = 0; y < canvas.height; y++) {
            image.getRGB(0, y, canvas.width, 1, row, 0, canvas.width);
            for (int x = 0; x < canvas.width; x++) {
                int at = y * canvas.width + x;
                int colour = row[x];
                canvas.pixels[at] = Levels.EIGHT_BITS[colour >> 16 & 0xff];
                canvas.pixels[at + plane] = Levels.EIGHT_BITS[colour >> 8 & 0xff];
                canvas.pixels[at + 2 * plane] = Levels.EIGHT_BITS[colour & 0xff];
                if (alpha != null) {
                    alpha[at] = Levels.EIGHT_BITS[colour >>> 24];
                }
            }
        }
    }

    static BufferedImage buffered(Image image) {
        float[] pixels = image.sharedPixels();
        float @Nullable [] alpha = image.sharedAlpha();
        int width = image.width();
        int height = image.height();
        Levels.refuseNaN(pixels, alpha, width, height);
        BufferedImage result = new BufferedImage(
                width, height, alpha == null ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_INT_ARGB);
        int plane = width * height;
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = y * width + x;
                int opacity = alpha == null ? 255 : Levels.of(alpha[at], 255);
                row[x] = opacity << 24
                        | Levels.of(pixels[at], 255) << 16
                        | Levels.of(pixels[at + plane], 255) << 8
                        | Levels.of(pixels[at + 2 * plane], 255);
            }
            result.getRaster().setDataElements(0, y, width, 1, row);
        }
        return result;
    }
}
