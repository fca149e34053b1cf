package org.impasto.core.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.impasto.core.Backend;
import org.impasto.core.FileFailure;
import org.impasto.core.ImageException;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.WholeFile;
import org.jspecify.annotations.Nullable;

/**
 * A picture: width x height pixels of red, green and blue, sRGB-encoded floats of which 0 is black and 1 is full, and
 * optionally an alpha plane (not premultiplied, 0 clear, 1 opaque). Values outside [0, 1] are kept; they are cut where
 * the picture becomes whole levels. Immutable: arrays are copied on the way in and out.
 */
public final class Image {
    private final int width;
    private final int height;
    private final float[] pixels;
    private final float @Nullable [] alpha;

    private Image(int width, int height, float[] pixels, float @Nullable [] alpha) {
        this.width = width;
        this.height = height;
        this.pixels = pixels;
        this.alpha = alpha;
    }

    /** A picture that takes the arrays over instead of copying them: the caller must neither keep nor change them. */
    public static Image owning(int width, int height, float[] pixels, float @Nullable [] alpha) {
        check(width, height, pixels, alpha);
        return new Image(width, height, pixels, alpha);
    }

    /**
     * Reads a PNG or JPEG file; its content decides which, not its name. EXIF orientation is applied, colour profiles and
     * gamma are ignored.
     *
     * @throws ImageException if the file is missing, damaged, in another format, or larger than the limit
     */
    public static Image read(Path path) {
        return read(path, ReadOptions.standard());
    }

    /** Reads a PNG or JPEG file under a limit of one's own. */
    public static Image read(Path path, ReadOptions options) {
        try (EncodedPicture file = EncodedPicture.of(path)) {
            return PictureFormat.read(file, options);
        } catch (NoSuchFileException e) {
            throw new ImageException(path + ": no such file", e);
        } catch (IOException e) {
            throw new ImageException(path + ": cannot be read: " + FileFailure.reason(e), e);
        }
    }

    /** Reads a PNG or JPEG picture from a stream to its end; the caller closes the stream. */
    public static Image read(InputStream stream) {
        return read(stream, ReadOptions.standard());
    }

    /** Reads a PNG or JPEG picture from a stream to its end, under a limit of one's own. */
    public static Image read(InputStream stream, ReadOptions options) {
        try (EncodedPicture file = EncodedPicture.of(stream, options)) {
            return PictureFormat.read(file, options);
        } catch (IOException e) {
            throw new ImageException("picture from a stream: cannot be read: " + FileFailure.reason(e), e);
        }
    }

    /** Reads a PNG or JPEG picture from the bytes of its file. */
    public static Image read(byte[] bytes) {
        return read(bytes, ReadOptions.standard());
    }

    /** Reads a PNG or JPEG picture from the bytes of its file, under a limit of one's own. */
    public static Image read(byte[] bytes, ReadOptions options) {
        try (EncodedPicture file = EncodedPicture.of(bytes)) {
            return PictureFormat.read(file, options);
        } catch (IOException e) {
            throw new ImageException("picture from bytes: cannot be read: " + FileFailure.reason(e), e);
        }
    }

    /**
     * An opaque picture of planar values.
     *
     * @param chw 3 x height x width values: all of red row by row, then green, then blue
     */
    public static Image of(int width, int height, float[] chw) {
        return of(width, height, chw, null);
    }

    /** A picture of planar values with an alpha plane of height x width values, or without one. */
    public static Image of(int width, int height, float[] chw, float @Nullable [] alpha) {
        check(width, height, chw, alpha);
        return new Image(width, height, chw.clone(), alpha == null ? null : alpha.clone());
    }

    private static void check(int width, int height, float[] chw, float @Nullable [] alpha) {
        if (width < 1 || height < 1 || chw.length % 3 != 0 || chw.length / 3 != (long) width * height) {
            throw new ImageException("expected 3 x height x width values of a picture of positive size, found "
                    + chw.length + " values for width " + width + " and height " + height);
        }
        if (alpha != null && alpha.length != width * height) {
            throw new ImageException("expected " + width * height + " alpha values for width " + width + " and height "
                    + height + ", found " + alpha.length);
        }
    }

