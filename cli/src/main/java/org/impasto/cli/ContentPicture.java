package org.impasto.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.impasto.core.image.Image;
import org.impasto.core.image.WriteOptions;

/** A picture that a command changes: what of it gets a style, and what of it the result keeps. */
final class ContentPicture {
    /** Shares of a result that is the stylized picture in every channel. */
    static final List<Double> ALL = List.of(1.0, 1.0, 1.0);

    private final Image picture;
    private final WriteOptions options;

    private ContentPicture(Image picture, WriteOptions options) {
        this.picture = picture;
        this.options = options;
    }

    /**
     * Reads a picture.
     *
     * @param place where the result goes: a format that can hold the picture's alpha
     * @param fit brings it to the size to work in
     */
    static ContentPicture read(Path file, Path place, UnaryOperator<Image> fit) {
        Image original = Image.read(file);
        if (original.hasAlpha() && !FileChecks.ending(place).equals(".png")) {
            throw new UsageException("--out " + place + ": " + file
                    + " has transparent pixels, which JPEG cannot hold; let the name end with .png");
        }
        return new ContentPicture(
                fit.apply(original), WriteOptions.standard().withPngBits(hasFineLevels(original) ? 16 : 8));
    }

    /** The picture in the size to work in. */
    Image picture() {
        return picture;
    }

    /** What gets the style: nothing is learned from colours that nobody sees. */
    Image visible() {
        return picture.withHiddenColorsFilled();
    }

    /** The result of a stylized picture: with this one's alpha, and its colours where it is wholly transparent. */
    Image result(Image stylized) {
        return result(stylized, ALL);
    }

    /**
     * The same with channels apart.
     *
     * @param shares how much of the stylized picture red, green and blue get, of 1; the content has the rest
     */
    Image result(Image stylized, List<Double> shares) {
        float[] alpha = picture.alpha();
        if (alpha == null && shares.equals(ALL)) {
            return stylized; // large pictures have no room for a copy
        }
        float[] pixels = stylized.pixels();
        for (int c = 0; c < 3; c++) {
            float share = shares.get(c).floatValue();
            if (alpha == null && share == 1) {
                continue;
            }
            float[] own = picture.plane(c);
            for (int i = 0; i < own.length; i++) {
                int at = c * own.length + i;
                if (alpha != null && alpha[i] == 0) {
                    pixels[at] = own[i];
                } else if (share < 1) {
                    pixels[at] = own[i] + share * (pixels[at] - own[i]);
                }
            }
        }
        return Image.owning(picture.width(), picture.height(), pixels, alpha);
    }

    /** How the result is written: as PNG with 16 bits a sample if the picture has them. */
    WriteOptions options() {
        return options;
    }

    /** Whether a picture has levels between the 256 of 8 bits. */
    private static boolean hasFineLevels(Image picture) {
        for (int c = 0; c < 3; c++) {
            for (float value : picture.plane(c)) {
                if (Math.round(value * 255) / 255f != value) {
                    return true;
                }
            }
        }
        return false;
    }
}
