package org.impasto.core.image;

import org.impasto.core.ImageException;

/**
 * What a reader accepts.
 *
 * @param maximumPixels the largest declared width times height that is read; a larger picture is refused before memory
 *     is taken for it
 */
public record ReadOptions(long maximumPixels) {
    private static final ReadOptions STANDARD = new ReadOptions(200_000_000L);

    /** Checks the limit. */
    public ReadOptions {
        if (maximumPixels < 1) {
            throw new ImageException("the largest number of pixels must be positive, found " + maximumPixels);
        }
    }

    /** At most 200 megapixels. */
    public static ReadOptions standard() {
        return STANDARD;
    }

    /** The same with another limit. A picture of an {@link Image} can have at most 715,827,879 pixels. */
    public ReadOptions withMaximumPixels(long pixels) {
        return new ReadOptions(pixels);
    }
}
