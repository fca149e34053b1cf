package org.impasto.core.image;

import java.awt.Rectangle;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.impasto.core.FileFailure;
import org.impasto.core.ImageException;

/**
 * JPEG. The codec decodes components only (a raster); what they mean is decided by the markers and computed here with
 * the integer formulas of libjpeg, so profiles and a codec's own guesses change nothing.
 */
final class JpegReader {
    private JpegReader() {}

    static Image read(EncodedPicture file, ReadOptions options) throws IOException {
        JpegHeader header = JpegHeader.read(file, options);
        Canvas canvas = new Canvas(header.width, header.height, header.orientation, false);
        int rows = canvas.rowsPerBand(header.components);
        try {
            for (int top = 0; top < header.height; top += rows) {
                Rectangle band = new Rectangle(0, top, header.width, Math.min(rows, header.height - top));
                put(decode(header, band), header, canvas, top);
            }
        } catch (IOException | RuntimeException e) {
            CodecFailure.rethrowMemoryError(e);
            throw new ImageException(
                    file.name() + ": this JPEG cannot be decoded (" + FileFailure.reason(e) + "); the file is damaged",
                    e);
        }
        return canvas.image();
    }

    private static Raster decode(JpegHeader header, Rectangle band) throws IOException {
        // A codec of its own for each band: it holds on to the raster that it gave last.
        ImageReader codec = codec();
        try (ImageInputStream stream = header.open()) {
            codec.setInput(stream, false, true);
            ImageReadParam region = codec.getDefaultReadParam();
            region.setSourceRegion(band);
            Raster raster = codec.readRaster(0, region);
            if (raster.getNumBands() != header.components) {
                throw new IOException("expected " + header.components + " components, found " + raster.getNumBands());
            }
            return raster;
        } finally {
            codec.dispose();
        }
    }

    private static ImageReader codec() {
        for (Iterator<ImageReader> codecs = ImageIO.getImageReadersByFormatName("jpeg"); codecs.hasNext(); ) {
            ImageReader codec = codecs.next();
            if (codec.canReadRaster()) {
                return codec;
            }
            codec.dispose();
        }
        throw new ImageException("this Java runtime has no JPEG codec that gives rasters; use one with java.desktop");
    }

    private static void put(Raster raster, JpegHeader header, Canvas canvas, int top) {
        int plane = canvas.plane();
        int step = canvas.step();
        JpegHeader.Colours colours = header.colours();
        float[] pixels = canvas.pixels;
        Canvas.Row row = new Canvas.Row();
        for (int y = 0; y < raster.getHeight(); y++) {
            row.read(raster, y);
            int at = canvas.start(top + y);
            for (int x = 0; x < header.width; x++, at += step) {
                int first = header.components * x;
                int a = row.get(first);
                if (colours == JpegHeader.Colours.GREY) {
                    float grey = Levels.EIGHT_BITS[a];
                    pixels[at] = grey;
                    pixels[at + plane] = grey;
                    pixels[at + 2 * plane] = grey;
                    continue;
                }
                int b = row.get(first + 1);
                int c = row.get(first + 2);
                if (colours == JpegHeader.Colours.YCBCR || colours == JpegHeader.Colours.YCCK) {
                    int luma = a;
                    int blue = b - 128;
                    int red = c - 128;
                    a = clamp(luma + (91881 * red + 32768 >> 16));
                    b = clamp(luma + (-22554 * blue - 46802 * red + 32768 >> 16));
                    c = clamp(luma + (116130 * blue + 32768 >> 16));
                }
                if (header.components == 4) {
                    int light = row.get(first + 3);
                    // Adobe's files hold ink inverted, 255 for none. A YCCK file's YCbCr is of 255 less what it holds.
                    boolean asLight = header.adobe != (colours == JpegHeader.Colours.YCCK);
                    light = header.adobe ? light : 255 - light;
                    a = shaded(asLight ? a : 255 - a, light);
                    b = shaded(asLight ? b : 255 - b, light);
                    c = shaded(asLight ? c : 255 - c, light);
                }
                pixels[at] = Levels.EIGHT_BITS[a];
                pixels[at + plane] = Levels.EIGHT_BITS[b];
                pixels[at + 2 * plane] = Levels.EIGHT_BITS[c];
            }
        }
    }

    /** light - ink * light / 255, the product rounded: the light that a colour's ink leaves of what black leaves. */
    private static int shaded(int colourLight, int light) {
        int product = (255 - colourLight) * light + 128;
        return light - ((product >> 8) + product >> 8);
    }

    private static int clamp(int value) {
        return value < 0 ? 0 : Math.min(value, 255);
    }
}