    /**
     * The picture in a buffered image. Samples of grey and RGB images are taken as they are, as a file's are; other
     * colour models are converted by their own rules.
     */
    public static Image of(BufferedImage image) {
        return BufferedPictures.image(image);
    }

    /** The picture with 8 bits a sample: {@code TYPE_INT_RGB}, or {@code TYPE_INT_ARGB} if it has alpha. */
    public BufferedImage toBufferedImage() {
        return BufferedPictures.buffered(this);
    }

    /** Writes a file whose ending says the format: .png, .jpg or .jpeg. See {@link #write(Path, WriteOptions)}. */
    public void write(Path path) {
        write(path, WriteOptions.standard());
    }

    /**
     * Writes a file whose ending says the format: .png, .jpg or .jpeg. The file appears whole or not at all, see
     * {@link WholeFile}.
     *
     * @throws ImageException if a value is NaN, the ending is another, the picture has alpha and the format has none, or
     *     the file cannot be written
     */
    public void write(Path path, WriteOptions options) {
        PictureWriter.write(this, path, options);
    }

    /** Pixels in a row. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** A copy of all values, 3 x height x width: the data of a 1 x 3 x height x width tensor. */
    public float[] pixels() {
        return pixels.clone();
    }

    /** A copy of one plane, height x width: 0 red, 1 green, 2 blue. */
    public float[] plane(int channel) {
        if (channel < 0 || channel > 2) {
            throw new ImageException("planes are 0 red, 1 green and 2 blue; asked for " + channel);
        }
        return Arrays.copyOfRange(pixels, channel * width * height, (channel + 1) * width * height);
    }

    /** One value: 0 red, 1 green or 2 blue of the pixel in column x of row y. */
    public float value(int channel, int x, int y) {
        if (channel < 0 || channel > 2 || x < 0 || x >= width || y < 0 || y >= height) {
            throw new ImageException("no channel " + channel + " of a pixel x " + x + ", y " + y + " in a picture of "
                    + width + "x" + height);
        }
        return pixels[(channel * height + y) * width + x];
    }

    /** Whether there is an alpha plane. */
    public boolean hasAlpha() {
        return alpha != null;
    }

    /** A copy of the alpha plane, height x width, or null if the picture is opaque throughout. */
    public float @Nullable [] alpha() {
        return alpha == null ? null : alpha.clone();
    }

    /**
     * The colours as a float32 tensor 1 x 3 x height x width; alpha is left behind. Where the backend can, it reads the
     * picture's own values.
     */
    public Tensor tensor(Backend backend) {
        return Tensor.sharing(backend, Shape.of(1, 3, height, width), pixels);
    }

    /** A picture of a tensor 1 x 3 x height x width with values in [0, 1], without alpha. */
    public static Image of(Tensor tensor) {
        Shape shape = tensor.shape();
        if (shape.rank() != 4 || shape.size(0) != 1 || shape.size(1) != 3) {
            throw new ShapeException("a picture of a tensor: shape is " + shape + ", expected 1 x 3 x height x width");
        }
        return owning(shape.intSize(3), shape.intSize(2), tensor.sharedFloats(), null);
    }

    /** The planes themselves, for this package, which only reads them. */
    float[] sharedPixels() {
        return pixels;
    }

    float @Nullable [] sharedAlpha() {
        return alpha;
    }

