package org.impasto.core.image;

import org.impasto.core.ImageException;

/** Checks of the size that a file declares, made before memory is taken for it. */
final class DeclaredSize {
    /** Three values a pixel fill the longest array. */
    static final int MOST_PIXELS = (Integer.MAX_VALUE - 8) / 3;

    private DeclaredSize() {}

    static void check(String name, int width, int height, ReadOptions options) {
        if (width < 1 || height < 1) {
            throw new ImageException(name + ": the picture declares a size of " + width + "x" + height
                    + " pixels; both must be positive");
        }
        long pixels = (long) width * height;
        if (pixels > options.maximumPixels()) {
            throw new ImageException(name + ": the picture declares " + width + "x" + height + " pixels, the limit is "
                    + options.maximumPixels() + " in all");
        }
        if (pixels > MOST_PIXELS) {
            throw new ImageException(name + ": the picture declares " + width + "x" + height
                    + " pixels; an Image holds at most " + MOST_PIXELS);
        }
    }
}
