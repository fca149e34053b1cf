package org.impasto.core.image;

import org.impasto.core.ImageException;

/**
 * How a picture file is written.
 *
 * @param pngBits bits a sample in PNG files: 8 or 16
 * @param jpegQuality quality of JPEG files, above 0 to 1
 */
public record WriteOptions(int pngBits, float jpegQuality) {
    private static final WriteOptions STANDARD = new WriteOptions(8, 0.95f);

    /** Checks the values. */
    public WriteOptions {
        if (pngBits != 8 && pngBits != 16) {
            throw new ImageException("a PNG is written with 8 or 16 bits a sample, not " + pngBits);
        }
        if (!(jpegQuality > 0 && jpegQuality <= 1)) {
            throw new ImageException("JPEG quality lies above 0 and at most at 1, found " + jpegQuality);
        }
    }

    /** PNG with 8 bits, JPEG with quality 0.95. */
    public static WriteOptions standard() {
        return STANDARD;
    }

    /** The same with another number of bits a PNG sample. */
    public WriteOptions withPngBits(int bits) {
        return new WriteOptions(bits, jpegQuality);
    }

    /** The same with another JPEG quality. */
    public WriteOptions withJpegQuality(float quality) {
        return new WriteOptions(pngBits, quality);
    }
}