    /** The picture laid over a ground of one colour, without alpha; this picture if it has none. */
    public Image withAlphaFlattened(float red, float green, float blue) {
        if (alpha == null) {
            return this;
        }
        float[] ground = {red, green, blue};
        float[] flat = new float[pixels.length];
        int plane = width * height;
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < plane; i++) {
                // Both products, since a difference would not give an opaque pixel back to the bit.
                flat[c * plane + i] = alpha[i] * pixels[c * plane + i] + (1 - alpha[i]) * ground[c];
            }
        }
        return new Image(width, height, flat, null);
    }

    /**
     * The picture whose wholly transparent pixels have the mean colour of the others: the colours that a file holds there
     * are seen by nobody, and should not be learned from. This picture if there are none, or nothing else.
     */
    public Image withHiddenColorsFilled() {
        if (alpha == null) {
            return this;
        }
        int plane = width * height;
        int seen = 0;
        for (float a : alpha) {
            seen += a > 0 ? 1 : 0;
        }
        if (seen == 0 || seen == plane) {
            return this;
        }
        float[] filled = pixels.clone();
        for (int c = 0; c < 3; c++) {
            double sum = 0;
            for (int i = 0; i < plane; i++) {
                sum += alpha[i] > 0 ? pixels[c * plane + i] : 0;
            }
            for (int i = 0; i < plane; i++) {
                if (alpha[i] == 0) {
                    filled[c * plane + i] = (float) (sum / seen);
                }
            }
        }
        return new Image(width, height, filled, alpha);
    }

    /** The picture resized with {@link Resampling#TRIANGLE}. */
    public Image resized(int newWidth, int newHeight) {
        return resized(newWidth, newHeight, Resampling.TRIANGLE);
    }

    /** The picture resized; this picture if it has that size already. */
    public Image resized(int newWidth, int newHeight, Resampling filter) {
        return Resampler.resize(this, newWidth, newHeight, filter);
    }

    /**
     * The picture made as large as fits into a square of {@code longestSide}, keeping its proportions (the shorter side
     * rounded, at least 1), with {@link Resampling#TRIANGLE}.
     */
    public Image fittedTo(int longestSide) {
        if (longestSide < 1) {
            throw new ImageException("the longest side must be positive, found " + longestSide);
        }
        double scale = (double) longestSide / Math.max(width, height);
        int newWidth = width >= height ? longestSide : (int) Math.max(1, Math.round(width * scale));
        int newHeight = height >= width ? longestSide : (int) Math.max(1, Math.round(height * scale));
        return resized(newWidth, newHeight);
    }

    /** The rectangle of newWidth x newHeight pixels whose upper left pixel is (x, y). */
    public Image cropped(int x, int y, int newWidth, int newHeight) {
        if (x < 0 || y < 0 || newWidth < 1 || newHeight < 1 || x > width - newWidth || y > height - newHeight) {
            throw new ImageException("a rectangle of " + newWidth + "x" + newHeight + " at x " + x + ", y " + y
                    + " does not lie within a picture of " + width + "x" + height);
        }
        float[] part = new float[3 * newWidth * newHeight];
        for (int c = 0; c < 3; c++) {
            copyRectangle(pixels, c * width * height, x, y, part, c * newWidth * newHeight, newWidth, newHeight);
        }
        float[] partAlpha = null;
        if (alpha != null) {
            partAlpha = new float[newWidth * newHeight];
            copyRectangle(alpha, 0, x, y, partAlpha, 0, newWidth, newHeight);
        }
        return new Image(newWidth, newHeight, part, partAlpha);
    }

    private void copyRectangle(
            float[] from, int start, int x, int y, float[] to, int target, int newWidth, int newHeight) {
        for (int row = 0; row < newHeight; row++) {
            System.arraycopy(from, start + (y + row) * width + x, to, target + row * newWidth, newWidth);
        }
    }

    /** Whether the other is a picture of the same size and the same values, bit by bit. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Image image
                && width == image.width
                && height == image.height
                && Arrays.equals(pixels, image.pixels)
                && Arrays.equals(alpha, image.alpha);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(pixels) + width;
    }

    @Override
    public String toString() {
        return "Image[" + width + "x" + height + (alpha == null ? "]" : ", with alpha]");
    }
}
