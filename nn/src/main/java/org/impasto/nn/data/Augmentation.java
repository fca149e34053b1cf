package org.impasto.nn.data;

import org.impasto.core.ImageException;
import org.impasto.core.image.Image;

/**
 * A change of a picture, perhaps a random one. It depends on the picture and on the numbers it draws, and on nothing else;
 * one value serves all pictures and threads. It is for pictures without alpha, as {@link PictureFolder} gives them.
 */
@FunctionalInterface
public interface Augmentation {
    /** Resized pictures have at most this many pixels: 768 MiB. */
    long LARGEST_PIXELS = 1L << 26;

    /** The changed picture. */
    Image apply(Image picture, RandomNumbers numbers);

    /** This change, then another. */
    default Augmentation then(Augmentation next) {
        return (picture, numbers) -> next.apply(apply(picture, numbers), numbers);
    }

    /** No change. */
    static Augmentation none() {
        return (picture, numbers) -> picture;
    }

    /** Left and right swapped, for one picture of two. */
    static Augmentation horizontalFlip() {
        return (picture, numbers) -> numbers.below(2) == 0 ? picture : flipped(picture);
    }

    private static Image flipped(Image picture) {
        float[] pixels = picture.pixels();
        int width = picture.width();
        for (int row = 0; row < pixels.length; row += width) {
            for (int left = row, right = row + width - 1; left < right; left++, right--) {
                float swapped = pixels[left];
                pixels[left] = pixels[right];
                pixels[right] = swapped;
            }
        }
        return Image.owning(width, picture.height(), pixels, null);
    }

    /**
     * Turned by an angle between {@code -degrees} and {@code degrees}, and cut to the largest rectangle of the picture's
     * proportions that lies inside the turned picture: smaller than the picture, without empty corners.
     *
     * @param degrees from 0 to 45
     */
    static Augmentation rotation(double degrees) {
        if (!(degrees >= 0 && degrees <= 45)) {
            throw new IllegalArgumentException("rotation by up to " + degrees + " degrees, expected 0 to 45");
        }
        return (picture, numbers) -> Rotation.turned(picture, Math.toRadians(numbers.uniform(-degrees, degrees)));
    }

    /** Resized so that the shorter side has that many pixels, with the picture's proportions. */
    static Augmentation resizeShorterSide(int pixels) {
        checkSize("shorter side", pixels);
        return (picture, numbers) -> {
            int shorter = Math.min(picture.width(), picture.height());
            int width = scaled(picture.width(), pixels, shorter);
            int height = scaled(picture.height(), pixels, shorter);
            if ((long) width * height > LARGEST_PIXELS) {
                throw new ImageException("a picture of " + picture.width() + "x" + picture.height()
                        + " is too narrow: with a shorter side of " + pixels + " it would be " + width + "x" + height
                        + ", expected at most " + LARGEST_PIXELS + " pixels; cut a part out of it");
            }
            return picture.resized(width, height);
        };
    }

    private static int scaled(int side, int pixels, int shorter) {
        return (int) Math.max(1, Math.round((double) side * pixels / shorter));
    }

    /** A rectangle of that size somewhere in the picture, which has to be as large at least. */
    static Augmentation randomCrop(int width, int height) {
        checkSize("width", width);
        checkSize("height", height);
        return (picture, numbers) -> {
            if (picture.width() < width || picture.height() < height) {
                throw new ImageException("a random crop of " + width + "x" + height + " does not fit into a picture of "
                        + picture.width() + "x" + picture.height() + ": resize its shorter side first");
            }
            int x = numbers.below(picture.width() - width + 1);
            int y = numbers.below(picture.height() - height + 1);
            return picture.cropped(x, y, width, height);
        };
    }

    /** The rectangle of that size in the picture's middle. */
    static Augmentation centreCrop(int width, int height) {
        checkSize("width", width);
        checkSize("height", height);
        return (picture, numbers) ->
                picture.cropped((picture.width() - width) / 2, (picture.height() - height) / 2, width, height);
    }

    /** Each channel given the distribution of a reference's: see {@link HistogramMatching}. */
    static Augmentation histogramOf(Image reference) {
        HistogramMatching matching = HistogramMatching.to(reference);
        return (picture, numbers) -> matching.matched(picture);
    }

    /** Values from [0, 1] to [-1, 1]. */
    static Augmentation normalisation() {
        return (picture, numbers) -> {
            float[] pixels = picture.pixels();
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = 2 * pixels[i] - 1;
            }
            return Image.owning(picture.width(), picture.height(), pixels, null);
        };
    }

    private static void checkSize(String what, int pixels) {
        if (pixels < 1) {
            throw new IllegalArgumentException(what + " is " + pixels + " pixels, expected 1 or more");
        }
    }
}
