package org.impasto.core.image;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.impasto.core.FileFailure;
import org.impasto.core.ImageException;
import org.impasto.core.WholeFile;
import org.jspecify.annotations.Nullable;

/** Picture files, written whole or not at all. */
final class PictureWriter {
    private PictureWriter() {}

    static void write(Image image, Path path, WriteOptions options) {
        Path fileName = path.getFileName();
        String name = fileName == null ? "" : fileName.toString().toLowerCase(Locale.ROOT);
        boolean png = name.endsWith(".png");
        if (!png && !name.endsWith(".jpg") && !name.endsWith(".jpeg")) {
            throw new ImageException(path + ": expected a file name that ends with .png, .jpg or .jpeg");
        }
        if (!png && image.hasAlpha()) {
            throw new ImageException(path + ": JPEG has no alpha; write a PNG or call withAlphaFlattened first");
        }
        if ((long) image.width() * image.height() > Integer.MAX_VALUE / 4) {
            throw new ImageException(path + ": a picture of " + image.width() + "x" + image.height()
                    + " pixels is too large for the codec; it writes at most " + Integer.MAX_VALUE / 4 + " pixels");
        }
        Levels.refuseNaN(image.sharedPixels(), image.sharedAlpha(), image.width(), image.height());
        BufferedImage samples = interleaved(image, png ? options.pngBits() : 8);
        try {
            WholeFile.write(path, channel -> encode(samples, png ? "png" : "jpeg", options, channel));
        } catch (IOException e) {
            throw new ImageException(path + ": cannot be written: " + FileFailure.reason(e), e);
        }
    }

    private static void encode(BufferedImage samples, String format, WriteOptions options, FileChannel channel)
            throws IOException {
        Iterator<ImageWriter> codecs = ImageIO.getImageWritersByFormatName(format);
        if (!codecs.hasNext()) {
            throw new ImageException(
                    "this Java runtime has no codec that writes " + format + "; use one with java.desktop");
        }
        ImageWriter codec = codecs.next();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(Channels.newOutputStream(channel))) {
            codec.setOutput(out);
            ImageWriteParam parameters = codec.getDefaultWriteParam();
            if (format.equals("jpeg")) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(options.jpegQuality());
            }
            codec.write(null, new IIOImage(samples, null, null), parameters);
        } finally {
            codec.dispose();
        }
    }

    private static BufferedImage interleaved(Image image, int bits) {
        float[] pixels = image.sharedPixels();
        float @Nullable [] alpha = image.sharedAlpha();
        int width = image.width();
        int height = image.height();
        int plane = width * height;
        int count = alpha == null ? 3 : 4;
        int largest = (1 << bits) - 1;
        int type = bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
        WritableRaster raster = Raster.createInterleavedRaster(type, width, height, count, new Point());
        byte[] bytes = new byte[bits == 8 ? width * count : 0];
        short[] shorts = new short[bits == 8 ? 0 : width * count];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < count; c++) {
                    int at = y * width + x;
                    int level = Levels.of(c == 3 && alpha != null ? alpha[at] : pixels[c * plane + at], largest);
                    if (bits == 8) {
                        bytes[x * count + c] = (byte) level;
                    } else {
                        shorts[x * count + c] = (short) level;
                    }
                }
            }
            raster.setDataElements(0, y, width, 1, bits == 8 ? bytes : shorts);
        }
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB),
                alpha != null,
                false,
                alpha == null ? Transparency.OPAQUE : Transparency.TRANSLUCENT,
                type);
        return new BufferedImage(model, raster, false, null);
    }
}
